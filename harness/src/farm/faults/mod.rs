//! Every fault, a seam a file.

mod approval;
mod callback;
mod client;
mod decision;
mod own_endpoint;
mod probed;
mod response;
mod revocation;
mod setting;
mod shape;
mod store;

use super::fault::{Fault, How, Seam, Shown};

const fn fault(
    id: &'static str,
    seam: Seam,
    does: &'static str,
    shown: Shown,
    how: &'static [How],
) -> Fault {
    Fault {
        id,
        seam,
        does,
        shown,
        how,
    }
}

/// All of them, seam by seam.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    let groups: [&'static [Fault]; 10] = [
        store::FAULTS,
        setting::FAULTS,
        decision::FAULTS,
        client::FAULTS,
        response::FAULTS,
        shape::FAULTS,
        revocation::FAULTS,
        callback::FAULTS,
        probed::FAULTS,
        own_endpoint::FAULTS,
    ];
    groups.into_iter().flatten()
}

/// Those that only a text with AROP over it knows for faults.
pub fn profiled() -> impl Iterator<Item = &'static Fault> {
    approval::FAULTS.iter()
}

/// The fault with this id.
pub fn named(id: &str) -> Option<&'static Fault> {
    all().chain(profiled()).find(|fault| fault.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dtr_model::draft::Draft;

    use super::*;
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
        let ids: BTreeSet<_> = all().chain(profiled()).map(|fault| fault.id).collect();
        assert_eq!(ids.len(), all().count() + profiled().count());
        assert!(ids.len() >= 60, "only {} faults", ids.len());
        for fault in all() {
            let nothing = matches!(fault.shown, Shown::Broken([]));
            assert!(!nothing, "{} breaks nothing", fault.id);
            for row in fault.rows() {
                let mut texts = dtr_model::requirement::editions().iter();
                let known = texts.any(|text| text.row(row).is_some());
                assert!(known, "{}: no row {row}", fault.id);
            }
        }
    }

    /// What a profile asks for itself, or the text beneath it that no other ledger has, some server was seen to break.
    #[test]
    fn every_check_of_a_profile_has_its_fault() {
        for draft in Draft::profiles() {
            let broken: BTreeSet<_> = profiled().flat_map(|fault| fault.breaks(draft)).collect();
            for row in draft.ledger().checks_of_profile() {
                assert!(broken.contains(row.id), "{}: {}", draft.id, row.id);
            }
        }
    }
}
