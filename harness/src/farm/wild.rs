//! Bugs that servers of the device grant (RFC 8628), of CIBA and of OAuth at large were seen to have, and which faults
//! stand for them.

/// What was seen, and the ids of its faults.
pub const PATTERNS: &[(&str, &[&str])] = &[
    ("the first poll is throttled", &["first-poll-throttled"]),
    (
        "the interval is never enforced",
        &["interval-never-enforced"],
    ),
    (
        "the time of the last poll is not saved on `slow_down`",
        &["last-poll-lost-on-slow-down"],
    ),
    (
        "the raised interval is forgotten",
        &["raised-interval-forgotten"],
    ),
    (
        "two tokens to two simultaneous polls",
        &["two-tokens-at-once"],
    ),
    (
        "a late approval resurrects a redeemed code",
        &["late-approval-resurrects"],
    ),
    (
        "the code is burnt before a mint that fails",
        &["mint-fails-after-the-burn"],
    ),
    ("another client redeems", &["another-client-redeems"]),
    (
        "a confidential client is not authenticated",
        &["client-not-authenticated", "missing-secret-overlooked"],
    ),
    (
        "the wrong error for expired or denied",
        &[
            "expiry-as-denial",
            "expiry-as-unknown",
            "denial-as-expiry",
            "denial-as-unknown",
        ],
    ),
    (
        "a scope that was revoked meanwhile is still minted",
        &["consent-not-evaluated-again", "withdrawn-consent-unheard"],
    ),
    (
        "the authorization code is replayed in a race",
        &["authorization-code-replay-race"],
    ),
    ("200 while pending", &["pending-as-200"]),
    ("everything is rejected", &["rejects-everything"]),
    ("pending is answered forever", &["pending-forever"]),
];
