//! A failing trace made as short as it fails.
//!
//! Whatever generated it, a trace is shrunk the same way: leave out one event or
//! put a plainer one in its place, run it again from a fresh state, and keep
//! what still fails alike. All candidates of a round share a batch, so a round
//! costs about one trace; that is why the shrinking is here and not proptest's,
//! which tries one at a time.

use dtr_model::Trace;
use dtr_model::event::{Decision, Event, TokenRequest};

use super::{Engine, Failure};

/// Rounds at most. A trace has some forty events and each round drops or
/// simplifies one.
const ROUNDS: usize = 60;

/// The shortest trace found that fails as `failure` does.
pub async fn minimise(engine: &Engine, failure: Failure) -> Failure {
    let mut best = failure;
    for _ in 0..ROUNDS {
        let candidates = candidates(&best.trace);
        let failures = engine.run(candidates, |_| {}).await.failures;
        let alike = failures.into_iter().filter(|f| is_alike(f, &best));
        let better = alike.filter(|f| weight(&f.trace) < weight(&best.trace));
        match better.min_by_key(|f| weight(&f.trace)) {
            Some(found) => best = found,
            None => break,
        }
    }
    best.trace = Trace::new(best.trace.origin, best.trace.terms, best.trace.events);
    best
}

/// Every trace with one event less, or one event plainer.
fn candidates(trace: &Trace) -> Vec<Trace> {
    let with = |events| Trace {
        events,
        ..trace.clone()
    };
    let mut candidates = Vec::new();
    for (at, event) in trace.events.iter().enumerate() {
        let mut fewer = trace.events.clone();
        fewer.remove(at);
        candidates.push(with(fewer));
        if plain(*event) != *event {
            let mut plainer = trace.events.clone();
            plainer[at] = plain(*event);
            candidates.push(with(plainer));
        }
    }
    candidates
}

/// Fewer events first, then fewer that could be plainer.
fn weight(trace: &Trace) -> (usize, usize) {
    let fancy = trace.events.iter().filter(|e| plain(**e) != **e);
    (trace.events.len(), fancy.count())
}

/// The plainest event of its kind.
fn plain(event: Event) -> Event {
    match event {
        Event::Request(_) => Event::Request(TokenRequest::PLAIN),
        Event::Poll { by, .. } => Event::Poll { by, lost: false },
        Event::Decide(Decision::Narrow) => Event::Decide(Decision::Approve),
        _ => event,
    }
}

/// Alike enough: some requirement is broken by both.
fn is_alike(one: &Failure, other: &Failure) -> bool {
    let shared = one
        .requirements
        .iter()
        .any(|id| other.requirements.contains(id));
    shared || (one.requirements.is_empty() && other.requirements.is_empty())
}
