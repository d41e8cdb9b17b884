//! The sender constraint: keys, proofs and certificates.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L1, L2, L4, S5, S7};
use crate::question::Question;
use crate::question::Reading::{A, B};

/// C-51 to C-56.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-51",
        title: "Wrong or missing proof on a poll",
        sections: "11.1, 6.4, 6.6",
        severity: Severity::High,
        place: Place::Relation(Question::C51),
        pin: Some(A),
        readings: &[
            fine("400 `invalid_dpop_proof`"),
            fine("401 with a DPoP challenge"),
            breaks("DTR-11.1-06", "`invalid_grant`"),
        ],
        experiment: Some(
            "poll without a proof, with an expired one, with a good one by another key",
        ),
    },
    Entry {
        id: "C-52",
        title: "Revocation without the proof",
        sections: "11.1, 8.2",
        severity: Severity::High,
        place: Place::Relation(Question::C52),
        pin: Some(B),
        readings: &[
            fine("400 `invalid_dpop_proof`").costing(&[S7]),
            fine("200 without effect"),
            breaks("DTR-11.1-06", "200, and the request is cancelled").costing(&[S5, L1, L2]),
        ],
        experiment: Some("revoke without a proof, or with one by another key, then poll"),
    },
    Entry {
        id: "C-53",
        title: "What a certificate binds a code to, and the error for another",
        sections: "6.4, 11.1, 2",
        severity: Severity::High,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("its thumbprint").costing(&[L2]),
            fine("the client's identity in it").costing(&[S5]),
        ],
        experiment: Some(
            "poll and revoke with a renewed certificate of the same subject and with another \
             client's; note the error, `invalid_grant` at the pin",
        ),
    },
    Entry {
        id: "C-54",
        title: "A public client opts in without DPoP",
        sections: "11.1, 5.3",
        severity: Severity::High,
        place: Place::Relation(Question::C54),
        pin: Some(B),
        readings: &[
            fine("never deferred: answered at once or denied"),
            fine("refused: `invalid_request` or `invalid_dpop_proof`"),
            fine("deferred with an unbound code").costing(&[S5, L1, L2, L4]),
        ],
        experiment: Some("opt in as a public client without a proof"),
    },
    Entry {
        id: "C-55",
        title: "Every code is called sender-constrained, not every client has a key",
        sections: "2, 6.4, 11.1, 11.2",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("client authentication is constraint enough").costing(&[S5]),
            fine("a client with a shared secret and no DPoP is not deferred"),
        ],
        experiment: Some("opt in with `client_secret_basic` and without a proof"),
    },
    Entry {
        id: "C-56",
        title: "Does a nonce challenge count as a poll?",
        sections: "6.5, 11.1",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("a challenge is no poll: the retry may follow at once"),
            fine("it is a poll: the retry waits or is slowed down").costing(&[L4]),
        ],
        experiment: Some(
            "where fresh nonces are asked for, be challenged on a poll and retry at once",
        ),
    },
];
