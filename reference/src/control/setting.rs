//! Control over the server as a whole.

use axum::body::{Body, Bytes};
use axum::extract::State;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{Refusal, answer, malformed};
use crate::policy::Outcome;
use crate::reply;
use crate::scope::Scope;
use crate::server::Context;

/// `GET /control/clock`.
pub(super) async fn read_clock(State(context): State<Context>) -> Response<Body> {
    let manual = context.clock.as_manual().is_some();
    reply::json(
        StatusCode::OK,
        &json!({ "now": context.clock.now(), "manual": manual }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    advance: u64,
}

/// `POST /control/clock`.
pub(super) async fn advance_clock(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: ClockRequest| {
        match context.clock.as_manual() {
            Some(clock) => Ok(json!({ "now": clock.advance(request.advance) })),
            None => Err(Refusal::ClockNotManual),
        }
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientRequest {
    client_id: String,
    enabled: Option<bool>,
    default_scope: Option<String>,
}

/// `POST /control/client`.
pub(super) async fn client(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: ClientRequest| {
        let client = context
            .clients
            .find(&request.client_id)
            .ok_or(Refusal::UnknownClient)?;
        let default_scope = match request.default_scope.as_deref().map(Scope::parse) {
            None => None,
            Some(Some(scope)) if scope.is_within(&client.scope) => Some(scope),
            Some(_) => return Err(malformed("default_scope is not part of the client's scope")),
        };
        context.clients.change(&request.client_id, |client| {
            client.enabled = request.enabled.unwrap_or(client.enabled);
            client.default_scope = default_scope.or(client.default_scope.take());
        });
        Ok(json!({ "applied": true }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyRequest {
    client_id: String,
    next: Next,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Next {
    Defer,
    Interact,
    Complete,
    Deny,
}

/// `POST /control/policy`.
pub(super) async fn policy(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: PolicyRequest| {
        let outcome = match request.next {
            Next::Defer => Outcome::Defer,
            Next::Interact => Outcome::DeferWithInteraction,
            Next::Complete => Outcome::Complete,
            Next::Deny => Outcome::Deny,
        };
        context
            .clients
            .find(&request.client_id)
            .ok_or(Refusal::UnknownClient)?;
        context.overrides.set(&request.client_id, outcome);
        Ok(json!({ "applied": true }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DropRequest {
    client_id: String,
}

/// `POST /control/drop`.
pub(super) async fn drop_response(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: DropRequest| {
        context
            .clients
            .find(&request.client_id)
            .ok_or(Refusal::UnknownClient)?;
        context.drops.add(&request.client_id);
        Ok(json!({ "applied": true }))
    })
    .await
}
