//! What the findings claim is real: every counterexample of a reading happens on the wire, at the reference set to that
//! reading, wherever it is made of requests that can be sent one after the other.

// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dtr_harness::driver::{Seen, Session};
use dtr_harness::target::{Bundled, Limits, Target, TransportKind};
use dtr_model::Terms;
use dtr_model::check::Case;
use dtr_model::draft::Draft;
use dtr_model::event::Event;
use dtr_model::finding::replay::{Replay, replay};
use dtr_model::question::Readings;
use dtr_model::world::{Action, Setting};
use dtr_reference::Config;
use dtr_reference::config::readings::{Readings as Set, UnknownReading};

/// Counterexamples that do not happen so: the reading, the properties and why. The list is complete, and has no idle line.
const NOT_REPLAYED: &[(&str, &[&str], &str)] = &[
    (
        "C-05=B",
        &["S8"],
        "who may forget at any moment: the reference forgets at once",
    ),
    ("C-13=C", &["S8"], UNFOUNDED),
    (
        "C-14=B",
        &["S1", "S2", "S3", "S4", "S8", "L2-lost"],
        AT_ONCE,
    ),
    (
        "C-42=B",
        &["S4", "S12"],
        "an invalid request with an authorization code has a wrong verifier, which the reference does not defer",
    ),
    (
        "C-45=B",
        &["L2-lost"],
        "where the first code was lost, nobody can tell that the next one is another",
    ),
    (
        "C-58=B",
        &["L5"],
        "without its secret a callback is bare or not made: the reference makes a bare one",
    ),
    ("C-71=B", &["S8"], UNFOUNDED),
    ("C-72=B", &["S8", "L2-late", "L2-lost", "L5-late"], AT_ONCE),
];

const AT_ONCE: &str = "takes two requests in the server at the same moment";
const UNFOUNDED: &str = "takes a server that believes in a loss that was none";

/// What else has to be set for the reading to matter.
fn set_the_stage(config: &mut Config, case: &str) {
    if case.starts_with("C-24") {
        config.deferral.escalate_after = Some(1);
    }
}

/// Performs the steps.
///
/// # Errors
/// What was answered otherwise than the counterexample has it.
async fn perform(target: &Arc<Target>, terms: Terms, replay: &Replay) -> Result<(), String> {
    let lease = target.acquire(&terms).await.expect("a client of that kind");
    let mut session = Session::new(Arc::clone(target), lease, terms);
    for (at, (event, answer)) in replay.steps.iter().enumerate() {
        if *event == Event::Tick {
            target.advance(1).await.unwrap();
            continue;
        }
        let seen = session.perform(*event).await.answer;
        if seen != Seen::Answer(*answer) {
            return Err(format!("step {}, {event}: {seen}, not {answer}", at + 1));
        }
    }
    drop(session.finish().await);
    Ok(())
}

fn set_to(case: &str) -> Result<Set, UnknownReading> {
    let mut set = Set::default();
    if let Some((question, letter)) = case.split_once('=') {
        set.set(question, letter)?;
    }
    Ok(set)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_counterexample_happens_on_the_wire() {
    let mut replayed = 0;
    let mut left = BTreeMap::new();
    for case in Case::all(Draft::DEFAULT) {
        let checked = tokio::task::block_in_place(|| case.check()).unwrap();
        for (property, path) in &checked.broken {
            match happens(&case.name, path).await {
                Ok(()) => replayed += 1,
                Err(why) => drop(left.insert((case.name.clone(), property.id()), why)),
            }
        }
    }
    let known = NOT_REPLAYED.iter().flat_map(|(case, properties, _)| {
        let each = properties.iter();
        each.map(|property| ((*case).to_owned(), *property))
    });
    let known: BTreeSet<_> = known.collect();
    assert!(left.keys().eq(&known), "{left:#?}");
    assert!(replayed > 100, "only {replayed} were replayed");
}

/// Whether the server so set answers as the counterexample has it.
async fn happens(case: &str, path: &[Action]) -> Result<(), String> {
    let replay = replay(path)?;
    let set = set_to(case).map_err(|error| error.to_string())?;
    let terms = Setting::new(Draft::DEFAULT, Readings::pins()).terms[replay.which as usize];
    let limits = Limits::of(&terms);
    let server = Bundled::start_with(
        TransportKind::Http,
        limits,
        1,
        Draft::DEFAULT,
        |config, _| {
            set_the_stage(config, case);
            config.readings = set;
        },
    );
    let server = server.await.unwrap();
    let result = perform(server.target(), terms, &replay).await;
    server.shutdown().await;
    result
}
