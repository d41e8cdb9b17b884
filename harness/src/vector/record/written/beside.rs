//! A deferral beside other requests, and what it is bound to (Sections 6.4, 9.3 and 11.1).

use dtr_model::event::Code;

use super::ask::Ask;
use super::choice::{
    deferred, deferred_again, deferred_too, error, interaction_at_once, refusal, refusal_but,
    token, token_at_once,
};
use super::sheet::Sheet;
use crate::vector::format::{Decision, Policy, Proof};

pub(super) fn sheets() -> Vec<Sheet> {
    vec![synchronous(), twice(), without_a_key()]
}

fn synchronous() -> Sheet {
    Sheet::with_credentials(
        "probe-synchronous-beside",
        "Asks for a token at once while another request is deferred, which that does not touch.",
    )
    .deferred()
    .ask(
        "a synchronous request beside it",
        &[],
        Ask::credentials().policy(Policy::Complete),
        [token_at_once(), refusal()],
    )
    .decide("approved", Decision::Approve)
    .wait(1)
    .poll("a poll of the deferred request", &["K-9.3-01"], [token()])
}

fn twice() -> Sheet {
    let same = |interaction| deferred_again(interaction, Code::Same).reads("C-47", &["B"]);
    let other = deferred_again(true, Code::Other).reads("C-47", &["A"]);
    Sheet::with_credentials(
        "probe-same-request-twice",
        "Tells the readings of C-47: makes the same request twice.",
    )
    .deferred()
    .ask(
        "the same request again",
        &[],
        Ask::credentials().opted_in().policy(Policy::Defer),
        [
            deferred_too().reads("C-47", &["A"]),
            same(false),
            other,
            same(true),
            token_at_once(),
            refusal(),
        ],
    )
}

fn without_a_key() -> Sheet {
    let request = Ask::credentials().opted_in().proof(Proof::None);
    let key_wanted = ["invalid_dpop_proof", "invalid_request"];
    Sheet::with_credentials(
        "probe-without-a-key",
        "Tells the readings of C-55: opts in with a client secret and no proof of a key.",
    )
    .ask(
        "no proof of a key",
        &[],
        request.policy(Policy::Defer),
        [
            deferred().reads("C-55", &["A"]),
            interaction_at_once().reads("C-55", &["A"]),
            error(&key_wanted).reads("C-55", &["B"]),
            token_at_once(),
            refusal_but(&["invalid_request"]),
        ],
    )
}
