//! What all initial token requests share (Section 6.3): the opt-in, the notification token, and the choice between a
//! token and a deferred response.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Serialize;

use super::issue;
use super::one_time::Presented;
use crate::client::Client;
use crate::completion_mode::accepts_deferral;
use crate::config::readings::{C28, C54};
use crate::deferral::notice::{Notice, NoticeTerms};
use crate::deferral::{Deferral, FrozenRequest, Opening, Terms};
use crate::dpop::{Proof, Thumbprint};
use crate::error::OAuthError;
use crate::form::Form;
use crate::policy::Outcome;
use crate::random;
use crate::reply;
use crate::secret::{DeferralCode, NotificationToken};
use crate::server::Context;
use crate::store::Representation;

/// The members this draft adds to an initial token request.
pub(super) struct InitialRequest {
    pub(super) opted_in: bool,
    notification_token: Option<NotificationToken>,
    /// The error of a request that is good enough only for being deferred (C-42/B).
    unless_deferred: Option<OAuthError>,
    /// The error of a request that is good enough only for being completed at once (C-36/B).
    unless_completed: Option<OAuthError>,
}

/// What a request hears that needs a review and cannot be deferred.
const NEEDS_REVIEW: OAuthError =
    OAuthError::invalid_scope("the scope needs a review that the request did not opt in to");

impl InitialRequest {
    pub(super) fn parse(form: &Form) -> Result<Self, OAuthError> {
        let notification_token = match form.get("client_notification_token") {
            None => None,
            Some(value) => Some(NotificationToken::parse(value).ok_or(
                OAuthError::invalid_request("client_notification_token is not a bearer token"),
            )?),
        };
        Ok(Self {
            opted_in: accepts_deferral(form.get("completion_mode")),
            notification_token,
            unless_deferred: None,
            unless_completed: None,
        })
    }

    /// Deferred or refused with this error; see C-42/B.
    pub(super) fn unless_deferred(&mut self, error: OAuthError) {
        self.unless_deferred = Some(error);
    }

    /// Completed or refused with this error; see C-36/B.
    pub(super) fn unless_completed(&mut self, error: OAuthError) {
        self.unless_completed = Some(error);
    }

    /// Completes or defers a request that is valid in every other respect (C-42/A). `None` when what it presented was
    /// used up meanwhile by a request at the same time.
    pub(super) async fn answer(
        mut self,
        context: &Context,
        client: &Client,
        request: FrozenRequest,
        presented: Option<Presented>,
    ) -> Result<Option<Response<Body>>, OAuthError> {
        let outcome = context
            .overrides
            .take(&client.client_id)
            .unwrap_or_else(|| context.policy.decide(&client.client_id, &request.scope));
        let readings = context.config.readings;
        let defers = matches!(outcome, Outcome::Defer | Outcome::DeferWithInteraction);
        let in_the_way = match defers {
            true => self.unless_completed.take(),
            false => self.unless_deferred.take(),
        };
        if let Some(error) = in_the_way {
            return Err(error);
        }
        match outcome {
            Outcome::Complete => complete(context, &request, presented).await,
            // Section 6.3.1 and C-43/B: an ordinary error, for `access_denied` is about deferred requests.
            Outcome::Deny => Err(OAuthError::invalid_scope(
                "the scope is not granted to this client",
            )),
            // Section 5: never deferred without the opt-in.
            _ if !self.opted_in => Err(self.unless_deferred.unwrap_or(NEEDS_REVIEW)),
            // C-54: nothing would tie the code to such a client but its name.
            _ if client.is_public() && request.key.is_none() && readings.c54 != C54::C => {
                Err(match readings.c54 {
                    C54::A => NEEDS_REVIEW,
                    _ => OAuthError::invalid_request(
                        "a public client needs a DPoP proof for a request that is deferred",
                    ),
                })
            }
            Outcome::Defer => self.defer(context, request, presented, false).await,
            Outcome::DeferWithInteraction => self.defer(context, request, presented, true).await,
        }
    }

    /// Section 6.4. The code, its record and the spent credential come into being together.
    async fn defer(
        self,
        context: &Context,
        request: FrozenRequest,
        presented: Option<Presented>,
        interaction: bool,
    ) -> Result<Option<Response<Body>>, OAuthError> {
        let now = context.clock.now();
        let code = DeferralCode::new(&random::identifier(&*context.random));
        let readings = context.config.readings;
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
        let notice = Notice::new(self.notification_token, notice_terms(context));
        let link = context.links.draw(&*context.random);
        let client_id = Arc::clone(&request.client_id);
        let mut deferral = Deferral::new(
            request,
            terms(context),
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
        tracing::debug!(%client_id, interaction, "request deferred");
        let response = deferred_response(&code, &opening, readings.c28);
        Ok(Some(response.map(|body| handover.release_with(body))))
    }
}

/// A token at once. The token is made first: should that fail, the credential remains good.
async fn complete(
    context: &Context,
    request: &FrozenRequest,
    presented: Option<Presented>,
) -> Result<Option<Response<Body>>, OAuthError> {
    let token = issue::token(context, request).await?;
    if let Some(presented) = presented
        && !context
            .store
            .spend_authorization(&presented.credential)
            .await?
    {
        return Ok(None);
    }
    Ok(Some(reply::json(StatusCode::OK, &token)))
}

/// The key of an initial request: whose proof it carries, if any (Section 11.1).
pub(super) fn key(proof: &Proof) -> Result<Option<Thumbprint>, OAuthError> {
    match proof {
        Proof::Absent => Ok(None),
        Proof::By(key) => Ok(Some(key.clone())),
        Proof::Invalid => Err(OAuthError::invalid_dpop_proof()),
    }
}

/// The deferred response (Section 6.4). It opens with `interaction_required` when interaction is needed from the
/// start (C-28/A).
pub(super) fn deferred_response(
    code: &DeferralCode,
    opening: &Opening,
    opens_with: C28,
) -> Response<Body> {
    #[derive(Serialize)]
    struct Members<'a> {
        error: &'static str,
        deferral_code: &'a str,
        expires_in: u64,
        interval: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        interaction_uri: Option<&'a str>,
    }
    let interaction_uri = match opens_with {
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
        },
    )
}

fn terms(context: &Context) -> Terms {
    let config = &context.config.deferral;
    Terms {
        interval: config.interval,
        lifetime: config.lifetime,
        tombstone: config.tombstone,
        escalate_after: config.escalate_after,
        repeat_window: config.representation_window,
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
