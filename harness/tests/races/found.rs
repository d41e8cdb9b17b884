//! Whole runs of the races, against a sound server and against hasty ones.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_harness::engine::{Engine, Failure, Outcome, minimise};
use dtr_harness::report::{curl, diagram};
use dtr_harness::suite;
use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::event::{Caller, Decision, Event, TokenRequest};
use dtr_model::generate::{self, Graph, SETTINGS};
use dtr_model::question::Readings;
use dtr_reference::{Config, Parts};

use crate::hasty::{Hasty, HastyStore};

const POLL: Event = Event::Poll {
    by: Caller::Owner,
    lost: false,
};

pub(crate) fn races() -> Vec<Trace> {
    let graphs = SETTINGS.iter().map(|t| Graph::of(*t));
    graphs.flat_map(|g| generate::races(&g)).collect()
}

/// The events at the same time.
fn together(trace: &Trace) -> &[Event] {
    let window = trace.window.expect("a race has a window");
    &trace.events[window.from..window.until]
}

pub(crate) async fn start(
    kind: TransportKind,
    adjust: impl FnOnce(&mut Config, &mut Parts) + Send,
) -> Bundled {
    let server = Bundled::start_with(kind, Limits::USUAL, 1, Draft::DEFAULT, adjust).await;
    server.expect("the bundled server starts")
}

fn engine(server: &Bundled) -> Engine {
    let stop = Arc::new(AtomicBool::new(false));
    Engine::new(Arc::clone(server.target()), Readings::pins(), stop)
}

pub(crate) async fn run(server: &Bundled, traces: &[Trace], rounds: usize) -> Outcome {
    let traces = suite::repeated(traces, rounds);
    engine(server).run(traces, |_| {}).await
}

/// How many rounds of each race fail.
fn by_race(failures: &[Failure], races: &[Trace]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = races.iter().map(|t| (t.id.clone(), 0)).collect();
    for failure in failures {
        *counts.entry(failure.trace.id.clone()).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_server_passes_every_race() {
    for kind in [TransportKind::InProcess, TransportKind::Http] {
        let server = start(kind, |_, _| {}).await;
        let outcome = run(&server, &races(), 4).await;
        if let Some(failure) = outcome.failures.first() {
            panic!("{}", diagram::of_failure(failure, 5));
        }
        assert!(
            outcome.inconclusive.is_empty(),
            "{:?}",
            outcome.inconclusive
        );
        assert_eq!(outcome.traces as usize, 4 * races().len());
        server.shutdown().await;
    }
}

/// The race of polls for one token, and how often a round meets it.
#[tokio::test(flavor = "multi_thread")]
async fn two_tokens_to_two_polls_at_the_same_time_are_caught() {
    let server = start(TransportKind::Http, |_, parts| {
        parts.store = HastyStore::new(Hasty::Changes);
    })
    .await;
    let polls = |t: &Trace| {
        let granted = t.events.contains(&Event::Decide(Decision::Approve));
        granted && together(t).iter().all(|e| *e == POLL)
    };
    let races: Vec<Trace> = races().into_iter().filter(polls).collect();
    let rounds = suite::rounds(0.99);
    let outcome = run(&server, &races, rounds).await;
    let counts = by_race(&outcome.failures, &races);
    println!("of {rounds} rounds fail: {counts:?}");
    assert!(counts.values().all(|failed| *failed > 0), "{counts:?}");

    let pair = outcome
        .failures
        .iter()
        .find(|f| together(&f.trace).len() == 2);
    let failure = minimise(&engine(&server), pair.expect("a pair fails").clone()).await;
    let short = diagram::of_failure(&failure, 5);
    let plain = Event::Request(TokenRequest::PLAIN);
    let expected = [plain, Event::Decide(Decision::Approve), POLL, POLL];
    assert_eq!(failure.trace.events, expected, "{short}");
    assert!(failure.requirements.contains(&"DTR-6.5.2-02"), "{short}");
    for words in [
        "par: at the same time",
        "2 × poll by owner → token",
        "poll by owner → invalid_grant",
    ] {
        assert!(short.contains(words), "{words}: {short}");
    }
    let script = curl::script(&failure, 5);
    assert_eq!(script.matches(" &\n").count(), 2, "{script}");
    assert_eq!(script.matches("\nwait ").count(), 1, "{script}");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_code_used_twice_at_the_same_time_is_caught() {
    let server = start(TransportKind::Http, |_, parts| {
        parts.store = HastyStore::new(Hasty::Credentials);
    })
    .await;
    let replays =
        |t: &Trace| t.terms.one_time && together(t).iter().all(|e| matches!(e, Event::Request(_)));
    let races: Vec<Trace> = races().into_iter().filter(replays).collect();
    let rounds = suite::rounds(0.99);
    let outcome = run(&server, &races, rounds).await;
    let counts = by_race(&outcome.failures, &races);
    println!("of {rounds} rounds fail: {counts:?}");
    // Each is met in some four to seven rounds of seventeen; one of them may
    // have bad luck.
    let caught = counts.values().filter(|failed| **failed > 0).count();
    assert!(caught >= 4 && caught + 1 >= counts.len(), "{counts:?}");
    server.shutdown().await;
}

/// What no order of two requests explains is found later, by what comes of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_overwritten_by_an_approval_is_caught() {
    let server = start(TransportKind::Http, |_, parts| {
        parts.store = HastyStore::new(Hasty::Changes);
    })
    .await;
    let approve = Event::Decide(Decision::Approve);
    let against = |t: &Trace| {
        let events = together(t);
        events.contains(&approve) && events.contains(&Event::Revoke { by: Caller::Owner })
    };
    let races: Vec<Trace> = races().into_iter().filter(against).collect();
    assert!(!races.is_empty());
    let outcome = run(&server, &races, suite::rounds(0.99)).await;
    let counts = by_race(&outcome.failures, &races);
    println!("fail: {counts:?}");
    assert!(!outcome.failures.is_empty());
    server.shutdown().await;
}
