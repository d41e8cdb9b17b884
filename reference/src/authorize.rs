//! The authorization endpoint (RFC 6749 Section 4.1.1), the preceding endpoint of the authorization code grant.
//!
//! A development server: there is no login and no page. The configured subject consents to every valid request at
//! once, so the response comes straight away.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse as _;
use http::{HeaderValue, Response, StatusCode, header};
use url::Url;

use crate::client::Client;
use crate::completion_mode::CompletionMode;
use crate::error::OAuthError;
use crate::form::Form;
use crate::opening::direct;
use crate::random;
use crate::reply;
use crate::secret::Credential;
use crate::server::Context;
use crate::store::{Authorization, Means, Use};
use crate::targets::Targets;
use crate::{par, request_object, wire};

/// Length of a base64url SHA-256 digest, the only challenge there is.
pub(crate) const CHALLENGE_LENGTH: usize = 43;

const UNREGISTERED: OAuthError =
    OAuthError::invalid_request("redirect_uri is not registered for this client");

/// `GET /authorize`. The response has the same shape with and without a hint (Section 6.2), but in pr-47.
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
    let sent = Form::parse(query.as_bytes())?;
    let client = context
        .clients
        .find(sent.require("client_id", "client_id is missing")?)
        .ok_or(OAuthError::invalid_client())?;
    if !client.enabled {
        return Err(OAuthError::disabled_client(context.config.readings.c16));
    }
    let form = requested(context, &client, sent)?;
    let redirect_uri = redirect_uri(&client, &form)?;

    let mut location = Url::parse(redirect_uri).map_err(|_| UNREGISTERED)?;
    match authorize(context, &client, &form, redirect_uri).await {
        Ok(granted) => {
            location.query_pairs_mut().extend_pairs(granted);
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

/// The parameters of the request, wherever they travel: pushed before (RFC 9126), in a signed object (RFC 9101), or in
/// the query. What else the query holds then does not count, a hint included (Section 5.2).
fn requested(context: &Context, client: &Client, sent: Form) -> Result<Form, OAuthError> {
    match (sent.get("request_uri"), sent.get("request")) {
        (Some(_), Some(_)) => Err(OAuthError::invalid_request(
            "request and request_uri exclude each other",
        )),
        (Some(request_uri), None) => par::take(context, client, request_uri),
        (None, Some(object)) => request_object::open(context, client, object),
        (None, None) => Ok(sent),
    }
}

/// Parameters of an authorization response.
pub(crate) type Granted = Vec<(&'static str, String)>;

async fn authorize(
    context: &Context,
    client: &Client,
    form: &Form,
    redirect_uri: &str,
) -> Result<Granted, OAuthError> {
    let authorization = judge(context, client, form, redirect_uri)?;
    if let Some(deferred) = direct::defer(context, client, &authorization).await? {
        return Ok(deferred);
    }
    let code = Credential::new(&random::identifier(&*context.random));
    context
        .store
        .insert_authorization(code.clone(), authorization)
        .await?;
    Ok(vec![("code", code.expose().to_owned())])
}

/// What a valid request is worth; the rest of it is refused.
pub(crate) fn judge(
    context: &Context,
    client: &Client,
    form: &Form,
    redirect_uri: &str,
) -> Result<Authorization, OAuthError> {
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
    Ok(Authorization {
        client_id: Arc::clone(&client.client_id),
        subject: Arc::from(context.config.subject.as_str()),
        scope: client.resolve_scope(form.get("scope"))?,
        by_default: form.get("scope").is_none(),
        targets: Targets::parse(form, &context.config)?,
        means: Means::Code {
            redirect_uri: redirect_uri.into(),
            code_challenge: code_challenge.into(),
            key: direct::key(context, form)?,
        },
        hinted: CompletionMode::parse(form.get("completion_mode"), context.config.readings.c40)?
            .accepts_deferral(&context.config.draft),
        expires_at: context
            .clock
            .now()
            .saturating_add(context.config.authorization_code.lifetime),
        approval: None,
        used: Use::Unused,
    })
}

/// The redirect URI: exactly one that is registered. It may be left out when there is only one.
pub(crate) fn redirect_uri<'a>(client: &'a Client, form: &Form) -> Result<&'a str, OAuthError> {
    let registered = client.redirect_uris.as_slice();
    let found = match (form.get("redirect_uri"), registered) {
        (Some(requested), _) => registered.iter().find(|uri| *uri == requested),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.map(String::as_str).ok_or(UNREGISTERED)
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
