//! What all initial token requests share (Section 6.3): the opt-in, the notification token, and the choice between a
//! token and a deferred response.

use axum::body::Body;
use http::{Response, StatusCode};

use super::issue;
use super::one_time::{self, Presented};
use crate::client::Client;
use crate::completion_mode::CompletionMode;
use crate::config::Config;
use crate::config::readings::{C32, C43, C54, C55, C67, Readings};
use crate::deferral::FrozenRequest;
use crate::dpop::{Proof, Thumbprint};
use crate::edition::{Edition, OpenedBy};
use crate::error::OAuthError;
use crate::form::Form;
use crate::policy::{self, Outcome};
use crate::reply;
use crate::secret::NotificationToken;
use crate::server::Context;

/// The members this draft adds to an initial token request.
pub(super) struct InitialRequest {
    pub(super) mode: CompletionMode,
    pub(super) notification_token: Option<NotificationToken>,
    /// A digest of its parameters.
    pub(super) parameters: [u8; 32],
    /// Completed, though policy would defer it (C-46/D, and AROP Section 7.4 where an approval is behind it).
    pub(super) never_deferred: bool,
    /// The error of a request that is refused for good, where the edition has it so (AROP Section 7.1).
    refused: OAuthError,
    /// The error of a request that is good enough only for being deferred (C-42/B).
    unless_deferred: Option<OAuthError>,
    /// The error of a request that is good enough only for being completed at once (C-36/B).
    unless_completed: Option<OAuthError>,
}

/// What a request hears that needs a review and cannot be deferred.
const NEEDS_REVIEW: OAuthError =
    OAuthError::invalid_scope("the scope needs a review that the request did not opt in to");

impl InitialRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        let notification_token = form.get("client_notification_token");
        let notification_token = match (notification_token, readings.c67) {
            (None, _) => None,
            (Some(value), C67::A) => Some(NotificationToken::unchecked(value)),
            (Some(value), C67::B) => Some(NotificationToken::parse(value).ok_or(
                OAuthError::invalid_request("client_notification_token is not a bearer token"),
            )?),
        };
        Ok(Self {
            mode: CompletionMode::parse(form.get("completion_mode"), readings.c40)?,
            notification_token,
            parameters: one_time::fingerprint(form),
            never_deferred: false,
            refused: policy::refused_natively(form),
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
        self.check_strength(&context.config.draft)?;
        let outcome = context
            .overrides
            .take(&client.client_id)
            .unwrap_or_else(|| context.policy.decide(&client.client_id, &request.scope));
        let readings = context.config.readings;
        let elsewhere = context.config.draft.opened_by != OpenedBy::TokenRequest;
        let outcome = match outcome {
            // Deferrals are opened at an endpoint of their own, and by no token request.
            Outcome::Defer | Outcome::DeferWithInteraction if elsewhere => Outcome::Complete,
            outcome => outcome,
        };
        let defers = matches!(outcome, Outcome::Defer | Outcome::DeferWithInteraction);
        let in_the_way = match defers {
            true => self.unless_completed.take(),
            false => self.unless_deferred.take(),
        };
        if let Some(error) = in_the_way {
            return Err(error);
        }
        let interaction = match outcome {
            Outcome::Complete => return complete(context, &request, presented).await,
            Outcome::Deny if context.config.draft.refuses_natively => return Err(self.refused),
            Outcome::Deny => return Err(denied(readings.c43)),
            _ if self.never_deferred => return complete(context, &request, presented).await,
            Outcome::Defer => false,
            Outcome::DeferWithInteraction => true,
        };
        match self.obstacle(client, &request, interaction, &context.config) {
            Some(error) => Err(error),
            None => self.defer(context, request, presented, interaction).await,
        }
    }

    /// ietf-00 Section 6.3.1, gerber-00 Section 5.3.1: before anything is spent.
    fn check_strength(&self, edition: &Edition) -> Result<(), OAuthError> {
        let token = self.notification_token.as_ref();
        match token.is_some_and(|token| edition.weak_tokens_refused && token.is_too_short()) {
            true => Err(OAuthError::invalid_request(
                "client_notification_token is too short for 128 bits",
            )),
            false => Ok(()),
        }
    }

    /// Why a request is not deferred that otherwise would be.
    fn obstacle(
        &mut self,
        client: &Client,
        request: &FrozenRequest,
        interaction: bool,
        config: &Config,
    ) -> Option<OAuthError> {
        // Section 5: never without the opt-in.
        if !self.mode.accepts_deferral(&config.draft) {
            return Some(self.unless_deferred.take().unwrap_or(NEEDS_REVIEW));
        }
        // Nothing would tie the code to a public client but its name, to some others but a secret.
        let keyless = request.key.is_none();
        let readings = &config.readings;
        match (readings.c54, readings.c55) {
            (C54::A, _) if keyless && client.is_public() => return Some(NEEDS_REVIEW),
            (C54::B, _) if keyless && client.is_public() => {
                return Some(OAuthError::invalid_request(
                    "a public client needs a DPoP proof for a request that is deferred",
                ));
            }
            (_, C55::B) if keyless && client.auth_method.has_secret() => {
                return Some(OAuthError::invalid_request(
                    "a client with a secret needs a DPoP proof for a request that is deferred",
                ));
            }
            _ => {}
        }
        // C-32: whoever opted in may be asked for interaction, with or without a user.
        let for_itself = request.subject == request.client_id;
        (interaction && for_itself && readings.c32 == C32::B).then_some(NEEDS_REVIEW)
    }
}

/// Section 6.3.1 and C-43/B: an ordinary error, for `access_denied` is about deferred requests.
const fn denied(told: C43) -> OAuthError {
    match told {
        C43::A => OAuthError::access_denied(),
        C43::B => OAuthError::invalid_scope("the scope is not granted to this client"),
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
pub(crate) fn key(proof: &Proof) -> Result<Option<Thumbprint>, OAuthError> {
    match proof {
        Proof::Absent => Ok(None),
        Proof::By(key) => Ok(Some(key.clone())),
        Proof::Invalid => Err(OAuthError::invalid_dpop_proof()),
    }
}
