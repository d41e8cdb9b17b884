//! Dynamic client registration (RFC 7591). A registered client works at once, and for as long as the process.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::callback::address;
use crate::config::readings::C57;
use crate::config::{AuthMethod, ClientConfig, ConfigError};
use crate::edition::Edition;
use crate::error::OAuthError;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::server::Context;
use crate::{form, random, reply, wire};

/// Most clients in all. Anybody may register, so somebody may register for ever.
const MOST_CLIENTS: usize = 10_000;

/// What a client says about itself, and hears back. Members this server has no use for are ignored, as the RFC asks.
#[derive(Debug, Deserialize, Serialize)]
struct Metadata {
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default = "authorization_code")]
    grant_types: Vec<String>,
    #[serde(default = "client_secret_basic")]
    token_endpoint_auth_method: AuthMethod,
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<JwkSet>,
    /// RFC 8705 Section 2.1.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_client_auth_subject_dn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_client_auth_san_dns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_client_auth_san_uri: Option<String>,
}

/// Where callbacks go (Section 7.2), by the name that the edition has for it.
type Endpoint = Option<(&'static str, String)>;

fn authorization_code() -> Vec<String> {
    vec![wire::GRANT_AUTHORIZATION_CODE.into()]
}

fn client_secret_basic() -> AuthMethod {
    AuthMethod::ClientSecretBasic
}

/// A successful registration (RFC 7591 Section 3.2.1).
#[derive(Serialize)]
struct Registered<'a> {
    client_id: &'a str,
    client_id_issued_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    /// Never, as far as there is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u64>,
    #[serde(flatten)]
    metadata: Metadata,
    #[serde(flatten)]
    endpoint: HashMap<&'static str, String>,
}

/// Why a registration was refused.
pub(crate) enum Refusal {
    Unauthorized,
    /// `invalid_redirect_uri` or `invalid_client_metadata`, and why.
    Invalid(&'static str, String),
    Other(OAuthError),
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::Other(error)
    }
}

/// `POST /register`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Result<Response<Body>, Refusal> {
    let context = &context;
    if request.method() != Method::POST {
        return Err(OAuthError::method_not_allowed().into());
    }
    authorize(context, request.headers())?;
    let body = form::read(request).await?;
    let mut metadata: Metadata = serde_json::from_slice(&body).map_err(unreadable)?;
    let offered = &context.config.registration.scope;
    let scope = metadata
        .scope
        .get_or_insert_with(|| offered.clone())
        .clone();
    within(&scope, offered)?;
    check_redirect_uris(&metadata)?;
    let mut endpoint = endpoint_in(&body, &context.config.draft).await?;
    if context.config.readings.c57 == C57::C {
        endpoint = None;
    }

    let client_id = random::identifier(&*context.random);
    let secret = metadata
        .token_endpoint_auth_method
        .has_secret()
        .then(|| random::identifier(&*context.random));
    let client = ClientConfig {
        client_id: client_id.clone(),
        client_secret: secret.as_deref().map(Secret::from),
        auth_method: metadata.token_endpoint_auth_method,
        redirect_uris: metadata.redirect_uris.clone(),
        default_scope: Some(scope.clone()),
        scope,
        grant_types: metadata.grant_types.clone(),
        jwks: metadata.jwks.clone(),
        tls_client_auth_subject_dn: metadata.tls_client_auth_subject_dn.clone(),
        tls_client_auth_san_dns: metadata.tls_client_auth_san_dns.clone(),
        tls_client_auth_san_uri: metadata.tls_client_auth_san_uri.clone(),
        deferred_client_notification_endpoint: endpoint.as_ref().map(|(_, url)| url.clone()),
        enabled: true,
    };
    client.validate().map_err(Refusal::from)?;
    if !context.clients.add(&client, MOST_CLIENTS) {
        return Err(OAuthError::temporarily_unavailable().into());
    }
    tracing::info!(%client_id, "client registered");
    let registered = Registered {
        client_id: &client_id,
        client_id_issued_at: context.clock.now(),
        client_secret: secret.as_deref(),
        client_secret_expires_at: secret.is_some().then_some(0),
        metadata,
        endpoint: endpoint.into_iter().collect(),
    };
    Ok(reply::json(StatusCode::CREATED, &registered))
}

/// The initial access token, if one is configured (RFC 7591 Section 3).
fn authorize(context: &Context, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(wanted) = &context.config.registration.initial_access_token else {
        return Ok(());
    };
    let presented = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .map(|(_, token)| Secret::from(token));
    match presented {
        Some(presented) if presented.same_as(wanted) => Ok(()),
        _ => Err(Refusal::Unauthorized),
    }
}

fn within(scope: &str, offered: &str) -> Result<(), Refusal> {
    let offered = Scope::parse(offered).unwrap_or_default();
    match Scope::parse(scope) {
        Some(scope) if scope.is_within(&offered) => Ok(()),
        _ => Err(invalid(format!(
            "scope: holds values that clients cannot register for; use some of: {offered}"
        ))),
    }
}

fn check_redirect_uris(metadata: &Metadata) -> Result<(), Refusal> {
    let needs_one = metadata
        .grant_types
        .iter()
        .any(|grant| grant == wire::GRANT_AUTHORIZATION_CODE);
    let refused = |why: &str| {
        Err(Refusal::Invalid(
            "invalid_redirect_uri",
            format!("redirect_uris: {why}"),
        ))
    };
    if needs_one && metadata.redirect_uris.is_empty() {
        return refused("authorization_code needs one");
    }
    for uri in &metadata.redirect_uris {
        match Url::parse(uri) {
            Ok(url) if url.scheme() == "https" && url.fragment().is_none() => {}
            _ => return refused("every one has to be an https URL without a fragment"),
        }
    }
    Ok(())
}

/// Sections 7.2, 11.4 and 11.5: https, and nowhere inside. What another edition calls it means nothing in this one.
async fn endpoint_in(body: &[u8], edition: &Edition) -> Result<Endpoint, Refusal> {
    let Some(name) = edition.callbacks else {
        return Ok(None);
    };
    let members: Map<String, Value> = serde_json::from_slice(body).map_err(unreadable)?;
    let text = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_str().unwrap_or_default(),
    };
    // `callback.allow_private_addresses` is for clients that the configuration names, not for whoever comes along.
    match Url::parse(text) {
        Ok(url) if is_plain(&url) && address::may_register(&url).await => {
            Ok(Some((name, text.to_owned())))
        }
        _ => Err(invalid(format!(
            "{name}: has to be an https URL on a public host, without user information"
        ))),
    }
}

fn is_plain(url: &Url) -> bool {
    url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
}

fn unreadable(error: serde_json::Error) -> Refusal {
    invalid(format!("the body is not client metadata: {error}"))
}

fn invalid(why: String) -> Refusal {
    Refusal::Invalid("invalid_client_metadata", why)
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        invalid(match error {
            ConfigError::Field {
                field,
                problem,
                fix,
            } => {
                let member = field.rsplit('.').next().unwrap_or_default();
                format!("{member}: {problem}; {fix}")
            }
            other => other.to_string(),
        })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        match self {
            Self::Unauthorized => {
                let members = json!({
                    "error": "invalid_token",
                    "error_description": "the initial access token is needed to register",
                });
                let mut response = reply::json(StatusCode::UNAUTHORIZED, &members);
                response.headers_mut().insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer error=\"invalid_token\""),
                );
                response
            }
            Self::Invalid(error, why) => reply::json(
                StatusCode::BAD_REQUEST,
                &json!({ "error": error, "error_description": why }),
            ),
            Self::Other(error) => error.into_response(),
        }
    }
}
