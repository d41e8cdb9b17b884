//! Pushed authorization requests (RFC 9126): the preceding request, sent behind the browser's back. A hint travels with
//! the rest of it (Section 5.2).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use serde_json::json;

use crate::client::Client;
use crate::client_auth;
use crate::error::OAuthError;
use crate::form::Form;
use crate::random;
use crate::server::Context;
use crate::{authorize, reply, request_object};

/// What a `request_uri` begins with (RFC 9126 Section 2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// How a client proves who it is; nothing that belongs to the request, or that should be kept.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// A request that waits for its user.
#[derive(Clone)]
pub(crate) struct PushedRequest {
    client_id: Arc<str>,
    form: Form,
}

/// `POST /par`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Result<Response<Body>, OAuthError> {
    let context = &context;
    let (headers, sent) = Form::posted(request).await?;
    if sent.get("request_uri").is_some() {
        return Err(OAuthError::invalid_request(
            "a pushed request holds no request_uri",
        ));
    }
    let client = client_auth::authenticate(context, &headers, &sent)?;
    let form = match sent.get("request") {
        Some(object) => request_object::open(context, &client, object)?,
        None => sent.without(&CREDENTIALS),
    };
    // Refused now rather than in front of the user.
    let redirect_uri = authorize::redirect_uri(&client, &form)?;
    authorize::judge(context, &client, &form, redirect_uri)?;

    let now = context.clock.now();
    let lifetime = context.config.pushed_request.lifetime;
    let id = random::identifier(&*context.random);
    let pushed = PushedRequest {
        client_id: Arc::clone(&client.client_id),
        form,
    };
    let ends_at = now.saturating_add(lifetime);
    context.pushed.insert(&id, pushed, ends_at, now);
    let members = json!({ "request_uri": format!("{PREFIX}{id}"), "expires_in": lifetime });
    Ok(reply::json(StatusCode::CREATED, &members))
}

/// The request behind a `request_uri`, once, for the client that pushed it.
pub(crate) fn take(
    context: &Context,
    client: &Client,
    request_uri: &str,
) -> Result<Form, OAuthError> {
    let now = context.clock.now();
    let refused = OAuthError::invalid_request_uri();
    let id = request_uri.strip_prefix(PREFIX).ok_or(refused.clone())?;
    // Looked at before it is taken: what another client tries harms nobody.
    let pushed = context.pushed.get(id, now).ok_or(refused.clone())?;
    if pushed.client_id != client.client_id {
        return Err(refused);
    }
    let pushed = context.pushed.take(id, now).ok_or(refused)?;
    Ok(pushed.form)
}
