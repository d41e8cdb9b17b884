//! The ledgers beside the texts: `keywords/` has every numbered section of each text, and the BCP 14 keywords in it, in the
//! order of the text. They were listed in reading it, and not from the ledger. (What Section 2 says of BCP 14 itself is
//! left out, and so are the appendices, which have none.)
//!
//! Of CIBA Core 1.0, draft 04 was read, the last that changed what is asked. Its Sections 10.3 and 12 are about push mode
//! and left out; so is what Section 1.1 says of quotation marks.

use std::collections::{BTreeMap, BTreeSet};

use super::super::profile::Profile;
use super::super::{Edition, Level, Requirement, edition};

const IETF_01: &str = include_str!("keywords/ietf-01.txt");
const IETF_00: &str = include_str!("keywords/ietf-00.txt");
const GERBER_00: &str = include_str!("keywords/gerber-00.txt");
const RFC_8628: &str = include_str!("keywords/rfc8628.txt");
const CIBA: &str = include_str!("keywords/ciba.txt");
const AROP: &str = include_str!("keywords/arop.txt");
const TXN: &str = include_str!("keywords/txn.txt");

/// Rows for a step or a bullet whose keyword is that of the sentence above it.
const SHARED: [&str; 17] = [
    "TXN-4.6-03",
    "TXN-4.6-04",
    "TXN-4.6-05",
    "TXN-4.6-06",
    "TXN-4.6-07",
    "TXN-4.6-08",
    "TXN-4.6-09",
    "TXN-4.6-10",
    "DTR-6.1.1-02",
    "DTR-6.3.1-02",
    "DTR00-6.3.1-01",
    "DTR-6.5.1-02",
    "DTR-6.5.1-03",
    "DTR-6.5.1-04",
    "DTR-6.5.1-05",
    "DTR-6.5.1-06",
    "DTR-6.5.1-07",
];

/// The keywords of each section of a text.
type Text = BTreeMap<&'static str, Vec<Level>>;

fn text(listed: &'static str) -> Text {
    let sections = listed.lines().map(|line| {
        let (number, keywords) = line.split_once(' ').unwrap_or((line, ""));
        let keywords = keywords.split(", ").filter(|word| !word.is_empty());
        (number, keywords.map(level).collect())
    });
    sections.collect()
}

fn level(keyword: &str) -> Level {
    serde_json::from_value(keyword.into()).expect("a keyword of BCP 14")
}

fn ledger(id: &str) -> &'static Edition {
    edition(id).expect("there is one of each text")
}

fn rows_follow(id: &str, listed: &'static str, keywords: usize) {
    these_follow(id, ledger(id).rows().iter(), listed, keywords);
}

fn these_follow<'a>(
    id: &str,
    all: impl Iterator<Item = &'a Requirement>,
    listed: &'static str,
    keywords: usize,
) {
    let text = text(listed);
    let mut rows: Text = text.keys().map(|number| (*number, Vec::new())).collect();
    for row in all {
        let place = rows.get_mut(row.section_number().trim_start_matches("AROP-"));
        let place = place.unwrap_or_else(|| panic!("{id}: {} in no section of it", row.id));
        if row.level != Level::Fact && !SHARED.contains(&row.id) {
            place.push(row.level);
        }
    }
    assert_eq!(rows, text, "{id}");
    assert_eq!(text.values().flatten().count(), keywords, "{id}");
}

#[test]
fn every_keyword_of_every_text_has_its_row_in_its_order() {
    rows_follow("ietf-01", IETF_01, 179);
    rows_follow("ietf-00", IETF_00, 179);
    rows_follow("gerber-00", GERBER_00, 154);
    rows_follow("rfc8628", RFC_8628, 46);
    rows_follow("ciba-ping", CIBA, 97);
    these_follow("AROP", Profile::of_arop().rows.iter(), AROP, 43);
    let txn = ledger("arop-txn").rows().iter();
    let txn = txn.filter(|row| row.id.starts_with("TXN-"));
    these_follow("transaction challenge", txn, TXN, 126);
}

#[test]
fn a_row_stands_in_sections_that_its_text_has() {
    for (id, listed) in [
        ("ietf-01", IETF_01),
        ("ietf-00", IETF_00),
        ("gerber-00", GERBER_00),
        ("rfc8628", RFC_8628),
        ("ciba-ping", CIBA),
        ("ciba-poll", CIBA),
    ] {
        let text = text(listed);
        for row in ledger(id).rows() {
            for place in row.section.split(", ") {
                let (number, within) = place.split_once(' ').unwrap_or((place, "-"));
                assert!(text.contains_key(number), "{id}: {} in {number}", row.id);
                assert!(!within.is_empty(), "{id}: {} in {}", row.id, row.section);
            }
        }
    }
}

/// What shares a keyword is there, and is a step or a bullet.
#[test]
fn rows_share_a_keyword_in_lists_only() {
    for id in SHARED {
        let texts = ["ietf-00", "arop-txn"].map(ledger);
        let row = texts.iter().find_map(|text| text.row(id));
        let row = row.expect("in the ledger");
        let (_, within) = row.section.split_once(' ').unwrap_or_default();
        assert!(
            within.starts_with("step") || within.starts_with("bullet"),
            "{id}: {}",
            row.section
        );
    }
    let distinct: BTreeSet<_> = SHARED.into_iter().collect();
    assert_eq!(distinct.len(), SHARED.len());
}

/// 233 rows are 179 keywords, 8 rows that share one and 46 facts; and so on.
#[test]
fn the_ledgers_are_as_long_as_the_readme_says() {
    let readme = include_str!("../../../README.md").replace('\n', " ");
    for (id, rows) in [
        ("ietf-01", 233),
        ("ietf-00", 234),
        ("gerber-00", 202),
        ("rfc8628", 56),
        ("ciba-ping", 112),
        ("ciba-poll", 91),
        ("arop-dtr", 263),
        ("arop-ciba", 152),
        ("arop-txn", 206),
    ] {
        assert_eq!(ledger(id).rows().len(), rows, "{id}");
        let said = format!("{id} has {rows} rows");
        assert!(readme.contains(&said), "not said: {said}");
    }
}
