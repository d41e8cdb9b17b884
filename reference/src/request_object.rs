//! Request objects (RFC 9101): authorization requests that the client signed with one of its registered keys.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::OAuthError;
use crate::form::Form;
use crate::jws::{self, Audience, Times};
use crate::server::Context;

/// Claims about the object itself, which are no parameters of the request.
const ABOUT_ITSELF: [&str; 6] = ["iss", "aud", "exp", "nbf", "iat", "jti"];

#[derive(Deserialize)]
struct Object {
    iss: String,
    aud: Audience,
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    parameters: Map<String, Value>,
}

/// The parameters inside a request object.
///
/// # Errors
/// `invalid_request_object` for one that the client did not sign, that is for another server, that has ended, or that
/// names another client or a further object; `invalid_request` for a parameter that is there more than once.
pub(crate) fn open(context: &Context, client: &Client, jwt: &str) -> Result<Form, OAuthError> {
    let keys = client
        .jwks
        .as_ref()
        .ok_or(OAuthError::invalid_request_object(
            "the client has registered no jwks",
        ))?;
    let types = [None, Some("JWT"), Some("oauth-authz-req+jwt")];
    let object: Object =
        jws::claims(jwt, keys, &types).ok_or(OAuthError::invalid_request_object(
            "the request object is not signed with ES256 by a key of the client",
        ))?;
    let names_client = object.parameters.get("client_id").and_then(Value::as_str)
        == Some(&client.client_id)
        && object.iss == *client.client_id;
    if !names_client || !object.aud.includes(&context.config.issuer) {
        return Err(OAuthError::invalid_request_object(
            "iss and client_id have to name the client, and aud this server",
        ));
    }
    if !object.times.include(context.clock.now()) {
        return Err(OAuthError::invalid_request_object(
            "the request object has ended, or has not begun",
        ));
    }
    let nested = ["request", "request_uri"];
    if nested
        .iter()
        .any(|name| object.parameters.contains_key(*name))
    {
        return Err(OAuthError::invalid_request_object(
            "a request object holds no further one",
        ));
    }
    let pairs = object
        .parameters
        .into_iter()
        .filter(|(name, _)| !ABOUT_ITSELF.contains(&name.as_str()))
        .flat_map(|(name, value)| values(&name, value).map(move |value| Ok((name.clone(), value))));
    Form::from_pairs(pairs)
}

/// A member as the parameter it stands for: structured ones are JSON (RFC 9396), and `resource` may be several.
fn values(name: &str, value: Value) -> impl Iterator<Item = String> + use<> {
    let values = match value {
        Value::Array(several) if name == "resource" => several,
        other => vec![other],
    };
    values.into_iter().map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
