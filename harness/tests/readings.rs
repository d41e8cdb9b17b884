//! The reference set to each of its readings in turn: what the suite makes of it is exactly that reading.

// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use dtr_model::question::{self, Place};
use dtr_reference::config::readings::Readings;

#[path = "readings/probes.rs"]
mod probes;
#[path = "readings/traces.rs"]
mod traces;

/// Letters that the reference cannot be set to: `reference/src/config/readings/table.rs` says why.
const NOT_SERVED: &[&str] = &["C-49/C", "C-57/B", "C-60/B", "C-72/A", "C-72/B"];

/// The reference does not know the model; that both mean the same by the same letter is seen here.
#[test]
fn the_reference_has_the_questions_of_the_model() {
    let mut missing = BTreeSet::new();
    for entry in question::catalogue() {
        let known = Readings::QUESTIONS
            .iter()
            .find(|known| known.id == entry.id);
        let decided = matches!(entry.place, Place::Relation(_) | Place::Probe);
        assert!(decided || known.is_none(), "{} shows nowhere", entry.id);
        for (letter, theirs) in entry.lettered().filter(|_| decided) {
            let name = format!("{}/{letter}", entry.id);
            let ours = known.and_then(|known| {
                let mut readings = known.readings.iter();
                readings.find(|reading| reading.letter == letter.to_string())
            });
            match ours {
                Some(ours) => assert_eq!(ours.breaks, theirs.breaks, "{name}"),
                None => drop(missing.insert(name)),
            }
        }
        if let Some(known) = known {
            let pin = entry.pin.map(|pin| pin.to_string());
            assert_eq!(Some(known.default), pin.as_deref(), "{}", entry.id);
        }
    }
    assert_eq!(
        missing,
        NOT_SERVED.iter().map(ToString::to_string).collect()
    );
}
