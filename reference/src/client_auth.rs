//! Client authentication at the token and revocation endpoints (RFC 6749 Section 2.3).
//!
//! A request first shows how it wants to authenticate ([`Credentials::from_request`], pure shape), then is checked
//! against the registration ([`authenticate`]). A certificate comes by way of TLS, beside a request that only
//! names its client.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use serde::Deserialize;

use crate::certificate;
use crate::client::Client;
use crate::config::AuthMethod;
use crate::config::readings::C16;
use crate::error::OAuthError;
use crate::form::{Form, decode_component};
use crate::jws::{self, Audience, Times};
use crate::secret::Secret;
use crate::server::Context;
use crate::wire;

const DIFFERS: OAuthError =
    OAuthError::invalid_request("client_id differs from the authenticated client");

/// What a request brought along.
enum Credentials {
    /// A `client_id` in the body and nothing else: a public client naming itself.
    Named { client_id: String },
    /// The `Authorization` header field with the Basic scheme.
    Basic { client_id: String, secret: Secret },
    /// Both values in the body.
    Post { client_id: String, secret: Secret },
    /// A JWT that the client signed, and the client it claims to be about.
    Assertion { client_id: String, jwt: String },
}

impl Credentials {
    /// Reads the credentials without judging them.
    ///
    /// # Errors
    /// `invalid_request` for more than one method in a request; `invalid_client` for none, or one that is unreadable
    /// or unknown here.
    fn from_request(headers: &HeaderMap, form: &Form) -> Result<Self, OAuthError> {
        let mut authorization = headers.get_all(header::AUTHORIZATION).iter();
        let header = authorization.next();
        let secret = form.get("client_secret");
        let kind = form.get("client_assertion_type");
        let assertion = form.get("client_assertion").or(kind);
        if authorization.next().is_some()
            || [header.is_some(), secret.is_some(), assertion.is_some()]
                .iter()
                .filter(|used| **used)
                .count()
                > 1
        {
            return Err(OAuthError::invalid_request(
                "more than one client authentication method was used",
            ));
        }
        match (header, form.get("client_id"), secret) {
            (Some(value), named, _) => {
                let refused = OAuthError::invalid_client().with_basic_challenge();
                let (client_id, secret) = parse_basic(value.as_bytes()).ok_or(refused)?;
                if named.is_some_and(|named| named != client_id) {
                    return Err(DIFFERS);
                }
                Ok(Self::Basic { client_id, secret })
            }
            (None, Some(client_id), Some(secret)) => Ok(Self::Post {
                client_id: client_id.into(),
                secret: Secret::from(secret),
            }),
            (None, named, None) if kind == Some(wire::CLIENT_ASSERTION_JWT) => {
                let jwt = form.require("client_assertion", "client_assertion is missing")?;
                let client_id = jws::claimed_subject(jwt).ok_or(OAuthError::invalid_client())?;
                if named.is_some_and(|named| named != client_id) {
                    return Err(DIFFERS);
                }
                Ok(Self::Assertion {
                    client_id,
                    jwt: jwt.into(),
                })
            }
            (None, Some(client_id), None) if assertion.is_none() => Ok(Self::Named {
                client_id: client_id.into(),
            }),
            _ => Err(OAuthError::invalid_client()),
        }
    }
}

/// Section 6.5.1 step 1: the client is who it says, authenticates as it registered, and is enabled (C-16/A).
/// Every failure has the same answer. Under C-16/B a disabled client gets through here, and no token.
pub(crate) fn authenticate(
    context: &Context,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Arc<Client>, OAuthError> {
    let credentials = Credentials::from_request(headers, form)?;
    let certificate = certificate::presented(context, headers);
    let (client_id, method) = match &credentials {
        Credentials::Named { client_id } if certificate.is_some() => {
            (client_id, method_behind_tls(context, client_id))
        }
        Credentials::Named { client_id } => (client_id, AuthMethod::None),
        Credentials::Basic { client_id, .. } => (client_id, AuthMethod::ClientSecretBasic),
        Credentials::Post { client_id, .. } => (client_id, AuthMethod::ClientSecretPost),
        Credentials::Assertion { client_id, .. } => (client_id, AuthMethod::PrivateKeyJwt),
    };
    let refused = match method {
        AuthMethod::ClientSecretBasic => OAuthError::invalid_client().with_basic_challenge(),
        _ => OAuthError::invalid_client(),
    };
    let client = context.clients.find(client_id);
    let fits = match &credentials {
        Credentials::Named { .. } if method.uses_certificate() => {
            let client = client.as_deref().zip(certificate);
            client.is_some_and(|(client, shown)| shown.is_of(client))
        }
        Credentials::Named { .. } => true,
        Credentials::Basic { secret, .. } | Credentials::Post { secret, .. } => {
            knows_secret(client.as_deref(), secret)
        }
        Credentials::Assertion { jwt, .. } => {
            let client = client.as_deref();
            client.is_some_and(|client| signed_assertion(context, client, jwt))
        }
    };
    let client = client
        .filter(|client| fits && client.auth_method == method)
        .ok_or(refused.clone())?;
    match context.config.readings.c16 {
        _ if client.enabled => Ok(client),
        C16::A => Err(refused),
        C16::B => Ok(client),
        C16::C => Err(OAuthError::disabled_client(C16::C)),
    }
}

/// A client that names itself may do so behind any TLS certificate; only for some is that how they authenticate.
fn method_behind_tls(context: &Context, client_id: &str) -> AuthMethod {
    let registered = context.clients.find(client_id);
    let method = registered.map(|client| client.auth_method);
    method
        .filter(|method| method.uses_certificate())
        .unwrap_or(AuthMethod::None)
}

fn knows_secret(client: Option<&Client>, presented: &Secret) -> bool {
    match client.and_then(|client| client.secret.as_ref()) {
        Some(secret) => presented.same_as(secret),
        None => {
            // An unknown client costs the comparison too, so that time does not tell which clients exist.
            let _ = presented.same_as(presented);
            false
        }
    }
}

/// RFC 7523 Section 3: signed by the client, about itself, for this server, ending soon, and never seen before.
fn signed_assertion(context: &Context, client: &Client, jwt: &str) -> bool {
    #[derive(Deserialize)]
    struct Claims {
        iss: String,
        sub: String,
        aud: Audience,
        jti: String,
        #[serde(flatten)]
        times: Times,
    }
    let types = [None, Some("JWT"), Some("client-authentication+jwt")];
    let Some(claims) = client
        .jwks
        .as_ref()
        .and_then(|keys| jws::claims::<Claims>(jwt, keys, &types))
    else {
        return false;
    };
    let now = context.clock.now();
    *claims.iss == *client.client_id
        && claims.sub == claims.iss
        && context.is_audience(&claims.aud)
        && claims.times.include_shortly(now)
        && !claims.jti.is_empty()
        // Last, so that nothing but an assertion that is good otherwise takes up room.
        && context
            .client_assertions
            .first_sight(&[&claims.iss, &claims.jti], now)
}

/// `Basic` credentials: base64 of two form-encoded halves (RFC 6749 Section 2.3.1).
fn parse_basic(value: &[u8]) -> Option<(String, Secret)> {
    let (scheme, encoded) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let colon = decoded.iter().position(|octet| *octet == b':')?;
    let client_id = decode_component(&decoded[..colon])?;
    let secret = decode_component(&decoded[colon + 1..])?;
    Some((client_id, Secret::from(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded_inside() {
        let value = format!("basic {}", STANDARD.encode("my%3Aclient:p%2Bw+d"));
        let (client_id, secret) = parse_basic(value.as_bytes()).unwrap();
        assert_eq!(client_id, "my:client");
        assert!(secret.same_as(&Secret::from("p+w d")));
        for bad in ["Basic", "Basic !!!", "Bearer abc", "Basic bm9jb2xvbg=="] {
            assert!(parse_basic(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
