//! The JWT bearer grant (RFC 7523 Section 2.1), and identity assertion grants that follow it: somebody this server
//! trusts says who the subject is.
//!
//! C-50/B: an assertion is good for one token or one deferral, like an authorization code.

use std::sync::Arc;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;
use serde::Deserialize;

use super::initial::{self, InitialRequest};
use super::one_time::Presented;
use crate::client::Client;
use crate::config::readings::Readings;
use crate::deferral::{FrozenRequest, Renewal};
use crate::digest;
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::form::Form;
use crate::jws::{self, Audience, LONGEST_VALIDITY, Times};
use crate::scope::Scope;
use crate::server::Context;
use crate::store::{Authorization, Means, Use};
use crate::targets::Targets;
use crate::wire;

/// The one answer for an assertion that says nothing here, or said it before.
const REFUSED: OAuthError = OAuthError::invalid_grant("the assertion is not valid");

/// A request with an assertion.
pub(super) struct AssertionRequest {
    assertion: String,
    form: Form,
    initial: InitialRequest,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    jti: String,
    #[serde(flatten)]
    times: Times,
    /// Whom the assertion was issued to, where that is said.
    client_id: Option<String>,
    /// What the subject agreed to, where that is said.
    scope: Option<String>,
}

impl AssertionRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        Ok(Self {
            assertion: form.require("assertion", "assertion is missing")?.into(),
            form: form.clone(),
            initial: InitialRequest::parse(form, readings)?,
        })
    }

    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        client.may_use(wire::GRANT_JWT_BEARER)?;
        let key = initial::key(proof)?;
        let claims = read(context, client, &self.assertion).ok_or(REFUSED)?;
        let scope = client.resolve_scope(self.form.get("scope").or(claims.scope.as_deref()))?;
        let agreed = claims.scope.as_deref().map(Scope::parse);
        if agreed.is_some_and(|agreed| agreed.is_none_or(|agreed| !scope.is_within(&agreed))) {
            return Err(OAuthError::invalid_scope(
                "the scope exceeds that of the assertion",
            ));
        }
        let presented = Presented::new(&identity(&claims), &self.form, REFUSED);
        let subject: Arc<str> = claims.sub.as_str().into();
        // Of all requests with the same assertion the first brings it into the store.
        let now = context.clock.now();
        if context
            .assertions
            .first_sight(&[&claims.iss, &claims.jti], now)
        {
            let authorization = Authorization {
                client_id: Arc::clone(&client.client_id),
                subject: Arc::clone(&subject),
                scope: scope.clone(),
                by_default: false,
                targets: Targets::default(),
                means: Means::Assertion,
                hinted: false,
                expires_at: now.saturating_add(LONGEST_VALIDITY),
                approval: None,
                used: Use::Unused,
            };
            context
                .store
                .insert_authorization(presented.credential.clone(), authorization)
                .await?;
        }
        let authorization = presented.find(context, client).await?;
        if authorization.used != Use::Unused {
            return presented
                .again(context, authorization.used, key.as_ref())
                .await;
        }
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject,
            scope,
            key,
            targets: Targets::parse(&self.form, &context.config)?,
            issued_token_type: None,
            renewal: Renewal::None,
            default_scope: None,
            credential: None,
            approval: None,
            transaction: None,
        };
        presented
            .answer(context, client, self.initial, request)
            .await
    }
}

/// What an assertion says, if a trusted issuer says it, now, to this server, about this client.
fn read(context: &Context, client: &Client, assertion: &str) -> Option<Claims> {
    let types = [None, Some("JWT"), Some("oauth-id-jag+jwt")];
    let claims = context
        .config
        .assertion_issuers
        .iter()
        .find_map(|trusted| {
            jws::claims::<Claims>(assertion, &trusted.jwks, &types)
                .filter(|claims| claims.iss == trusted.issuer)
        })?;
    let for_client = claims
        .client_id
        .as_deref()
        .is_none_or(|named| named == &*client.client_id);
    let valid = for_client
        && context.is_audience(&claims.aud)
        && claims.times.include_shortly(context.clock.now())
        && !claims.sub.is_empty()
        && !claims.jti.is_empty();
    valid.then_some(claims)
}

/// What the assertion is called in the store.
fn identity(claims: &Claims) -> String {
    URL_SAFE_NO_PAD.encode(digest::of([&*claims.iss, &*claims.jti]))
}
