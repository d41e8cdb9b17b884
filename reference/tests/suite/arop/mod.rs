//! AROP (AuthZEN Access Request OAuth Profile, Draft 1), of which three editions are served. Sections are its own.

mod approval;
mod backchannel;
mod challenge;
mod control;
mod exchange;
mod refusal;
mod renewal;
mod repeated;
mod transaction;

use dtr_reference::Edition;
use http::StatusCode;
use serde_json::json;

use crate::support::*;

/// A world of this edition, in which no approval ends sooner than it is told.
pub(crate) fn serving(draft: Edition) -> World {
    let mut config = config();
    config.draft = draft;
    World::new(config)
}

/// Approves for so many seconds, and for this scope or all that was asked for.
pub(crate) async fn approve(world: &World, code: &str, scope: Option<&str>, seconds: u64) {
    let mut body = json!({
        "deferral_code": code, "decision": "approve", "approved_for": seconds,
    });
    if let Some(scope) = scope {
        body["scope"] = json!(scope);
    }
    let answer = world.control("/control/decide", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json(), json!({ "applied": true }));
}

/// The token of a request by `backend` that was approved for so many seconds.
async fn approved(world: &World, scope: Option<&str>, seconds: u64) -> Answer {
    let code = world.defer(BACKEND).await;
    approve(world, &code, scope, seconds).await;
    world.poll(BACKEND, &code).await.token().clone()
}

/// Seconds that a token response says its access token has, and that the token says of itself.
pub(crate) fn lifetime(answer: &Answer) -> u64 {
    let claims = answer.token().claims();
    let said = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    assert_eq!(answer.json()["expires_in"], said);
    said
}
