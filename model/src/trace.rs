//! Traces: lists of events with, for each, the set of answers allowed. The one
//! currency of the project.

use serde::{Deserialize, Serialize};

use crate::event::{Answer, Event};
use crate::terms::Terms;

/// Why a trace was generated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Covers edges of the pinned graph of one deferral.
    Edge,
    /// Covers pairs of adjacent edges.
    Pair,
    /// Leads by the shortest way to where a property is put to the test.
    Danger(String),
    /// Tells the readings of a question apart by the shortest way.
    Fork(String),
    /// A random walk, from a seed.
    Walk(u64),
}

/// A list of events under given terms: what is run. What may be answered is the
/// oracle's to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Trace {
    /// Stable id: what it is for, and a digest of what it does.
    pub id: String,
    /// Why it exists.
    pub origin: Origin,
    /// Its setting.
    pub terms: Terms,
    /// What happens, in order. Time passes only with [`Event::Tick`].
    pub events: Vec<Event>,
}

impl Trace {
    /// A trace with the id that follows from its content.
    pub fn new(origin: Origin, terms: Terms, events: Vec<Event>) -> Trace {
        let kind = match &origin {
            Origin::Edge => "edge".to_owned(),
            Origin::Pair => "pair".to_owned(),
            Origin::Danger(property) => format!("danger-{property}"),
            Origin::Fork(question) => format!("fork-{question}"),
            Origin::Walk(_) => "walk".to_owned(),
        };
        let id = format!("{kind}-{:08x}", digest(&terms, &events));
        Trace {
            id,
            origin,
            terms,
            events,
        }
    }

    /// How many ticks it lasts.
    pub fn ticks(&self) -> usize {
        self.events.iter().filter(|e| **e == Event::Tick).count()
    }
}

/// FNV-1a over the JSON form: the same on every machine and in every version of
/// the compiler, which `std`'s hashers do not promise.
fn digest(terms: &Terms, events: &[Event]) -> u32 {
    let text = serde_json::to_string(&(terms, events)).expect("plain data has a JSON form");
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// An answer a step allows, and whether the trace can go on after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Allowed {
    /// The answer.
    pub answer: Answer,
    /// Whether what follows in the trace is judged the same after this answer.
    /// If not, whoever replays the trace stops here, having seen nothing wrong.
    pub goes_on: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Decision, TokenRequest};

    fn events() -> Vec<Event> {
        let asked = Event::Request(TokenRequest::PLAIN);
        vec![asked, Event::Tick, Event::Decide(Decision::Deny)]
    }

    #[test]
    fn an_id_is_stable_and_names_what_the_trace_is_for() {
        let origin = Origin::Fork("C-04=B".to_owned());
        let trace = Trace::new(origin, Terms::CREDENTIALS, events());
        assert_eq!(trace.id, "fork-C-04=B-ee898cd5");
        assert_eq!(trace.ticks(), 1);
        let walk = Trace::new(Origin::Walk(7), Terms::CREDENTIALS, events());
        assert_eq!(walk.id, "walk-ee898cd5");
    }

    #[test]
    fn the_digest_is_of_the_terms_and_the_events_in_order() {
        let id = |terms, events| Trace::new(Origin::Edge, terms, events).id;
        let mut turned = events();
        turned.swap(1, 2);
        let plain = id(Terms::CREDENTIALS, events());
        assert_eq!(plain, id(Terms::CREDENTIALS, events()));
        assert_ne!(plain, id(Terms::CODE, events()));
        assert_ne!(plain, id(Terms::CREDENTIALS, turned));
    }

    #[test]
    fn a_trace_survives_its_json_form() {
        let origin = Origin::Danger("S1".to_owned());
        let trace = Trace::new(origin, Terms::CODE, events());
        let text = serde_json::to_string(&trace).unwrap();
        assert_eq!(serde_json::from_str::<Trace>(&text).unwrap(), trace);
    }
}
