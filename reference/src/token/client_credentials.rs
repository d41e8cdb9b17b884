//! The client credentials grant (RFC 6749 Section 4.4). Deferred twice, it makes two codes (C-47/A).

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::initial::InitialRequest;
use crate::client::Client;
use crate::config::readings::{C42, Readings};
use crate::deferral::{FrozenRequest, Renewal};
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::form::Form;
use crate::server::Context;
use crate::targets::Targets;
use crate::wire;

/// A client credentials request.
pub(super) struct ClientCredentialsRequest {
    form: Form,
    initial: InitialRequest,
}

impl ClientCredentialsRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        Ok(Self {
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
        client.may_use(wire::GRANT_CLIENT_CREDENTIALS)?;
        let key = super::initial::key(proof)?;
        let asked = client.resolve_scope(self.form.get("scope"));
        let by_default = self.form.get("scope").is_none() || asked.is_err();
        let scope = match (asked, &client.default_scope, context.config.readings.c42) {
            (Ok(scope), _, _) => scope,
            (Err(error), Some(default), C42::B) => {
                self.initial.unless_deferred(error);
                default.clone()
            }
            (Err(error), _, _) => return Err(error),
        };
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: Arc::clone(&client.client_id),
            default_scope: by_default.then(|| scope.clone()),
            scope,
            key,
            targets: Targets::parse(&self.form, &context.config)?,
            issued_token_type: None,
            renewal: Renewal::None,
            credential: None,
            approval: None,
            transaction: None,
        };
        let answer = self.initial.answer(context, client, request, None).await?;
        // Nothing was presented that could have been used up meanwhile.
        answer.ok_or(OAuthError::temporarily_unavailable())
    }
}
