//! Transaction authorization challenges (draft-rosomakho-oauth-txn-challenge Section 4): what a protected resource
//! wants to see approved, signed by it.
//!
//! No text has an error code for a challenge that is not good. Here it is `invalid_request`, and the description names
//! what is wrong with it.

use serde_json::{Map, Value};

use crate::error::OAuthError;
use crate::jws::{self, Audience};
use crate::server::Context;

/// The `typ` of a challenge (Section 4.2.1).
const TYPE: &str = "txn-authz-challenge+jwt";

/// A challenge may come from a clock that is this many seconds ahead.
const LEEWAY: f64 = 60.0;

/// The transaction that a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// What its resource calls it.
    pub txn: String,
    /// Who attempted it, where the resource says so.
    pub act: Option<Value>,
}

impl Transaction {
    /// Whom the actor claim names.
    pub(crate) fn actor(&self) -> Option<&str> {
        self.act.as_ref()?.get("sub")?.as_str()
    }
}

/// A challenge that is good.
pub(crate) struct Challenge {
    /// The protected resource.
    pub(crate) resource: String,
    pub(crate) transaction: Transaction,
    pub(crate) details: Vec<Value>,
}

impl Challenge {
    /// Reads a challenge that a known resource signed, for this server, about an operation that is described (Section
    /// 4.6).
    ///
    /// # Errors
    /// `invalid_request`, with what is wrong.
    pub(crate) fn read(context: &Context, jwt: &str) -> Result<Self, OAuthError> {
        let (resource, claims) = signed(context, jwt)?;
        let now = context.clock.now() as f64;
        let time = |name| claims.get(name).and_then(Value::as_f64);
        let text = |name| claims.get(name).and_then(Value::as_str);
        let said = |name| text(name).is_some_and(|text| !text.is_empty());
        let details = claims.get("authorization_details").and_then(described);
        let act = claims.get("act");
        for (good, complaint) in [
            (
                is_for(&claims, &context.config.issuer),
                "transaction_challenge: aud does not name this server",
            ),
            (
                time("iat").is_some_and(|iat| iat <= now + LEEWAY),
                "transaction_challenge: iat is missing, or lies ahead",
            ),
            (
                time("exp").is_some_and(|exp| now < exp),
                "transaction_challenge: exp is missing, or has passed",
            ),
            (
                time("nbf").is_none_or(|nbf| nbf <= now + LEEWAY),
                "transaction_challenge: nbf lies ahead",
            ),
            (said("jti"), "transaction_challenge: jti is missing"),
            (
                said("txn"),
                "transaction_challenge: txn is missing, or no text",
            ),
            (
                said("reason"),
                "transaction_challenge: reason is missing, or no text",
            ),
            (
                act.is_none_or(Value::is_object),
                "transaction_challenge: act is no object",
            ),
        ] {
            if !good {
                return Err(OAuthError::invalid_request(complaint));
            }
        }
        Ok(Self {
            resource,
            transaction: Transaction {
                txn: text("txn").unwrap_or_default().into(),
                act: act.cloned(),
            },
            details: details.ok_or(OAuthError::invalid_request(
                "transaction_challenge: authorization_details is no list of objects with a type",
            ))?,
        })
    }
}

/// The claims, and the resource that signed them with the key that `kid` names (Sections 4.2.1 and 4.3).
fn signed(context: &Context, jwt: &str) -> Result<(String, Map<String, Value>), OAuthError> {
    let bad = |complaint| Err(OAuthError::invalid_request(complaint));
    let (Some(header), Some(claimed)) = (jws::unverified(jwt, 0), jws::unverified(jwt, 1)) else {
        return bad("transaction_challenge: it is no signed JWT");
    };
    let text = |name| header.get(name).and_then(Value::as_str);
    if !text("typ").is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
        return bad("transaction_challenge: typ is not txn-authz-challenge+jwt");
    }
    if text("alg") != Some("ES256") {
        return bad("transaction_challenge: alg is not ES256");
    }
    let mut known = context.config.protected_resources.iter();
    let issuer = claimed.get("iss").and_then(Value::as_str);
    let Some(resource) = known.find(|resource| issuer == Some(&resource.id)) else {
        return bad("transaction_challenge: iss is no protected resource that this server knows");
    };
    let key = text("kid").and_then(|kid| resource.jwks.find(kid));
    if key.is_none() {
        return bad("transaction_challenge: kid names no key of its iss");
    }
    match jws::claims(jwt, &resource.jwks, &[Some(TYPE)]) {
        Some(claims) => Ok((resource.id.clone(), claims)),
        None => bad("transaction_challenge: the signature is not by the key that kid names"),
    }
}

fn is_for(claims: &Map<String, Value>, server: &str) -> bool {
    let audience = claims.get("aud").cloned().map(serde_json::from_value);
    matches!(audience, Some(Ok::<Audience, _>(audience)) if audience.includes(server))
}

/// RFC 9396 Section 2: objects, each with a type. Which types there are is the resource's business.
fn described(details: &Value) -> Option<Vec<Value>> {
    let details = details.as_array()?;
    let typed = |detail: &Value| {
        let kind = detail.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| !kind.is_empty())
    };
    (!details.is_empty() && details.iter().all(typed)).then(|| details.clone())
}
