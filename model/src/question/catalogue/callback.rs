//! Callbacks: whether, when and how often, and the secret they bear.

use super::{CLIENT, Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L2, L5, L5Late, S9, S10};
use crate::question::Question;
use crate::question::Reading::{A, B, C};

/// C-57 to C-67.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-57",
        title: "Is a callback owed, and how would one know?",
        sections: "7, 3, 13.5",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("owed wherever an endpoint is registered"),
            fine("sent if it can be").costing(&[L5]),
            fine("never sent: the registered endpoint is dropped in silence").costing(&[L5]),
        ],
        experiment: Some(
            "register an endpoint, look for it in the registration response, approve, wait",
        ),
    },
    Entry {
        id: "C-58",
        title: "A secret destroyed before it is used",
        sections: "11.6, 7.1, 6.3",
        severity: Severity::High,
        place: Place::Relation(Question::C58),
        pin: Some(A),
        readings: &[
            fine("kept until the last delivery attempt"),
            breaks(
                "DTR-7.1-02",
                "destroyed at resolution: callback without it, or none",
            )
            .costing(&[S9, L5]),
        ],
        experiment: Some(
            "approve and look at the callback's header; answer 503 and look at the next \
             attempt's",
        ),
    },
    Entry {
        id: "C-59",
        title: "Cancellation: notify or suppress",
        sections: "7, 8.2 clause 1",
        severity: Severity::High,
        place: Place::Relation(Question::C59),
        pin: Some(B),
        readings: &[
            breaks("DTR-8.2-03", "a cancellation by the client is called back").costing(&[S10]),
            fine("not after the client's own, but after the server's"),
            fine("no cancellation is called back"),
        ],
        experiment: Some(
            "cancel as the client, by an administrator, and while an attempt is under way; \
             watch the endpoint",
        ),
    },
    Entry {
        id: "C-60",
        title: "Responses to a callback other than 204",
        sections: "7.1, 11.5",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("any 2xx is success"),
            fine("only 204 is success"),
            fine("whatever is not 204 is tried again"),
        ],
        experiment: Some("answer 200 with a body of 10 MB; count deliveries and the octets read"),
    },
    Entry {
        id: "C-61",
        title: "How often a callback is sent",
        sections: "7.1, 9.2",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("at most once").costing(&[L5]),
            fine("until it succeeds, at growing distances, but not for ever"),
        ],
        experiment: Some("answer 503, then 204; or never answer"),
    },
    Entry {
        id: "C-62",
        title: "Called back about an unknown code",
        sections: "7, 7.1",
        severity: Severity::High,
        place: Place::Nowhere(CLIENT),
        pin: Some(B),
        readings: &[
            fine("the client adopts the code, by its notification token").costing(&[S9]),
            fine("the client answers 401, 404 or 204 and does nothing").costing(&[L2]),
            fine("there is no rule"),
        ],
        experiment: Some(
            "drop the deferred response, approve; see what the client answers and whether it \
             polls",
        ),
    },
    Entry {
        id: "C-63",
        title: "A callback bears no credential, but the code is one",
        sections: "7, 6.4, 7.1, 11.8",
        severity: Severity::Medium,
        place: Place::Nowhere(
            "how codes are stored cannot be seen from outside, and that the body carries the \
             code is DTR-7.1-01",
        ),
        pin: Some(A),
        readings: &[
            fine("tokens are meant: the code is sent, and so kept readable"),
            breaks("DTR-7.1-01", "the body does not hold the code"),
        ],
        experiment: None,
    },
    Entry {
        id: "C-64",
        title: "How firmly an unauthenticated callback is mere advice",
        sections: "7.1, 11.4",
        severity: Severity::Low,
        place: Place::Nowhere(CLIENT),
        pin: Some(A),
        readings: &[
            fine("the stronger wins: without a notification token a callback is advice"),
            breaks(
                "DTR-11.4-04",
                "the weaker wins: a client may act before it polls",
            ),
        ],
        experiment: Some(
            "send a callback without credentials, see whether the client acts before it polls",
        ),
    },
    Entry {
        id: "C-65",
        title: "Callback around expiry",
        sections: "7, 6.5.1",
        severity: Severity::Medium,
        place: Place::Relation(Question::C65),
        pin: Some(C),
        readings: &[
            breaks("DTR-7-04", "lifetime tested at the decision").costing(&[S10]),
            breaks("DTR-7-04", "tested when first sent, not at a retry").costing(&[S10, L5Late]),
            fine("tested at each attempt").costing(&[L5Late]),
        ],
        experiment: Some(
            "approve a second before the lifetime ends, answer 503 to the callback until a \
             second after",
        ),
    },
    Entry {
        id: "C-66",
        title: "May a poll after the callback still be pending?",
        sections: "7, 11.7",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("never: the next poll is final"),
            breaks("K-7-03", "now and then: the client polls on").costing(&[S10]),
        ],
        experiment: Some("poll the moment a callback arrives, at another node if there is one"),
    },
    Entry {
        id: "C-67",
        title: "Notification tokens of any form, endpoints that change",
        sections: "6.3, 7.1, 7.2, 11.4, 11.6",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("a token that is no bearer value is accepted").costing(&[S9]),
            fine("a token that is no bearer value is `invalid_request`"),
        ],
        experiment: Some(
            "opt in with notification tokens of 4 and of 10 000 characters, outside ASCII, \
             with a line break; change the endpoint while pending, which at the pin is looked \
             up when sent",
        ),
    },
];
