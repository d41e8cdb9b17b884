use std::collections::{BTreeMap, BTreeSet};

use super::{Actor, Binding, Level, Seen, all, checks, named};

/// As counted when the rows were first listed, and again since: the 179 keywords of Sections 2 to 12, the six steps and
/// two bullets that share one (Sections 6.1.1, 6.3.1 and 6.5.1), and the statements without any.
#[test]
fn every_keyword_of_the_draft_has_its_row() {
    let mut counts: BTreeMap<Level, usize> = BTreeMap::new();
    for row in all() {
        *counts.entry(row.level).or_default() += 1;
        assert_eq!(
            row.id.starts_with("K-"),
            row.level == Level::Fact,
            "{}",
            row.id
        );
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

#[test]
fn rows_are_found_by_their_ids_and_name_their_sections() {
    let ids: BTreeSet<_> = all().iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), all().len(), "an id twice");
    for row in all() {
        assert_eq!(named(row.id), Some(row));
        let section = row.id.split('-').nth(1);
        assert_eq!(section, Some(row.section_number()), "{}", row.id);
        assert!(row.text.ends_with('.'), "{}", row.id);
    }
}

#[test]
fn rows_are_in_the_order_of_the_text() {
    let place = |section: &str| -> Vec<u32> {
        let numbers = section.split('.').map(str::parse);
        numbers.collect::<Result<_, _>>().expect("numbers and dots")
    };
    let places: Vec<_> = all()
        .iter()
        .map(|row| place(row.section_number()))
        .collect();
    assert!(places.is_sorted());
}

/// A binding leads to a check of what a server does and shows; what is left out is left out for a reason.
#[test]
fn bindings_lead_somewhere() {
    for row in all() {
        match &row.binding {
            Binding::Check => {
                let hidden = matches!(row.seen, Seen::Client | Seen::Nowhere);
                let elsewhere = matches!(row.actor, Actor::Client | Actor::Profile);
                assert!(!hidden && !elsewhere, "{} is no server's", row.id);
            }
            Binding::Through(others) => {
                assert!(!others.is_empty(), "{}", row.id);
                for other in others {
                    let other = named(other).unwrap_or_else(|| panic!("{}: {other}", row.id));
                    assert!(other.is_checked(), "{} through {}", row.id, other.id);
                }
            }
            Binding::Client => {
                assert_eq!(
                    (row.actor, row.seen),
                    (Actor::Client, Seen::Client),
                    "{}",
                    row.id
                );
            }
            Binding::Excluded(why) => assert!(why.len() > 20, "{}: {why}", row.id),
            Binding::Open(what) => {
                assert!(what.len() > 20, "{}: {what}", row.id);
                assert_ne!(row.seen, Seen::Nowhere, "{}", row.id);
            }
        }
    }
    assert!(checks().count() > 70);
}
