//! The distinguishing search: two sides side by side, until what they allow differs.
//!
//! A *history* is what happened and what was answered. Under one side a history
//! leaves a set of states that a server may be in; the search walks over pairs of
//! such sets, goes on along every answer that both sides allow, and keeps the
//! shortest history of every kind of difference. Nothing bounds the length of a
//! history: when no pair of sets is left, there is no other difference.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::{Discriminant, discriminant};

use rustc_hash::FxHashSet;

use super::Side;
use crate::deferral::{Deferral, for_each_outcome};
use crate::event::{Answer, Caller, Event};
use crate::generate::{Situation, events};
use crate::terms::Terms;

/// A history after which the two sides allow different answers to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The setting.
    pub terms: Terms,
    /// What happened, and what was answered, before.
    pub history: Vec<(Event, Answer)>,
    /// The event that is answered differently.
    pub event: Event,
    /// What only the first side allows.
    pub only_one: BTreeSet<Answer>,
    /// What only the other side allows.
    pub only_other: BTreeSet<Answer>,
    /// What both allow.
    pub both: BTreeSet<Answer>,
    /// How many more histories end in a difference of this kind.
    pub alike: usize,
}

impl Fork {
    /// Whether whatever is answered tells the two sides apart.
    pub fn is_decisive(&self) -> bool {
        self.both.is_empty()
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// The setting.
    pub terms: Terms,
    /// One fork of every kind, shortest first.
    pub forks: Vec<Fork>,
    /// How many pairs of sets of states were looked at.
    pub pairs: usize,
    /// Whether that was all of them. If not, the histories looked at are at
    /// least this long.
    pub cut: Option<usize>,
}

/// What makes two forks alike: what kind of event it is, whose, and what only
/// one side answers.
pub(super) type Kind = (
    Discriminant<Event>,
    Option<Caller>,
    BTreeSet<Answer>,
    BTreeSet<Answer>,
);

/// What may be answered, and the states that each answer leaves possible.
type Answers = BTreeMap<Answer, Vec<Deferral>>;

/// Two servers after the same history: the states each may be in, sorted.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Pair {
    /// Whether the client holds the code.
    known: bool,
    one: Vec<Deferral>,
    other: Vec<Deferral>,
}

/// Looks at every history of one deferral under `terms`, of which each side takes
/// its own text, as long as there are no more than `limit` pairs.
pub fn search(terms: Terms, one: &Side, other: &Side, limit: usize) -> Searched {
    let mut tree = Tree::new();
    let mut forks: Vec<Fork> = Vec::new();
    let mut kinds: HashMap<Kind, usize> = HashMap::new();
    let mut at = 0;
    while at < tree.pairs.len() && tree.pairs.len() <= limit {
        let pair = tree.pairs[at].clone();
        for event in alphabet(&pair, terms, one, other) {
            let mine = answers(&pair.one, event, terms, one);
            let theirs = answers(&pair.other, event, terms, other);
            if let Some(fork) = Fork::between(terms, event, &mine, &theirs) {
                match kinds.entry(fork.kind()) {
                    Entry::Occupied(known) => forks[*known.get()].alike += 1,
                    Entry::Vacant(new) => {
                        new.insert(forks.len());
                        let history = tree.history(at);
                        forks.push(Fork { history, ..fork });
                    }
                }
            }
            for (answer, one) in mine {
                if let Some(other) = theirs.get(&answer) {
                    let known = pair.known || matches!(answer, Answer::Deferred { .. });
                    let other = other.clone();
                    tree.grow(at, (event, answer), Pair { known, one, other });
                }
            }
        }
        at += 1;
    }
    let pairs = tree.pairs.len();
    let cut = (at < pairs).then(|| tree.history(at).len());
    Searched {
        terms,
        forks,
        pairs,
        cut,
    }
}

/// The pairs met, nearest first, and how each was met.
struct Tree {
    pairs: Vec<Pair>,
    parents: Vec<(usize, Option<(Event, Answer)>)>,
    seen: FxHashSet<Pair>,
}

impl Tree {
    fn new() -> Tree {
        let start = Pair {
            known: false,
            one: vec![Deferral::ABSENT],
            other: vec![Deferral::ABSENT],
        };
        Tree {
            pairs: vec![start.clone()],
            parents: vec![(0, None)],
            seen: FxHashSet::from_iter([start]),
        }
    }

    fn grow(&mut self, from: usize, by: (Event, Answer), pair: Pair) {
        if self.seen.insert(pair.clone()) {
            self.pairs.push(pair);
            self.parents.push((from, Some(by)));
        }
    }

    fn history(&self, mut at: usize) -> Vec<(Event, Answer)> {
        let mut history = Vec::new();
        while let (parent, Some(step)) = self.parents[at] {
            history.push(step);
            at = parent;
        }
        history.reverse();
        history
    }
}

/// What is worth trying after a history: whatever is in a state that either
/// server may be in.
fn alphabet(pair: &Pair, terms: Terms, one: &Side, other: &Side) -> Vec<Event> {
    let sides = [(&pair.one, one), (&pair.other, other)];
    let mut all = Vec::new();
    let mut known = FxHashSet::default();
    for (states, side) in sides {
        for deferral in states {
            let situation = Situation {
                deferral: *deferral,
                known: pair.known,
            };
            let worth = events(situation, &terms.under(side.draft));
            all.extend(worth.into_iter().filter(|event| known.insert(*event)));
        }
    }
    all
}

fn answers(states: &[Deferral], event: Event, terms: Terms, side: &Side) -> Answers {
    let terms = terms.under(side.draft);
    let mut answers: BTreeMap<Answer, BTreeSet<Deferral>> = BTreeMap::new();
    for deferral in states {
        for_each_outcome(*deferral, event, &terms, &side.readings, |outcome| {
            let left = answers.entry(outcome.answer).or_default();
            left.insert(outcome.deferral);
        });
    }
    let sorted = answers.into_iter();
    sorted
        .map(|(answer, states)| (answer, states.into_iter().collect()))
        .collect()
}

impl Fork {
    /// The difference between what two sides allow, if there is one. How it was
    /// come to is left out.
    fn between(terms: Terms, event: Event, one: &Answers, other: &Answers) -> Option<Fork> {
        let without = |these: &Answers, those: &Answers| -> BTreeSet<Answer> {
            let only = these.keys().filter(|answer| !those.contains_key(answer));
            only.copied().collect()
        };
        let (only_one, only_other) = (without(one, other), without(other, one));
        let differs = !only_one.is_empty() || !only_other.is_empty();
        differs.then(|| Fork {
            terms,
            history: Vec::new(),
            event,
            both: one
                .keys()
                .copied()
                .filter(|a| other.contains_key(a))
                .collect(),
            only_one,
            only_other,
            alike: 0,
        })
    }

    pub(super) fn kind(&self) -> Kind {
        let by = match self.event {
            Event::Poll { by, .. } | Event::Revoke { by } => Some(by),
            _ => None,
        };
        let only = (self.only_one.clone(), self.only_other.clone());
        (discriminant(&self.event), by, only.0, only.1)
    }
}
