//! Grants besides those of traces: token exchange (RFC 8693), refresh tokens (RFC 6749 Section 6).

use super::DRAFT;
use super::ask::Ask;
use super::choice::{Choice, deferred, error, interaction_at_once, refusal, token, token_at_once};
use super::sheet::Sheet;
use crate::vector::format::{Decision, Member, MemberType, Policy, Proof};
use crate::vector::record::answers::{of_type, owned};

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const REFRESH_TOKEN: &str = "refresh_token";

pub(super) fn sheets() -> Vec<Sheet> {
    vec![exchange(), refresh(), another_key()]
}

fn exchange() -> Sheet {
    let type_said = Member {
        none_of: owned(&[DRAFT.deferral_code_type]),
        ..of_type(MemberType::String)
    };
    let exchanged = token()
        .member("token_of_an_exchange", "issued_token_type", type_said)
        .carrying_out("K-6.5.2-02", &["issued_token_type/presence"]);
    let request = Ask::token(TOKEN_EXCHANGE)
        .with("subject_token", "{subject_token}")
        .with("subject_token_type", ACCESS_TOKEN)
        .opted_in();
    Sheet::with_credentials(
        "probe-deferred-exchange",
        "Has a token exchange deferred, and looks for its own member in the token response.",
    )
    .ask(
        "a request for a token to be exchanged",
        &[],
        Ask::credentials().policy(Policy::Complete),
        [
            token_at_once().captures("access_token", "subject_token"),
            refusal().stop(),
        ],
    )
    .deferred_by("a token exchange", request)
    .decide("approved", Decision::Approve)
    .wait(1)
    .poll(
        "the poll that brings the token",
        &["K-6.5.2-02"],
        [exchanged],
    )
}

fn refresh() -> Sheet {
    let first = renewable(token_at_once(), "token_at_once_with_refresh_token");
    let use_it = || Ask::refresh("{refresh_token}").policy(Policy::Complete);
    let (sheet, request) = Sheet::with_code(
        "probe-deferred-refresh",
        "Tells the readings of C-46: has a refresh request deferred, and uses its token meanwhile and after a denial.",
    )
    .opted_in();
    sheet
        .ask(
            "a token request that is to be completed at once",
            &[],
            request.policy(Policy::Complete),
            [
                first,
                token_at_once().stop(),
                deferred().stop(),
                interaction_at_once().stop(),
                refusal().stop(),
            ],
        )
        .ask(
            "a refresh request that is to be deferred",
            &["K-6.4-04"],
            Ask::refresh("{refresh_token}")
                .opted_in()
                .policy(Policy::Defer),
            [
                deferred().reads("C-46", &["A", "C"]),
                interaction_at_once().stop(),
                token_at_once().reads("C-46", &["D"]).stop(),
                refusal().stop(),
            ],
        )
        .ask(
            "its token used meanwhile",
            &[],
            use_it(),
            [
                refusal().reads("C-46", &["A"]),
                token_at_once().reads("C-46", &["C"]).stop(),
            ],
        )
        .decide("denied", Decision::Deny)
        .ask(
            "its token used after the denial",
            &[],
            use_it(),
            [token_at_once().reads("C-46", &["A"]), refusal()],
        )
}

fn another_key() -> Sheet {
    let refused = ["invalid_dpop_proof", "invalid_grant"];
    Sheet::with_code(
        "probe-refresh-with-another-key",
        "Tells the readings of C-49: uses the refresh token of a bound code with another key.",
    )
    .deferred()
    .decide("approved", Decision::Approve)
    .wait(1)
    .poll(
        "the poll that brings the token",
        &[],
        [
            renewable(token(), "token_bound_with_refresh_token"),
            token().stop(),
        ],
    )
    .ask(
        "the refresh token with another key",
        &[],
        Ask::refresh("{refresh_token}").proof(Proof::OtherKey),
        [
            error(&refused).reads("C-49", &["A"]),
            token_at_once().reads("C-49", &["B", "C"]),
            error(&["invalid_request"]),
        ],
    )
}

/// A token with a refresh token, which is `{refresh_token}` from now on.
fn renewable(token: Choice, name: &str) -> Choice {
    let renewable = token.member(name, REFRESH_TOKEN, of_type(MemberType::String));
    renewable.captures(REFRESH_TOKEN, REFRESH_TOKEN)
}
