//! What a poll is answered without a token (Section 6.6).

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Serialize;

use crate::config::readings::{C51, C74, C82, Readings};
use crate::deferral::{PollAnswer, Waiting, WaitsFor};
use crate::error::OAuthError;
use crate::reply;
use crate::secret::DeferralCode;

const fn unknown() -> OAuthError {
    OAuthError::invalid_grant("the code is unknown")
}

/// Every answer to a poll of `code` but a token response of its own (Section 6.6).
pub(super) fn without_token(
    answer: PollAnswer,
    code: &DeferralCode,
    readings: &Readings,
) -> Result<Response<Body>, OAuthError> {
    match answer {
        PollAnswer::Unknown => Err(unknown()),
        PollAnswer::ProofRefused => Err(match readings.c51 {
            C51::A => OAuthError::invalid_dpop_proof(),
            C51::B => OAuthError::invalid_dpop_proof().with_dpop_challenge(),
            C51::C => unknown(),
        }),
        PollAnswer::VerifierMissing => Err(OAuthError::invalid_request(
            "code_verifier is missing: the first poll of this code has to carry it",
        )),
        PollAnswer::VerifierRefused => Err(OAuthError::invalid_grant(
            "code_verifier is not the one that was challenged: the request is ended",
        )),
        PollAnswer::VerifierUnwanted => Err(OAuthError::invalid_request(
            "a poll carries no code_verifier once one was accepted, or none was asked for",
        )),
        PollAnswer::Again(response) => Ok(reply::json(StatusCode::OK, &*response)),
        // Told apart for the owner only (C-74/A).
        PollAnswer::Redeemed => Err(match readings.c74 {
            C74::A => OAuthError::invalid_grant("the code was already redeemed"),
            C74::B => unknown(),
        }),
        PollAnswer::Denied => Err(OAuthError::access_denied()),
        PollAnswer::Expired => Err(OAuthError::expired_token()),
        PollAnswer::SlowDown => Err(OAuthError::slow_down()),
        PollAnswer::TooManyEarlyPolls => Err(OAuthError::invalid_request(
            "the code was polled too early too often, or not as it should be",
        )),
        PollAnswer::Pending(waiting) => Ok(pending(&waiting, code, readings.c82)),
        PollAnswer::Ready(_) => Err(OAuthError::temporarily_unavailable()),
    }
}

/// A pending answer: no code, lifetime or interval again (Sections 6.4 and 6.6), and a link only where one is required (C-29/C,
/// C-30/A). Progress is an opaque step (Section 9.4, C-82/A).
fn pending(waiting: &Waiting, code: &DeferralCode, progress: C82) -> Response<Body> {
    #[derive(Serialize)]
    struct Members<'a> {
        error: &'static str,
        error_description: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        interaction_uri: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        deferral_code: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_in: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        interval: Option<u64>,
    }
    let (error, prose) = match waiting.waits_for {
        WaitsFor::Decision => ("authorization_pending", "the request is being looked at"),
        WaitsFor::Interaction => ("interaction_required", "somebody has to open the link"),
        WaitsFor::InteractionEnd => ("interaction_pending", "somebody has opened the link"),
    };
    let again = waiting.repeated;
    reply::json(
        StatusCode::BAD_REQUEST,
        &Members {
            error,
            error_description: match progress {
                C82::A => waiting.step.to_string(),
                C82::B => format!("{prose} ({})", waiting.step),
            },
            interaction_uri: waiting.interaction_uri.as_deref(),
            deferral_code: again.map(|_| code.expose()),
            expires_in: again.map(|again| again.expires_in),
            interval: again.map(|again| again.interval),
        },
    )
}
