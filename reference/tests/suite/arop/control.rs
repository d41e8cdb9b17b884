//! How long an approval lasts, by the control API.

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_approval_may_say_how_long_it_lasts() {
    let world = serving(Edition::AROP_DTR);
    let code = world.defer(SERVICE).await;
    for (decision, more, named) in [
        ("deny", json!({ "approved_for": 5 }), "approved_for"),
        (
            "need_interaction",
            json!({ "approved_for": 5 }),
            "approved_for",
        ),
        ("approve", json!({ "approved_for": 0 }), "approved_for"),
        ("approve", json!({ "approved_for": -1 }), "-1"),
        (
            "approve",
            json!({ "approved_for": 5, "scope": "identity" }),
            "scope",
        ),
        (
            "approve",
            json!({ "approved_for": 5, "scope": "" }),
            "scope",
        ),
    ] {
        let mut body = json!({ "deferral_code": code, "decision": decision });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = world.control("/control/decide", body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        let why = answer.member("error_description");
        assert!(why.contains(named), "{body}: {why}");
    }
    approve(&world, &code, Some("profile"), 5).await;
    let token = world.poll(SERVICE, &code).await;
    assert_eq!(lifetime(&token), 5);
    assert_eq!(token.member("scope"), "profile");
}

/// What does not say so lasts as long as the configuration has it.
#[tokio::test]
async fn an_approval_lasts_as_configured() {
    let mut config = config();
    config.draft = Edition::AROP_DTR;
    config.access_request.approved_for = 50;
    let world = World::new(config);
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    world.advance(20);
    assert_eq!(lifetime(&world.poll(SERVICE, &code).await), 30);
}

/// Where no approval ends nobody can be told that it does.
#[tokio::test]
async fn no_approval_of_another_edition_ends() {
    let mut config = config();
    config.access_request.approved_for = 50;
    let world = World::new(config);
    let code = world.defer(BACKEND).await;
    let body = json!({ "deferral_code": code, "decision": "approve", "approved_for": 5 });
    let answer = world.control("/control/decide", body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(world.decide(&code, "approve").await);
    world.advance(60);
    let token = world.poll(BACKEND, &code).await;
    assert_eq!(lifetime(&token), 3600);
    assert_eq!(token.json().get("refresh_token"), None);
    assert_eq!(token.claims().get("approval"), None);
}
