//! The authorization code grant at the token endpoint (RFC 6749 Section 4.1.3, with PKCE).

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::initial::{self, InitialRequest};
use super::issue;
use super::one_time::Presented;
use crate::client::Client;
use crate::config::readings::{C36, C37, C38, C45, Readings};
use crate::deferral::{self, FrozenRequest};
use crate::dpop::{Proof, Thumbprint};
use crate::error::OAuthError;
use crate::form::Form;
use crate::server::Context;
use crate::store::{Authorization, Means, Use};
use crate::targets::Targets;
use crate::wire;

/// The one answer for a code that is unknown, foreign, expired, used up, or presented with the wrong verifier.
const REFUSED: OAuthError = OAuthError::invalid_grant("the authorization code is not valid");

/// The one answer for a token request that does not opt in after an authorization request that hinted (Section 5.2).
const HINT_NOT_KEPT: OAuthError = OAuthError::invalid_request(
    "the authorization request had completion_mode=deferred, so the token request needs it too",
);

/// What C-38/A has for the opposite.
const NOT_HINTED: OAuthError = OAuthError::invalid_request(
    "the authorization request had no completion_mode=deferred, so the token request cannot have it",
);

/// A request to exchange an authorization code.
pub(super) struct AuthorizationCodeRequest {
    presented: Presented,
    redirect_uri: Option<String>,
    code_verifier: String,
    form: Form,
    initial: InitialRequest,
}

impl AuthorizationCodeRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        Ok(Self {
            presented: Presented::new(form.require("code", "code is missing")?, form, REFUSED),
            redirect_uri: form.get("redirect_uri").map(Into::into),
            code_verifier: form
                .require("code_verifier", "code_verifier is missing")?
                .into(),
            form: form.clone(),
            initial: InitialRequest::parse(form, readings)?,
        })
    }

    pub(super) async fn answer(
        mut self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        client.may_use(wire::GRANT_AUTHORIZATION_CODE)?;
        let key = initial::key(proof)?;
        let authorization = self.find(context, client, key.as_ref()).await?;
        if authorization.used != Use::Unused {
            return self
                .presented
                .again(context, authorization.used, key.as_ref())
                .await;
        }
        if context.clock.now() >= authorization.expires_at {
            return Err(REFUSED);
        }
        let readings = context.config.readings;
        let opted_in = self.initial.mode.accepts_deferral(&context.config.draft);
        // Section 5.2 and C-36/A.
        let mismatch = authorization.hinted && !opted_in;
        match readings.c36 {
            C36::A if mismatch => return Err(self.hint_not_kept(context).await?),
            C36::B if mismatch => self.initial.unless_completed(HINT_NOT_KEPT),
            _ => {}
        }
        // C-38/B: who did not hint may still opt in.
        if opted_in && !authorization.hinted && readings.c38 == C38::A {
            return Err(NOT_HINTED);
        }
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: authorization.subject,
            default_scope: authorization
                .by_default
                .then(|| authorization.scope.clone()),
            scope: authorization.scope,
            key,
            targets: authorization
                .targets
                .narrowed(&Targets::parse(&self.form, &context.config)?)?,
            issued_token_type: None,
            renewal: issue::first_renewal(client),
            credential: (readings.c45 == C45::B).then(|| self.presented.credential.clone()),
            approval: None,
            transaction: None,
        };
        self.presented
            .answer(context, client, self.initial, request)
            .await
    }

    /// Refused before the code is used up, so that the client can correct itself (C-37/B).
    async fn hint_not_kept(&self, context: &Context) -> Result<OAuthError, OAuthError> {
        if context.config.readings.c37 == C37::A {
            self.presented.spend(context).await?;
        }
        Ok(HINT_NOT_KEPT)
    }

    /// The authorization behind the code, if this request may see it at all.
    async fn find(
        &self,
        context: &Context,
        client: &Client,
        shown: Option<&Thumbprint>,
    ) -> Result<Authorization, OAuthError> {
        let authorization = self.presented.find(context, client).await?;
        let Means::Code {
            redirect_uri,
            code_challenge,
            key,
        } = &authorization.means
        else {
            return Err(REFUSED);
        };
        let redirected_here = match &self.redirect_uri {
            // OAuth 2.1 no longer sends it; sent, it has to be the same.
            None => true,
            Some(uri) => uri == redirect_uri,
        };
        if !redirected_here || deferral::code_challenge(&self.code_verifier) != *code_challenge {
            return Err(REFUSED);
        }
        // A code that was used is refused for that first.
        let unused = authorization.used == Use::Unused;
        match key {
            Some(_) if unused && key.as_ref() != shown => Err(OAuthError::invalid_dpop_proof()),
            _ => Ok(authorization),
        }
    }
}
