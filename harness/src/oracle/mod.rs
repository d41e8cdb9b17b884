//! The oracle: what may a server answer, given all it answered before?
//!
//! It keeps *beliefs*, not an expected value. A [`Belief`] is a state the
//! deferral may be in and the readings under which it got there. An observation
//! keeps the beliefs that allow it. If none is left, no reading of the text
//! allows what was seen. If only beliefs are left whose readings are not
//! *accepted*, the server is consistent and wrong, and the oracle says which
//! reading it follows. Of a foreign server any reading is accepted that breaks
//! no explicit MUST; of our own only the pins are.

mod together;

pub use together::{Joint, Outcomes, Simultaneous};

use std::collections::BTreeSet;

use dtr_model::event::{Answer, Code, Decision, Event};
use dtr_model::question::{Question, Reading, Readings};
use dtr_model::{Deferral, Terms, step};

/// A state the deferral may be in, and the readings that led there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Belief {
    /// The deferral.
    pub deferral: Deferral,
    /// For each question the readings still possible.
    pub readings: Readings,
}

/// What the oracle says of one observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Some accepted reading allows it.
    Allowed,
    /// Only readings that are not accepted allow it.
    Unaccepted {
        /// Those readings, each with the requirement it breaks outright, if any.
        readings: Vec<(Question, Reading, Vec<&'static str>)>,
        /// What might have been answered.
        allowed: BTreeSet<Answer>,
    },
    /// No reading allows it.
    Forbidden {
        /// What might have been answered.
        allowed: BTreeSet<Answer>,
    },
}

/// The beliefs about one deferral.
#[derive(Debug, Clone)]
pub struct Oracle {
    terms: Terms,
    accepted: Readings,
    beliefs: Vec<Belief>,
    explained_by: Vec<Deferral>,
    unseen: bool,
    lost: Lost,
}

/// What may have got lost on its way to the client. Should it come again, it looks new.
#[derive(Debug, Clone, Copy, Default)]
struct Lost {
    /// The deferred response to the first request, and the code with it.
    code: bool,
    /// The token response.
    token: bool,
}

impl Oracle {
    /// Before the token request: every reading of the text is possible, those in
    /// `accepted` are in order.
    pub fn new(terms: Terms, accepted: Readings) -> Oracle {
        let start = Belief {
            deferral: Deferral::ABSENT,
            readings: terms.draft.open(),
        };
        Oracle {
            terms,
            accepted,
            beliefs: vec![start],
            explained_by: Vec::new(),
            unseen: false,
            lost: Lost::default(),
        }
    }

    /// Decisions may be made at any time by somebody whom nobody sees, as by a server without controls: after each
    /// observation the beliefs are closed over them.
    pub fn unseen(mut self, unseen: bool) -> Oracle {
        self.unseen = unseen;
        self
    }

    /// What a server of accepted readings may answer to `event` now.
    pub fn allowed(&self, event: Event) -> BTreeSet<Answer> {
        let accepted = self.beliefs.iter().filter(|b| self.is_accepted(b));
        let outcomes = accepted.flat_map(|b| step(b.deferral, event, &self.terms, &b.readings));
        outcomes
            .filter(|o| o.readings.meet(&self.accepted).is_some())
            .map(|o| o.answer)
            .collect()
    }

    /// Takes in that `event` was answered by `answer`.
    pub fn observe(&mut self, event: Event, answer: Answer) -> Ruling {
        let mut after = Vec::with_capacity(self.beliefs.len());
        let mut explained_by = Vec::new();
        for belief in &self.beliefs {
            for next in self.answered(belief, event, answer) {
                if self.is_accepted(&next) {
                    explained_by.push(belief.deferral);
                }
                after.push(next);
            }
        }
        self.explained_by = explained_by;
        self.note_losses(event, answer);
        after.sort_unstable();
        let after = match self.unseen {
            true => self.closed(joined(&after)),
            false => joined(&after),
        };
        if after.is_empty() {
            return Ruling::Forbidden {
                allowed: self.allowed(event),
            };
        }
        let accepted = after.iter().any(|b| self.is_accepted(b));
        let was_accepted = self.beliefs.iter().any(|b| self.is_accepted(b));
        let allowed = match accepted {
            true => BTreeSet::new(),
            false => self.allowed(event),
        };
        self.beliefs = after;
        match accepted || !was_accepted {
            true => Ruling::Allowed,
            false => Ruling::Unaccepted {
                readings: self.unaccepted(),
                allowed,
            },
        }
    }

    /// What may be believed after `belief`, if `event` was answered by `answer`.
    fn answered(&self, belief: &Belief, event: Event, answer: Answer) -> Vec<Belief> {
        let mut after = Vec::new();
        for outcome in step(belief.deferral, event, &self.terms, &belief.readings) {
            if outcome.answer.covers(answer) || self.is_repetition(outcome.answer, answer) {
                after.push(Belief {
                    deferral: outcome.deferral,
                    readings: outcome.readings,
                });
            } else if self.is_another_code(outcome.answer, answer) {
                // From here on the trace is about the deferral whose code the client has.
                let opened = step(Deferral::ABSENT, event, &self.terms, &outcome.readings);
                let opened = opened.into_iter().filter(|o| is_deferred(o.answer));
                after.extend(opened.map(|o| Belief {
                    deferral: o.deferral,
                    readings: o.readings,
                }));
            }
        }
        after
    }

    /// Whoever never saw the token response takes the repetition for the first.
    fn is_repetition(&self, possible: Answer, seen: Answer) -> bool {
        let Answer::Token { scope, again: true } = possible else {
            return false;
        };
        let first = Answer::Token {
            scope,
            again: false,
        };
        self.lost.token && seen == first
    }

    /// Whoever never saw the first code cannot tell whether a repeated request brings the same or another (C-45).
    fn is_another_code(&self, possible: Answer, seen: Answer) -> bool {
        let same = matches!(
            seen,
            Answer::Deferred {
                code: Code::Same,
                ..
            }
        );
        let other = matches!(
            possible,
            Answer::Deferred {
                code: Code::Other,
                ..
            }
        );
        self.lost.code && same && other
    }

    fn note_losses(&mut self, event: Event, answer: Answer) {
        match event {
            Event::Request(request) => {
                self.lost.code = request.lost || (self.lost.code && !is_deferred(answer))
            }
            Event::Poll { lost: true, .. } => self.lost.token = true,
            Event::Poll { .. } if matches!(answer, Answer::Token { .. }) => self.lost.token = false,
            _ => {}
        }
    }

    /// The combinations of readings still possible, one a belief.
    pub fn cases(&self) -> Vec<Readings> {
        self.beliefs.iter().map(|b| b.readings).collect()
    }

    /// The states that the last observation found the deferral in, under some
    /// accepted reading: what the observation is evidence about.
    pub fn explained_by(&self) -> &[Deferral] {
        &self.explained_by
    }

    /// The states the deferral may be in.
    pub fn deferrals(&self) -> impl Iterator<Item = Deferral> {
        self.beliefs.iter().map(|b| b.deferral)
    }

    /// The states that the deferral may be in under accepted readings.
    pub fn accepted_deferrals(&self) -> impl Iterator<Item = Deferral> {
        let accepted = self.beliefs.iter().filter(|b| self.is_accepted(b));
        accepted.map(|b| b.deferral)
    }

    /// The beliefs, and those that decisions lead to, however many.
    fn closed(&self, mut beliefs: Vec<Belief>) -> Vec<Belief> {
        loop {
            let mut more = beliefs.clone();
            for belief in &beliefs {
                for decision in Decision::ALL {
                    let event = Event::Decide(decision);
                    let outcomes = step(belief.deferral, event, &self.terms, &belief.readings);
                    more.extend(outcomes.into_iter().map(|o| Belief {
                        deferral: o.deferral,
                        readings: o.readings,
                    }));
                }
            }
            more.sort_unstable();
            more.dedup();
            let more = joined(&more);
            if more == beliefs {
                return beliefs;
            }
            beliefs = more;
        }
    }

    fn is_accepted(&self, belief: &Belief) -> bool {
        belief.readings.meet(&self.accepted).is_some()
    }

    /// The readings on which the belief that comes closest parts from the
    /// accepted.
    fn unaccepted(&self) -> Vec<(Question, Reading, Vec<&'static str>)> {
        let parted = self.beliefs.iter().map(|b| self.parted(b));
        parted.min_by_key(Vec::len).unwrap_or_default()
    }

    fn parted(&self, belief: &Belief) -> Vec<(Question, Reading, Vec<&'static str>)> {
        let mut parted = Vec::new();
        for q in Question::ALL {
            let possible = belief.readings.of(*q);
            if possible.clone().any(|r| self.accepted.allows(*q, r)) {
                continue;
            }
            for reading in possible {
                let entry = &q.entry().readings[reading as usize];
                let broken = entry.forbidden_by(self.terms.draft);
                parted.push((*q, reading, broken.collect()));
            }
        }
        parted
    }
}

fn is_deferred(answer: Answer) -> bool {
    matches!(answer, Answer::Deferred { .. })
}

/// The same beliefs, in as few pieces as can easily be had: without this their
/// number doubles with every question that is asked and not answered.
fn joined(beliefs: &[Belief]) -> Vec<Belief> {
    let mut joined = Vec::with_capacity(beliefs.len());
    for alike in beliefs.chunk_by(|a, b| a.deferral == b.deferral) {
        let mut cases: Vec<Readings> = Vec::with_capacity(alike.len());
        for belief in alike {
            add_case(&mut cases, belief.readings);
        }
        let deferral = alike[0].deferral;
        joined.extend(
            cases
                .into_iter()
                .map(|readings| Belief { deferral, readings }),
        );
    }
    joined
}

/// Two cases that differ in one question only are one case with both readings,
/// which in turn may go with another.
fn add_case(cases: &mut Vec<Readings>, mut case: Readings) {
    while let Some(mate) = cases.iter().position(|c| c.differences(&case) <= 1) {
        case = case.union(&cases.swap_remove(mate));
    }
    cases.push(case);
}

#[cfg(test)]
mod tests;
