//! A run that fails: found, made short, told, and kept for the next one.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_harness::driver::check_metadata;
use dtr_harness::engine::{Engine, Outcome, minimise};
use dtr_harness::failures::Failures;
use dtr_harness::report::document::{Counted, Document, Setting, Verdict};
use dtr_harness::report::terminal::{self, Detail};
use dtr_harness::suite;
use dtr_harness::target::bundled::TICK_SECONDS;
use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::question::Readings;
use dtr_model::trace::Origin;
use dtr_reference::{Config, Parts};

use crate::faulty::{Forgetful, Forgets};
use crate::support::Place;

/// Runs the edge cover against a server adjusted so, in process.
async fn run(
    adjust: impl FnOnce(&mut Config, &mut Parts) + Send,
    stopped: bool,
) -> (Engine, Bundled, Outcome) {
    let limits = Limits::USUAL;
    let server =
        Bundled::start_with(TransportKind::InProcess, limits, 1, Draft::DEFAULT, adjust).await;
    let server = server.expect("the bundled server starts");
    let stop = Arc::new(AtomicBool::new(stopped));
    let engine = Engine::new(Arc::clone(server.target()), Readings::pins(), stop);
    let mut traces = suite::recorded(Draft::DEFAULT);
    traces.retain(|t| t.origin == Origin::Edge && limits.fit(&t.terms));
    let mut outcome = engine.run(traces, |_| {}).await;
    outcome.take_in(check_metadata(server.target()).await);
    (engine, server, outcome)
}

fn document(outcome: &Outcome, told: &[Counted]) -> Document {
    let setting = Setting {
        target: "a faulty server".to_owned(),
        tick_seconds: TICK_SECONDS,
        seed: 1,
        ..Setting::default()
    };
    Document::new(outcome, told, setting)
}

/// The document of a faulty server, with the shortest of its failures.
async fn failing(adjust: impl FnOnce(&mut Config, &mut Parts) + Send) -> (Document, Trace) {
    let (engine, _server, outcome) = run(adjust, false).await;
    let mut shortest = None::<Counted>;
    for failure in outcome.failures.iter().take(5) {
        let failure = minimise(&engine, failure.clone()).await;
        let steps = failure.trace.events.len();
        if shortest
            .as_ref()
            .is_none_or(|s| steps < s.failure.trace.events.len())
        {
            shortest = Some(Counted { failure, times: 1 });
        }
    }
    let shortest = shortest.expect("a fault is found");
    let trace = shortest.failure.trace.clone();
    (document(&outcome, &[shortest]), trace)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_server_passes_the_same_traces() {
    let (_, _server, outcome) = run(|_, _| {}, false).await;
    let document = document(&outcome, &[]);
    assert_eq!(document.verdict, Verdict::Pass);
    assert!(document.counts.traces > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_token_is_told_in_four_steps() {
    let forget = |_: &mut Config, parts: &mut Parts| {
        parts.store = Arc::new(Forgetful::new(Forgets::Redemption));
    };
    let (document, trace) = failing(forget).await;
    assert_eq!(document.verdict, Verdict::Fail);
    assert!(document.counts.failed > 0);
    let [failure] = &document.failures[..] else {
        panic!("one was told")
    };
    assert!(failure.steps.len() <= 4, "{}", failure.diagram);
    assert_eq!(failure.trace, trace.id);
    assert!(!failure.requirements.is_empty());
    assert!(
        failure.allowed.contains(&"invalid_grant".to_owned()),
        "{:?}",
        failure.allowed
    );
    let broken = |id: &str| {
        document
            .checks
            .iter()
            .any(|c| c.id == id && c.verdict == Verdict::Fail)
    };
    assert!(failure.requirements.iter().all(|id| broken(id)));
    for line in ["approved", "poll by owner", "✗ ", "allowed: "] {
        assert!(failure.diagram.contains(line), "{}", failure.diagram);
    }
    for line in [
        "#!/bin/sh",
        "curl -sS -i -X POST",
        "grant_type=",
        "#   came: ",
    ] {
        assert!(failure.script.contains(line), "{}", failure.script);
    }

    let told =
        anstream::adapter::strip_str(&terminal::render(&document, Detail::WhatMatters)).to_string();
    let again = format!("Again: dtr run --select {}", trace.id);
    for words in [
        "fail: a faulty server",
        "allowed: ",
        "invalid_grant",
        "#!/bin/sh",
        &again,
    ] {
        assert!(told.contains(words), "no `{words}` in {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_is_lost_is_found() {
    let forget = |_: &mut Config, parts: &mut Parts| {
        parts.store = Arc::new(Forgetful::new(Forgets::Cancellation));
    };
    let (document, trace) = failing(forget).await;
    assert_eq!(document.verdict, Verdict::Fail);
    assert!(trace.events.len() <= 3, "{}", document.failures[0].diagram);
}

/// The script waits as long as the trace does.
#[tokio::test(flavor = "multi_thread")]
async fn a_lifetime_that_ends_early_is_found_and_the_script_waits_for_it() {
    let (document, _) = failing(|config, _| config.deferral.lifetime -= TICK_SECONDS).await;
    assert_eq!(document.verdict, Verdict::Fail);
    let failure = &document.failures[0];
    let ticks = failure
        .steps
        .iter()
        .filter(|s| s.event == "a tick passes")
        .count();
    let waits = failure.script.matches("sleep 5").count();
    assert_eq!(waits, ticks, "{}", failure.script);
}

/// A run without a verdict on anything is no pass, and neither is one that was
/// stopped before its end.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_run_is_nothing_passed() {
    assert_eq!(
        document(&Outcome::default(), &[]).verdict,
        Verdict::Inconclusive
    );
    let (_, _server, outcome) = run(|_, _| {}, true).await;
    assert!(outcome.stopped);
    assert_eq!(document(&outcome, &[]).verdict, Verdict::Inconclusive);
}

/// What the binary does with what was kept: runs it first, forgets what has
/// passed, and nothing that was not selected.
#[test]
fn kept_traces_are_run_again_and_forgotten_once_they_pass() {
    let place = Place::new();
    let all = suite::recorded(Draft::DEFAULT);
    let kept: Vec<Trace> = ["fork-C-02", "danger-S2"]
        .iter()
        .map(|id| {
            all.iter()
                .find(|t| t.id.starts_with(id))
                .expect("a trace")
                .clone()
        })
        .collect();
    let mut failures = Failures::default();
    failures.update(kept.iter().cloned(), &[], std::iter::empty());
    let path = place.path(".dtr/failures.json");
    failures.write(&path).expect("written");

    place
        .run(&["run", "--in-process", "--select", &kept[0].id])
        .exits(0);
    let left: Vec<Trace> = Failures::read(&path).expect("read").traces().collect();
    assert_eq!(left, kept[1..]);
    place
        .run(&["run", "--in-process", "--select", &kept[1].id])
        .exits(0);
    assert!(!path.exists());
}

/// A trace nobody generates is known by its id as long as it is kept.
#[test]
fn a_failure_is_repeated_by_its_id() {
    let place = Place::new();
    let trace = suite::recorded(Draft::DEFAULT)
        .into_iter()
        .find(|t| t.events.len() > 20)
        .expect("a long one");
    let events = trace.events[..7].to_vec();
    let short = Trace::new(trace.origin, trace.terms, events);
    let select = ["run", "--in-process", "--select", &short.id];
    assert!(
        suite::recorded(Draft::DEFAULT)
            .iter()
            .all(|t| t.id != short.id)
    );
    let mut failures = Failures::default();
    failures.update(std::iter::once(short.clone()), &[], std::iter::empty());
    failures
        .write(&place.path(".dtr/failures.json"))
        .expect("written");
    place.run(&select).exits(0).says(&["1 traces,"]);
}
