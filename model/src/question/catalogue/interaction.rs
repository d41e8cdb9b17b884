//! Interaction: the link, when it is told, and who follows it.

use super::{CLIENT, Entry, Place, Severity, fine};
use crate::property::Property::{L1, L2, S2, S4};
use crate::question::Question;
use crate::question::Reading::{A, B, C};

/// C-28 to C-35.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-28",
        title: "Which error opens a deferral",
        sections: "6.4, 6.6, A.6",
        severity: Severity::High,
        place: Place::Relation(Question::C28),
        pin: Some(A),
        readings: &[
            fine("either pending error may"),
            fine("always `authorization_pending`"),
        ],
        experiment: Some("have interaction needed before the first answer"),
    },
    Entry {
        id: "C-29",
        title: "A link beside `authorization_pending`",
        sections: "6.4, 6.6",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(C),
        readings: &[
            fine("there is one where it may speed things up"),
            fine("there is one that is stale or ahead of its time"),
            fine("there is none: a link means that interaction is required"),
        ],
        experiment: Some(
            "poll before interaction is needed and after it was done, look for \
             `interaction_uri`",
        ),
    },
    Entry {
        id: "C-30",
        title: "What `interaction_required` repeats on a poll",
        sections: "6.4, 6.6",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("the link alone"),
            fine("code, lifetime and interval once more"),
            fine("a new code, or another pace"),
        ],
        experiment: Some(
            "have interaction needed from the second poll on, compare its members with the \
             deferred response's",
        ),
    },
    Entry {
        id: "C-31",
        title: "One-time links, told at every poll",
        sections: "6.4, 6.6",
        severity: Severity::High,
        place: Place::Probe,
        pin: Some(C),
        readings: &[
            fine("each poll brings a new link and voids the older ones").costing(&[L2]),
            fine("one link for good, guarded by session or sign-in"),
            fine("one link until it is opened, then another"),
        ],
        experiment: Some(
            "poll twice and compare; open the first link after the second came; open one twice",
        ),
    },
    Entry {
        id: "C-32",
        title: "Opted in, but with nobody to show a link to",
        sections: "5.1, 6.6",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("interaction may be asked of whoever opted in").costing(&[L1]),
            fine("a client without a user is refused at once"),
        ],
        experiment: Some("opt in with the client credentials grant for what needs interaction"),
    },
    Entry {
        id: "C-33",
        title: "A client that waits for callbacks does not learn that a user is needed",
        sections: "7, 9.2, 6.5",
        severity: Severity::High,
        place: Place::Nowhere(CLIENT),
        pin: Some(B),
        readings: &[
            fine("callbacks alone will do").costing(&[L1, L2]),
            fine("the client polls beside them"),
        ],
        experiment: Some(
            "register an endpoint and never poll; have interaction needed; watch the endpoint",
        ),
    },
    Entry {
        id: "C-34",
        title: "How long an interaction link is of use",
        sections: "6.4, 8.2",
        severity: Severity::High,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("usable until the lifetime ends").costing(&[S2, S4]),
            fine("dead once the request is cancelled, denied or redeemed"),
        ],
        experiment: Some("cancel, open the link, approve there, poll"),
    },
    Entry {
        id: "C-35",
        title: "Whose click on the interaction page counts",
        sections: "6.4, 9.5",
        severity: Severity::High,
        place: Place::Nowhere(
            "how a page asks who is there differs from server to server, and takes an account \
             and a person",
        ),
        pin: Some(B),
        readings: &[
            fine("whoever has the link and clicks approves").costing(&[S4]),
            fine("an approver who may decide signs in first"),
        ],
        experiment: Some("open the link in a fresh browser, try to approve"),
    },
];
