//! The polling grant (Section 6.5).

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Serialize;

use super::issue;
use super::on_its_way::OnItsWay;
use crate::client::Client;
use crate::config::readings::{C14, C48, C51};
use crate::deferral::{Caller, FrozenRequest, Issued, PollAnswer, Renewal, Step};
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
            enabled: client.enabled,
        };
        let readings = context.config.readings;
        let request = match context
            .store
            .poll(&self.code, &caller, context.clock.now())
            .await?
        {
            PollAnswer::Ready(request) => as_of_today(request, client, readings.c48),
            other => return without_token(other, readings.c51),
        };
        let now = context.clock.now();
        let response = issue::token(context, &request).await?;
        if !spend_credential(context, &request, now).await? {
            return without_token(PollAnswer::Redeemed, readings.c51);
        }
        let issued = Issued::new(response);
        let on_its_way = OnItsWay::new(issued.receipt.clone());
        let answer = context
            .store
            .redeem(&self.code, &caller, &issued, now)
            .await?;
        match answer {
            PollAnswer::Ready(request) => {
                self.replace(context, &request.renewal).await;
                let response = reply::json(StatusCode::OK, &*issued.response);
                Ok(response.map(|body| on_its_way.with(body)))
            }
            // Another poll at the same time was faster.
            PollAnswer::Redeemed if readings.c14 == C14::B => {
                Ok(reply::json(StatusCode::OK, &*issued.response))
            }
            // Cancelled, expired or redeemed by another poll in the meantime: this token is never seen by anyone.
            other => without_token(other, readings.c51),
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

/// What the token will be good for: what was asked for then (C-48/A).
fn as_of_today(request: FrozenRequest, client: &Client, frozen: C48) -> FrozenRequest {
    let then = request.default_scope.as_ref();
    match (&client.default_scope, frozen) {
        (Some(today), C48::C) if then.is_some_and(|then| then != today) => FrozenRequest {
            scope: today.clone(),
            ..request
        },
        _ => request,
    }
}

/// Uses up the authorization code that the deferral left good (C-45/B); `false` when another success did.
async fn spend_credential(
    context: &Context,
    request: &FrozenRequest,
    now: u64,
) -> Result<bool, OAuthError> {
    let Some(code) = &request.credential else {
        return Ok(true);
    };
    match context.store.authorization(code, now).await? {
        Some(_) => Ok(context.store.spend_authorization(code).await?),
        // Too old to be presented by anybody.
        None => Ok(true),
    }
}

const fn unknown() -> OAuthError {
    OAuthError::invalid_grant("the deferral code is unknown")
}

/// Every answer but a token response of its own (Section 6.6).
fn without_token(answer: PollAnswer, unproven: C51) -> Result<Response<Body>, OAuthError> {
    match answer {
        PollAnswer::Unknown => Err(unknown()),
        PollAnswer::ProofRefused => Err(match unproven {
            C51::A => OAuthError::invalid_dpop_proof(),
            C51::B => OAuthError::invalid_dpop_proof().with_dpop_challenge(),
            C51::C => unknown(),
        }),
        PollAnswer::Again(response) => Ok(reply::json(StatusCode::OK, &*response)),
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

/// A pending answer: no code, lifetime or interval again (Sections 6.4 and 6.6), and a link only where one is required
/// (C-29, C-30). Progress is an opaque step (Section 9.4).
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
