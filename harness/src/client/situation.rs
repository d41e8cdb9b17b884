//! What a client is led through: what the server answers, poll by poll, and what the client is told besides.

use dtr_model::draft::{Callbacks, Draft};

/// One request of a client, and what becomes of it.
#[derive(Debug)]
pub struct Situation {
    /// Stable id.
    pub id: &'static str,
    /// What the server does.
    pub does: &'static str,
    /// The `interval` that is announced, in seconds; `None` leaves it out.
    pub interval: Option<u64>,
    /// What else of the acknowledgement is as it is not always.
    pub acknowledgement: Acknowledgement,
    /// The answers to the first polls; while a true callback is still to be sent, a poll is pending.
    pub polls: &'static [Reply],
    /// The answer to every further poll.
    pub then: Reply,
    /// The callbacks that the client gets, in this order.
    pub callbacks: &'static [Callback],
    /// Whether it makes sense under a text.
    pub plays: fn(&Draft) -> bool,
}

/// What the acknowledgement of a request is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledgement {
    /// As the text has it.
    Whole,
    /// Without the code.
    WithoutCode,
    /// Without its lifetime.
    WithoutLifetime,
    /// With characters in the code that a form has to encode.
    OddCode,
}

impl Acknowledgement {
    /// Whether a client has to notice that it cannot go on.
    pub fn lacks_something(self) -> bool {
        matches!(self, Self::WithoutCode | Self::WithoutLifetime)
    }
}

/// The answer to a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It is pending.
    Pending,
    /// It is pending, which takes seconds to say.
    Late,
    /// `slow_down`.
    SlowDown,
    /// The request was approved.
    Token,
    /// This error.
    Error(&'static str),
}

/// A callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callback {
    /// With a token that the client never sent.
    Forged,
    /// Without any.
    Bare,
    /// With the token of the request, and a member that no text knows.
    Extended,
    /// With the token of the request.
    Valid,
}

impl Callback {
    /// What it is, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forged => "callback with a token that is not the client's",
            Self::Bare => "callback without a token",
            Self::Extended => "callback with a member too many",
            Self::Valid => "callback",
        }
    }

    /// Whether it is one that the server would send.
    pub fn is_true(self) -> bool {
        matches!(self, Self::Valid | Self::Extended)
    }
}

/// An error that no text knows.
pub const UNHEARD_OF: &str = "mercury_retrograde";

const ALWAYS: fn(&Draft) -> bool = |_| true;
/// CIBA has its clients look at what they get (its Section 7.4), and has no polls that overlap (Section 10.1).
const CIBA: fn(&Draft) -> bool = |draft| draft.user_hint.is_some();

const CALLED: fn(&Draft) -> bool = |draft| draft.rules.callbacks != Callbacks::Nobody;

const USUAL: Situation = Situation {
    id: "",
    does: "",
    interval: Some(1),
    acknowledgement: Acknowledgement::Whole,
    polls: &[Reply::Pending],
    then: Reply::Token,
    callbacks: &[],
    plays: ALWAYS,
};

/// All of them.
pub const ALL: &[Situation] = &[
    Situation {
        id: "interval",
        does: "announces two seconds, answers two polls with pending, then gives the token",
        interval: Some(2),
        polls: &[Reply::Pending, Reply::Pending],
        ..USUAL
    },
    Situation {
        id: "default-interval",
        does: "announces no interval, answers a poll with pending, then gives the token",
        interval: None,
        plays: |draft| draft.default_interval.is_some(),
        ..USUAL
    },
    Situation {
        id: "slow-down",
        does: "answers the second poll with slow_down, the third with pending, then gives the token",
        polls: &[Reply::Pending, Reply::SlowDown, Reply::Pending],
        ..USUAL
    },
    Situation {
        id: "late-answer",
        does: "takes three seconds to say that a poll is pending, though the interval is one",
        polls: &[Reply::Late],
        plays: CIBA,
        ..USUAL
    },
    Situation {
        id: "odd-code",
        does: "issues a code with characters that a form has to encode",
        acknowledgement: Acknowledgement::OddCode,
        ..USUAL
    },
    Situation {
        id: "denied",
        does: "answers pending, then access_denied",
        then: Reply::Error("access_denied"),
        ..USUAL
    },
    Situation {
        id: "expired",
        does: "answers pending, then expired_token",
        then: Reply::Error("expired_token"),
        ..USUAL
    },
    Situation {
        id: "invalid-grant",
        does: "answers pending, then invalid_grant",
        then: Reply::Error("invalid_grant"),
        ..USUAL
    },
    Situation {
        id: "invalid-request",
        does: "answers pending, then invalid_request",
        then: Reply::Error("invalid_request"),
        ..USUAL
    },
    Situation {
        id: "unheard-of",
        does: "answers pending, then an error that no text knows",
        then: Reply::Error(UNHEARD_OF),
        ..USUAL
    },
    Situation {
        id: "without-code",
        does: "leaves the code out of its acknowledgement",
        acknowledgement: Acknowledgement::WithoutCode,
        plays: CIBA,
        ..USUAL
    },
    Situation {
        id: "without-lifetime",
        does: "leaves the lifetime out of its acknowledgement",
        acknowledgement: Acknowledgement::WithoutLifetime,
        plays: CIBA,
        ..USUAL
    },
    Situation {
        id: "callbacks",
        does: "sends a forged callback, one without a token, and a true one, and gives the token from then on",
        polls: &[],
        callbacks: &[Callback::Forged, Callback::Bare, Callback::Valid],
        plays: CALLED,
        ..USUAL
    },
    Situation {
        id: "odd-callback",
        does: "sends a callback with a member too many, and gives the token from then on",
        polls: &[],
        callbacks: &[Callback::Extended],
        plays: CALLED,
        ..USUAL
    },
];

impl Situation {
    /// The situation with this id.
    pub fn named(id: &str) -> Option<&'static Situation> {
        ALL.iter().find(|situation| situation.id == id)
    }

    /// The answer to the poll that comes after this many, once no callback is to come any more.
    pub(super) fn reply(&self, polls: usize) -> Reply {
        *self.polls.get(polls).unwrap_or(&self.then)
    }
}
