//! The client credentials grant (RFC 6749 Section 4.4). Deferred twice, it makes two codes (C-47/A).

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::initial::InitialRequest;
use crate::client::Client;
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
    pub(super) fn parse(form: &Form) -> Result<Self, OAuthError> {
        Ok(Self {
            form: form.clone(),
            initial: InitialRequest::parse(form)?,
        })
    }

    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        client.may_use(wire::GRANT_CLIENT_CREDENTIALS)?;
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: Arc::clone(&client.client_id),
            scope: client.resolve_scope(self.form.get("scope"))?,
            key: super::initial::key(proof)?,
            targets: Targets::parse(&self.form, &context.config)?,
            issued_token_type: None,
            renewal: Renewal::None,
        };
        let answer = self.initial.answer(context, client, request, None).await?;
        // Nothing was presented that could have been used up meanwhile.
        answer.ok_or(OAuthError::temporarily_unavailable())
    }
}
