//! Opting in: hints, `completion_mode`, and which requests are deferred.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L2, S4, S12};
use crate::question::Question;
use crate::question::Reading::{A, B};

/// C-36 to C-44.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-36",
        title: "A hint, and a token request without opt-in",
        sections: "5.2, 5.3, 6.3.1, 6.6",
        severity: Severity::Medium,
        place: Place::Relation(Question::C36),
        pin: Some(A),
        readings: &[
            fine("always `invalid_request`"),
            breaks(
                "DTR-5.2-06",
                "`invalid_request` only where the hint was acted on",
            ),
            breaks("DTR-5.2-06", "handled synchronously"),
        ],
        experiment: Some(
            "hint, then send the token request without `deferred`, under a policy that defers \
             and one that does not",
        ),
    },
    Entry {
        id: "C-37",
        title: "Does a request at odds with its hint spend the authorization code?",
        sections: "5.2, 11.2",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("spent: to send it again looks like an attack").costing(&[L2]),
            fine("good: it was refused before it was used"),
        ],
        experiment: Some("hint, send the token request without `deferred`, then again with it"),
    },
    Entry {
        id: "C-38",
        title: "Is a request without a hint synchronous for good?",
        sections: "6.1.1, 5.1, 5.2",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            breaks(
                "DTR-5.2-02",
                "the preceding request fixes the mode: to opt in later is refused",
            ),
            fine("it fixes nothing beyond its own endpoint"),
        ],
        experiment: Some("send no hint, then opt in with a request that policy defers"),
    },
    Entry {
        id: "C-39",
        title: "The same behaviour with a hint, and yet acting on it",
        sections: "6.1, 6.2, 5.2, 3",
        severity: Severity::Low,
        place: Place::Nowhere("whether a policy looks at the hint is its own secret"),
        pin: Some(A),
        readings: &[
            fine("only the shape of the response is the same"),
            fine("the outcome is the same, too"),
        ],
        experiment: Some(
            "send a request with and without a hint, under a policy that looks at it, and \
             compare",
        ),
    },
    Entry {
        id: "C-40",
        title: "How strictly `completion_mode` is read",
        sections: "5.1, 5.3",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("a set of exact values between single spaces; what is none of them is skipped"),
            fine("`invalid_request`"),
        ],
        experiment: Some(
            "send `deferred deferred`, nothing, `Deferred`, `deferred,x`, a tab for the space, \
             `x deferred`, the parameter twice; to defer `Deferred` breaks S6",
        ),
    },
    Entry {
        id: "C-41",
        title: "Whom the rules for servers without support address",
        sections: "5.1, 8.4",
        severity: Severity::Low,
        place: Place::Nowhere(
            "a server that does not implement the draft is not bound by it, and the one under \
             test implements it",
        ),
        pin: Some(A),
        readings: &[
            fine("they are for servers that implement it unannounced"),
            fine("they are for all servers"),
        ],
        experiment: Some(
            "take a client to a server that knows of no deferrals, see whether it falls back",
        ),
    },
    Entry {
        id: "C-42",
        title: "Deferring instead of reporting an error",
        sections: "5.1, 6.3.1, 13.2",
        severity: Severity::High,
        place: Place::Relation(Question::C42),
        pin: Some(A),
        readings: &[
            fine("only a valid request may be deferred"),
            breaks(
                "DTR-6.3.1-01",
                "an invalid one may be deferred and refused later",
            )
            .costing(&[S4, S12]),
        ],
        experiment: Some(
            "opt in with an expired or used credential, a wrong verifier, a bad scope, a wrong \
             secret",
        ),
    },
    Entry {
        id: "C-43",
        title: "A first request refused outright",
        sections: "6.3, 6.6",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("`access_denied` at once"),
            fine("an error of the grant's own"),
        ],
        experiment: Some("opt in for what policy denies at once"),
    },
    Entry {
        id: "C-44",
        title: "The device grant's own `authorization_pending`, and a deferral's",
        sections: "2, 5.1, 6.4",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("each device poll opts in, and `deferral_code` tells a deferral"),
            fine("only the last device poll opts in"),
        ],
        experiment: Some(
            "hint at the device authorization endpoint, approve the user's step, have policy \
             defer",
        ),
    },
];
