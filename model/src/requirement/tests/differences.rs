//! What the files of the older texts say is so, and is said once; and that of poll mode beside ping mode.

use super::super::difference::Difference;
use super::super::{Edition, edition, named};

fn differences() -> [(Difference, &'static Edition, &'static Edition); 3] {
    let ledger = |id| edition(id).expect("there is one of each text");
    let [gerber_00, ietf_00, ietf_01] = ["gerber-00", "ietf-00", "ietf-01"].map(ledger);
    [
        (Difference::of_ietf_00(), ietf_00, ietf_01),
        (Difference::of_gerber_00(), gerber_00, ietf_00),
        (
            Difference::of_ciba_poll(),
            ledger("ciba-poll"),
            ledger("ciba-ping"),
        ),
    ]
}

#[test]
fn what_an_older_text_lacks_or_has_otherwise_is_in_the_younger() {
    for (difference, older, younger) in differences() {
        for id in &difference.absent {
            assert!(younger.has(id), "{}: {id} is in neither", older.id());
            assert!(
                !older.has(id),
                "{}: {id} is absent, and is there",
                older.id()
            );
        }
        for row in &difference.changed {
            let there = younger.row(row.id).unwrap_or_else(|| panic!("{}", row.id));
            let same = (row.level, row.text) == (there.level, there.text);
            assert!(!same, "{}: {} is no other", older.id(), row.id);
            assert_eq!(older.row(row.id), Some(row), "twice, or absent");
        }
    }
}

#[test]
fn what_only_an_older_text_has_stands_where_it_says() {
    for (difference, older, younger) in differences() {
        for own in &difference.own {
            assert!(!younger.has(own.row.id), "{}", own.row.id);
            let rows = older.rows().iter().map(|row| row.id);
            let place = rows.skip_while(|id| *id != own.after).nth(1);
            assert_eq!(place, Some(own.row.id), "{}", older.id());
        }
    }
}

#[test]
fn every_section_that_moves_has_rows_that_move_with_it() {
    for (difference, older, younger) in differences() {
        for (there, here) in &difference.moved {
            let moved = younger.rows().iter().filter_map(|row| {
                let below = row.section_number().strip_prefix(there)?;
                let same = below.is_empty() || below.starts_with('.');
                same.then_some((older.row(row.id)?, format!("{here}{below}")))
            });
            let moved: Vec<_> = moved.collect();
            assert!(!moved.is_empty(), "{}: nothing is in {there}", older.id());
            for (row, section) in moved {
                assert_eq!(row.section_number(), section, "{}", row.id);
            }
        }
    }
}

#[test]
fn some_rows_in_each_text() {
    let [(_, ietf_00, ietf_01), (_, gerber_00, _), (_, poll, ping)] = differences();
    let section = |text: &Edition, id| text.row(id).map(|row| row.section);
    assert_eq!(section(ietf_01, "DTR-9.2-01"), Some("9.2"));
    assert_eq!(section(ietf_00, "DTR-9.2-01"), Some("9.1"));
    assert_eq!(section(gerber_00, "DTR-9.2-01"), Some("8.1"));
    assert_eq!(section(gerber_00, "K-3-02"), Some("3, 5.2"));
    assert_eq!(section(gerber_00, "DTR-8.2-02"), Some("7.2 clause 1"));
    assert_eq!(section(gerber_00, "DTR-12.2-01"), Some("11.2"));
    assert_eq!(section(gerber_00, "DTR00-6.3.1-02"), Some("5.3.1 bullet 3"));
    assert_eq!(section(ietf_00, "DTR-9.1-01"), None);
    assert_eq!(section(gerber_00, "DTR-6.4-20"), None);
    assert_eq!(section(ping, "CIBA-10.2-09"), Some("10.2"));
    assert_eq!(section(poll, "CIBA-10.2-09"), None);
}

#[test]
fn a_section_that_only_begins_alike_stays() {
    let difference = Difference {
        absent: Vec::new(),
        moved: vec![("1", "2")],
        changed: Vec::new(),
        own: Vec::new(),
    };
    let rows = [named("DTR-11.1-01").expect("a row").clone()];
    assert_eq!(difference.applied_to(&rows), rows);
}
