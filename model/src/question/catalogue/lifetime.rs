//! Outcomes and lifetimes: what a poll finds once the request is resolved, cancelled, redeemed or expired.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L1, L2, L2Late, L2Lost, S1, S3, S4, S8};
use crate::question::Question;
use crate::question::Reading::{A, B, C};

/// C-01 to C-08.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-01",
        title: "A redeemed request is still “resolved successfully”",
        sections: "6.5.1 steps 4 and 5, 6.5.2, 6.6",
        severity: Severity::High,
        place: Place::Relation(Question::C01),
        pin: Some(B),
        readings: &[
            breaks(
                "DTR-6.5.2-02",
                "first match: another poll gets another token",
            )
            .costing(&[S1, S3]),
            fine("the redeemed test guards the success branch: `invalid_grant`").costing(&[L2Lost]),
            breaks(
                "DTR-6.5.2-02",
                "the identical response is repeated for a moment",
            )
            .costing(&[L2Lost]),
        ],
        experiment: Some(
            "approve and poll twice: two tokens that differ are A, the same token twice is C, \
             a token and then `invalid_grant` is B",
        ),
    },
    Entry {
        id: "C-02",
        title: "Approved in time, polled after the lifetime",
        sections: "6.4, 6.5.1 step 3, 12.2",
        severity: Severity::High,
        place: Place::Relation(Question::C02),
        pin: Some(B),
        readings: &[
            breaks("DTR-6.4-07", "a resolved request outlives its code: token").costing(&[S3]),
            fine("the lifetime always wins: `expired_token`").costing(&[L2Late]),
            breaks("DTR-6.4-07", "the state is gone: `invalid_grant`").costing(&[L1, L2Late]),
        ],
        experiment: Some("approve a second before the lifetime ends, poll a second after"),
    },
    Entry {
        id: "C-03",
        title: "Approved after the lifetime, nobody having polled",
        sections: "6.5.1 step 3, 7",
        severity: Severity::High,
        place: Place::Relation(Question::C03),
        pin: Some(B),
        readings: &[
            breaks(
                "DTR-6.4-07",
                "expiry is only a test made by a poll, so a late approval still delivers",
            )
            .costing(&[S3, S4, S8]),
            fine("expiry is a transition; later decisions are void"),
        ],
        experiment: Some(
            "let the lifetime pass, approve, poll; once more with a poll before the approval",
        ),
    },
    Entry {
        id: "C-04",
        title: "Denied, then the lifetime passes",
        sections: "6.5.1 steps 3 and 4, 6.4",
        severity: Severity::Medium,
        place: Place::Relation(Question::C04),
        pin: Some(A),
        readings: &[
            fine("`access_denied` persists"),
            fine("`expired_token`").costing(&[S8]),
            fine("the state is gone: `invalid_grant`").costing(&[L1]),
        ],
        experiment: Some("deny, poll, let the lifetime pass, poll"),
    },
    Entry {
        id: "C-05",
        title: "Cancelled: answer mandatory, memory optional",
        sections: "8.2 clause 1, 8.2 on retention, 6.6",
        severity: Severity::Medium,
        place: Place::Relation(Question::C05),
        pin: Some(A),
        readings: &[
            fine("`access_denied` until the lifetime ends"),
            fine("the identifier may be forgotten at any moment: `invalid_grant`").costing(&[S8]),
        ],
        experiment: Some(
            "cancel, poll at once, and again after the server was restarted or has purged",
        ),
    },
    Entry {
        id: "C-06",
        title: "Cancelled, then the lifetime passes",
        sections: "8.2 clause 1, 6.4, 6.5.1",
        severity: Severity::Medium,
        place: Place::Relation(Question::C06),
        pin: Some(C),
        readings: &[
            fine("`access_denied` persists"),
            fine("`expired_token`").costing(&[S8]),
            fine("the identifier is dropped: `invalid_grant`"),
        ],
        experiment: Some("cancel, let the lifetime pass, poll"),
    },
    Entry {
        id: "C-07",
        title: "Redeemed, then the lifetime passes",
        sections: "6.5.2, 6.4",
        severity: Severity::Low,
        place: Place::Relation(Question::C07),
        pin: Some(A),
        readings: &[
            fine("`invalid_grant`"),
            breaks("DTR-6.5.2-02", "`expired_token`").costing(&[S8]),
        ],
        experiment: Some("redeem, let the lifetime pass, poll"),
    },
    Entry {
        id: "C-08",
        title: "Disposal once resolved, although the result is still owed",
        sections: "12.2, 6.5.1, 6.6, 8.2",
        severity: Severity::High,
        place: Place::Relation(Question::C08),
        pin: Some(C),
        readings: &[
            fine("resolved means delivered: forgotten after the first terminal answer")
                .costing(&[S8, L2Lost]),
            breaks("DTR-6.5.1-05", "forgotten at the decision").costing(&[L1, L2]),
            fine("kept until the lifetime ends in every case").costing(&[L2Lost]),
        ],
        experiment: Some(
            "approve and poll ten minutes later, within the lifetime; after it, note when \
             `expired_token` gives way to `invalid_grant`",
        ),
    },
];
