//! What is exported is the relation, whole, and offers every event that our own
//! search for experiments tries.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::label::name;
use super::*;
use crate::check::Case;
use crate::deferral::Outcome;
use crate::draft::Draft;
use crate::event::{Steer, TokenRequest};
use crate::generate::{Graph, experiment};
use crate::world::Setting;

/// Both clients of the world.
fn terms() -> [Terms; 2] {
    Setting::new(Draft::DEFAULT, Readings::pins()).terms
}

fn pins(terms: Terms) -> Lts {
    Lts::of(terms, &Readings::pins()).unwrap()
}

#[test]
fn every_outcome_of_every_event_offered_is_there_and_nothing_else() {
    for terms in terms() {
        let lts = pins(terms);
        let mut found: HashMap<(usize, Event), HashSet<(Answer, Situation)>> = HashMap::new();
        for t in &lts.transitions {
            let new = found.entry((t.from, t.event)).or_default();
            assert!(new.insert((t.answer, lts.states[t.to])), "twice: {t:?}");
        }
        let mut reached = BTreeSet::from([0]);
        for (at, state) in lts.states.iter().enumerate() {
            for event in menu::offered(state.known, &terms) {
                let outcomes = step(state.deferral, event, &terms, &Readings::pins());
                let expected = outcomes.iter().map(|o| {
                    let deferral = o.deferral;
                    let known = state.known || matches!(o.answer, Answer::Deferred { .. });
                    (o.answer, Situation { deferral, known })
                });
                let there = found.remove(&(at, event)).unwrap_or_default();
                assert_eq!(there, expected.collect(), "{state:?} {event:?}");
            }
            assert!(
                reached.contains(&at),
                "state {at} is found before it is reached"
            );
            let out = lts.transitions.iter().filter(|t| t.from == at);
            reached.extend(out.map(|t| t.to));
        }
        assert_eq!(found, HashMap::new());
    }
}

#[test]
fn names_tell_events_and_answers_apart_and_mean_nothing_to_any_format() {
    let lts = pins(terms()[0]);
    let mut names = HashMap::new();
    for t in &lts.transitions {
        let label = label(t.event, t.answer);
        let plain = |c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '/');
        assert!(label.chars().all(plain), "{label}");
        let meant = names.entry(label).or_insert((t.event, t.answer));
        assert_eq!(*meant, (t.event, t.answer));
    }
    assert!(names.contains_key("poll-by-owner/authorization_pending"));
    assert!(names.contains_key("poll-by-owner-answer-lost"));
    assert!(names.contains_key("a-tick-passes"));
}

#[test]
fn what_experiments_try_is_offered() {
    let drafts = Draft::ALL.iter();
    let all = drafts.flat_map(|draft| terms().map(|terms| terms.under(draft)));
    for terms in all {
        for situation in Graph::of(terms).nodes {
            let offered = menu::offered(situation.known, &terms);
            for event in crate::generate::events(situation, &terms) {
                let event = steered(event, Steer::Defer);
                assert!(offered.contains(&event), "{situation:?} {event:?}");
            }
        }
    }
}

/// So nothing is lost where only one steer is offered.
#[test]
fn a_server_may_answer_the_same_whatever_its_policy_is_asked() {
    let readings = Readings::open();
    for terms in terms() {
        for state in pins(terms).states {
            for event in menu::offered(false, &terms) {
                let allowed = |steer| -> HashSet<Outcome> {
                    let event = steered(event, steer);
                    step(state.deferral, event, &terms, &readings)
                        .into_iter()
                        .collect()
                };
                let deferring = allowed(Steer::Defer);
                assert_eq!(allowed(Steer::Interact), deferring, "{state:?} {event:?}");
                assert_eq!(allowed(Steer::Complete), deferring, "{state:?} {event:?}");
            }
        }
    }
}

fn steered(event: Event, steer: Steer) -> Event {
    match event {
        Event::Request(request) => Event::Request(TokenRequest { steer, ..request }),
        _ => event,
    }
}

/// `.ci/exports` lets OpenFst write the same list; two searches that have
/// nothing in common must agree.
#[test]
fn the_readings_that_no_experiment_tells_from_the_pins_are_on_record() {
    let pins = Readings::pins();
    let cases = Case::all(Draft::DEFAULT).into_iter().skip(1);
    let alike = cases.filter(|case| experiment(terms()[0], &pins, &case.readings).is_none());
    let alike: Vec<String> = alike.map(|case| case.name).collect();
    let recorded: Vec<&str> = include_str!("alike.txt").lines().collect();
    assert_eq!(alike, recorded);
}

#[test]
fn a_format_is_what_its_readers_expect() {
    let lts = pins(terms()[0]);
    let aut = lts.written(Format::Aut, "pins");
    let (states, transitions) = (lts.states.len(), lts.transitions.len());
    let mut lines = aut.lines();
    assert_eq!(
        lines.next(),
        Some(&*format!("des (0, {transitions}, {states})"))
    );
    assert_eq!(
        lines.next(),
        Some("(0, \"token-request-opted-in-with-a-proof/deferred\", 1)")
    );
    assert_eq!(lines.count() + 1, transitions);

    let dot = lts.written(Format::Dot, "pins");
    assert!(dot.contains("digraph \"pins\" {"));
    assert!(
        dot.contains(
            "  1 [label=\"pending\\nage 0 of 3\\nwaited 2, interval 2\\nbound to a key\"];"
        ),
        "{}",
        &dot[..900]
    );
    assert!(dot.contains("  0 -> 1 [label=\"token-request-opted-in-with-a-proof/deferred\"];"));

    let json: serde_json::Value = serde_json::from_str(&lts.written(Format::Json, "pins")).unwrap();
    assert_eq!(json["readings"], "pins");
    assert_eq!(json["terms"]["lifetime"], 3);
    assert_eq!(json["states"].as_array().map(Vec::len), Some(states));
    assert_eq!(json["states"][0], serde_json::json!(["no deferral code"]));
    let first = lts.transitions[0];
    let expected = serde_json::json!({
        "from": 0, "event": name(first.event), "answer": "deferred", "to": 1,
    });
    assert_eq!(json["transitions"][0], expected);
    assert_eq!(
        json["transitions"].as_array().map(Vec::len),
        Some(transitions)
    );
}
