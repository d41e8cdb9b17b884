//! The originating credential and the frozen request.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{S4, S5, S11, S12};
use crate::question::Question;
use crate::question::Reading::{A, B, C};

/// C-45 to C-50.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-45",
        title: "The one-time credential, and a lost deferred response",
        sections: "11.2, 6.4, 5.2",
        severity: Severity::High,
        place: Place::Relation(Question::C45),
        pin: Some(C),
        readings: &[
            fine("used up by the deferral"),
            fine("used up only by success: a second request is deferred again").costing(&[S12]),
            fine("presented again at once, it returns the same code"),
        ],
        experiment: Some(
            "be deferred and send the identical request again; likewise when the first \
             response was dropped",
        ),
    },
    Entry {
        id: "C-46",
        title: "A deferred refresh request, and what becomes of its token",
        sections: "2, 5.3",
        severity: Severity::High,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("suspended until the outcome"),
            breaks(
                "K-6.4-04",
                "used up, with a new one in the deferred response",
            ),
            fine("untouched: several deferrals of one race").costing(&[S12]),
            fine("the refresh grant is never deferred"),
        ],
        experiment: Some(
            "have a refresh request deferred; use its token again while it is pending; deny; \
             use it once more",
        ),
    },
    Entry {
        id: "C-47",
        title: "A reusable grant is requested again",
        sections: "6.4",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("two codes and two approvals"),
            fine("the same code again").costing(&[S5, S11]),
        ],
        experiment: Some(
            "send the identical request twice; then with another key or scope, for which the \
             same code would be wrong",
        ),
    },
    Entry {
        id: "C-48",
        title: "Nothing says what is frozen",
        sections: "4.1 items 1 and 4, 11.7",
        severity: Severity::High,
        place: Place::Relation(Question::C48),
        pin: Some(A),
        readings: &[
            fine("the request is frozen, policy is current"),
            breaks(
                "DTR-11.7-03",
                "request and policy are frozen: a lapse goes unnoticed",
            )
            .costing(&[S4]),
            fine("recomputed from the client's defaults of the day").costing(&[S11]),
        ],
        experiment: Some(
            "leave `scope` out, change the client's default while pending, approve, look at \
             the token; withdraw an audience while pending",
        ),
    },
    Entry {
        id: "C-49",
        title: "Refresh tokens and other results: what is bound",
        sections: "6.5.2, 11.1",
        severity: Severity::High,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("access and refresh token are bound to the key"),
            fine("only the access token is").costing(&[S5]),
            fine("what is no access token is exempt"),
        ],
        experiment: Some(
            "redeem a bound code for a refresh token, use it with another key; exchange for \
             another type, which is exempt at the pin as well",
        ),
    },
    Entry {
        id: "C-50",
        title: "A one-time assertion for two requests side by side",
        sections: "9.3",
        severity: Severity::Low,
        place: Place::Nowhere(
            "a client's behaviour; what a server makes of a credential that comes twice is \
             asked by C-45",
        ),
        pin: Some(B),
        readings: &[
            fine("the client sends the same assertion").costing(&[S12]),
            fine("the client gets itself a new one"),
        ],
        experiment: Some("send the assertion again without opting in"),
    },
];
