//! The control API: what a test needs to do to an authorization server besides speaking OAuth to it.
//!
//! For development only, and on a listener of its own: it decides requests, moves the clock and loses responses for
//! anybody who asks. `CONTROL.md` describes it for implementers of other servers.
//!
//! - this file: the routes, reading requests, refusing them;
//! - [`request`]: one deferred request: decide, consent, progress, callbacks;
//! - [`setting`]: the server as a whole: clock, clients, policy, drops.

mod request;
mod setting;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::reply;
use crate::server::Context;
use crate::store::StoreError;

/// The control endpoints.
pub(crate) fn router(context: Context) -> Router {
    Router::new()
        .route("/control/decide", post(request::decide))
        .route("/control/consent", post(request::consent))
        .route("/control/progress", post(request::progress))
        .route("/control/callbacks", post(request::callbacks))
        .route(
            "/control/clock",
            get(setting::read_clock).post(setting::advance_clock),
        )
        .route("/control/client", post(setting::client))
        .route("/control/policy", post(setting::policy))
        .route("/control/drop", post(setting::drop_response))
        .fallback(not_found)
        .with_state(context)
}

/// Why a control request was refused.
#[derive(Debug)]
enum Refusal {
    Malformed(String),
    UnknownCode,
    UnknownClient,
    ClockNotManual,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

type Answer = Result<serde_json::Value, Refusal>;

/// Reads a request and answers it in JSON.
async fn answer<T, F>(body: Bytes, handle: impl FnOnce(T) -> F) -> Response<Body>
where
    T: DeserializeOwned,
    F: Future<Output = Answer>,
{
    let answer = match serde_json::from_slice(&body) {
        Ok(request) => handle(request).await,
        Err(error) => Err(Refusal::Malformed(error.to_string())),
    };
    match answer {
        Ok(value) => reply::json(StatusCode::OK, &value),
        Err(refusal) => refusal.into_response(),
    }
}

impl Refusal {
    fn into_response(self) -> Response<Body> {
        let (status, value) = match self {
            Self::Malformed(why) => (
                StatusCode::BAD_REQUEST,
                json!({ "error": "invalid_request", "error_description": why }),
            ),
            Self::UnknownCode => (
                StatusCode::NOT_FOUND,
                json!({ "error": "unknown_deferral_code" }),
            ),
            Self::UnknownClient => (StatusCode::NOT_FOUND, json!({ "error": "unknown_client" })),
            Self::ClockNotManual => (StatusCode::CONFLICT, json!({ "error": "clock_not_manual" })),
            Self::Store(error) => {
                tracing::error!(%error, "the store failed");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    json!({ "error": "temporarily_unavailable" }),
                )
            }
        };
        reply::json(status, &value)
    }
}

fn malformed(why: &str) -> Refusal {
    Refusal::Malformed(why.into())
}

async fn not_found() -> Response<Body> {
    reply::json(StatusCode::NOT_FOUND, &json!({ "error": "not_found" }))
}
