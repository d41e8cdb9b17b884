//! Polls with more or less in them than they should have (Sections 4.1 and 6.5).

use super::DRAFT;
use super::ask::Ask;
use super::choice::{
    Choice, challenge, deferred, error, interaction, interaction_at_once, pending, refusal,
    slow_down, token, token_at_once, token_narrowed,
};
use super::sheet::{CODE, Sheet};
use crate::vector::format::{Decision, Policy, Role};

/// A code that nobody issued.
pub(super) const UNKNOWN: &str = "nobody-issued-this-code";

pub(super) fn sheets() -> Vec<Sheet> {
    vec![
        with_more(),
        malformed(),
        nameless(),
        first(),
        unknown_twice(),
        nonce_challenge(),
    ]
}

fn with_more() -> Sheet {
    let narrower = || Ask::poll().with("scope", "{narrowed_scope}");
    Sheet::with_credentials(
        "probe-poll-with-more",
        "Tells the readings of C-26: asks for another scope in polls.",
    )
    .deferred()
    .ask(
        "a poll that asks for a part of the scope",
        &[],
        narrower(),
        [
            error(&["invalid_request"]).reads("C-26", &["B"]),
            pending().reads("C-26", &["A"]),
            slow_down().stop(),
        ],
    )
    .wait(1)
    .decide("approved", Decision::Approve)
    .ask(
        "another, of the approved request",
        &["K-4.1-G4"],
        narrower(),
        [
            error(&["invalid_request"]).reads("C-26", &["B"]),
            token().reads("C-26", &["A"]).stop(),
            // Before Section 4.1 came, nothing forbade it.
            token_narrowed()
                .reads("C-26", &["C"])
                .by(|draft| !draft.ledger().has("K-4.1-G4"))
                .stop(),
            ended().stop(),
        ],
    )
    .wait(1)
    .poll("a poll as it should be", &["K-4.1-G4"], [token(), ended()])
}

fn malformed() -> Sheet {
    Sheet::with_credentials(
        "probe-malformed-poll",
        "Tells the readings of C-25: polls with the code twice, and then as it should be.",
    )
    .deferred()
    .wait(1)
    .ask(
        "a poll with the code twice",
        &[],
        Ask::poll().again(DRAFT.deferral_code, CODE),
        [
            error(&["invalid_request"]),
            pending().stop(),
            error(&["invalid_grant"]).stop(),
        ],
    )
    .wait(1)
    .poll(
        "a poll as it should be",
        &[],
        [
            pending().reads("C-25", &["B"]),
            interaction().reads("C-25", &["B"]),
            ended().reads("C-25", &["A"]),
        ],
    )
}

fn nameless() -> Sheet {
    Sheet::with_code(
        "probe-nameless-poll",
        "Tells the readings of C-27: polls as a public client without `client_id`.",
    )
    .deferred()
    .wait(1)
    .ask(
        "a poll without `client_id`",
        &[],
        Ask::poll().by(Role::Nameless),
        [
            error(&["invalid_client", "invalid_request"]).reads("C-27", &["A"]),
            pending().reads("C-27", &["B"]),
            interaction().reads("C-27", &["B"]),
            error(&["invalid_grant", "unauthorized_client"]),
        ],
    )
}

fn first() -> Sheet {
    Sheet::with_credentials(
        "probe-first-poll",
        "Tells the readings of C-21: polls as soon as the deferred response is there.",
    )
    .deferred()
    .poll(
        "a poll at once",
        &[],
        [
            pending().reads("C-21", &["A"]),
            interaction().reads("C-21", &["A"]),
            slow_down().reads("C-21", &["B"]),
        ],
    )
}

fn unknown_twice() -> Sheet {
    let unknown = || Ask::poll().with(DRAFT.deferral_code, UNKNOWN);
    let invalid = || error(&["invalid_grant"]);
    Sheet::with_credentials(
        "probe-unknown-twice",
        "Tells the readings of C-75: polls an unknown code twice at once.",
    )
    .ask(
        "a poll of an unknown code",
        &["DTR-6.6-09"],
        unknown(),
        [invalid()],
    )
    .ask(
        "another at once",
        &["DTR-6.6-09"],
        unknown(),
        [
            invalid().reads("C-75", &["A"]),
            slow_down().reads("C-75", &["B"]),
        ],
    )
}

fn nonce_challenge() -> Sheet {
    let request = || Ask::credentials().opted_in().policy(Policy::Defer);
    Sheet::with_credentials(
        "probe-nonce-challenge",
        "Tells the readings of C-56: is challenged for a nonce on a poll, and polls again at once.",
    )
    .challenged()
    .ask(
        "a request without a nonce",
        &[],
        request(),
        [
            challenge(),
            deferred().stop(),
            interaction_at_once().stop(),
            token_at_once().stop(),
            refusal().stop(),
        ],
    )
    .deferred_by("the same with it", request().nonce("{nonce}"))
    .wait(1)
    .poll("a poll without a nonce", &[], [challenge()])
    .ask(
        "the same with it, at once",
        &[],
        Ask::poll().nonce("{nonce}"),
        [
            pending().reads("C-56", &["A"]),
            interaction().reads("C-56", &["A"]),
            slow_down().reads("C-56", &["B"]),
        ],
    )
}

/// The code is of no use any more.
fn ended() -> Choice {
    error(&["access_denied", "expired_token", "invalid_grant"])
}
