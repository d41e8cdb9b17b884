//! Client authentication at the token and revocation endpoints (RFC 6749 Section 2.3).
//!
//! A request first shows how it wants to authenticate ([`Credentials::from_request`], pure shape), then is checked
//! against the registration ([`authenticate`]). A further method, such as a signed assertion or a certificate, is a
//! further variant here and a further arm in both.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use crate::client::{Client, Clients};
use crate::config::AuthMethod;
use crate::error::OAuthError;
use crate::form::{Form, decode_component};
use crate::secret::Secret;

/// What a request brought along.
pub(crate) enum Credentials {
    /// A `client_id` in the body and nothing else: a public client naming itself.
    Named { client_id: String },
    /// The `Authorization` header field with the Basic scheme.
    Basic { client_id: String, secret: Secret },
    /// Both values in the body.
    Post { client_id: String, secret: Secret },
}

impl Credentials {
    /// Reads the credentials without judging them.
    ///
    /// # Errors
    /// `invalid_request` for more than one method in a request; `invalid_client` for none, or one that is unreadable
    /// or unknown here.
    pub(crate) fn from_request(headers: &HeaderMap, form: &Form) -> Result<Self, OAuthError> {
        let mut authorization = headers.get_all(header::AUTHORIZATION).iter();
        let header = authorization.next();
        let secret = form.get("client_secret");
        let assertion = form
            .get("client_assertion")
            .or(form.get("client_assertion_type"));
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
                    return Err(OAuthError::invalid_request(
                        "client_id differs from the authenticated client",
                    ));
                }
                Ok(Self::Basic { client_id, secret })
            }
            (None, Some(client_id), Some(secret)) => Ok(Self::Post {
                client_id: client_id.into(),
                secret: Secret::from(secret),
            }),
            (None, Some(client_id), None) if assertion.is_none() => Ok(Self::Named {
                client_id: client_id.into(),
            }),
            _ => Err(OAuthError::invalid_client()),
        }
    }
}

/// Section 6.5.1 step 1: the client is who it says, authenticates as it registered, and is enabled (C-16/A).
/// Every failure has the same answer.
pub(crate) fn authenticate(
    clients: &Clients,
    credentials: Credentials,
) -> Result<Arc<Client>, OAuthError> {
    let (client_id, method, presented) = match credentials {
        Credentials::Named { client_id } => (client_id, AuthMethod::None, None),
        Credentials::Basic { client_id, secret } => {
            (client_id, AuthMethod::ClientSecretBasic, Some(secret))
        }
        Credentials::Post { client_id, secret } => {
            (client_id, AuthMethod::ClientSecretPost, Some(secret))
        }
    };
    let refused = match method {
        AuthMethod::ClientSecretBasic => OAuthError::invalid_client().with_basic_challenge(),
        _ => OAuthError::invalid_client(),
    };
    let client = clients.find(&client_id);
    let secret = client.as_ref().and_then(|client| client.secret.as_ref());
    let secret_fits = match (presented, secret) {
        (Some(presented), Some(secret)) => presented.same_as(secret),
        (Some(presented), None) => {
            // An unknown client costs the comparison too, so that time does not tell which clients exist.
            let _ = presented.same_as(&presented);
            false
        }
        (None, secret) => secret.is_none(),
    };
    match client {
        Some(client) if secret_fits && client.auth_method == method && client.enabled => Ok(client),
        _ => Err(refused),
    }
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
