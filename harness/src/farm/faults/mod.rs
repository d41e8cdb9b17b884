//! Every fault, a seam a file.

mod callback;
mod client;
mod decision;
mod probed;
mod response;
mod revocation;
mod setting;
mod shape;
mod store;

use super::fault::Fault;

/// All of them, seam by seam.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    let groups: [&'static [Fault]; 9] = [
        store::FAULTS,
        setting::FAULTS,
        decision::FAULTS,
        client::FAULTS,
        response::FAULTS,
        shape::FAULTS,
        revocation::FAULTS,
        callback::FAULTS,
        probed::FAULTS,
    ];
    groups.into_iter().flatten()
}

/// The fault with this id.
pub fn named(id: &str) -> Option<&'static Fault> {
    all().find(|fault| fault.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::farm::Shown;
    use crate::farm::wild::PATTERNS;

    #[test]
    fn every_pattern_seen_in_the_wild_has_its_faults() {
        assert_eq!(PATTERNS.len(), 15);
        for id in PATTERNS.iter().flat_map(|(_, ids)| *ids) {
            assert!(named(id).is_some(), "no fault {id}");
        }
    }

    #[test]
    fn ids_are_unique_and_the_requirements_known() {
        let ids: BTreeSet<_> = all().map(|fault| fault.id).collect();
        assert_eq!(ids.len(), all().count());
        assert!(ids.len() >= 60, "only {} faults", ids.len());
        for fault in all() {
            let nothing = matches!(fault.shown, Shown::Broken([]));
            assert!(!nothing, "{} breaks nothing", fault.id);
            for row in fault.rows() {
                let known = dtr_model::requirement::named(row);
                assert!(known.is_some(), "{}: no row {row}", fault.id);
            }
        }
    }
}
