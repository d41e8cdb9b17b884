//! Backchannel authentication requests (CIBA Core Section 7): a client asks about a user who is elsewhere, and polls with
//! the `auth_req_id`. There is no authentication device here: the control API decides in the user's place.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::{HeaderMap, Request, Response};

use super::{Waits, acknowledged};
use crate::certificate;
use crate::client::Client;
use crate::client_auth;
use crate::config::Config;
use crate::deferral::FrozenRequest;
use crate::dpop::Thumbprint;
use crate::error::OAuthError;
use crate::form::Form;
use crate::policy::{self, Outcome};
use crate::scope::Scope;
use crate::secret::NotificationToken;
use crate::server::Context;
use crate::service::AnsweredTo;
use crate::targets::Targets;
use crate::token::{self, first_renewal};
use crate::wire;

/// The ways to say who the user is, of which a request uses one (Section 7.1).
const HINTS: [&str; 3] = ["login_hint", "login_hint_token", "id_token_hint"];
/// Most characters of a notification token (Section 7.1).
const LONGEST_TOKEN: usize = 1024;
/// Most characters of a binding message. Two people compare it, one of them on a small screen.
const LONGEST_MESSAGE: usize = 64;

/// `POST /bc-authorize`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    let mut response = answer(&context, request)
        .await
        .unwrap_or_else(OAuthError::into_response);
    if context.config.draft.binds_code {
        let now = context.clock.now();
        context.proofs.offer_nonce(&mut response, now);
    }
    response
}

async fn answer(context: &Context, request: Request<Body>) -> Result<Response<Body>, OAuthError> {
    let (headers, form) = Form::posted(request).await?;
    let client = client_auth::authenticate(context, &headers, &form)?;
    client.may_use(wire::GRANT_CIBA)?;
    let key = key(context, &headers, &client)?;
    let waits = waits(context, &client, &form, key)?;
    if refused(context, &client) {
        return Err(policy::refused_natively(&form));
    }
    let mut response = acknowledged(context, waits).await?;
    let answered_to = AnsweredTo(Arc::clone(&client.client_id));
    response.extensions_mut().insert(answered_to);
    Ok(response)
}

/// What a proof binds the code to, in an edition that binds it (AROP Section 12).
fn key(
    context: &Context,
    headers: &HeaderMap,
    client: &Client,
) -> Result<Option<Thumbprint>, OAuthError> {
    if !context.config.draft.binds_code {
        return Ok(None);
    }
    let url = context.url(wire::BACKCHANNEL_AUTHENTICATION);
    let now = context.clock.now();
    let proof = context.proofs.examine(headers, &url, now)?;
    token::key(&certificate::or_certificate(
        proof, context, client, headers,
    ))
}

/// Whether somebody set that this request is never to be approved (AROP Section 7.1). Whatever else was set, its user is
/// asked.
fn refused(context: &Context, client: &Client) -> bool {
    let asked = context.config.draft.refuses_natively;
    asked && context.overrides.take(&client.client_id) == Some(Outcome::Deny)
}

/// What a valid request asks for (Sections 7.1 and 7.2).
fn waits(
    context: &Context,
    client: &Client,
    form: &Form,
    key: Option<Thumbprint>,
) -> Result<Waits, OAuthError> {
    let config = &context.config;
    if form.get("request").is_some() {
        return Err(OAuthError::invalid_request(
            "request: signed authentication requests are not supported; send the parameters themselves",
        ));
    }
    let scope = scope(client, form)?;
    let subject = user(config, form)?;
    check_binding_message(form)?;
    Ok(Waits {
        lifetime: lifetime(config, form)?,
        code_challenge: None,
        notification_token: notification_token(config, client, form)?,
        told: config.draft.told,
        interaction: false,
        request: FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject,
            scope,
            key,
            targets: Targets::parse(form, config)?,
            issued_token_type: None,
            renewal: first_renewal(client),
            default_scope: None,
            credential: None,
            approval: None,
            transaction: None,
        },
    })
}

fn scope(client: &Client, form: &Form) -> Result<Scope, OAuthError> {
    let asked = form.require("scope", "scope is missing")?;
    let scope = client.resolve_scope(Some(asked))?;
    match scope.contains("openid") {
        true => Ok(scope),
        false => Err(OAuthError::invalid_scope(
            "the scope of an authentication request has to hold openid",
        )),
    }
}

/// Whom the request is about: the configured subject, or somebody who can sign in here. The two kinds of tokens are
/// hints that this server cannot read, and so know nobody.
fn user(config: &Config, form: &Form) -> Result<Arc<str>, OAuthError> {
    let mut hints = HINTS.iter().filter(|name| form.get(name).is_some());
    if hints.next().is_none() || hints.next().is_some() {
        return Err(OAuthError::invalid_request(
            "exactly one of login_hint, login_hint_token and id_token_hint is needed",
        ));
    }
    let approvers = config.approvers.iter().map(|approver| &approver.name);
    let mut users = approvers.chain([&config.subject]);
    let user = users.find(|user| form.get("login_hint") == Some(user));
    let user = user.ok_or(OAuthError::unknown_user_id())?;
    Ok(Arc::from(user.as_str()))
}

fn check_binding_message(form: &Form) -> Result<(), OAuthError> {
    let message = form.get("binding_message").unwrap_or_default();
    let plain = !message.chars().any(char::is_control);
    match plain && message.chars().count() <= LONGEST_MESSAGE {
        true => Ok(()),
        false => Err(OAuthError::invalid_binding_message()),
    }
}

/// Seconds that the request may wait: no longer than usual, and no longer than the client wishes.
fn lifetime(config: &Config, form: &Form) -> Result<u64, OAuthError> {
    let usual = config.deferral.lifetime;
    let Some(wish) = form.get("requested_expiry") else {
        return Ok(usual);
    };
    let digits = wish.bytes().all(|octet| octet.is_ascii_digit());
    // What is too large for a number is too large for a wish, and not granted either.
    let wish = digits.then(|| wish.parse().unwrap_or(u64::MAX));
    match wish {
        None | Some(0) => Err(OAuthError::invalid_request(
            "requested_expiry is not a positive whole number of seconds",
        )),
        Some(wish) => Ok(usual.min(wish)),
    }
}

/// What a ping is to show, and only a client that is pinged has to say.
fn notification_token(
    config: &Config,
    client: &Client,
    form: &Form,
) -> Result<Option<NotificationToken>, OAuthError> {
    let pinged = config.draft.callbacks.is_some() && client.notification_endpoint.is_some();
    if !pinged {
        return Ok(None);
    }
    let complaint = "client_notification_token is missing, and the client is registered for pings";
    let token = form.require("client_notification_token", complaint)?;
    let fits = token.chars().count() <= LONGEST_TOKEN;
    let parsed = NotificationToken::parse(token).filter(|_| fits);
    match parsed {
        Some(token) => Ok(Some(token)),
        None => Err(OAuthError::invalid_request(
            "client_notification_token is not a bearer token of at most 1024 characters",
        )),
    }
}
