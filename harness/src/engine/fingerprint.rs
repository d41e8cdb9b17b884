//! The reading fingerprint: how a server reads the open points, from all its
//! answers together.
//!
//! What one trace leaves possible is a set of *cases*, each a combination of
//! readings ("either C-58/A, or C-58/B and C-59/A"). A server follows one
//! combination throughout, so what one trace settles rules out cases of
//! another. [`fingerprint`] goes over the evidence until nothing more is ruled
//! out; a trace of which no case is left shows that the server reads a question
//! in two ways.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use dtr_model::draft::Draft;
use dtr_model::question::{Question, Reading, Readings};

/// What the traces of a run leave possible, each kind of evidence once, with a
/// trace that gave it.
#[derive(Debug, Clone, Default)]
pub struct Evidence(HashMap<Vec<Readings>, String>);

impl Evidence {
    /// Adds the cases that `trace` left possible.
    pub fn add(&mut self, mut cases: Vec<Readings>, trace: &str) {
        cases.sort_unstable();
        cases.dedup();
        self.note(cases, trace);
    }

    /// Adds other evidence.
    pub fn extend(&mut self, other: Evidence) {
        for (cases, trace) in other.0 {
            self.note(cases, &trace);
        }
    }

    /// Each kind of evidence, and the trace that gave it.
    pub fn iter(&self) -> impl Iterator<Item = (&Vec<Readings>, &String)> {
        self.0.iter()
    }

    /// Of the traces that gave the same, the one whose id comes first: so the
    /// evidence does not depend on the order in which traces end.
    fn note(&mut self, cases: Vec<Readings>, trace: &str) {
        match self.0.entry(cases) {
            Entry::Occupied(mut known) if trace < known.get().as_str() => {
                known.insert(trace.to_owned());
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(new) => {
                new.insert(trace.to_owned());
            }
        }
    }
}

/// A question that the server reads in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The question.
    pub question: Question,
    /// The readings left by the other traces, and the trace that settled that.
    pub earlier: (Vec<Reading>, String),
    /// The readings of the trace that does not agree.
    pub later: (Vec<Reading>, String),
}

/// How a server reads the questions that its answers say something about.
#[derive(Debug, Clone, Default)]
pub struct Fingerprint {
    /// The readings left, and the trace that narrowed them last.
    pub readings: BTreeMap<Question, (Vec<Reading>, String)>,
    /// Questions read in two ways.
    pub conflicts: Vec<Conflict>,
}

/// What follows from all the evidence about the questions that `draft` leaves open.
pub fn fingerprint(evidence: &Evidence, draft: &Draft) -> Fingerprint {
    // In the order of the traces' ids, so that a run says the same each time.
    let mut evidence: Vec<_> = evidence.0.iter().collect();
    evidence.sort_unstable_by_key(|(cases, trace)| (trace.as_str(), cases.len()));
    let mut settled = draft.open();
    let mut found = Fingerprint::default();
    loop {
        let before = settled;
        evidence.retain(|(cases, trace)| {
            let left = cases.iter().filter_map(|case| case.meet(&settled));
            match left.reduce(|all, case| all.union(&case)) {
                Some(left) => settle(&mut settled, &left, trace, &mut found),
                None => {
                    contradict(&settled, cases, trace, &mut found);
                    return false;
                }
            }
            true
        });
        if settled == before {
            return found;
        }
    }
}

fn settle(settled: &mut Readings, left: &Readings, trace: &str, found: &mut Fingerprint) {
    for question in Question::ALL {
        let readings: Vec<Reading> = left.of(*question).collect();
        if readings.len() < settled.of(*question).count() {
            found
                .readings
                .insert(*question, (readings, trace.to_owned()));
        }
    }
    *settled = *left;
}

/// Names the questions on which the nearest case parts from what is settled.
fn contradict(settled: &Readings, cases: &[Readings], trace: &str, found: &mut Fingerprint) {
    let parted = |case: &Readings| -> Vec<Question> {
        let apart = |q: &&Question| !case.of(**q).any(|r| settled.allows(**q, r));
        Question::ALL.iter().filter(apart).copied().collect()
    };
    let nearest = cases.iter().min_by_key(|case| parted(case).len());
    let Some(nearest) = nearest else { return };
    for question in parted(nearest) {
        let known = found.conflicts.iter().any(|c| c.question == question);
        if let (false, Some(earlier)) = (known, found.readings.get(&question)) {
            found.conflicts.push(Conflict {
                question,
                earlier: earlier.clone(),
                later: (nearest.of(question).collect(), trace.to_owned()),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reading::{A, B};

    fn of(cases: &[(&str, &[Readings])]) -> Fingerprint {
        let mut evidence = Evidence::default();
        for (trace, cases) in cases {
            evidence.add(cases.to_vec(), trace);
        }
        fingerprint(&evidence, Draft::DEFAULT)
    }

    fn only(question: Question, reading: Reading) -> Readings {
        Readings::open().with(question, reading)
    }

    #[test]
    fn what_one_trace_settles_rules_out_a_case_of_another() {
        let either = [
            only(Question::C58, A),
            only(Question::C58, B).with(Question::C59, A),
        ];
        let alone = of(&[("a", &either)]);
        assert!(alone.readings.is_empty());
        let both = of(&[("a", &either), ("b", &[only(Question::C58, B)])]);
        assert_eq!(both.readings[&Question::C59].0, [A]);
        assert!(both.conflicts.is_empty());
    }

    #[test]
    fn two_readings_of_one_question_are_a_conflict_with_both_traces() {
        let found = of(&[
            ("a", &[only(Question::C05, A)]),
            ("b", &[only(Question::C05, B)]),
        ]);
        let [conflict] = &found.conflicts[..] else {
            panic!("{} conflicts", found.conflicts.len());
        };
        assert_eq!((&*conflict.earlier.1, &*conflict.later.1), ("a", "b"));
    }

    #[test]
    fn the_order_in_which_traces_end_does_not_matter() {
        let cases = || vec![only(Question::C05, A)];
        let mut one = Evidence::default();
        one.add(cases(), "b");
        one.add(cases(), "a");
        let mut other = Evidence::default();
        other.add(cases(), "a");
        other.add(cases(), "b");
        let mut sum = Evidence::default();
        sum.add(cases(), "b");
        sum.extend(other.clone());
        for evidence in [one, other, sum] {
            assert_eq!(evidence.iter().next().map(|(_, t)| t.as_str()), Some("a"));
        }
    }

    #[test]
    fn a_question_nothing_narrowed_is_not_observed() {
        assert!(of(&[("a", &[Readings::open()])]).readings.is_empty());
    }
}
