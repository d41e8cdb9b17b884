//! The AuthZEN Access Request OAuth Profile (AROP, draft 1, July 2026) over each of
//! the three ways to wait that it binds: this draft, CIBA, and the OAuth Transaction
//! Authorization Challenge.
//!
//! A request that policy denies, though somebody could approve it, waits; what comes
//! of the approval ends with it. Over this draft it is laid over gerber-00, which it
//! cites: like that text, it knows of no interaction.

use super::{Draft, Rules};
use crate::question::{Question, Reading};

/// A handle beyond its lifetime is `expired_token`, whatever was decided, for the
/// access request behind it is cancelled then (Sections 7.4 and 12).
const LATE: [(Question, Reading); 2] = [(Question::C02, Reading::B), (Question::C03, Reading::B)];
/// A handle gives one token and is `invalid_grant` afterwards (Section 7.3).
const ONCE: [(Question, Reading); 3] = [
    (Question::C01, Reading::B),
    (Question::C07, Reading::A),
    (Question::C13, Reading::A),
];
/// Whether the request may be granted is looked at anew when it is polled, and a no
/// is final (Section 8.4).
const ANEW: [(Question, Reading); 2] = [(Question::C15, Reading::A), (Question::C48, Reading::A)];
/// `slow_down` raises the interval for all polls that follow (RFC 8628 Section 3.5).
const RAISED: (Question, Reading) = (Question::C20, Reading::B);

impl Draft {
    /// AROP over this draft (its Section 9.1): a token request that opts in waits.
    pub const AROP_DTR: Draft = Draft {
        id: "arop-dtr",
        title: "AuthZEN Access Request OAuth Profile, draft 1, over gerber-00",
        ledger: "arop-dtr",
        rules: profiled(Draft::GERBER_00.rules),
        settles: &[
            LATE[0], LATE[1], ONCE[0], ONCE[1], ONCE[2], ANEW[0], ANEW[1],
        ],
        ..Draft::GERBER_00
    };

    /// AROP over CIBA (its Section 9.2): the user decides about what acts for them,
    /// and the `auth_req_id` is bound to a key (its Section 12).
    pub const AROP_CIBA: Draft = Draft {
        id: "arop-ciba",
        title: "AuthZEN Access Request OAuth Profile, draft 1, over CIBA in poll mode",
        ledger: "arop-ciba",
        rules: Rules {
            sender_constrained: true,
            rechecks: true,
            ..profiled(Draft::CIBA_POLL.rules)
        },
        settles: &[
            LATE[0], LATE[1], ONCE[0], ONCE[1], ONCE[2], ANEW[0], ANEW[1], RAISED,
        ],
        ..Draft::CIBA_POLL
    };

    /// AROP over the transaction challenge (its Section 9.3): a protected resource
    /// signs what it wants approved, and the token is good for that transaction.
    /// Requests and polls have one endpoint, and polls no grant type.
    pub const AROP_TXN: Draft = Draft {
        id: "arop-txn",
        title: "AuthZEN Access Request OAuth Profile, draft 1, over the transaction challenge",
        ledger: "arop-txn",
        deferred_grant: "",
        own_endpoint: Some("transaction_authorization_endpoint"),
        deferred_member: "transaction_authorization_id",
        deferral_code: "transaction_authorization_id",
        interaction_uri: "authorization_uri",
        supported_member: "transaction_authorization_endpoint",
        rules: Rules {
            sender_constrained: true,
            rechecks: true,
            announces: true,
            challenged: true,
            ..profiled(Draft::RFC_8628.rules)
        },
        settles: &[
            LATE[0], LATE[1], ONCE[0], ONCE[1], ONCE[2], ANEW[0], ANEW[1], RAISED,
        ],
        ..Draft::RFC_8628
    };
}

/// What the profile has otherwise than the text it is laid over (Sections 7.1, 7.2
/// and 7.4).
const fn profiled(rules: Rules) -> Rules {
    Rules {
        approvals_expire: true,
        idempotent: true,
        refuses_natively: true,
        ..rules
    }
}
