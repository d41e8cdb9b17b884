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
    /// Events at the same time, whose order matters.
    Race,
}

/// The events of a trace that happen at the same time: those from `from` up to
/// and not including `until`. In which order they take effect is the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Window {
    /// Position of the first.
    pub from: usize,
    /// Position after the last.
    pub until: usize,
}

impl Window {
    /// Whether the event at this position is one of them.
    pub fn contains(self, position: usize) -> bool {
        (self.from..self.until).contains(&position)
    }

    /// How many events happen at the same time.
    pub fn width(self) -> usize {
        self.until.saturating_sub(self.from)
    }
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
    /// The events that happen at the same time, if there are such. No time
    /// passes within a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

impl Trace {
    /// A trace with the id that follows from its content.
    pub fn new(origin: Origin, terms: Terms, events: Vec<Event>) -> Trace {
        Trace::with_window(origin, terms, events, None)
    }

    /// The same with events that happen at the same time.
    pub fn with_window(
        origin: Origin,
        terms: Terms,
        events: Vec<Event>,
        window: Option<Window>,
    ) -> Trace {
        let kind = match &origin {
            Origin::Edge => "edge".to_owned(),
            Origin::Pair => "pair".to_owned(),
            Origin::Danger(property) => format!("danger-{property}"),
            Origin::Fork(question) => format!("fork-{question}"),
            Origin::Walk(_) => "walk".to_owned(),
            Origin::Race => "race".to_owned(),
        };
        let id = format!("{kind}-{:08x}", digest(&terms, &events, window));
        Trace {
            id,
            origin,
            terms,
            events,
            window,
        }
    }

    /// Its first `length` events, under the same id. A window is kept whole or
    /// not at all.
    #[must_use]
    pub fn cut(&self, length: usize) -> Trace {
        Trace {
            events: self.events[..length].to_vec(),
            window: self.window.filter(|w| w.until <= length),
            ..self.clone()
        }
    }

    /// What it does, whatever it is for: two traces with the same deed need
    /// running once.
    pub fn deed(&self) -> (Terms, Vec<Event>, Option<Window>) {
        (self.terms, self.events.clone(), self.window)
    }

    /// How many ticks it lasts.
    pub fn ticks(&self) -> usize {
        self.events.iter().filter(|e| **e == Event::Tick).count()
    }
}

/// FNV-1a over the JSON form: the same on every machine and in every version of
/// the compiler, which `std`'s hashers do not promise. A trace without a window
/// has the digest it had before there were windows.
fn digest(terms: &Terms, events: &[Event], window: Option<Window>) -> u32 {
    let text = match window {
        None => serde_json::to_string(&(terms, events)),
        Some(window) => serde_json::to_string(&(terms, events, window)),
    };
    let text = text.expect("plain data has a JSON form");
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
    fn a_window_is_part_of_what_a_trace_does_and_absent_where_there_is_none() {
        let window = |from, until| {
            let window = Some(Window { from, until });
            Trace::with_window(Origin::Race, Terms::CODE, events(), window)
        };
        let none = Trace::new(Origin::Race, Terms::CODE, events());
        assert_ne!(none.id, window(0, 2).id);
        assert_ne!(window(0, 2).id, window(1, 3).id);
        assert!(!serde_json::to_string(&none).unwrap().contains("window"));
        assert_eq!(
            window(0, 2).cut(2).window,
            Some(Window { from: 0, until: 2 })
        );
        assert_eq!(window(0, 2).cut(1).window, None);
    }

    #[test]
    fn a_trace_survives_its_json_form() {
        let origin = Origin::Danger("S1".to_owned());
        let window = Some(Window { from: 1, until: 3 });
        for window in [None, window] {
            let trace = Trace::with_window(origin.clone(), Terms::CODE, events(), window);
            let text = serde_json::to_string(&trace).unwrap();
            assert_eq!(serde_json::from_str::<Trace>(&text).unwrap(), trace);
        }
    }
}
