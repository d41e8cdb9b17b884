//! A failing trace made as short as it fails.
//!
//! Whatever generated it, a trace is shrunk the same way: leave out one event or
//! put a plainer one in its place, run it again from a fresh state, and keep
//! what still fails alike. All candidates of a round share a batch, so a round
//! costs about one trace; that is why the shrinking is here and not proptest's,
//! which tries one at a time.

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::event::{Decision, Event};
use dtr_model::trace::Window;

use super::{Engine, Failure};

/// Rounds at most. A trace has some forty events and each round drops or
/// simplifies one.
const ROUNDS: usize = 60;

/// How often a candidate with a window is tried: whether a race fails is chance.
const TRIES: usize = 6;

/// The shortest trace found that fails as `failure` does.
pub async fn minimise(engine: &Engine, failure: Failure) -> Failure {
    let mut best = failure;
    for _ in 0..ROUNDS {
        let candidates = candidates(&best.trace);
        let candidates = candidates.into_iter().flat_map(|candidate| {
            let times = candidate.window.map_or(1, |_| TRIES);
            std::iter::repeat_n(candidate, times)
        });
        let failures = engine.run(candidates.collect(), |_| {}).await.failures;
        let alike = failures.into_iter().filter(|f| is_alike(f, &best));
        let better = alike.filter(|f| weight(&f.trace) < weight(&best.trace));
        match better.min_by_key(|f| weight(&f.trace)) {
            Some(found) => best = found,
            None => break,
        }
    }
    let Trace {
        origin,
        terms,
        events,
        window,
        ..
    } = best.trace;
    best.trace = Trace::with_window(origin, terms, events, window);
    best
}

/// Every trace with one event less, or one event plainer.
fn candidates(trace: &Trace) -> Vec<Trace> {
    let with = |events, window| Trace {
        events,
        window,
        ..trace.clone()
    };
    let mut candidates = Vec::new();
    for (at, event) in trace.events.iter().enumerate() {
        if let Some(window) = without(trace.window, at) {
            let mut fewer = trace.events.clone();
            fewer.remove(at);
            candidates.push(with(fewer, window));
        }
        if plain(*event, trace.terms.draft) != *event {
            let mut plainer = trace.events.clone();
            plainer[at] = plain(*event, trace.terms.draft);
            candidates.push(with(plainer, trace.window));
        }
    }
    candidates
}

/// The window once the event at this position is left out; `None` if that would
/// leave no two events in it, for then nothing happens at the same time.
fn without(window: Option<Window>, at: usize) -> Option<Option<Window>> {
    let Some(Window { from, until }) = window else {
        return Some(None);
    };
    let (from, until) = match () {
        () if at < from => (from - 1, until - 1),
        () if at < until => (from, until - 1),
        () => (from, until),
    };
    (until - from >= 2).then_some(Some(Window { from, until }))
}

/// Fewer events first, then fewer that could be plainer.
fn weight(trace: &Trace) -> (usize, usize) {
    let fancy = trace
        .events
        .iter()
        .filter(|e| plain(**e, trace.terms.draft) != **e);
    (trace.events.len(), fancy.count())
}

/// The plainest event of its kind.
fn plain(event: Event, draft: &Draft) -> Event {
    match event {
        Event::Request(_) => Event::Request(draft.plain_request()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_stays_one_and_moves_with_its_events() {
        let window = |from, until| Some(Window { from, until });
        assert_eq!(without(None, 3), Some(None));
        assert_eq!(without(window(2, 5), 0), Some(window(1, 4)));
        assert_eq!(without(window(2, 5), 4), Some(window(2, 4)));
        assert_eq!(without(window(2, 5), 5), Some(window(2, 5)));
        assert_eq!(without(window(2, 4), 3), None);
    }
}
