//! Races: events at the same time whose order matters.
//!
//! Two events *race* in a situation when somebody can tell in which order they
//! took effect: one of them is answered differently before the other than after
//! it, or what comes later is. Such pairs are found in the pinned graph, each
//! kind by its shortest prelude. To them come the pairs whose order should make
//! no difference and in careless servers does: decisions that come too late or
//! against a cancellation, and a cancellation twice.
//!
//! A trace is then a prelude, the window, and a postlude that brings to light
//! what came of it.

use std::collections::HashSet;

use super::graph::{Graph, Situation};
use crate::deferral::Phase;
use crate::draft::Opening;
use crate::event::{Answer, Caller, Decision, Event, Fate, Precondition};
use crate::terms::Terms;
use crate::trace::{Origin, Trace, Window};

/// How many clients there are where many do the same at once.
const CROWD: usize = 8;

/// The races in a graph, the shortest of each kind.
pub fn races(graph: &Graph) -> Vec<Trace> {
    let terms = graph.terms;
    let preludes = preludes(graph);
    let postlude = possible_postlude(graph);
    let mut known = HashSet::new();
    let mut traces = Vec::new();
    for (node, prelude) in preludes.iter().enumerate() {
        let situation = graph.nodes[node];
        let events: Vec<Event> = graph.edges[node].iter().map(|e| e.event).collect();
        for (position, first) in events.iter().enumerate() {
            for second in &events[position..] {
                let Some(kind) = kind(situation, *first, *second, &terms) else {
                    continue;
                };
                if known.insert(kind) {
                    traces.push(race(terms, prelude, &[*first, *second], &postlude));
                    if first == second && *first == Event::POLL {
                        traces.push(race(terms, prelude, &[Event::POLL; CROWD], &postlude));
                    }
                }
            }
        }
    }
    traces.sort_by_key(|t| t.events.len());
    traces
}

/// For each node of the graph the shortest way there.
fn preludes(graph: &Graph) -> Vec<Vec<Event>> {
    let mut preludes: Vec<Option<Vec<Event>>> = vec![None; graph.nodes.len()];
    preludes[0] = Some(Vec::new());
    // Nodes are numbered as a breadth-first search meets them, so each has its
    // prelude before its own edges are looked at.
    for node in 0..graph.nodes.len() {
        let here = preludes[node].clone().unwrap_or_default();
        for edge in &graph.edges[node] {
            preludes[edge.to].get_or_insert_with(|| {
                let mut longer = here.clone();
                longer.push(edge.event);
                longer
            });
        }
    }
    preludes
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect()
}

/// What distinguishes one race from another: the events, what they are answered
/// in either order, how far the request has come, and whether it is the last
/// moment of a pending one.
type Kind = (Event, Event, [(Answer, Answer); 2], Phase, bool);

/// The kind of race that two events are here, if they are one.
fn kind(s: Situation, first: Event, second: Event, terms: &Terms) -> Option<Kind> {
    let pair = [first, second];
    let simultaneous = |event| may_be_simultaneous(event, terms);
    if !pair.into_iter().all(simultaneous) || !lapses_matter(s, pair) {
        return None;
    }
    // The two share a credential, and a credential is hinted or it is not.
    let requests = |event| matches!(event, Event::Request(_));
    if requests(first) && requests(second) && first != second {
        return None;
    }
    // Which of two callbacks came of which occasion cannot be told.
    if pair.iter().all(|event| matches!(event, Event::Callback(_))) {
        return None;
    }
    let (a, b, later) = said(s, first, second, terms);
    let (other_b, other_a, other_later) = said(s, second, first, terms);
    let order_matters = (a, b, &later) != (other_a, other_b, &other_later);
    // Of two events alike the order cannot be seen, but whether both were served
    // as if they were alone.
    let alone_matters = first == second && a != b;
    if !order_matters && !alone_matters && !is_futile(s, first, second, terms) {
        return None;
    }
    let (phase, age) = (s.deferral.phase(), s.deferral.age());
    let about_the_code = pair.into_iter().all(is_about_the_code);
    let last_tick = s.deferral.is_pending() && age + 1 == terms.lifetime && about_the_code;
    Some((
        first,
        second,
        [(a, b), (other_a, other_b)],
        phase,
        last_tick,
    ))
}

/// What `first` and then `second` are answered at the pins, and what the
/// postlude is.
fn said(s: Situation, first: Event, second: Event, terms: &Terms) -> (Answer, Answer, Vec<Answer>) {
    let (s, one) = s.after(first, terms);
    let (mut s, other) = s.after(second, terms);
    let later = postlude(terms).into_iter().map(|event| {
        let (next, answer) = s.after(event, terms);
        s = next;
        answer
    });
    (one, other, later.collect())
}

/// Time belongs to the server, and who loses an answer cannot say when. What the
/// preceding endpoint may answer already is over before the window begins.
fn may_be_simultaneous(event: Event, terms: &Terms) -> bool {
    let either_endpoint = terms.draft.rules.opening == Opening::Either;
    match event {
        Event::Request(request) if request.hinted && either_endpoint => false,
        Event::Request(request) => !request.lost,
        // An impostor tries twice, with wrong credentials and with none.
        Event::Poll { by, lost } => !lost && by != Caller::Impostor,
        Event::Revoke { by } => by != Caller::Impostor,
        Event::Callback(fate) => fate == Fate::Delivered,
        Event::Tick | Event::ResponseLost | Event::Widen | Event::Present => false,
        // By what a token is renewed is known once it is there.
        Event::Renew(_) => false,
        Event::Decide(_) | Event::Lapse(_) | Event::Return(_) => true,
    }
}

/// Whoever is locked out by a lapse is answered alike whatever else happens, so
/// what has lapsed is of interest only while it returns; and to lapse or return
/// is of interest only to the owner's polls, which it decides about.
fn lapses_matter(s: Situation, pair: [Event; 2]) -> bool {
    let returns = |precondition| pair.contains(&Event::Return(precondition));
    let changes = |event| matches!(event, Event::Lapse(_) | Event::Return(_));
    (!s.deferral.client_lapsed() || returns(Precondition::Client))
        && (!s.deferral.consent_lapsed() || returns(Precondition::Consent))
        && (!pair.into_iter().any(changes) || pair.contains(&Event::POLL))
}

/// Polled, cancelled, decided: what the code's lifetime has a part in.
fn is_about_the_code(event: Event) -> bool {
    matches!(
        event,
        Event::Poll { .. } | Event::Revoke { .. } | Event::Decide(_)
    )
}

/// Decisions about a code whose fate is sealed, while it is polled; decisions
/// against a cancellation, which prevails; a cancellation twice.
fn is_futile(s: Situation, first: Event, second: Event, terms: &Terms) -> bool {
    let over = s.deferral.is_expired(terms);
    let sealed = s.known && (!s.deferral.is_pending() || over);
    let is_decision = |event| {
        let ends = [Decision::Approve, Decision::Deny];
        matches!(event, Event::Decide(decision) if ends.contains(&decision))
    };
    let decided_and =
        |other| (is_decision(first) && second == other) || (first == other && is_decision(second));
    let cancelled =
        decided_and(Event::REVOKE) || (first == Event::REVOKE && second == Event::REVOKE);
    (sealed && decided_and(Event::POLL)) || (s.deferral.is_live() && !over && cancelled)
}

/// What brings the outcome to light.
fn postlude(terms: &Terms) -> Vec<Event> {
    let mut events = vec![Event::POLL, Event::REVOKE, Event::POLL];
    if terms.callback {
        events.push(Event::Callback(Fate::Delivered));
    }
    events
}

/// As much of it as can be done to this server at all.
fn possible_postlude(graph: &Graph) -> Vec<Event> {
    let possible = |event: &Event| graph.edges.iter().flatten().any(|e| e.event == *event);
    let events = postlude(&graph.terms).into_iter();
    events.filter(possible).collect()
}

fn race(terms: Terms, prelude: &[Event], together: &[Event], postlude: &[Event]) -> Trace {
    let from = prelude.len();
    let until = from + together.len();
    let events = [prelude, together, postlude].concat();
    Trace::with_window(Origin::Race, terms, events, Some(Window { from, until }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::TokenRequest;
    use crate::generate::SETTINGS;

    fn windows(terms: Terms) -> Vec<(Vec<Event>, Vec<Event>)> {
        let split = |t: Trace| {
            let window = t.window.expect("a race has a window");
            (
                t.events[..window.from].to_vec(),
                t.events[window.from..window.until].to_vec(),
            )
        };
        races(&Graph::of(terms)).into_iter().map(split).collect()
    }

    #[test]
    fn the_races_that_are_known_by_name_are_found() {
        let approve = Event::Decide(Decision::Approve);
        let deny = Event::Decide(Decision::Deny);
        let plain = Event::Request(TokenRequest::PLAIN);
        for terms in SETTINGS {
            let found = windows(*terms);
            let has = |prelude: &[Event], together: &[Event]| {
                let known = found
                    .iter()
                    .any(|(before, window)| before == prelude && window == together);
                assert!(known, "{prelude:?} then {together:?}");
            };
            has(&[plain, approve], &[Event::POLL, Event::POLL]);
            has(&[plain, approve], &[Event::POLL; CROWD]);
            has(&[plain, approve], &[Event::POLL, Event::REVOKE]);
            has(&[plain], &[Event::POLL, Event::REVOKE]);
            has(&[plain], &[Event::POLL, approve]);
            has(&[plain], &[Event::POLL, deny]);
            has(&[plain], &[Event::REVOKE, approve]);
            has(&[plain], &[approve, deny]);
            has(&[plain], &[Event::REVOKE, Event::REVOKE]);
            // At the end of the lifetime, and when it is over.
            let mut aged = vec![plain];
            for _ in 1..terms.lifetime {
                aged.push(Event::Tick);
            }
            has(&aged, &[Event::POLL, approve]);
            aged.push(Event::Tick);
            has(&aged, &[Event::POLL, approve]);
            has(&aged, &[Event::POLL, deny]);
            // Too late.
            for end in [deny, Event::REVOKE] {
                has(&[plain, end], &[Event::POLL, approve]);
            }
            has(&[plain, approve, Event::POLL], &[Event::POLL, approve]);
            has(&[], &[plain, plain]);
        }
    }

    #[test]
    fn a_window_has_something_before_or_after_it_and_no_time_in_it() {
        for terms in SETTINGS {
            let races = races(&Graph::of(*terms));
            assert!((50..400).contains(&races.len()), "{} races", races.len());
            for trace in races {
                let window = trace.window.expect("a race has a window");
                assert!(window.width() >= 2 && window.until < trace.events.len());
                let together = &trace.events[window.from..window.until];
                assert!(!together.contains(&Event::Tick), "{}", trace.id);
            }
        }
    }
}
