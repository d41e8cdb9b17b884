//! The authorization code grant at the token endpoint (RFC 6749 Section 4.1.3, with PKCE).

use std::sync::Arc;

use aws_lc_rs::digest::{Context as Digest, SHA256, digest};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;

use super::initial::{self, InitialRequest, Presented};
use crate::client::Client;
use crate::deferral::FrozenRequest;
use crate::dpop::{Proof, Thumbprint};
use crate::error::OAuthError;
use crate::form::Form;
use crate::secret::AuthorizationCode;
use crate::server::Context;
use crate::store::{Authorization, Use};
use crate::targets::Targets;
use crate::wire;

/// The one answer for a code that is unknown, foreign, expired, used up, or presented with the wrong verifier.
const REFUSED: OAuthError = OAuthError::invalid_grant("the authorization code is not valid");

/// A request to exchange an authorization code.
pub(super) struct AuthorizationCodeRequest {
    code: AuthorizationCode,
    redirect_uri: Option<String>,
    code_verifier: String,
    parameters: [u8; 32],
    form: Form,
    initial: InitialRequest,
}

impl AuthorizationCodeRequest {
    pub(super) fn parse(form: &Form) -> Result<Self, OAuthError> {
        Ok(Self {
            code: AuthorizationCode::new(form.require("code", "code is missing")?),
            redirect_uri: form.get("redirect_uri").map(Into::into),
            code_verifier: form
                .require("code_verifier", "code_verifier is missing")?
                .into(),
            parameters: fingerprint(form),
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
        client.may_use(wire::GRANT_AUTHORIZATION_CODE)?;
        let key = initial::key(proof)?;
        let authorization = self.find(context, client).await?;
        if authorization.used != Use::Unused {
            return again(context, authorization.used, self.parameters, key.as_ref()).await;
        }
        if context.clock.now() >= authorization.expires_at {
            return Err(REFUSED);
        }
        // Section 5.2 and C-36/A; before the code is used up, so that the client can correct itself (C-37/B).
        if authorization.hinted && !self.initial.opted_in {
            return Err(OAuthError::invalid_request(
                "the authorization request had completion_mode=deferred, so the token request needs it too",
            ));
        }
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: authorization.subject,
            scope: authorization.scope,
            key: key.clone(),
            targets: authorization
                .targets
                .narrowed(&Targets::parse(&self.form, &context.config)?)?,
            issued_token_type: None,
        };
        let presented = Presented {
            code: self.code.clone(),
            parameters: self.parameters,
        };
        match self
            .initial
            .answer(context, client, request, Some(presented))
            .await?
        {
            Some(response) => Ok(response),
            // Somebody else was faster. If that was this very request, it gets the same answer.
            None => match context
                .store
                .authorization(&self.code, context.clock.now())
                .await?
            {
                Some(authorization) => {
                    again(context, authorization.used, self.parameters, key.as_ref()).await
                }
                None => Err(REFUSED),
            },
        }
    }

    /// The authorization behind the code, if this request may see it at all.
    async fn find(&self, context: &Context, client: &Client) -> Result<Authorization, OAuthError> {
        let found = context
            .store
            .authorization(&self.code, context.clock.now())
            .await?;
        let authorization = found
            .filter(|authorization| authorization.client_id == client.client_id)
            .ok_or(REFUSED)?;
        let redirected_here = match &self.redirect_uri {
            // OAuth 2.1 no longer sends it; sent, it has to be the same.
            None => true,
            Some(uri) => *uri == authorization.redirect_uri,
        };
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, self.code_verifier.as_bytes()));
        if redirected_here && challenge == authorization.code_challenge {
            Ok(authorization)
        } else {
            Err(REFUSED)
        }
    }
}

/// A code presented again. The same request, by the same key, soon after it was deferred, gets the same deferral code:
/// its response may have been lost (C-45/C). Everything else is refused, and changes nothing.
async fn again(
    context: &Context,
    used: Use,
    parameters: [u8; 32],
    key: Option<&Thumbprint>,
) -> Result<Response<Body>, OAuthError> {
    let Use::Deferred(before) = used else {
        return Err(REFUSED);
    };
    let now = context.clock.now();
    if before.parameters != parameters || before.key.as_ref() != key || now > before.until {
        return Err(REFUSED);
    }
    let opening = context
        .store
        .opening(&before.deferral_code, now)
        .await?
        .ok_or(REFUSED)?;
    Ok(initial::deferred_response(&before.deferral_code, &opening))
}

/// A digest of all parameters but the client's credentials, whatever their order.
fn fingerprint(form: &Form) -> [u8; 32] {
    let mut pairs: Vec<_> = form
        .pairs()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "client_secret" | "client_assertion"))
        .collect();
    pairs.sort();
    let mut context = Digest::new(&SHA256);
    for (name, value) in pairs {
        for part in [name, value] {
            context.update(&part.len().to_be_bytes());
            context.update(part.as_bytes());
        }
    }
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(context.finish().as_ref());
    fingerprint
}
