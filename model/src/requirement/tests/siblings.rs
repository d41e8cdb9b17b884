//! The rows of RFC 8628 and CIBA beside those of ietf-01.

use std::collections::{BTreeMap, BTreeSet};

use super::super::profile::Profile;
use super::super::{Binding, Edition, edition, editions, named};
use super::{is_profiled, is_sibling};

fn siblings() -> impl Iterator<Item = &'static Edition> {
    editions().iter().filter(|edition| is_sibling(edition))
}

#[test]
fn ids_count_the_rows_of_a_section() {
    let whole = siblings().filter(|sibling| sibling.id() != "ciba-poll");
    let txn = edition("arop-txn").expect("there is one").rows();
    let arop = Profile::of_arop().rows;
    let txn: Vec<_> = txn
        .iter()
        .filter(|row| row.id.starts_with("TXN-"))
        .cloned()
        .collect();
    let texts = whole.map(|sibling| sibling.rows().to_vec());
    for text in texts.chain([txn, arop]) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &text {
            let number = row.section_number().trim_start_matches("AROP-");
            let count = counts.entry(number).or_default();
            *count += 1;
            let end = format!("-{number}-{count:02}");
            assert!(row.id.ends_with(&end), "{} is not …{end}", row.id);
        }
    }
}

/// What is about one text is said of texts that there are, and nothing is lost.
#[test]
fn every_row_of_the_profile_is_about_some_text() {
    let profile = Profile::of_arop();
    for (id, rows) in &profile.only {
        let text = edition(id).unwrap_or_else(|| panic!("{id}: no such text"));
        assert!(is_profiled(text), "{id}");
        for row in rows {
            assert!(text.has(row), "{id}: {row}");
        }
    }
    for row in &profile.rows {
        let about = editions().iter().filter(|edition| edition.has(row.id));
        assert!(about.count() > 0, "{}", row.id);
    }
    let only_dtr = edition("arop-ciba").expect("there is one");
    assert!(!only_dtr.has("AROP-12-05") && only_dtr.has("AROP-7.4-11"));
}

/// What a row asks the same as is a check of ietf-01, so that something is reported under it.
#[test]
fn rows_that_ask_the_same_are_checked() {
    for edition in editions() {
        for row in edition.rows() {
            let distinct: BTreeSet<_> = row.same_as.iter().collect();
            assert_eq!(distinct.len(), row.same_as.len(), "{}", row.id);
            let other_text = is_sibling(edition) || is_profiled(edition);
            assert!(row.same_as.is_empty() || other_text, "{}", row.id);
            assert!(row.same_as.is_empty() || row.is_checked(), "{}", row.id);
            for id in &row.same_as {
                let other = named(id).unwrap_or_else(|| panic!("{}: {id}", row.id));
                assert_eq!(other.binding, Binding::Check, "{}: {id}", row.id);
            }
        }
    }
}
