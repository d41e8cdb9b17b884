//! The three submitted texts, and a proposal, against each other: a server of one, judged by another, fails exactly where they
//! differ.
//!
//! | judged by | a server of | |
//! |---|---|---|
//! | itself | | passes, and so does each proposal, and RFC 8628 and CIBA |
//! | gerber-00 | ietf-00, ietf-01 | fails where somebody is needed: `interaction_required` is no answer that it knows |
//! | ietf-00, ietf-01 | gerber-00 | fails where interaction is needed, and is not asked for |
//! | ietf-00 | ietf-01 | passes; the leave to refuse a weak token is not taken |
//! | ietf-01 | ietf-00 | passes; a weak token may still be refused, but by no leave of this text |
//! | ietf-01 | pr-47 | fails where a hint changes what the authorization endpoint answers |
//! | pr-47 | ietf-01 | passes; no server has to take the leave to answer there |

// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_harness::engine::{Engine, Outcome, fingerprint};
use dtr_harness::probe::{self, Probe, Until};
use dtr_harness::report::diagram;
use dtr_harness::suite;
use dtr_harness::target::bundled::TICK_SECONDS;
use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::event::{Decision, Event};
use dtr_model::trace::Origin;
use dtr_reference::Edition;

/// The row that takes a refusal of a weak token for what it is: a leave of gerber-00 and ietf-00.
const LEAVE: &str = "DTR00-6.3.1-02";

/// Events in a short trace, at most.
const SHORT: usize = 8;

/// The short traces that a text has, and one in eight of the others: enough to come to each
/// difference many times.
fn traces(draft: &'static Draft) -> Vec<Trace> {
    let mut traces = suite::unique(suite::recorded(draft));
    let mut nth = 0;
    traces.retain(|trace| {
        nth += 1;
        let short = trace.origin != Origin::Edge || trace.events.len() <= SHORT;
        Limits::USUAL.fit(&trace.terms) && (short || nth % 8 == 0)
    });
    traces
}

/// What `judge` makes of a server of another text.
async fn judged(judge: &'static Draft, served: &Draft) -> Outcome {
    let edition = Edition::named(served.id).unwrap();
    let kind = TransportKind::InProcess;
    let adjust = |config: &mut dtr_reference::Config| config.draft = edition;
    let server = Bundled::start_with(kind, Limits::USUAL, 1, judge, |config, _| adjust(config));
    let server = server.await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let until = Until {
        stop: &stop,
        deadline: None,
    };
    let probes: Vec<&Probe> = probe::all()
        .filter(|probe| is_about_a_difference(probe))
        .collect();
    let probed = probe::run(server.target(), &probes, until, || {}).await;
    let engine = Engine::new(Arc::clone(server.target()), judge.pins(), Arc::clone(&stop));
    let mut outcome = engine.run(traces(judge), |_| {}).await;
    outcome.take_in_probes(probed);
    server.shutdown().await;
    outcome
}

fn is_about_a_difference(probe: &Probe) -> bool {
    probe.id == "probe-weak-token" || probe.id.starts_with("probe-link")
}

/// The rows that were broken.
fn broken(outcome: &Outcome) -> BTreeSet<&'static str> {
    let counts = outcome.tally.requirements.iter();
    counts
        .filter(|(_, count)| count.broken > 0)
        .map(|(id, _)| *id)
        .collect()
}

/// Whether the trace comes to where interaction is needed.
fn needs_interaction(trace: &Trace) -> bool {
    trace.events.iter().any(|event| {
        let opened =
            matches!(event, Event::Request(r) if r.steer == dtr_model::event::Steer::Interact);
        opened || *event == Event::Decide(Decision::NeedInteraction)
    })
}

/// Every failure, as a person would read it.
fn told(outcome: &Outcome) -> String {
    let failures = outcome.failures.iter();
    let told = failures.map(|failure| diagram::of_failure(failure, TICK_SECONDS));
    told.collect::<Vec<_>>().join("\n")
}

fn passes(outcome: &Outcome, judge: &Draft) {
    assert!(outcome.failures.is_empty(), "{}", told(outcome));
    assert_eq!(broken(outcome), BTreeSet::new());
    let probed: Vec<_> = outcome.probed.iter().map(|p| p.probe.id).collect();
    assert!(probed.is_empty(), "{probed:?}");
    assert!(outcome.inconclusive.is_empty() && outcome.unprobed.is_empty());
    assert!(outcome.traces > 50, "only {} were run", outcome.traces);
    let conflicts = fingerprint(&outcome.tally.evidence, judge).conflicts;
    assert!(conflicts.is_empty(), "{conflicts:?}");
}

/// Whether it was seen that the server takes the leave to refuse a weak token.
fn takes_the_leave(outcome: &Outcome) -> bool {
    let count = outcome.tally.requirements.get(LEAVE);
    count.is_some_and(|count| count.held > 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_the_same_text_passes() {
    for draft in Draft::SUBMITTED {
        let outcome = judged(draft, draft).await;
        passes(&outcome, draft);
        assert_eq!(
            takes_the_leave(&outcome),
            draft.rules.weak_token_refusable,
            "{draft:?}"
        );
    }
}

/// What is laid over the last text, and what it generalises.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_a_proposal_or_of_a_sibling_passes() {
    let submitted: Vec<&str> = Draft::SUBMITTED.iter().map(|draft| draft.id).collect();
    let served = Draft::ALL
        .iter()
        .filter(|draft| Edition::named(draft.id).is_ok() && !submitted.contains(&draft.id));
    let mut count = 0;
    for draft in served {
        let outcome = judged(draft, draft).await;
        passes(&outcome, draft);
        count += 1;
    }
    assert_eq!(
        count, 10,
        "four proposals, three siblings and three profiles are served"
    );
}

/// The one thing that ietf-01 changed shows in no failure: ietf-00 licensed a refusal, which ietf-01 does not forbid.
#[tokio::test(flavor = "multi_thread")]
async fn ietf_00_and_ietf_01_differ_in_a_leave() {
    let newer = judged(&Draft::IETF_00, &Draft::IETF_01).await;
    passes(&newer, &Draft::IETF_00);
    assert!(!takes_the_leave(&newer));
    let older = judged(&Draft::IETF_01, &Draft::IETF_00).await;
    passes(&older, &Draft::IETF_01);
    assert!(!takes_the_leave(&older), "ietf-01 has no such row");
}

/// gerber-00 has only `authorization_pending` for what waits for a person; the newer servers ask for interaction, which
/// is no answer of that text.
#[tokio::test(flavor = "multi_thread")]
async fn gerber_00_knows_no_interaction_required() {
    for served in [&Draft::IETF_00, &Draft::IETF_01] {
        let outcome = judged(&Draft::GERBER_00, served).await;
        differs_in_interaction(&outcome);
        // A deferred response, and a pending poll (Sections 5.4 and 5.6).
        assert_eq!(broken(&outcome), BTreeSet::from(["K-6.4-01", "K-6.6-03"]));
        assert_eq!(takes_the_leave(&outcome), served.rules.weak_token_refusable);
    }
}

/// It fails, and in no trace in which nothing waits for a person.
fn differs_in_interaction(outcome: &Outcome) {
    assert!(!outcome.failures.is_empty());
    let stray = outcome
        .failures
        .iter()
        .find(|f| !needs_interaction(&f.trace));
    assert!(stray.is_none(), "{}", told(outcome));
}

/// A server of gerber-00 goes on with `authorization_pending` where the newer texts ask for `interaction_required`.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_gerber_00_never_asks_for_interaction() {
    for judge in [&Draft::IETF_00, &Draft::IETF_01] {
        let outcome = judged(judge, &Draft::GERBER_00).await;
        differs_in_interaction(&outcome);
        // The pending errors themselves (Section 6.6), and what a repeated request is told of the same code (C-28).
        let rows = ["DTR-6.3.1-01", "DTR-6.6-03", "K-11.2-01", "K-6.6-03"];
        assert_eq!(broken(&outcome), BTreeSet::from(rows));
    }
}

/// Whether the trace ends with a request that a server of pr-47 answers before it comes to the token endpoint: what is hinted
/// is deferred there, or refused for want of the key that a client of ietf-01 does not name.
fn ends_where_it_hints(trace: &Trace) -> bool {
    let last = trace.events.last();
    last.is_some_and(|event| matches!(event, Event::Request(r) if r.hinted))
}

/// Section 5.2 of ietf-01 has a hint change nothing at the authorization endpoint; pull request 47 has it deferred there.
#[tokio::test(flavor = "multi_thread")]
async fn pr_47_answers_a_hint_where_it_is_given() {
    let itself = judged(&Draft::PR_47, &Draft::PR_47).await;
    passes(&itself, &Draft::PR_47);

    let outcome = judged(&Draft::IETF_01, &Draft::PR_47).await;
    assert!(!outcome.failures.is_empty());
    let stray = outcome
        .failures
        .iter()
        .find(|f| !ends_where_it_hints(&f.trace));
    assert!(stray.is_none(), "{}", told(&outcome));
}

/// What pull request 47 allows a server to do at the authorization endpoint, it need not do.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_leaves_hints_alone_passes_by_pr_47() {
    let outcome = judged(&Draft::PR_47, &Draft::IETF_01).await;
    passes(&outcome, &Draft::PR_47);
}
