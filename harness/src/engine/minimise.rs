//! A failing trace made as short as it fails.
//!
//! Whatever generated it, a trace is shrunk the same way: leave out one event,
//! run it again from a fresh state, and keep what still fails alike. All
//! candidates of a round share a batch, so a round costs about one trace; that
//! is why the shrinking is here and not proptest's, which tries one at a time.

use dtr_model::Trace;

use super::{Engine, Failure};

/// Rounds at most. A trace has some forty events and each round drops one.
const ROUNDS: usize = 60;

/// The shortest trace found that fails as `failure` does.
pub async fn minimise(engine: &Engine, failure: Failure) -> Failure {
    let mut best = failure;
    for _ in 0..ROUNDS {
        let shorter = shorter(&best.trace);
        let failures = engine.run(shorter, |_| {}).await.failures;
        let alike = failures.into_iter().filter(|f| is_alike(f, &best));
        match alike.min_by_key(|f| f.trace.events.len()) {
            Some(found) => best = found,
            None => break,
        }
    }
    best.trace = Trace::new(best.trace.origin, best.trace.terms, best.trace.events);
    best
}

/// Every trace with one event less.
fn shorter(trace: &Trace) -> Vec<Trace> {
    let without = |skip: usize| {
        let mut events = trace.events.clone();
        events.remove(skip);
        Trace {
            events,
            ..trace.clone()
        }
    };
    (0..trace.events.len()).map(without).collect()
}

/// Alike enough: some requirement is broken by both.
fn is_alike(one: &Failure, other: &Failure) -> bool {
    let shared = one
        .requirements
        .iter()
        .any(|id| other.requirements.contains(id));
    shared || (one.requirements.is_empty() && other.requirements.is_empty())
}
