//! What the relation allows, for the tools of others: the labelled transition
//! system of one deferral code as seen from outside.
//!
//! A state is a deferral, and whether the client holds its code; a transition
//! is an event with its answer. Which events are offered depends on nothing but
//! what was seen before: token requests and ticks always, everything else once
//! the client holds a code. So two systems have different traces only where one
//! server may give an answer that the other may not, and what tools call trace
//! equivalence is that nobody can tell two choices of readings apart.
//!
//! Not exported is the whole world. Its half a million states are two codes and
//! a network interleaved, and nothing is in them to be *compared* that is not in
//! one code already; what is *checked* in them is the business of [`crate::check`].
//!
//! | file | what |
//! |---|---|
//! | `mod.rs` | the system |
//! | `menu.rs` | which events are offered |
//! | `label.rs` | what a transition is called |
//! | `format.rs` | Aldebaran, Graphviz, JSON |

mod format;
mod label;
mod menu;

pub use format::Format;
pub use label::label;

use std::collections::HashMap;

use crate::check::STATE_LIMIT;
use crate::deferral::step;
use crate::event::{Answer, Event};
use crate::explore::{Explored, Space, TooLarge};
use crate::generate::Situation;
use crate::question::Readings;
use crate::terms::Terms;

/// A labelled transition system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lts {
    /// The setting of the deferral.
    pub terms: Terms,
    /// The states, nearest first; the first is where it begins.
    pub states: Vec<Situation>,
    /// The transitions, by where they begin and then in the order in which the
    /// events are offered, each once.
    pub transitions: Vec<Transition>,
}

/// A transition between two states, given by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transition {
    /// Where it begins.
    pub from: usize,
    /// What happens.
    pub event: Event,
    /// What is answered.
    pub answer: Answer,
    /// Where it leads.
    pub to: usize,
}

impl Lts {
    /// Everything that a server may do under `readings`. Of a question that is
    /// left open it may do what any of its readings allows.
    ///
    /// # Errors
    /// [`TooLarge`] if there are more than [`STATE_LIMIT`] states; no terms that
    /// a deferral can count have so many.
    pub fn of(terms: Terms, readings: &Readings) -> Result<Lts, TooLarge> {
        let code = OneCode { terms, readings };
        let states = Explored::all(&code, STATE_LIMIT, |_| {})?.states().to_vec();
        let positions: HashMap<_, _> = states.iter().zip(0..).collect();
        let mut transitions = Vec::new();
        for (from, state) in states.iter().enumerate() {
            let first = transitions.len();
            code.moves(*state, |(event, answer), next| {
                let found = Transition {
                    from,
                    event,
                    answer,
                    to: positions[&next],
                };
                // Different choices may come to the same.
                if !transitions[first..].contains(&found) {
                    transitions.push(found);
                }
            });
        }
        Ok(Lts {
            terms,
            states,
            transitions,
        })
    }
}

/// One deferral code at a server that may do whatever the readings allow.
struct OneCode<'a> {
    terms: Terms,
    readings: &'a Readings,
}

impl Space for OneCode<'_> {
    type State = Situation;
    type Label = (Event, Answer);

    fn start(&self) -> Situation {
        Situation::START
    }

    fn moves(&self, from: Situation, mut found: impl FnMut(Self::Label, Situation)) {
        for event in menu::offered(from.known, &self.terms) {
            for outcome in step(from.deferral, event, &self.terms, self.readings) {
                let next = Situation {
                    deferral: outcome.deferral,
                    known: from.known || matches!(outcome.answer, Answer::Deferred { .. }),
                };
                found((event, outcome.answer), next);
            }
        }
    }
}

#[cfg(test)]
mod tests;
