mod differences;
mod siblings;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Actor, Binding, Edition, Level, Requirement, Seen, all, checks, edition, editions, named,
};
use crate::draft::Draft;

/// As counted when the rows were first listed, and again since: the 179 keywords of Sections 2 to 12, the six steps and
/// two bullets that share one (Sections 6.1.1, 6.3.1 and 6.5.1), and the statements without any.
#[test]
fn every_keyword_of_the_draft_has_its_row() {
    let mut counts: BTreeMap<Level, usize> = BTreeMap::new();
    for row in all() {
        *counts.entry(row.level).or_default() += 1;
    }
    let expected = BTreeMap::from([
        (Level::Must, 87),
        (Level::MustNot, 32),
        (Level::Required, 8),
        (Level::Should, 24),
        (Level::Recommended, 4),
        (Level::May, 27),
        (Level::Optional, 5),
        (Level::Fact, 46),
    ]);
    assert_eq!(counts, expected);
}

/// An id tells the youngest text that has the row, and its section there.
#[test]
fn rows_are_found_by_their_ids_and_name_their_sections() {
    for edition in editions() {
        let ids: BTreeSet<_> = edition.rows().iter().map(|row| row.id).collect();
        assert_eq!(
            ids.len(),
            edition.rows().len(),
            "{}: an id twice",
            edition.id()
        );
        for row in edition.rows() {
            assert_eq!(edition.row(row.id), Some(row));
            let mut having = editions().iter().rev().filter(|text| text.has(row.id));
            let youngest = having.next().expect("this one has it");
            let mut parts = row.id.split('-');
            let (kind, section) = (parts.next(), parts.next());
            let expected: &[&str] = match youngest.id() {
                "ietf-01" if row.level == Level::Fact => &["K"],
                "ietf-01" => &["DTR"],
                "ietf-00" => &["DTR00"],
                "gerber-00" => &["GER00"],
                "rfc8628" => &["DEV"],
                "ciba-ping" => &["CIBA"],
                "arop-dtr" | "arop-ciba" | "arop-txn" => &["AROP", "TXN"],
                other => panic!("what do the rows of {other} alone begin with?"),
            };
            assert!(expected.contains(&kind.unwrap_or_default()), "{}", row.id);
            let there = youngest.row(row.id).map(Requirement::section_number);
            let there = there.map(|number| number.trim_start_matches("AROP-"));
            assert_eq!(section, there, "{}", row.id);
        }
    }
    assert_eq!(all(), edition("ietf-01").expect("there is one").rows());
    assert!(named("DTR-6.5.1-04").is_some() && named("GER00-4.1-01").is_none());
    assert!(edition("ietf-02").is_none());
}

/// Whether a ledger is of a text that is no draft of DTR.
fn is_sibling(edition: &Edition) -> bool {
    Draft::siblings().any(|draft| draft.id == edition.id())
}

/// Whether a ledger is of a text with a profile over it.
fn is_profiled(edition: &Edition) -> bool {
    Draft::profiles().any(|draft| draft.id == edition.id())
}

#[test]
fn every_ledger_is_of_a_draft() {
    for edition in editions() {
        assert!(Draft::named(edition.id()).is_ok(), "{}", edition.id());
    }
    assert!(edition(Draft::IETF_01.id).is_some());
}

#[test]
fn rows_are_in_the_order_of_the_text() {
    for edition in editions() {
        // The rows of a profile come after those of what it is laid over.
        let place = |section: &str| -> (bool, Vec<u32>) {
            let number = section.trim_start_matches("AROP-");
            let numbers = number.split('.').map(str::parse);
            let numbers = numbers.collect::<Result<_, _>>();
            (number != section, numbers.expect("numbers and dots"))
        };
        let rows = edition.rows().iter();
        let places: Vec<_> = rows.map(|row| place(row.section_number())).collect();
        assert!(places.is_sorted(), "{}", edition.id());
    }
}

/// Sections move from text to text: a row's words have the number of none.
#[test]
fn words_are_sentences_that_name_no_section() {
    for row in editions().iter().flat_map(Edition::rows) {
        assert!(row.text.ends_with('.'), "{}", row.id);
        let words = row.text.replace("RFC 8628 Section", "");
        assert!(!words.contains("Section "), "{}: {words}", row.id);
    }
}

/// A binding leads to a check of what a server does and shows; what is left out is left out for a reason.
#[test]
fn bindings_lead_somewhere() {
    for edition in editions() {
        for row in edition.rows() {
            let at = format!("{} in {}", row.id, edition.id());
            match &row.binding {
                Binding::Check => {
                    let hidden = matches!(row.seen, Seen::Client | Seen::Nowhere);
                    let elsewhere = matches!(row.actor, Actor::Client | Actor::Profile);
                    assert!(!hidden && !elsewhere, "{at} is no server's");
                }
                Binding::Through(others) => {
                    assert!(!others.is_empty(), "{at}");
                    for id in others {
                        let other = edition.row(id).unwrap_or_else(|| panic!("{at}: {id}"));
                        assert!(other.is_checked(), "{at} through {id}");
                    }
                }
                Binding::Client => {
                    let client = (Actor::Client, Seen::Client);
                    assert_eq!((row.actor, row.seen), client, "{at}");
                }
                Binding::Excluded(why) => {
                    assert!(why.len() > 20, "{at}: {why}");
                    for id in cited(why) {
                        assert!(edition.has(id), "{at}: {id}");
                    }
                }
                Binding::Open(what) => {
                    assert!(what.len() > 20, "{at}: {what}");
                    assert_ne!(row.seen, Seen::Nowhere, "{at}");
                }
            }
        }
    }
    assert!(checks().count() > 70);
}

/// The rows that a reason names.
fn cited(why: &str) -> impl Iterator<Item = &str> {
    let words = why.split(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)));
    let ids = words.map(|word| word.trim_end_matches('.'));
    ids.filter(|word| {
        ["DTR-", "K-", "AROP-", "TXN-"]
            .iter()
            .any(|kind| word.starts_with(kind))
    })
}
