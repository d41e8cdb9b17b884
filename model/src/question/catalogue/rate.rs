//! The pace of polls: who keeps which interval, and what too fast a poll leads to.

use super::{CLIENT, Entry, Place, Severity, fine};
use crate::property::Property::{L1, L2, L4, S10};
use crate::question::Question;
use crate::question::Reading::{A, B, C};

/// C-19 to C-25.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-19",
        title: "Kept for life, and yet raised: the interval at the client",
        sections: "6.4, 6.5, 6.6",
        severity: Severity::Medium,
        place: Place::Nowhere(CLIENT),
        pin: Some(A),
        readings: &[
            fine("the client stays at the raised interval"),
            fine("it waits longer once, then goes back").costing(&[L1]),
        ],
        experiment: Some(
            "answer a poll with `slow_down` and the next with pending errors, measure three \
             gaps",
        ),
    },
    Entry {
        id: "C-20",
        title: "What is enforced after `slow_down`",
        sections: "6.5, 6.6, 11.3",
        severity: Severity::High,
        place: Place::Relation(Question::C20),
        pin: Some(A),
        readings: &[
            fine("the announced interval, since the last poll answered otherwise"),
            fine("the announced interval raised by each `slow_down`").costing(&[L4]),
            fine("an early poll restarts the wait").costing(&[L4]),
        ],
        experiment: Some(
            "poll too early once, then at gaps between the announced interval and a raised \
             one; poll too early many times, then once at the legal gap",
        ),
    },
    Entry {
        id: "C-21",
        title: "The first poll, and which numbers are an interval",
        sections: "2, 6.4",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("the first poll may come at once"),
            fine("the first poll, too, is early before the interval is over"),
        ],
        experiment: Some(
            "poll as soon as the deferred response is there; see that lifetime and interval \
             are positive integers, the interval the smaller",
        ),
    },
    Entry {
        id: "C-22",
        title: "Polls that are invited, and too early all the same",
        sections: "6.5, 7, 9.2",
        severity: Severity::High,
        place: Place::Nowhere(
            "for a server it follows from C-10, whose pin slows no final answer down; the rest \
             is a client's behaviour",
        ),
        pin: Some(C),
        readings: &[
            fine("the poll after a callback and the last before expiry are exempt"),
            fine("both keep the pace").costing(&[S10, L2]),
            fine("only the poll after a callback is exempt"),
        ],
        experiment: Some(
            "with a long interval, call back a second after a poll and poll at once; poll a \
             second before the lifetime ends",
        ),
    },
    Entry {
        id: "C-23",
        title: "Limits that have nothing to do with the interval",
        sections: "11.3, 6.6",
        severity: Severity::Medium,
        place: Place::Nowhere(
            "such limits are announced nowhere, and to reach them is to overload the server",
        ),
        pin: Some(B),
        readings: &[
            fine("`slow_down`").costing(&[L4]),
            fine("429 with `Retry-After`, and the request lives").costing(&[L4]),
            fine("`temporarily_unavailable`"),
        ],
        experiment: Some("poll two hundred codes at the legal pace"),
    },
    Entry {
        id: "C-24",
        title: "What the `invalid_request` lock-out does to the request",
        sections: "6.6, 11.3, 4.1 item 6",
        severity: Severity::High,
        place: Place::Relation(Question::C24),
        pin: Some(A),
        readings: &[
            fine("the request lives and later legal polls are answered"),
            fine("the request is cancelled").costing(&[L1]),
            fine("the code is locked for polls, its callback still sent").costing(&[L2]),
        ],
        experiment: Some(
            "poll too early until `invalid_request`; then poll at the legal pace, revoke, and \
             watch for a callback",
        ),
    },
    Entry {
        id: "C-25",
        title: "A malformed poll gets the error that ends polling",
        sections: "6.6, 6.5",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("any `invalid_request` ends the use of the code").costing(&[L2]),
            fine("only the one for fast polling does: a malformed poll touches nothing"),
        ],
        experiment: Some("send a poll with a parameter twice, then a proper one"),
    },
];
