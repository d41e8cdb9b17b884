//! The set of answers that a step allows.

use std::collections::BTreeMap;

use dtr_model::event::Answer;

use super::brings_code;
use super::renew::{ACCESS_TOKEN, REFRESH_TOKEN};
use crate::vector::format::{self, Expected, Then};
use crate::vector::record::answers::{self, Context};
use crate::vector::record::glossary::Glossary;
use crate::vector::record::judged::Choice;

/// Writes `choices` down, the pinned one first, and defines the answers they name.
pub(super) fn expected(
    choices: &[Choice],
    context: &Context<'_>,
    glossary: &mut Glossary,
) -> Vec<Expected> {
    let mut groups: Vec<Group> = Vec::new();
    let any_error = choices
        .iter()
        .any(|c| c.allowed.answer == Answer::GrantError);
    for choice in choices {
        let group = Group::of(choice, context, any_error);
        match groups.iter_mut().find(|known| known.takes(&group)) {
            Some(known) => known.join(group),
            None => groups.push(group),
        }
    }
    groups.sort_by_key(|group| !group.expected.pinned);
    groups
        .into_iter()
        .map(|group| group.define(context, glossary))
        .collect()
}

/// Choices that look alike from outside.
struct Group {
    expected: Expected,
    /// For errors that are as good as one another: their codes.
    codes: Vec<&'static str>,
    answer: format::Answer,
}

impl Group {
    fn of(choice: &Choice, context: &Context<'_>, any_error: bool) -> Group {
        let seen = choice.allowed.answer;
        let (name, answer) = answers::answer(context, seen);
        let mut captures = BTreeMap::new();
        if brings_code(seen, context.known) {
            let member = context.draft.deferred_member.to_owned();
            captures.insert(member, "deferral_code".to_owned());
        }
        if context.draft.rules.approvals_expire && matches!(seen, Answer::Token { .. }) {
            for member in [ACCESS_TOKEN, REFRESH_TOKEN] {
                captures.insert(member.to_owned(), member.to_owned());
            }
        }
        Group {
            expected: Expected {
                answer: name,
                pinned: choice.pinned,
                then: if choice.allowed.goes_on {
                    Then::Continue
                } else {
                    Then::Stop
                },
                like: None,
                captures,
                readings: choice.readings.clone(),
            },
            codes: if any_error {
                answers::refusals(seen, context.draft)
            } else {
                Vec::new()
            },
            answer,
        }
    }

    fn takes(&self, other: &Group) -> bool {
        let (mine, theirs) = (&self.expected, &other.expected);
        let errors = !self.codes.is_empty() && !other.codes.is_empty();
        mine.answer == theirs.answer
            || (errors && mine.then == theirs.then && mine.readings == theirs.readings)
    }

    fn join(&mut self, other: Group) {
        self.codes.extend(other.codes);
        let (mine, theirs) = (&mut self.expected, other.expected);
        // Seen from outside it may be either: what is certain is what both say.
        mine.readings
            .retain(|question, _| theirs.readings.contains_key(question));
        for (question, left) in theirs.readings {
            if let Some(known) = mine.readings.get_mut(&question) {
                known.extend(left);
                known.sort_unstable();
                known.dedup();
            }
        }
        // A trace goes on as after the pinned one.
        if mine.pinned == theirs.pinned && theirs.then == Then::Stop {
            mine.then = Then::Stop;
        } else if theirs.pinned {
            mine.then = theirs.then;
        }
        mine.pinned |= theirs.pinned;
    }

    fn define(mut self, context: &Context<'_>, glossary: &mut Glossary) -> Expected {
        if self.codes.len() > 1 {
            (self.expected.answer, self.answer) = answers::error(context, self.codes);
        }
        glossary.define(&self.expected.answer, self.answer);
        self.expected
    }
}
