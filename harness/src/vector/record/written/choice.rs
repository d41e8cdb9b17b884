//! Answers that written vectors allow. Those that recorded vectors know as well are the same, under the same name.

use std::collections::BTreeMap;

use dtr_model::draft::Draft;
use dtr_model::event::{Answer as Seen, Code, Scope};
use dtr_model::question::named_entry;

use super::DRAFT;
use super::ask::numbered;
use super::sheet::NOTIFICATION_TOKEN;
use crate::vector::format::{Answer, Expected, Member, Presence, Response, Then, Visited};
use crate::vector::record::answers::{self, Context, Place, carries_out};
use crate::vector::record::glossary::Glossary;
use crate::vector::record::script::DEFAULT_SCOPE;

/// An answer that is allowed.
#[derive(Clone)]
pub(super) struct Choice {
    answer: Answer,
    expected: Expected,
    /// The texts that allow it.
    by: fn(&Draft) -> bool,
}

impl Choice {
    pub(super) fn new(name: &str, answer: Answer) -> Choice {
        let expected = Expected {
            answer: name.to_owned(),
            pinned: false,
            then: Then::Continue,
            like: None,
            captures: BTreeMap::new(),
            readings: BTreeMap::new(),
        };
        Choice {
            answer,
            expected,
            by: |_| true,
        }
    }

    /// It is allowed by these texts only.
    pub(super) fn by(mut self, texts: fn(&Draft) -> bool) -> Choice {
        self.by = texts;
        self
    }

    /// Whether `draft` allows it. What tells of interaction, only a text that knows of it does.
    pub(super) fn is_allowed_by(&self, draft: &Draft) -> bool {
        (self.by)(draft) && (draft.has_interaction() || !self.is_interaction())
    }

    fn is_interaction(&self) -> bool {
        let Answer::Response(response) = &self.answer else {
            return false;
        };
        let error = response.members.get("error");
        let codes = error.iter().flat_map(|rule| &rule.one_of);
        codes.eq(DRAFT.interaction_required)
    }

    /// Takes back what it says of questions that `draft` does not leave open.
    pub(super) fn under(mut self, draft: &Draft) -> Choice {
        self.expected.readings.retain(|id, _| is_open(id, draft));
        self
    }

    /// Whether it says something of a question that `draft` leaves open.
    pub(super) fn tells(&self, draft: &Draft) -> bool {
        let mut questions = self.expected.readings.keys();
        questions.any(|id| is_open(id, draft))
    }

    /// What it looks like.
    pub(super) fn looks(self) -> Answer {
        self.answer
    }

    /// After it the other steps say nothing.
    pub(super) fn stop(mut self) -> Choice {
        self.expected.then = Then::Stop;
        self
    }

    /// It leaves these readings of a question.
    pub(super) fn reads(mut self, question: &str, readings: &[&str]) -> Choice {
        let readings = readings.iter().map(ToString::to_string).collect();
        self.expected.readings.insert(question.to_owned(), readings);
        self
    }

    /// The value of this member stands for a placeholder from now on.
    pub(super) fn captures(mut self, member: &str, placeholder: &str) -> Choice {
        let captures = &mut self.expected.captures;
        captures.insert(member.to_owned(), placeholder.to_owned());
        self
    }

    /// It resembles the answer to this step, from 1.
    pub(super) fn like(mut self, step: usize) -> Choice {
        self.expected.like = Some(step);
        self
    }

    /// The same response under another name, with one of its members otherwise.
    pub(super) fn member(self, name: &str, member: &str, rule: Member) -> Choice {
        self.response(name, |response| {
            response.members.insert(member.to_owned(), rule);
        })
    }

    /// The same response under another name, without these members.
    pub(super) fn without(self, name: &str, members: &[&str]) -> Choice {
        self.response(name, |response| {
            response
                .members
                .retain(|name, _| !members.contains(&name.as_str()));
            response.without.extend(answers::owned(members));
            // What is said of a member that must not be there is said by that alone.
            let gone = |rule: &String| members.iter().any(|name| rule.starts_with(name));
            response
                .requirements
                .retain(|_, rules| !rules.iter().all(gone));
        })
    }

    /// The same response under another name, and changed.
    pub(super) fn response(mut self, name: &str, change: impl FnOnce(&mut Response)) -> Choice {
        name.clone_into(&mut self.expected.answer);
        if let Answer::Response(response) = &mut self.answer {
            change(response);
        }
        self
    }

    /// Says that in this answer these rules carry out a row.
    pub(super) fn carrying_out(mut self, row: &str, rules: &[&str]) -> Choice {
        match &mut self.answer {
            Answer::Response(response) => carries_out(&mut response.requirements, row, rules),
            Answer::Callback(callback) => carries_out(&mut callback.requirements, row, rules),
            _ => {}
        }
        self
    }

    /// Writes it down, and defines what it looks like.
    pub(super) fn expected(mut self, pinned: bool, glossary: &mut Glossary) -> Expected {
        glossary.define(&self.expected.answer, self.answer);
        self.expected.pinned = pinned;
        self.expected
    }
}

fn is_open(id: &str, draft: &Draft) -> bool {
    named_entry(id).is_some_and(|entry| draft.leaves_open(entry))
}

fn context(place: Place) -> Context<'static> {
    Context {
        draft: DRAFT,
        place,
        scope: DEFAULT_SCOPE,
        bound: place == Place::Poll,
        known: place != Place::Initial,
        notification_token: Some(NOTIFICATION_TOKEN),
    }
}

fn at(place: Place, seen: Seen) -> Choice {
    let (name, answer) = answers::answer(&context(place), seen);
    Choice::new(&name, answer)
}

const WHOLE: Seen = Seen::Token {
    scope: Scope::Whole,
    again: false,
};

/// To an initial request: it is deferred. Its code is `{deferral_code}`.
pub(super) fn deferred() -> Choice {
    let first = Seen::Deferred {
        interaction: false,
        code: Code::Same,
    };
    at(Place::Initial, first).captures(DRAFT.deferral_code, "deferral_code")
}

/// The same, and interaction is required.
pub(super) fn interaction_at_once() -> Choice {
    let first = Seen::Deferred {
        interaction: true,
        code: Code::Same,
    };
    at(Place::Initial, first).captures(DRAFT.deferral_code, "deferral_code")
}

/// To a later one: it is deferred under a code of its own.
pub(super) fn deferred_too() -> Choice {
    deferred_again(false, Code::Other)
}

/// To a later one: it is deferred, perhaps with interaction, perhaps under the same code.
pub(super) fn deferred_again(interaction: bool, code: Code) -> Choice {
    let known = Context {
        known: true,
        ..context(Place::Initial)
    };
    let (name, answer) = answers::answer(&known, Seen::Deferred { interaction, code });
    Choice::new(&name, answer)
}

/// To a later opted-in request: whatever says that nothing is wrong with it.
pub(super) fn served() -> Vec<Choice> {
    let mut all = vec![deferred_too(), token_at_once()];
    for (interaction, code) in [(true, Code::Other), (false, Code::Same), (true, Code::Same)] {
        all.push(deferred_again(interaction, code));
    }
    all
}

/// To an initial request: the token.
pub(super) fn token_at_once() -> Choice {
    at(Place::Initial, WHOLE)
}

/// To an initial request: an error that the grant has.
pub(super) fn refusal() -> Choice {
    refusal_but(&[])
}

/// The same but for some codes.
pub(super) fn refusal_but(codes: &[&str]) -> Choice {
    let mut all = answers::any_refusal();
    all.retain(|code| !codes.contains(code));
    let (name, answer) = answers::error(&context(Place::Initial), all);
    Choice::new(&name, answer)
}

/// An error with one of these codes.
pub(super) fn error(codes: &[&'static str]) -> Choice {
    let (name, answer) = answers::error(&context(Place::Poll), codes.to_vec());
    Choice::new(&name, answer)
}

/// To a poll of a bound code: the token.
pub(super) fn token() -> Choice {
    at(Place::Poll, WHOLE)
}

/// The same with less than was asked for.
pub(super) fn token_narrowed() -> Choice {
    let narrowed = Seen::Token {
        scope: Scope::Narrowed,
        again: false,
    };
    at(Place::Poll, narrowed)
}

/// To a poll: it is pending.
pub(super) fn pending() -> Choice {
    at(Place::Poll, Seen::AuthorizationPending)
}

/// To a poll: interaction is required.
pub(super) fn interaction() -> Choice {
    at(Place::Poll, Seen::InteractionRequired)
}

/// To a poll: too fast.
pub(super) fn slow_down() -> Choice {
    at(Place::Poll, Seen::SlowDown)
}

/// To a poll of a cancelled code. That it may be forgotten is C-05.
pub(super) fn cancelled() -> [Choice; 2] {
    [
        error(&["access_denied"]),
        error(&["invalid_grant"]).reads("C-05", &["B"]),
    ]
}

/// To a revocation: done, or nothing to do.
pub(super) fn revoked() -> Choice {
    at(Place::Revocation, Seen::Revoked)
}

/// A challenge for a nonce (RFC 9449 Section 8), which is `{nonce}` from now on.
pub(super) fn challenge() -> Choice {
    error(&["use_dpop_nonce"]).captures("header:dpop-nonce", "nonce")
}

/// A callback with the notification token of the first request.
pub(super) fn callback() -> Choice {
    at(Place::Callback, Seen::Called { bearer: true })
}

/// No callback.
pub(super) fn silence() -> Choice {
    Choice::new("silence", Answer::Silence)
}

/// A visit that the server goes along with, or not.
pub(super) fn visited(served: bool) -> Choice {
    let name = if served {
        "visit_served"
    } else {
        "visit_refused"
    };
    Choice::new(name, Answer::Visited(Visited { served }))
}

/// To an authorization request: the code of this number.
pub(super) fn authorization_code(number: usize) -> Choice {
    let placeholder = numbered("authorization_code", number);
    let name = placeholder.trim_matches(['{', '}']);
    let answer = answers::authorization_code(&numbered("state", number));
    Choice::new(name, answer).captures("code", name)
}

/// To an authorization request: a refusal.
pub(super) fn refused() -> Choice {
    Choice::new("authorization_refused", Answer::AuthorizationRefused)
}

/// A member that may be absent.
pub(super) fn optional(rule: Member) -> Member {
    Member {
        presence: Presence::Optional,
        ..rule
    }
}
