//! Cancellation, and where its clauses meet the other endings.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L5, S7, S8};
use crate::question::Question;
use crate::question::Reading::A;

/// C-68 to C-73.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-68",
        title: "Clause 1 swallows clauses 2 to 4",
        sections: "8.2",
        severity: Severity::High,
        place: Place::Relation(Question::C68),
        pin: Some(A),
        readings: &[
            fine("clauses 2 to 4 are exceptions"),
            breaks("DTR-8.2-05", "any own code becomes cancelled").costing(&[S8]),
        ],
        experiment: Some("redeem, revoke, poll; expire, revoke, poll"),
    },
    Entry {
        id: "C-69",
        title: "Revoking a denied request",
        sections: "8.2",
        severity: Severity::Medium,
        place: Place::Relation(Question::C69),
        pin: Some(A),
        readings: &[
            fine("no effect: the denial is still called back"),
            fine("cancelled: the callback is suppressed").costing(&[L5]),
        ],
        experiment: Some("deny while callbacks are held back, revoke, let them go"),
    },
    Entry {
        id: "C-70",
        title: "“Redeemed and then cancelled” answers as",
        sections: "8.2 clause 4, 6.5.2, 6.6",
        severity: Severity::Medium,
        place: Place::Relation(Question::C70),
        pin: Some(A),
        readings: &[
            fine("cancelled: `access_denied`"),
            breaks("DTR-8.2-10", "redeemed: `invalid_grant`"),
        ],
        experiment: Some("approve, revoke before any poll, poll"),
    },
    Entry {
        id: "C-71",
        title: "Issued, delivered, redeemed: a lost token, then a revocation",
        sections: "6.5.1 step 5, 6.5.2, 8.2 clauses 2 to 4",
        severity: Severity::High,
        place: Place::Relation(Question::C71),
        pin: Some(A),
        readings: &[
            fine("delivered means handed to the transport: no effect"),
            fine("not delivered: the code counts as cancelled").costing(&[S8]),
        ],
        experiment: Some("drop the token response, revoke, poll, and try the token"),
    },
    Entry {
        id: "C-72",
        title: "A cancellation races a winning poll",
        sections: "8.2 clauses 1 and 4, 6.5.2",
        severity: Severity::High,
        place: Place::Relation(Question::C72),
        pin: Some(A),
        readings: &[
            fine("ordered at commit: the poll may win"),
            fine("the revocation wins while the response is unwritten").costing(&[S8]),
        ],
        experiment: Some(
            "hold a poll and a revocation just before they commit, let both go: no token \
             follows a revocation that was answered",
        ),
    },
    Entry {
        id: "C-73",
        title: "Where RFC 7009 has it otherwise",
        sections: "8.2 clause 2, 8.4",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("200 for whatever code an authenticated client sends"),
            breaks("DTR-8.2-05", "a foreign code is refused").costing(&[S7]),
        ],
        experiment: Some(
            "revoke a foreign code; an unknown one with the hint, without it and with a wrong \
             one",
        ),
    },
];
