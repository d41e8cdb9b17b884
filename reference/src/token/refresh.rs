//! The refresh token grant (RFC 6749 Section 6). Every use replaces the token.
//!
//! C-46/A: while its request is deferred the token is suspended; denied, cancelled or expired, it is as good as before.
//! C-46/C leaves it alone, and then the first of its deferrals that succeeds uses it up, as under C-45/B.

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::approved;
use super::initial::{self, InitialRequest};
use super::one_time::Presented;
use crate::client::Client;
use crate::config::readings::{C46, Readings};
use crate::deferral::{FrozenRequest, Renewal, State};
use crate::dpop::{Proof, Thumbprint};
use crate::error::OAuthError;
use crate::form::Form;
use crate::server::Context;
use crate::store::{Authorization, Means, Use};
use crate::targets::Targets;
use crate::wire;

/// The one answer for a token that is unknown, foreign, expired, replaced or suspended.
const REFUSED: OAuthError = OAuthError::invalid_grant("the refresh token is not valid");

/// A request to refresh.
pub(super) struct RefreshRequest {
    presented: Presented,
    form: Form,
    initial: InitialRequest,
}

impl RefreshRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        let token = form.require("refresh_token", "refresh_token is missing")?;
        Ok(Self {
            presented: Presented::new(token, form, REFUSED),
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
        client.may_use(wire::GRANT_REFRESH_TOKEN)?;
        let key = initial::key(proof)?;
        let authorization = self.presented.find(context, client).await?;
        let Means::Refresh { key: bound } = &authorization.means else {
            return Err(REFUSED);
        };
        // C-49/A: bound like the access token it came with.
        if bound.is_some() && *bound != key {
            return Err(match bound {
                Some(Thumbprint::Certificate(_)) => REFUSED,
                Some(Thumbprint::Key(_)) | None => OAuthError::invalid_dpop_proof(),
            });
        }
        if !self.is_usable(context, &authorization).await? {
            return self
                .presented
                .again(context, authorization.used, key.as_ref())
                .await;
        }
        let now = context.clock.now();
        if now >= authorization.expires_at {
            return Err(REFUSED);
        }
        if let Some(approval) = &authorization.approval {
            approved::check(context, approval, now).await?;
        }
        let scope = match self.form.get("scope") {
            None => authorization.scope.clone(),
            Some(text) => client.resolve_scope(Some(text))?,
        };
        if !scope.is_within(&authorization.scope) {
            return Err(OAuthError::invalid_scope(
                "the scope exceeds that of the refresh token",
            ));
        }
        let readings = &context.config.readings;
        self.initial.never_deferred = readings.c46 == C46::D || authorization.approval.is_some();
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: authorization.subject,
            scope,
            key,
            targets: authorization
                .targets
                .narrowed(&Targets::parse(&self.form, &context.config)?)?,
            issued_token_type: None,
            renewal: Renewal::Of {
                token: self.presented.credential.clone(),
                scope: authorization.scope,
            },
            default_scope: None,
            credential: (readings.c46 == C46::C).then(|| self.presented.credential.clone()),
            approval: authorization.approval,
            transaction: None,
        };
        self.presented
            .answer(context, client, self.initial, request)
            .await
    }

    /// Whether the token is unused, or is again since the request it was used for came to nothing.
    async fn is_usable(
        &self,
        context: &Context,
        authorization: &Authorization,
    ) -> Result<bool, OAuthError> {
        let before = match &authorization.used {
            Use::Unused => return Ok(true),
            Use::Completed => return Ok(false),
            Use::Deferred(_) if context.config.readings.c46 == C46::B => return Ok(false),
            Use::Deferred(before) => before,
        };
        let now = context.clock.now();
        match context.store.state(&before.deferral_code, now).await? {
            Some(State::Pending { .. } | State::Approved { .. } | State::Redeemed) => Ok(false),
            // A code that is forgotten was never redeemed, or the token would be `Completed`.
            Some(State::Denied | State::Cancelled | State::Expired | State::Forgotten) | None => {
                Ok(context
                    .store
                    .settle_authorization(
                        &self.presented.credential,
                        &before.deferral_code,
                        Use::Unused,
                    )
                    .await?)
            }
        }
    }
}
