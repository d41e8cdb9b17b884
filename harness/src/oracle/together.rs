//! Events at the same time, judged by linearizability: accepted if they can be
//! put in an order in which the relation allows every answer.
//!
//! The order has to respect what the caller saw: an answer that was received
//! before another event was sent came first. Orders are not listed but explored
//! set by set: what may be believed once these events have taken effect, in
//! whatever order. Of events alike, those whose times do not tell them apart the
//! other way are taken in one order only; so eight polls that are answered alike
//! cost as much as eight polls one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dtr_model::Deferral;
use dtr_model::event::{Answer, Event};
use dtr_model::step;

use super::{Belief, Oracle, Ruling, joined};

/// More events than any window has: sets of them are bits of a `u32`.
const WIDEST: usize = 16;

/// One of several events at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Simultaneous {
    /// What was done.
    pub event: Event,
    /// What was answered.
    pub answer: Answer,
    /// When it was sent, on any clock that all of them share.
    pub sent: u64,
    /// When the answer was received, or when it was clear that none would come.
    pub received: u64,
}

/// The answers that a lawful server might have given to events at the same time,
/// one for each of them in their order.
pub type Outcomes = BTreeSet<Vec<Answer>>;

/// What the oracle says of events at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    /// The ruling. Its allowed answers are those of the whole window, whichever
    /// event they answer.
    pub ruling: Ruling,
    /// What might have been answered, if this was not in order.
    pub outcomes: Outcomes,
    /// Whether these answers are among them all the same: they would do in an order
    /// that the times at which they came rule out.
    pub out_of_order: bool,
    /// For each event, the states that it may have found the deferral in.
    pub explained_by: Vec<Vec<Deferral>>,
}

impl Oracle {
    /// Takes in that these events, sent at the same time, were answered so.
    ///
    /// # Panics
    /// If there are more than sixteen: nothing generates such a window.
    pub fn observe_together(&mut self, events: &[Simultaneous]) -> Joint {
        assert!(events.len() <= WIDEST, "a window of {}", events.len());
        let before = predecessors(events);
        let everything = full(events.len());
        let mut explained_by = vec![Vec::new(); events.len()];
        let mut reached: HashMap<u32, Vec<Belief>> =
            HashMap::from([(0, std::mem::take(&mut self.beliefs))]);
        let start = reached[&0].clone();
        // A set is larger as a number than each of its parts.
        for done in 0..everything {
            let Some(beliefs) = reached.remove(&done) else {
                continue;
            };
            let beliefs = self.settled(beliefs);
            for (at, one) in events.iter().enumerate() {
                let bit = 1 << at;
                if done & bit != 0 || before[at] & !done != 0 {
                    continue;
                }
                for belief in &beliefs {
                    for after in self.answered(belief, one.event, one.answer) {
                        if after.readings.meet(&self.accepted).is_some() {
                            explained_by[at].push(belief.deferral);
                        }
                        reached.entry(done | bit).or_default().push(after);
                    }
                }
            }
        }
        let after = self.settled(reached.remove(&everything).unwrap_or_default());
        self.explained_by.clear();
        let was_accepted = start.iter().any(|b| self.is_accepted(b));
        let is_accepted = after.iter().any(|b| self.is_accepted(b));
        if is_accepted || (!after.is_empty() && !was_accepted) {
            self.beliefs = after;
            return Joint {
                ruling: Ruling::Allowed,
                outcomes: Outcomes::new(),
                out_of_order: false,
                explained_by,
            };
        }
        self.beliefs = start;
        let given: Vec<Event> = events.iter().map(|e| e.event).collect();
        let outcomes = self.outcomes(&given);
        let answers = events.iter().enumerate();
        let answers = answers.fold(vec![None; events.len()], |answers, (at, one)| {
            with_answer(&given, &answers, at, one.answer)
        });
        let answers: Vec<Answer> = answers.into_iter().flatten().collect();
        let allowed = outcomes.iter().flatten().copied().collect();
        let ruling = match after.is_empty() {
            true => Ruling::Forbidden { allowed },
            false => {
                self.beliefs = after;
                let readings = self.unaccepted();
                Ruling::Unaccepted { readings, allowed }
            }
        };
        Joint {
            ruling,
            out_of_order: outcomes.contains(&answers),
            outcomes,
            explained_by,
        }
    }

    /// Each belief once, closed over what may happen unseen between two events.
    fn settled(&self, beliefs: Vec<Belief>) -> Vec<Belief> {
        match self.unseen {
            true => self.closed(tidied(beliefs)),
            false => tidied(beliefs),
        }
    }

    /// Every combination of answers that accepted readings allow, in whatever
    /// order the events take effect. Of events alike it is not said which of
    /// them got which answer: their answers are sorted.
    pub fn outcomes(&self, events: &[Event]) -> Outcomes {
        let accepted = self.beliefs.iter().filter_map(|b| {
            let readings = b.readings.meet(&self.accepted)?;
            Some(Belief { readings, ..*b })
        });
        // What was answered so far, and what may be believed then.
        let mut partial = BTreeMap::from([(vec![None; events.len()], accepted.collect())]);
        for _ in events {
            let mut longer = BTreeMap::<_, Vec<Belief>>::new();
            for (answers, beliefs) in partial {
                let beliefs = self.settled(beliefs);
                for (at, event) in events.iter().enumerate() {
                    // Of events alike the first that is left.
                    let is_left = |i: usize| answers[i].is_none() && events[i] == *event;
                    if !is_left(at) || (0..at).any(is_left) {
                        continue;
                    }
                    for belief in &beliefs {
                        for o in step(belief.deferral, *event, &self.terms, &belief.readings) {
                            let (deferral, readings) = (o.deferral, o.readings);
                            longer
                                .entry(with_answer(events, &answers, at, o.answer))
                                .or_default()
                                .push(Belief { deferral, readings });
                        }
                    }
                }
            }
            partial = longer;
        }
        let answers = partial.into_keys();
        answers
            .map(|all| all.into_iter().flatten().collect())
            .collect()
    }
}

/// These answers and one more, those to events alike in order.
fn with_answer(
    events: &[Event],
    answers: &[Option<Answer>],
    at: usize,
    answer: Answer,
) -> Vec<Option<Answer>> {
    let mut answers = answers.to_vec();
    answers[at] = Some(answer);
    let mut last = at;
    for earlier in (0..at).rev().filter(|i| events[*i] == events[at]) {
        if answers[earlier] > answers[last] {
            answers.swap(earlier, last);
        }
        last = earlier;
    }
    answers
}

/// For each event the set of those that come before it.
fn predecessors(events: &[Simultaneous]) -> Vec<u32> {
    let came_first = |i: usize, j: usize| {
        let (one, other) = (&events[i], &events[j]);
        let alike = (one.event, one.answer) == (other.event, other.answer);
        // Exchanging two events alike makes no difference, and breaks nothing if
        // the one is neither sent nor answered later than the other.
        let no_later = one.sent <= other.sent && one.received <= other.received;
        let tie = (one.sent, one.received) == (other.sent, other.received);
        one.received < other.sent || (alike && no_later && (!tie || i < j))
    };
    let sets = (0..events.len()).map(|j| {
        let first = (0..events.len()).filter(|i| *i != j && came_first(*i, j));
        first.fold(0, |set, i| set | 1 << i)
    });
    sets.collect()
}

fn full(width: usize) -> u32 {
    (1 << width) - 1
}

/// Each belief once, in as few pieces as can easily be had.
fn tidied(mut beliefs: Vec<Belief>) -> Vec<Belief> {
    beliefs.sort_unstable();
    beliefs.dedup();
    joined(&beliefs)
}

#[cfg(test)]
mod tests;
