//! What the state machine decides: the fingerprint says exactly the reading that is set, and of every other question that
//! it may be read as before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_harness::engine::{Engine, Fingerprint, Outcome, fingerprint};
use dtr_harness::report::diagram;
use dtr_harness::suite;
use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::question::{self, Question};
use dtr_reference::Config;
use dtr_reference::config::readings::{self as settings, Readings};

/// What answers leave open, although the server follows one reading: question, what it is set to, what is left, why.
/// Each is checked as well: should a reading be told apart one day, its line has to go.
const LEFT_OPEN: &[(&str, &str, &str, &str)] = &[
    (
        "C-05",
        "A",
        "AB",
        "who may forget at any moment may also remember",
    ),
    (
        "C-10",
        "A",
        "AC",
        "`slow_down` is a SHOULD: a stranger may be spared it",
    ),
    (
        "C-10",
        "B",
        "ABC",
        "`slow_down` is a SHOULD: early polls may be spared it in any state",
    ),
    (
        "C-14",
        "A",
        "AB",
        "polls one after the other never show it; the races see A as linearizable",
    ),
    (
        "C-14",
        "B",
        "AB",
        "as for A; the reference's own test holds two polls at the same point",
    ),
    (
        "C-20",
        "A",
        "ABC",
        "`slow_down` is a SHOULD: who enforces more may let a poll pass",
    ),
    (
        "C-20",
        "C",
        "BC",
        "`slow_down` is a SHOULD: who enforces more may let a poll pass",
    ),
    (
        "C-36",
        "A",
        "ABC",
        "a grant may refuse for reasons of its own, and say `invalid_request`",
    ),
    (
        "C-36",
        "B",
        "BC",
        "a grant may refuse for reasons of its own, and say `invalid_request`",
    ),
    (
        "C-36",
        "C",
        "BC",
        "a grant may refuse for reasons of its own, and say `invalid_request`",
    ),
    (
        "C-42",
        "A",
        "AB",
        "who may defer an invalid request may also refuse it",
    ),
    ("C-45", "A", "AB", "who may defer again may also refuse"),
    (
        "C-54",
        "A",
        "ABC",
        "whether to defer is the server's discretion, and so is how it refuses",
    ),
    (
        "C-54",
        "B",
        "ABC",
        "whether to defer is the server's discretion, and so is how it refuses",
    ),
    ("C-65", "C", "BC", "whether to try again is out of scope"),
    (
        "C-70",
        "B",
        "AB",
        "an approval that is cancelled and then forgotten (C-05/B) is answered alike",
    ),
];

/// What else has to be set for a question to matter at all.
fn set_the_stage(config: &mut Config, question: &str) {
    if matches!(question, "C-24" | "C-59") {
        config.deferral.escalate_after = Some(1);
    }
    if question == "C-59" {
        config.readings.set("C-24", "B").unwrap();
    }
}

type Traces = Vec<(Limits, Vec<Trace>)>;

fn traces() -> Traces {
    let mut traces: BTreeMap<Limits, Vec<Trace>> = BTreeMap::new();
    for trace in suite::unique(suite::recorded(Draft::DEFAULT)) {
        let limits = Limits::of(&trace.terms);
        traces.entry(limits).or_default().push(trace);
    }
    traces.into_iter().collect()
}

async fn run(traces: &Traces, question: &str, letter: &str) -> (Readings, Outcome) {
    let mut outcome = Outcome::default();
    let mut readings = Readings::default();
    for (limits, traces) in traces {
        let mut adjust = |config: &mut Config| {
            set_the_stage(config, question);
            config.readings.set(question, letter).unwrap();
            readings = config.readings;
        };
        let kind = TransportKind::InProcess;
        let server = Bundled::start_with(kind, *limits, 1, Draft::DEFAULT, |c, _| adjust(c));
        let server = server.await.expect("the bundled server starts");
        let open = question::Readings::open();
        let engine = Engine::new(
            Arc::clone(server.target()),
            open,
            Arc::new(AtomicBool::new(false)),
        );
        outcome.add(engine.run(traces.clone(), |_| {}).await);
        server.shutdown().await;
    }
    (readings, outcome)
}

/// The letters of the readings that the answers leave possible.
fn left(found: &Fingerprint, question: Question) -> String {
    match found.readings.get(&question) {
        Some((left, _)) => left.iter().map(ToString::to_string).collect(),
        None => question.readings().map(|r| r.to_string()).collect(),
    }
}

fn expected<'a>(question: &str, letter: &'a str) -> &'a str {
    let mut open = LEFT_OPEN.iter();
    let known = open.find(|(q, l, ..)| (*q, *l) == (question, letter));
    known.map_or(letter, |(_, _, left, _)| left)
}

/// What is wrong with what came of a run of `question` read as `letter`.
fn complaints(question: &str, letter: &str, readings: &Readings, outcome: &Outcome) -> Vec<String> {
    let mut complaints = Vec::new();
    if let Some(failure) = outcome.failures.first() {
        complaints.push(diagram::of_failure(failure, 5));
    }
    if let Some((trace, why)) = outcome.inconclusive.first() {
        complaints.push(format!("{}: {why}", trace.id));
    }
    let found = fingerprint(&outcome.tally.evidence, Draft::DEFAULT);
    complaints.extend(
        found
            .conflicts
            .iter()
            .map(|conflict| format!("{conflict:?}")),
    );
    for (other, set) in Readings::QUESTIONS.iter().zip(readings.letters()) {
        let Some(asked) = Question::named(other.id) else {
            continue; // what probes tell apart
        };
        let left = left(&found, asked);
        let exact = other.id == question && left != expected(question, letter);
        if exact || !left.contains(set) {
            complaints.push(format!("{} is set to {set}, and read as {left}", other.id));
        }
    }
    complaints
}

/// The settings that the state machine decides.
fn decided() -> impl Iterator<Item = &'static settings::Question> {
    let settings = Readings::QUESTIONS.iter();
    settings.filter(|known| Question::named(known.id).is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fingerprint_says_what_is_set() {
    let traces = traces();
    let mut complained = Vec::new();
    let (readings, defaults) = run(&traces, "C-01", "B").await;
    for question in decided() {
        for reading in question.readings {
            let staged = matches!(question.id, "C-24" | "C-59");
            let complaints = if reading.letter == question.default && !staged {
                complaints(question.id, reading.letter, &readings, &defaults)
            } else {
                let (readings, outcome) = run(&traces, question.id, reading.letter).await;
                complaints(question.id, reading.letter, &readings, &outcome)
            };
            for complaint in complaints {
                complained.push(format!("{}/{}: {complaint}", question.id, reading.letter));
            }
        }
    }
    assert!(complained.is_empty(), "{}", complained.join("\n"));
}
