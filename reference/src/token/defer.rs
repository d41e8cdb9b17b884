//! Deferring a request (Section 6.4): its code, its record, its response.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Serialize;

use super::initial::InitialRequest;
use super::issue;
use super::one_time::Presented;
use super::repeated::Repeated;
use crate::config::readings::{C28, Readings};
use crate::deferral::notice::{Notice, NoticeTerms};
use crate::deferral::{Deferral, FrozenRequest, Opening, Terms, Told};
use crate::error::OAuthError;
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
        let repeated = Repeated::of(&self, &request, &presented, &context.config.readings);
        if let Some(response) = repeated.response(context, now).await? {
            return Ok(Some(response));
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
        let notice = Notice::new(self.notification_token, notice_terms(context));
        let link = context.links.draw(&*context.random);
        let client_id = Arc::clone(&request.client_id);
        let mut deferral = Deferral::new(
            request,
            terms(context, told),
            now,
            interaction,
            link.uri(),
            notice,
        );
        let Some(opening) = deferral.opening(now) else {
            return Err(OAuthError::temporarily_unavailable());
        };
        let forget_at = deferral.forget_at();
        // Held back before the code exists for anybody, and until its response is with the transport (Section 7).
        let handover = context.callbacks.hold_back(&code);
        if !context
            .store
            .insert_deferral(code.clone(), deferral, from, now)
            .await?
        {
            return Ok(None);
        }
        context.links.lead(link, &code, forget_at, now);
        repeated.remember(context, &code, forget_at, now);
        tracing::debug!(%client_id, interaction, "request deferred");
        let readings = &context.config.readings;
        let response = deferred_response(&code, &opening, refresh_token.as_deref(), readings);
        Ok(Some(response.map(|body| handover.release_with(body))))
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

fn terms(context: &Context, told: Told) -> Terms {
    let config = &context.config.deferral;
    Terms {
        interval: config.interval,
        lifetime: config.lifetime,
        tombstone: config.tombstone,
        escalate_after: config.escalate_after,
        repeat_window: config.representation_window,
        told,
        readings: context.config.readings,
    }
}

fn notice_terms(context: &Context) -> NoticeTerms {
    let config = &context.config.callback;
    NoticeTerms {
        delay: config.delay,
        backoff: config.backoff,
        attempts: config.attempts,
    }
}
