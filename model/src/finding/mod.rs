//! Findings: what the open points of the text do to servers and clients, for the people who write the text.
//!
//! Every claim is derived: what a reading breaks comes from an exhaustive search ([`Checked`]), with the shortest way
//! there; that two servers answer one poll differently, and what that does to a client that expects the one and meets
//! the other, from the two readings explored side by side ([`experiment`]). Only what the sentences say and how they could
//! be mended is written down, in [`contradiction`].
//!
//! | module | what it holds |
//! |---|---|
//! | `mod.rs` | what each reading costs, pairs of readings, how readings meet |
//! | [`story`] | a counterexample as messages between people and machines |
//! | [`picture`] | a story as a sequence diagram |
//! | [`replay`](mod@replay) | a counterexample as requests that can be sent |
//! | [`friction`] | where AROP and the texts it is laid over do not fit together |
//! | [`contradiction`] | the sentences that collide, and the smallest change that would help |

pub mod contradiction;
pub mod friction;
pub mod picture;
pub mod replay;
pub mod story;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Case, Checked};
use crate::draft::Draft;
use crate::event::Answer;
use crate::generate::{Experiment, SETTINGS, experiment};
use crate::property::Property;
use crate::question::{Question, Reading, Readings};
use crate::world::Action;

/// What a reading breaks that the pins keep, each with a shortest way there.
pub type Broken<'a> = BTreeMap<Property, &'a [Action]>;

/// What `case` breaks beyond `pins`.
pub fn beyond<'a>(pins: &Checked, case: &'a Checked) -> Broken<'a> {
    let broken = case.broken.iter();
    broken
        .filter(|(property, _)| !pins.broken.contains_key(property))
        .map(|(property, path)| (*property, path.as_slice()))
        .collect()
}

/// Two readings, each harmless alone. Together they may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The one.
    pub one: (Question, Reading),
    /// The other, of another question.
    pub other: (Question, Reading),
}

impl Pair {
    /// Both readings, the rest at the pins.
    pub fn case(self) -> Case {
        let ((q, r), (p, s)) = (self.one, self.other);
        Case {
            name: format!("{q}={r},{p}={s}"),
            draft: Draft::DEFAULT,
            readings: Readings::pins().with(q, r).with(p, s),
        }
    }
}

/// All pairs of the readings that break nothing alone. `checked` are the cases of [`Case::all`], in that order.
pub fn harmless_pairs(checked: &[Checked]) -> Vec<Pair> {
    let Some((pins, others)) = checked.split_first() else {
        return Vec::new();
    };
    let choices = Question::ALL.iter().flat_map(|q| {
        let others = q.readings().filter(|r| *r != q.pin());
        others.map(|r| (*q, r))
    });
    let harmless: Vec<_> = choices
        .zip(others)
        .filter(|(_, case)| beyond(pins, case).is_empty())
        .map(|(choice, _)| choice)
        .collect();
    let mut pairs = Vec::new();
    for (at, one) in harmless.iter().enumerate() {
        let rest = harmless[at + 1..].iter().filter(|other| other.0 != one.0);
        pairs.extend(rest.map(|other| Pair {
            one: *one,
            other: *other,
        }));
    }
    pairs
}

/// How two readings of a question first answer the same differently, if they do within the bound of [`experiment`].
pub fn meeting(question: Question, one: Reading, other: Reading) -> Option<Experiment> {
    let read = |reading| Readings::pins().with(question, reading);
    let found = SETTINGS
        .iter()
        .filter_map(|terms| experiment(*terms, &read(one), &read(other)));
    // A decisive one says more than a short one.
    found.min_by_key(|found| (!found.is_decisive(), found.events.len()))
}

/// What it does to a client that expects one reading to meet a server of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Nothing tells the two apart.
    Same,
    /// It gets what it did not hope for, and is none the worse.
    Better,
    /// It is told another error of the same weight.
    OtherWords,
    /// It is told to go on although it is over for this client's reading.
    GoesOn,
    /// It is not told by a callback, or is unexpectedly.
    Callback,
    /// It gives up although the request is still alive.
    GivesUp,
    /// It gets no token where it counts on one.
    NoToken,
}

impl Effect {
    /// What becomes of a client that expects one of `expected` and meets one of `met`: the worst of it.
    pub fn of(expected: &BTreeSet<Answer>, met: &BTreeSet<Answer>) -> Effect {
        let strange = met.iter().filter(|answer| !expected.contains(answer));
        let worst = strange.map(|answer| {
            let each = expected
                .iter()
                .map(|known| Effect::between(*known, *answer));
            each.max().unwrap_or(Effect::Same)
        });
        worst.max().unwrap_or(Effect::Same)
    }

    fn between(expected: Answer, met: Answer) -> Effect {
        use Answer::{Called, Deferred, Revoked, Token};
        let alive = |answer: Answer| answer.is_pending() || matches!(answer, Deferred { .. });
        match (expected, met) {
            (Called { .. }, _) | (_, Called { .. }) => Effect::Callback,
            (Token { .. }, Token { .. }) | (_, Token { .. }) => Effect::Better,
            (Token { .. }, _) => Effect::NoToken,
            (one, other) if alive(one) && !alive(other) => Effect::GivesUp,
            (one, other) if !alive(one) && alive(other) => Effect::GoesOn,
            (_, Revoked) => Effect::Better,
            _ => Effect::OtherWords,
        }
    }

    /// In a few words, for a table.
    pub fn text(self) -> &'static str {
        match self {
            Effect::Same => "–",
            Effect::Better => "none the worse",
            Effect::OtherWords => "another error",
            Effect::GoesOn => "polls on in vain",
            Effect::Callback => "callback amiss",
            Effect::GivesUp => "**gives up too early**",
            Effect::NoToken => "**loses the token**",
        }
    }
}

/// What a client that follows `client` meets at a server that follows `server`.
pub fn effect(question: Question, client: Reading, server: Reading) -> Effect {
    if client == server {
        return Effect::Same;
    }
    match meeting(question, client, server) {
        Some(found) => Effect::of(&found.first, &found.second),
        None => Effect::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Reading::{A, B, C};

    #[test]
    fn a_client_that_counts_on_a_token_after_the_lifetime_loses_it() {
        let met = |client, server| effect(Question::C02, client, server);
        assert_eq!(met(A, B), Effect::NoToken);
        assert_eq!(met(B, A), Effect::Better);
        assert_eq!(met(B, C), Effect::OtherWords);
        assert_eq!(met(B, B), Effect::Same);
    }

    #[test]
    fn what_a_callback_does_is_told() {
        assert_eq!(effect(Question::C59, A, B), Effect::Callback);
    }

    #[test]
    fn pairs_are_of_different_questions_and_of_harmless_readings() {
        let cases = Case::all(Draft::DEFAULT);
        let nothing = |case: &Case| Checked {
            name: case.name.clone(),
            states: 0,
            moves: 0,
            broken: BTreeMap::new(),
            untested: crate::property::Properties::NONE,
            elapsed: std::time::Duration::ZERO,
        };
        let mut checked: Vec<Checked> = cases.iter().map(nothing).collect();
        let all = harmless_pairs(&checked);
        assert!(all.iter().all(|pair| pair.one.0 != pair.other.0));
        let harmful = (Question::C02, A);
        assert!(
            all.iter()
                .any(|pair| pair.one == harmful || pair.other == harmful)
        );
        let at = cases.iter().position(|case| case.name == "C-02=A").unwrap();
        checked[at].broken.insert(Property::S3, Vec::new());
        let fewer = harmless_pairs(&checked);
        assert!(fewer.len() < all.len());
        assert!(
            fewer
                .iter()
                .all(|pair| pair.one != harmful && pair.other != harmful)
        );
    }
}
