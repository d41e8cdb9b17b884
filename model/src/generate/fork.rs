//! Distinguishing experiments: explore two choices of readings side by side
//! until the answers they allow differ. The way there is the shortest
//! experiment that tells them apart.

use std::collections::{BTreeSet, HashSet, VecDeque};

use super::graph::{Situation, events};
use crate::deferral::{Deferral, step};
use crate::event::{Answer, Event};
use crate::question::{Question, Reading, Readings};
use crate::terms::Terms;
use crate::trace::{Origin, Trace};

/// Longest experiment looked for.
const LENGTH: usize = 9;

/// An experiment whose last event two choices answer differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// What to do.
    pub events: Vec<Event>,
    /// What the first choice allows at the end.
    pub first: BTreeSet<Answer>,
    /// What the second allows.
    pub second: BTreeSet<Answer>,
}

impl Experiment {
    /// Whether any answer at the end decides between the two.
    pub fn is_decisive(&self) -> bool {
        self.first.is_disjoint(&self.second)
    }
}

/// The states a server may be in after some answers, under one choice.
type Possible = BTreeSet<Deferral>;

fn after(states: &Possible, event: Event, terms: &Terms, r: &Readings) -> Vec<(Deferral, Answer)> {
    let outcomes = states.iter().flat_map(|d| step(*d, event, terms, r));
    outcomes.map(|o| (o.deferral, o.answer)).collect()
}

/// The shortest experiment that tells two choices apart, decisively if there
/// is such a one within the bound; `None` if none was found.
pub fn experiment(terms: Terms, first: &Readings, second: &Readings) -> Option<Experiment> {
    let start = (
        Situation::START,
        Possible::from([Deferral::ABSENT]),
        Possible::from([Deferral::ABSENT]),
    );
    let mut seen = HashSet::from([start.clone()]);
    let mut queue = VecDeque::from([(start, Vec::<Event>::new())]);
    let mut indecisive = None;
    while let Some(((situation, ours, theirs), path)) = queue.pop_front() {
        for event in events(situation, &terms) {
            let mine = after(&ours, event, &terms, first);
            let other = after(&theirs, event, &terms, second);
            let mut longer = path.clone();
            longer.push(event);
            let found = Experiment {
                events: longer.clone(),
                first: mine.iter().map(|(_, a)| *a).collect(),
                second: other.iter().map(|(_, a)| *a).collect(),
            };
            if found.is_decisive() {
                return Some(found);
            }
            if found.first != found.second && indecisive.is_none() {
                indecisive = Some(found);
            }
            // Go on along what a server that follows the pins answers.
            let (next, answer) = situation.after(event, &terms);
            let keep = |all: &[(Deferral, Answer)]| -> Possible {
                all.iter()
                    .filter(|(_, a)| *a == answer)
                    .map(|(d, _)| *d)
                    .collect()
            };
            let node = (next, keep(&mine), keep(&other));
            let possible = !node.1.is_empty() && !node.2.is_empty();
            if possible && longer.len() < LENGTH && seen.insert(node.clone()) {
                queue.push_back((node, longer));
            }
        }
    }
    indecisive
}

/// For each question and each reading besides its pin, the trace that tells the
/// two apart under `terms`, where there is one.
pub fn forks(terms: Terms) -> Vec<(Question, Reading, Trace)> {
    let mut forks = Vec::new();
    let pins = terms.draft.pins();
    let open = Question::ALL
        .iter()
        .filter(|q| terms.draft.leaves_open(q.entry()));
    for question in open {
        for reading in question.readings().filter(|r| *r != question.pin()) {
            let other = pins.with(*question, reading);
            if let Some(found) = experiment(terms, &pins, &other) {
                let origin = Origin::Fork(format!("{question}={reading}"));
                forks.push((*question, reading, Trace::new(origin, terms, found.events)));
            }
        }
    }
    forks
}
