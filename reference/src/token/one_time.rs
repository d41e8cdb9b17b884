//! What all grants share whose credential feeds one token or one deferral, never more (Section 11.2): authorization
//! codes, refresh tokens, assertions, device codes.

use axum::body::Body;
use http::Response;

use super::defer::deferred_response;
use super::initial::InitialRequest;
use crate::client::Client;
use crate::config::readings::C45;
use crate::deferral::FrozenRequest;
use crate::digest;
use crate::dpop::Thumbprint;
use crate::error::OAuthError;
use crate::form::Form;
use crate::secret::Credential;
use crate::server::Context;
use crate::store::{Authorization, Use};

/// A credential that a request presents, and how to recognize the request should it come again.
#[derive(Clone)]
pub(super) struct Presented {
    pub(super) credential: Credential,
    pub(super) parameters: [u8; 32],
    /// The one answer for a credential that is good for nothing.
    pub(super) refused: OAuthError,
}

impl Presented {
    pub(super) fn new(credential: &str, form: &Form, refused: OAuthError) -> Self {
        Self {
            credential: Credential::new(credential),
            parameters: fingerprint(form),
            refused,
        }
    }

    /// What the credential stands for, used or not, if this client may know.
    pub(super) async fn find(
        &self,
        context: &Context,
        client: &Client,
    ) -> Result<Authorization, OAuthError> {
        let found = context
            .store
            .authorization(&self.credential, context.clock.now())
            .await?;
        found
            .filter(|authorization| authorization.client_id == client.client_id)
            .ok_or_else(|| self.refused.clone())
    }

    /// Answers a valid request with an unused credential.
    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        initial: InitialRequest,
        request: FrozenRequest,
    ) -> Result<Response<Body>, OAuthError> {
        let key = request.key.clone();
        let answer = initial
            .answer(context, client, request, Some(self.clone()))
            .await?;
        match answer {
            Some(response) => Ok(response),
            // Somebody else was faster. If that was this very request, it gets the same answer.
            None => {
                let used = self.find(context, client).await?.used;
                self.again(context, used, key.as_ref()).await
            }
        }
    }

    /// Uses the credential up for a request that gets nothing for it.
    pub(super) async fn spend(&self, context: &Context) -> Result<(), OAuthError> {
        context.store.spend_authorization(&self.credential).await?;
        Ok(())
    }

    /// A credential presented again. The same request, by the same key, soon after it was deferred, gets the same
    /// deferral code: its response may have been lost (C-45/C). Everything else is refused, and changes nothing.
    pub(super) async fn again(
        self,
        context: &Context,
        used: Use,
        key: Option<&Thumbprint>,
    ) -> Result<Response<Body>, OAuthError> {
        let Use::Deferred(before) = used else {
            return Err(self.refused);
        };
        let now = context.clock.now();
        let readings = &context.config.readings;
        let same = before.parameters == self.parameters && before.key.as_ref() == key;
        if !same || now > before.until || readings.c45 == C45::A {
            return Err(self.refused);
        }
        let opening = context
            .store
            .opening(&before.deferral_code, now)
            .await?
            .ok_or(self.refused)?;
        let code = &before.deferral_code;
        Ok(deferred_response(code, &opening, None, readings))
    }
}

/// A digest of all parameters but the client's credentials, whatever their order.
pub(super) fn fingerprint(form: &Form) -> [u8; 32] {
    let mut pairs: Vec<_> = form
        .pairs()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "client_secret" | "client_assertion"))
        .collect();
    pairs.sort();
    let parts = pairs.into_iter().flat_map(|(name, value)| [name, value]);
    digest::of(parts.map(String::as_str))
}
