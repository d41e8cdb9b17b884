//! What a pending poll says about progress (Section 9.4): opaque steps, and nothing else.

use http::StatusCode;
use serde_json::json;

use crate::support::*;

async fn set(world: &World, code: &str, step: &str) -> Answer {
    let body = json!({ "deferral_code": code, "step": step });
    world.control("/control/progress", body).await
}

#[tokio::test]
async fn pending_polls_tell_the_step() {
    let world = world();
    let code = world.defer(SERVICE).await;
    let other = world.defer(SERVICE).await;
    world.advance(INTERVAL);
    let answer = world.poll(SERVICE, &code).await;
    assert_eq!(answer.member("error_description"), "step=1");

    assert_eq!(
        set(&world, &code, "review-3.b").await.status,
        StatusCode::OK
    );
    for (decision, error) in [
        ("need_interaction", "interaction_required"),
        ("interaction_done", "authorization_pending"),
    ] {
        assert!(world.decide(&code, decision).await);
        world.advance(INTERVAL);
        let answer = world.poll(SERVICE, &code).await;
        let answer = answer.refused(error);
        assert_eq!(answer.member("error_description"), "step=review-3.b");
    }
    let answer = world.poll(SERVICE, &other).await;
    assert_eq!(answer.member("error_description"), "step=1", "its own only");
    assert!(world.decide(&code, "deny").await);
    let answer = world.poll(SERVICE, &code).await;
    assert!(!answer.member("error_description").contains("step"));
}

/// DTR-9.4-02, DTR-9.4-03: what could say something about a person is no step.
#[tokio::test]
async fn only_identifiers_are_steps() {
    let world = world();
    let code = world.defer(SERVICE).await;
    for bad in [
        "",
        "waiting for Alice",
        "alice@example.org",
        "passport:123",
        "ä",
        "a\n",
        &"x".repeat(33),
    ] {
        let answer = set(&world, &code, bad).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert_eq!(
        set(&world, &code, &"x".repeat(32)).await.status,
        StatusCode::OK
    );
    assert_eq!(
        set(&world, "unknown", "1").await.error(),
        "unknown_deferral_code"
    );
}
