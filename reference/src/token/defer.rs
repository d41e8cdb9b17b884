//! Deferring a token request (Section 6.4): what it used up, and its response.

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Serialize;

use super::initial::InitialRequest;
use super::issue;
use super::one_time::Presented;
use crate::config::readings::{C28, C47, Readings};
use crate::deferral::{FrozenRequest, Opening};
use crate::error::OAuthError;
use crate::opening::repeated::Repeated;
use crate::opening::{Waits, open};
use crate::random;
use crate::reply;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::Representation;

impl InitialRequest {
    /// The code, its record and the spent credential come into being together.
    pub(super) async fn defer(
        self,
        context: &Context,
        mut request: FrozenRequest,
        presented: Option<Presented>,
        interaction: bool,
    ) -> Result<Option<Response<Body>>, OAuthError> {
        let now = context.clock.now();
        let readings = &context.config.readings;
        let repeated = match (&presented, readings.c47) {
            // Of a request whose credential is good once, the repetition is C-45's business.
            (Some(_), _) | (None, C47::A) => Repeated::Never,
            (None, C47::B) if context.config.draft.requests_idempotent => {
                Repeated::by_authorization(&request, context)
            }
            (None, C47::B) => Repeated::by_parameters(&request, self.parameters),
        };
        if let Some((code, opening)) = repeated.before(context, now).await? {
            return Ok(Some(deferred_response(&code, &opening, None, readings)));
        }
        let code = DeferralCode::new(&random::identifier(&*context.random));
        let refresh_token = issue::ahead(context, &mut request).await?;
        let spent = presented.filter(|_| request.credential.is_none()); // else C-45/B
        let from = spent.map(|presented| {
            let representation = Representation {
                deferral_code: code.clone(),
                parameters: presented.parameters,
                key: request.key.clone(),
                until: now.saturating_add(context.config.deferral.representation_window),
            };
            (presented.credential, representation)
        });
        let told = self.mode.told(&context.config.draft);
        let waits = Waits {
            request,
            told,
            interaction,
            code_challenge: None,
            notification_token: self.notification_token,
            lifetime: context.config.deferral.lifetime,
        };
        let Some(opened) = open(context, &code, waits, from, now).await? else {
            return Ok(None);
        };
        repeated.remember(context, &code, opened.forget_at, now);
        let refresh_token = refresh_token.as_deref();
        let response = deferred_response(&code, &opened.opening, refresh_token, readings);
        let held_back = opened.held_back;
        Ok(Some(response.map(|body| held_back.release_with(body))))
    }
}

/// The deferred response (Section 6.4). It opens with `interaction_required` when interaction is needed from the
/// start (C-28/A).
pub(super) fn deferred_response(
    code: &DeferralCode,
    opening: &Opening,
    refresh_token: Option<&str>,
    readings: &Readings,
) -> Response<Body> {
    #[derive(Serialize)]
    struct Members<'a> {
        error: &'static str,
        deferral_code: &'a str,
        expires_in: u64,
        interval: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        interaction_uri: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_token: Option<&'a str>,
    }
    let interaction_uri = match readings.c28 {
        C28::A => opening.interaction_uri.as_deref(),
        C28::B => None,
    };
    let error = match interaction_uri {
        Some(_) => "interaction_required",
        None => "authorization_pending",
    };
    reply::json(
        StatusCode::BAD_REQUEST,
        &Members {
            error,
            deferral_code: code.expose(),
            expires_in: opening.expires_in,
            interval: opening.interval,
            interaction_uri,
            refresh_token,
        },
    )
}
