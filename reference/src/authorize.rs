//! The authorization endpoint (RFC 6749 Section 4.1.1), the preceding endpoint of the authorization code grant.
//!
//! A development server: there is no login and no page. The configured subject consents to every valid request at
//! once, so the response comes straight away.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::{HeaderValue, Response, StatusCode, header};
use url::Url;

use crate::client::Client;
use crate::completion_mode::accepts_deferral;
use crate::error::OAuthError;
use crate::form::Form;
use crate::random;
use crate::reply;
use crate::secret::AuthorizationCode;
use crate::server::Context;
use crate::store::{Authorization, Use};
use crate::wire;

/// Length of a base64url SHA-256 digest, the only challenge there is.
const CHALLENGE_LENGTH: usize = 43;

/// `GET /authorize`. The response has the same shape with and without a hint (Section 6.2).
pub(crate) async fn endpoint(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    match answer(&context, query.as_deref().unwrap_or_default()).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// Errors go back to the client only once it is certain where that is (RFC 6749 Section 4.1.2.1).
async fn answer(context: &Context, query: &str) -> Result<Response<Body>, OAuthError> {
    let form = Form::parse(query.as_bytes())?;
    let client = context
        .clients
        .find(form.require("client_id", "client_id is missing")?)
        .filter(|client| client.enabled)
        .ok_or(OAuthError::invalid_client())?;
    let unregistered =
        OAuthError::invalid_request("redirect_uri is not registered for this client");
    let redirect_uri =
        redirect_uri(&client, form.get("redirect_uri")).ok_or(unregistered.clone())?;

    let mut location = Url::parse(redirect_uri).map_err(|_| unregistered)?;
    match authorize(context, &client, &form, redirect_uri).await {
        Ok(code) => {
            location
                .query_pairs_mut()
                .append_pair("code", code.expose());
        }
        Err(error) => {
            location
                .query_pairs_mut()
                .append_pair("error", error.error())
                .append_pair("error_description", error.description());
        }
    }
    if let Some(state) = form.get("state") {
        location.query_pairs_mut().append_pair("state", state);
    }
    // RFC 9207, against mix-up.
    location
        .query_pairs_mut()
        .append_pair("iss", &context.config.issuer);
    redirect(&location)
}

async fn authorize(
    context: &Context,
    client: &Client,
    form: &Form,
    redirect_uri: &str,
) -> Result<AuthorizationCode, OAuthError> {
    if form.require("response_type", "response_type is missing")? != "code" {
        return Err(OAuthError::unsupported_response_type());
    }
    client.may_use(wire::GRANT_AUTHORIZATION_CODE)?;
    let code_challenge = form.require(
        "code_challenge",
        "PKCE is required: code_challenge is missing",
    )?;
    if form.get("code_challenge_method") != Some("S256") || code_challenge.len() != CHALLENGE_LENGTH
    {
        return Err(OAuthError::invalid_request(
            "PKCE is required with code_challenge_method=S256",
        ));
    }
    let code = AuthorizationCode::new(&random::identifier(&*context.random));
    let authorization = Authorization {
        client_id: Arc::clone(&client.client_id),
        subject: Arc::from(context.config.subject.as_str()),
        scope: client.resolve_scope(form.get("scope"))?,
        redirect_uri: redirect_uri.into(),
        code_challenge: code_challenge.into(),
        hinted: accepts_deferral(form.get("completion_mode")),
        expires_at: context
            .clock
            .now()
            .saturating_add(context.config.authorization_code.lifetime),
        used: Use::Unused,
    };
    context
        .store
        .insert_authorization(code.clone(), authorization)
        .await?;
    Ok(code)
}

/// The redirect URI: exactly one that is registered. It may be left out when there is only one.
fn redirect_uri<'a>(client: &'a Client, requested: Option<&str>) -> Option<&'a str> {
    match (requested, client.redirect_uris.as_slice()) {
        (Some(requested), known) => known
            .iter()
            .map(String::as_str)
            .find(|uri| *uri == requested),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

fn redirect(location: &Url) -> Result<Response<Body>, OAuthError> {
    let value = HeaderValue::from_str(location.as_str())
        .map_err(|_| OAuthError::invalid_request("the response does not fit in a header field"))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, value);
    reply::no_store(&mut response);
    Ok(response)
}
