//! Token exchange (RFC 8693): an access token of this server for another one, no wider. Nothing is used up, so that
//! deferred twice it makes two codes (C-47/A).

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::approved;
use super::initial::{self, InitialRequest};
use crate::client::Client;
use crate::config::readings::Readings;
use crate::deferral::{FrozenRequest, Renewal};
use crate::dpop::{Proof, Thumbprint};
use crate::error::OAuthError;
use crate::form::Form;
use crate::scope::Scope;
use crate::server::Context;
use crate::targets::Targets;
use crate::wire;

/// The one answer for what is no token to exchange.
const UNKNOWN: OAuthError = OAuthError::invalid_request(
    "subject_token is not an access token of this server that still counts",
);

/// A request to exchange a token.
pub(super) struct ExchangeRequest {
    subject_token: String,
    form: Form,
    initial: InitialRequest,
}

impl ExchangeRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        let subject_token = form.require("subject_token", "subject_token is missing")?;
        let kind = form.require("subject_token_type", "subject_token_type is missing")?;
        let wanted = form.get("requested_token_type");
        if kind != wire::TOKEN_TYPE_ACCESS_TOKEN
            || wanted.is_some_and(|wanted| wanted != wire::TOKEN_TYPE_ACCESS_TOKEN)
        {
            return Err(OAuthError::invalid_request(
                "only access tokens are exchanged, and only for access tokens",
            ));
        }
        if form.get("actor_token").is_some() {
            return Err(OAuthError::invalid_request(
                "actor_token is not supported: nobody can act for somebody else here",
            ));
        }
        Ok(Self {
            subject_token: subject_token.into(),
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
        client.may_use(wire::GRANT_TOKEN_EXCHANGE)?;
        let key = initial::key(proof)?;
        let now = context.clock.now();
        let subject = context.minter.known(&self.subject_token).ok_or(UNKNOWN)?;
        let approval = approved::behind(context, &subject, now)?;
        if !subject.counts(now) {
            return Err(UNKNOWN);
        }
        if let Some(approval) = &approval {
            approved::check(context, approval, now).await?;
        }
        self.initial.never_deferred = approval.is_some();
        // A bound token is worth nothing to others, so neither is what they could exchange it for.
        if subject.key.is_some() && subject.key != key {
            return Err(match subject.key {
                Some(Thumbprint::Certificate(_)) => {
                    OAuthError::invalid_request("subject_token is bound to another certificate")
                }
                Some(Thumbprint::Key(_)) | None => OAuthError::invalid_dpop_proof(),
            });
        }
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: subject.subject,
            scope: self.scope(client, &subject.scope)?,
            key,
            targets: Targets::of_exchange(&self.form, &context.config)?,
            issued_token_type: Some(wire::TOKEN_TYPE_ACCESS_TOKEN),
            renewal: Renewal::None,
            default_scope: None,
            credential: None,
            approval,
            transaction: None,
        };
        let answer = self.initial.answer(context, client, request, None).await?;
        // Nothing was presented that could have been used up meanwhile.
        answer.ok_or(OAuthError::temporarily_unavailable())
    }

    /// What is asked for, or what the subject token has; within both it and the client's scope.
    fn scope(&self, client: &Client, held: &Scope) -> Result<Scope, OAuthError> {
        let held_text = held.to_string();
        let asked_for = self.form.get("scope").unwrap_or(&held_text);
        let scope = client.resolve_scope(Some(asked_for))?;
        if scope.is_within(held) {
            Ok(scope)
        } else {
            Err(OAuthError::invalid_scope(
                "the scope exceeds that of the subject token",
            ))
        }
    }
}
