//! The polling grant (Section 6.5).

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Serialize;

use super::issue;
use crate::client::Client;
use crate::deferral::{Caller, PollAnswer, Renewal, Step};
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::form::Form;
use crate::reply;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::Use;

/// Parameters of originating requests. A poll changes none of them (Section 4.1 item 4), so it may not bring them
/// (C-26/B). `completion_mode` is no such parameter here and is ignored (C-26/A).
const ORIGINATING: [&str; 16] = [
    "actor_token",
    "actor_token_type",
    "assertion",
    "audience",
    "authorization_details",
    "client_notification_token",
    "code",
    "code_verifier",
    "device_code",
    "redirect_uri",
    "refresh_token",
    "requested_token_type",
    "resource",
    "scope",
    "subject_token",
    "subject_token_type",
];

/// A poll.
pub(super) struct PollRequest {
    code: DeferralCode,
}

impl PollRequest {
    pub(super) fn parse(form: &Form) -> Result<Self, OAuthError> {
        if ORIGINATING.iter().any(|name| form.get(name).is_some()) {
            return Err(OAuthError::invalid_request(
                "a poll carries no parameter of the originating request",
            ));
        }
        Ok(Self {
            code: DeferralCode::new(form.require("deferral_code", "deferral_code is missing")?),
        })
    }

    /// Makes the token before the code is burnt: should that fail, the approval is still there to be collected.
    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        let caller = Caller {
            client_id: &client.client_id,
            proof,
        };
        let request = match context
            .store
            .poll(&self.code, &caller, context.clock.now())
            .await?
        {
            PollAnswer::Ready(request) => request,
            other => return without_token(other),
        };
        let now = context.clock.now();
        let token = issue::token(context, &request).await?;
        match context.store.redeem(&self.code, &caller, now).await? {
            PollAnswer::Ready(request) => {
                self.replace(context, &request.renewal).await;
                Ok(reply::json(StatusCode::OK, &token))
            }
            // Cancelled, expired or redeemed by another poll in the meantime: this token is never seen by anyone.
            other => without_token(other),
        }
    }
}

impl PollRequest {
    /// C-46/A: a refresh token that was suspended while its request waited is replaced for good. Should that fail, the
    /// redeemed code keeps it suspended.
    async fn replace(&self, context: &Context, renewal: &Renewal) {
        let Renewal::Of { token, .. } = renewal else {
            return;
        };
        let settled = context
            .store
            .settle_authorization(token, &self.code, Use::Completed)
            .await;
        if let Err(error) = settled {
            tracing::error!(%error, "cannot replace a refresh token");
        }
    }
}

/// Every answer but the token response (Section 6.6).
fn without_token(answer: PollAnswer) -> Result<Response<Body>, OAuthError> {
    match answer {
        PollAnswer::Unknown => Err(OAuthError::invalid_grant("the deferral code is unknown")),
        PollAnswer::ProofRefused => Err(OAuthError::invalid_dpop_proof()),
        // Told apart for the owner only (C-74/A).
        PollAnswer::Redeemed => Err(OAuthError::invalid_grant(
            "the deferral code was already redeemed",
        )),
        PollAnswer::Denied => Err(OAuthError::access_denied()),
        PollAnswer::Expired => Err(OAuthError::expired_token()),
        PollAnswer::SlowDown => Err(OAuthError::slow_down()),
        PollAnswer::TooManyEarlyPolls => Err(OAuthError::invalid_request(
            "the interval was ignored too often",
        )),
        PollAnswer::Pending(step) => Ok(pending("authorization_pending", &step, None)),
        PollAnswer::InteractionRequired(step, uri) => {
            Ok(pending("interaction_required", &step, Some(&uri)))
        }
        PollAnswer::Ready(_) => Err(OAuthError::temporarily_unavailable()),
    }
}

/// A pending answer: no code, lifetime or interval again (Section 6.4), and a link only where one is required (C-29,
/// C-30). Progress is an opaque step (Section 9.4).
fn pending(error: &'static str, step: &Step, interaction_uri: Option<&str>) -> Response<Body> {
    #[derive(Serialize)]
    struct Members<'a> {
        error: &'static str,
        error_description: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        interaction_uri: Option<&'a str>,
    }
    reply::json(
        StatusCode::BAD_REQUEST,
        &Members {
            error,
            error_description: step.to_string(),
            interaction_uri,
        },
    )
}
