//! The rows of RFC 8628 and CIBA beside those of ietf-01.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Binding, Edition, editions, named};
use super::is_sibling;

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
