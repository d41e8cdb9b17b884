//! What many observations add up to: for each requirement how often it held and
//! broke, and for each question which readings the server showed.

use std::collections::BTreeMap;

use dtr_model::question::{Question, Reading, Readings};

/// How often a requirement was observed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Observations in which it held.
    pub held: u64,
    /// Observations that break it.
    pub broken: u64,
    /// Observations in which a SHOULD was not followed.
    pub slighted: u64,
}

/// A question that the server reads in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The question.
    pub question: Question,
    /// The readings seen up to then, and the trace that narrowed them last.
    pub earlier: (Vec<Reading>, String),
    /// The readings of the trace that does not agree.
    pub later: (Vec<Reading>, String),
}

/// Requirement by requirement, question by question.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// By requirement id.
    pub requirements: BTreeMap<&'static str, Count>,
    /// For each question that some answer narrowed: the readings left, and the
    /// trace that narrowed them last.
    pub readings: BTreeMap<Question, (Vec<Reading>, String)>,
    /// Questions answered in two ways.
    pub conflicts: Vec<Conflict>,
}

impl Tally {
    /// Counts an observation in which the requirement held.
    pub fn held(&mut self, id: &'static str) {
        self.requirements.entry(id).or_default().held += 1;
    }

    /// Counts one that breaks it.
    pub fn broken(&mut self, id: &'static str) {
        self.requirements.entry(id).or_default().broken += 1;
    }

    /// Counts one in which a SHOULD was not followed.
    pub fn slighted(&mut self, id: &'static str) {
        self.requirements.entry(id).or_default().slighted += 1;
    }

    /// Takes in the readings under which `trace` could have been answered so.
    pub fn narrow(&mut self, readings: &Readings, trace: &str) {
        for question in Question::ALL {
            let seen: Vec<Reading> = readings.of(*question).collect();
            if seen.len() < question.readings().count() {
                self.meet(*question, (seen, trace.to_owned()));
            }
        }
    }

    fn meet(&mut self, question: Question, later: (Vec<Reading>, String)) {
        let Some(earlier) = self.readings.get_mut(&question) else {
            self.readings.insert(question, later);
            return;
        };
        let both: Vec<Reading> = earlier.0.iter().copied().filter(|r| later.0.contains(r)).collect();
        if both.is_empty() {
            let known = self.conflicts.iter().any(|c| c.question == question);
            if !known {
                let earlier = earlier.clone();
                self.conflicts.push(Conflict { question, earlier, later });
            }
        } else if both.len() < earlier.0.len() {
            *earlier = (both, later.1);
        }
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Tally) {
        for (id, count) in other.requirements {
            let mine = self.requirements.entry(id).or_default();
            mine.held += count.held;
            mine.broken += count.broken;
            mine.slighted += count.slighted;
        }
        for (question, seen) in other.readings {
            self.meet(question, seen);
        }
        for conflict in other.conflicts {
            if !self.conflicts.iter().any(|c| c.question == conflict.question) {
                self.conflicts.push(conflict);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(question: Question, reading: Reading) -> Tally {
        let mut tally = Tally::default();
        tally.narrow(&Readings::open().with(question, reading), &reading.to_string());
        tally
    }

    #[test]
    fn two_readings_of_one_question_are_a_conflict_with_both_traces() {
        let mut tally = seen(Question::C05, Reading::A);
        tally.add(seen(Question::C05, Reading::A));
        assert!(tally.conflicts.is_empty());
        tally.add(seen(Question::C05, Reading::B));
        let [conflict] = &tally.conflicts[..] else {
            panic!("no conflict");
        };
        assert_eq!((&*conflict.earlier.1, &*conflict.later.1), ("A", "B"));
    }

    #[test]
    fn a_question_nothing_narrowed_is_not_observed() {
        let mut tally = Tally::default();
        tally.narrow(&Readings::open(), "x");
        assert!(tally.readings.is_empty());
    }
}
