//! `completion_mode` in every shape (Sections 5.1 and 5.3).

use super::DRAFT;
use super::ask::Ask;
use super::choice::{
    deferred, error, interaction_at_once, refusal, refusal_but, served, token_at_once,
};
use super::sheet::Sheet;
use crate::vector::format::Policy;

/// A value that no specification defines.
const UNKNOWN: &str = "x-unknown";

pub(super) fn sheets() -> Vec<Sheet> {
    vec![
        unknown_modes(),
        repeated_mode(),
        refused_outright(),
        with_credentials(),
        with_code(),
    ]
}

fn unknown_modes() -> Sheet {
    let moded = |value: &str| Ask::credentials().with(DRAFT.completion_mode, value);
    let known = &["DTR-5.1-03", "K-5.1-01"];
    Sheet::with_credentials(
        "probe-unknown-modes",
        "Opts in with values beside `deferred` that nobody knows, and asks with such a value alone.",
    )
    .deferred()
    .ask(
        "`deferred` before a value that nobody knows",
        known,
        moded("deferred x-unknown").policy(Policy::Defer),
        served(),
    )
    .ask(
        "`deferred` behind a value that nobody knows",
        known,
        moded("x-unknown deferred").policy(Policy::Defer),
        served(),
    )
    .ask(
        "a request without opt-in",
        &[],
        Ask::credentials().policy(Policy::Complete),
        [token_at_once(), refusal().stop()],
    )
    .ask(
        "the same with a value that nobody knows, alone",
        &["DTR-5.1-03", "DTR-5.3-04"],
        moded(UNKNOWN).policy(Policy::Complete),
        [token_at_once()],
    )
}

fn repeated_mode() -> Sheet {
    let twice = format!("{0} {0}", DRAFT.deferred);
    let request = Ask::credentials().with(DRAFT.completion_mode, &twice);
    Sheet::with_credentials(
        "probe-repeated-mode",
        "Tells the readings of C-40: opts in with `deferred` twice in one value.",
    )
    .ask(
        "`deferred` twice",
        &[],
        request.policy(Policy::Defer),
        [
            deferred().reads("C-40", &["A"]),
            interaction_at_once().reads("C-40", &["A"]),
            token_at_once().reads("C-40", &["A"]),
            error(&["invalid_request"]).reads("C-40", &["B"]),
            refusal_but(&["invalid_request"]),
        ],
    )
}

fn refused_outright() -> Sheet {
    Sheet::with_credentials(
        "probe-refused-outright",
        "Tells the readings of C-43: opts in with what policy refuses at once.",
    )
    .ask(
        "a request that is to be refused",
        &["DTR-6.3.1-04"],
        Ask::credentials().opted_in().policy(Policy::Deny),
        [
            refusal_but(&["access_denied"]).reads("C-43", &["B"]),
            error(&["access_denied"]).reads("C-43", &["A"]),
            token_at_once(),
            deferred(),
            interaction_at_once(),
        ],
    )
}

/// A server may refuse what it likes, but not because of the opt-in.
fn with_credentials() -> Sheet {
    Sheet::with_credentials(
        "probe-opt-in-with-credentials",
        "Opts in with a grant that can be used again and again, after the same request without opt-in.",
    )
    .ask(
        "a request without opt-in",
        &[],
        Ask::credentials().policy(Policy::Complete),
        [token_at_once(), refusal().stop()],
    )
    .ask(
        "the same with opt-in",
        &["DTR-5.3-03"],
        Ask::credentials().opted_in().policy(Policy::Complete),
        [token_at_once(), deferred(), interaction_at_once()],
    )
}

fn with_code() -> Sheet {
    Sheet::with_code(
        "probe-opt-in-with-code",
        "Tells the readings of C-38: opts in with an authorization code that was asked for without a hint.",
    )
    .authorize("authorization request", 1, Ask::authorization(1))
    .ask(
        "a token request without opt-in",
        &[],
        Ask::code(1).policy(Policy::Complete),
        [token_at_once(), refusal().stop()],
    )
    .authorize("another authorization request", 2, Ask::authorization(2))
    .ask(
        "a token request with opt-in",
        &["DTR-5.2-02", "DTR-5.3-03"],
        Ask::code(2).opted_in().policy(Policy::Defer),
        [
            deferred().reads("C-38", &["B"]),
            interaction_at_once().reads("C-38", &["B"]),
            token_at_once(),
        ],
    )
}
