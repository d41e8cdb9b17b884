//! The rows of RFC 8628 and CIBA beside those of ietf-01.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Binding, Edition, Requirement, bearing, editions, named};
use super::is_sibling;
use crate::Terms;
use crate::draft::Draft;
use crate::generate::{Graph, events};

fn siblings() -> impl Iterator<Item = &'static Edition> {
    editions().iter().filter(|edition| is_sibling(edition))
}

#[test]
fn ids_count_the_rows_of_a_section() {
    for sibling in siblings().filter(|sibling| sibling.id() != "ciba-poll") {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in sibling.rows() {
            let count = counts.entry(row.section_number()).or_default();
            *count += 1;
            let end = format!("-{}-{count:02}", row.section_number());
            assert!(row.id.ends_with(&end), "{} is not …{end}", row.id);
        }
    }
}

/// What a row asks the same as is a check of ietf-01, so that something is reported under it.
#[test]
fn rows_that_ask_the_same_are_checked() {
    for edition in editions() {
        for row in edition.rows() {
            let distinct: BTreeSet<_> = row.same_as.iter().collect();
            assert_eq!(distinct.len(), row.same_as.len(), "{}", row.id);
            assert!(row.same_as.is_empty() || is_sibling(edition), "{}", row.id);
            assert!(row.same_as.is_empty() || row.is_checked(), "{}", row.id);
            for id in &row.same_as {
                let other = named(id).unwrap_or_else(|| panic!("{}: {id}", row.id));
                assert_eq!(other.binding, Binding::Check, "{}: {id}", row.id);
            }
        }
    }
}

/// Under a sibling's ledger a step bears on the sibling's rows: on those that ask what it bears on under ietf-01.
#[test]
fn steps_bear_on_rows_of_the_sibling() {
    let checks = reached(Draft::IETF_01.ledger());
    for sibling in siblings() {
        let asks = |row: &&Requirement| row.same_as.iter().any(|check| checks.contains(check));
        let rows = sibling.rows().iter().filter(asks);
        let expected: BTreeSet<_> = rows.map(|row| row.id).collect();
        assert_eq!(reached(sibling), expected, "{}", sibling.id());
        assert!(expected.len() >= 8, "{}: {expected:?}", sibling.id());
    }
}

/// The rows that some step under this ledger bears on.
fn reached(ledger: &'static Edition) -> BTreeSet<&'static str> {
    let draft: &'static Draft = Box::leak(Box::new(Draft {
        ledger: ledger.id(),
        ..Draft::IETF_01
    }));
    let mut reached = BTreeSet::new();
    let callback = Terms {
        callback: true,
        ..Terms::CODE
    };
    for terms in [Terms::CODE, Terms::CREDENTIALS, callback] {
        let terms = Terms { draft, ..terms };
        for node in Graph::of(terms).nodes {
            for event in events(node, &terms) {
                let rows = bearing(node.deferral, event, &terms);
                let distinct: BTreeSet<_> = rows.iter().copied().collect();
                assert_eq!(distinct.len(), rows.len(), "{event}: {rows:?}");
                assert!(rows.iter().all(|id| ledger.row(id).is_some()), "{rows:?}");
                reached.extend(distinct);
            }
        }
    }
    reached
}
