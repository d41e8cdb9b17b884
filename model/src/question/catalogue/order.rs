//! The order of a poll's tests, and which of its answers are final.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L2, L2Lost, S1, S2, S3, S4, S7, S8, S10};
use crate::question::Question;
use crate::question::Reading::{A, B};

/// C-09 to C-18.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-09",
        title: "No step for a request that is pending and in time",
        sections: "6.5.1 steps 3 to 5, 6.6",
        severity: Severity::Medium,
        place: Place::Nowhere(
            "the pending answer is the same under both; where it stands among the other tests \
             is asked by C-10 and C-11",
        ),
        pin: Some(A),
        readings: &[
            fine("pending is answered last, where no step applies"),
            fine("pending is one of the errors of the closing sentence, tested in any order"),
        ],
        experiment: None,
    },
    Entry {
        id: "C-10",
        title: "The rate test has no place in the order",
        sections: "6.5, 6.5.1, 6.6, 11.3",
        severity: Severity::High,
        place: Place::Relation(Question::C10),
        pin: Some(B),
        readings: &[
            fine("rate before state: an early poll of a resolved code is slowed down")
                .costing(&[S10]),
            fine("state first: only pending requests are slowed down"),
            breaks("DTR-6.6-12", "rate even before ownership").costing(&[S7, S10]),
        ],
        experiment: Some(
            "approve and poll again after half the interval; likewise with denied, expired, \
             redeemed and unknown codes",
        ),
    },
    Entry {
        id: "C-11",
        title: "The proof test has no place in the order",
        sections: "6.5.1, 6.4, 11.1, 6.6",
        severity: Severity::High,
        place: Place::Relation(Question::C11),
        pin: Some(B),
        readings: &[
            breaks("DTR-6.6-12", "proof before ownership").costing(&[S7]),
            fine("ownership, then proof, then state"),
            fine("proof last, after a terminal state"),
        ],
        experiment: Some(
            "poll a bound code as another client with a key of its own, then as its owner with \
             a wrong key, in every state",
        ),
    },
    Entry {
        id: "C-12",
        title: "Whether running out of time is a denial",
        sections: "A.5, 6.4, 6.6",
        severity: Severity::Medium,
        place: Place::Nowhere(
            "how the code's own end is answered is DTR-6.4-07, and a workflow's timeout looks \
             from outside like any denial",
        ),
        pin: Some(A),
        readings: &[
            fine("a workflow that times out is a denial, a code that does has expired"),
            breaks("DTR-6.4-07", "both are one thing: `access_denied`"),
        ],
        experiment: Some("let the code expire undecided, poll"),
    },
    Entry {
        id: "C-13",
        title: "The one token response is lost in transit",
        sections: "6.5.2, 6.5.1 step 5, 6.6, 9.2",
        severity: Severity::High,
        place: Place::Relation(Question::C13),
        pin: Some(A),
        readings: &[
            fine("burnt when sent: the outcome is gone").costing(&[L2Lost]),
            breaks(
                "DTR-6.5.2-02",
                "the same response is repeated while the code lives",
            ),
            fine("burnt only when the transport confirms").costing(&[S1, S8, L2Lost]),
        ],
        experiment: Some("let a proxy drop the token response, poll again after the interval"),
    },
    Entry {
        id: "C-14",
        title: "Parallel polls of an approved code",
        sections: "6.5.1, 8.2 clause 1",
        severity: Severity::High,
        place: Place::Relation(Question::C14),
        pin: Some(A),
        readings: &[
            fine("exactly one gets the token"),
            breaks("DTR-6.5.2-02", "each may get one").costing(&[S1, S2, S3, S4, S8]),
        ],
        experiment: Some("poll an approved code many times at once, from one barrier"),
    },
    Entry {
        id: "C-15",
        title: "Is a failed re-evaluation final?",
        sections: "11.7, 6.5.1 step 4, 7",
        severity: Severity::High,
        place: Place::Relation(Question::C15),
        pin: Some(A),
        readings: &[
            fine("the request is denied for good"),
            fine("each poll evaluates anew").costing(&[S8]),
        ],
        experiment: Some("approve, suspend the user, poll, reinstate the user, poll"),
    },
    Entry {
        id: "C-16",
        title: "Which error for a disabled client",
        sections: "6.5.1 step 1, 11.7",
        severity: Severity::Medium,
        place: Place::Relation(Question::C16),
        pin: Some(A),
        readings: &[
            fine("`invalid_client`: authentication comes first"),
            fine("`access_denied` when a token would be issued"),
            fine("`unauthorized_client`"),
        ],
        experiment: Some("disable the client while its request is pending, poll"),
    },
    Entry {
        id: "C-17",
        title: "A session that ended, and an approval given later",
        sections: "11.7, A.1, A.2",
        severity: Severity::High,
        place: Place::Nowhere(
            "which sessions are preconditions is for a deployment to say; what follows once \
             one has lapsed is asked by C-15",
        ),
        pin: Some(B),
        readings: &[
            fine("the end of any session of the resource owner refuses the token").costing(&[L2]),
            fine("only the end of a session does that the originating grant rests on"),
            fine("where there is no user, no session matters"),
        ],
        experiment: Some("log the user out, or let the session idle out; approve, poll"),
    },
    Entry {
        id: "C-18",
        title: "A server's own breakdown has no error to report it",
        sections: "6.5.1 step 4, 6.6, 9.5",
        severity: Severity::Medium,
        place: Place::Nowhere("a server's own breakdown cannot be asked for from outside"),
        pin: Some(B),
        readings: &[
            fine("`access_denied` for a breakdown too").costing(&[L2]),
            fine("a server error, and the request stays pending"),
        ],
        experiment: Some("make the back-end that decides fail, poll"),
    },
];
