//! From an error code on the wire to an [`Answer`].

use dtr_model::draft::Draft;
use dtr_model::event::Answer;
use http::header;

use super::observation::Seen;
use super::response::Response;
use crate::target::transport::Reply;

/// Errors of other specifications that a token endpoint may give (RFC 6749, RFC 8707, RFC 9396, RFC 9449, RFC 9470).
const OTHER_ERRORS: [&str; 7] = [
    "invalid_scope",
    "unsupported_grant_type",
    "unsupported_token_type",
    "invalid_target",
    "invalid_authorization_details",
    "insufficient_user_authentication",
    "invalid_token",
];

/// The answer that an error is, or what it is instead. Pending errors count as answers to a poll.
pub(super) fn of_error(response: &Response<'_>, draft: &Draft) -> Seen {
    let reply = response.reply;
    let Some(error) = response.error().filter(|_| is_client_error(reply)) else {
        return Seen::Strange(response.in_short());
    };
    let answer = match error {
        _ if error == draft.pending => Answer::AuthorizationPending,
        _ if draft.interaction_required == Some(error) => Answer::InteractionRequired,
        _ if draft.interaction_pending == Some(error) => Answer::InteractionPending,
        "slow_down" => Answer::SlowDown,
        "access_denied" => Answer::AccessDenied,
        "expired_token" => Answer::ExpiredToken,
        "invalid_grant" => Answer::InvalidGrant,
        "invalid_request" => Answer::InvalidRequest,
        "invalid_client" => Answer::InvalidClient,
        "unauthorized_client" => Answer::UnauthorizedClient,
        "invalid_dpop_proof" | "use_dpop_nonce" if challenges_dpop(reply) => Answer::DpopChallenge,
        "invalid_dpop_proof" => Answer::InvalidDpopProof,
        _ if OTHER_ERRORS.contains(&error) => Answer::GrantError,
        _ if draft.own_refusals.contains(&error) => Answer::GrantError,
        _ => return Seen::Strange(response.in_short()),
    };
    Seen::Answer(answer)
}

fn is_client_error(reply: &Reply) -> bool {
    (400..500).contains(&reply.status)
}

fn challenges_dpop(reply: &Reply) -> bool {
    reply.status == 401
        && reply
            .headers
            .get_all(header::WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.to_ascii_lowercase().contains("dpop"))
}
