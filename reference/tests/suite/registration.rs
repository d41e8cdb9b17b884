//! Dynamic client registration (RFC 7591), and where callbacks may be registered to go (Sections 7.2, 11.4, 11.5).

use axum::body::Body;
use dtr_reference::{Secret, wire};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

fn open_world() -> World {
    let mut config = config();
    config.registration.open = true;
    World::new(config)
}

async fn register(world: &World, metadata: &Value, token: Option<&str>) -> Answer {
    let mut request = Request::post("/register").header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from(metadata.to_string()));
    let answer = world.raw(request.unwrap()).await.unwrap();
    answer.no_store();
    answer
}

fn service() -> Value {
    json!({ "grant_types": ["client_credentials"], "scope": "payments" })
}

#[tokio::test]
async fn a_registered_client_works_at_once() {
    let world = open_world();
    let mut metadata = service();
    metadata["deferred_client_notification_endpoint"] = json!("https://1.1.1.1/cb");
    metadata["client_name"] = json!("ignored");
    let answer = register(&world, &metadata, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    for (name, value) in [
        ("scope", json!("payments")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("client_secret_expires_at", json!(0)),
        ("client_id_issued_at", json!(START)),
        (
            "deferred_client_notification_endpoint",
            json!("https://1.1.1.1/cb"),
        ),
    ] {
        assert_eq!(answer.json()[name], value, "{name}");
    }
    let id = answer.member("client_id");
    let secret = answer.member("client_secret");
    let call = Call::token("client_credentials").with("completion_mode", "deferred");
    let code = world
        .send(call.basic(&id, &secret))
        .await
        .refused("authorization_pending")
        .member("deferral_code");
    assert!(world.decide(&code, "approve").await);
    let call = Call::token(wire::GRANT_DEFERRED).with("deferral_code", &code);
    world.send(call.basic(&id, &secret)).await.token();
}

#[tokio::test]
async fn a_public_client_has_no_secret() {
    let world = open_world();
    let redirect_uri = "https://client.example/callback";
    let metadata = json!({ "token_endpoint_auth_method": "none", "redirect_uris": [redirect_uri] });
    let answer = register(&world, &metadata, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert!(answer.json().get("client_secret").is_none());
    assert_eq!(answer.json()["grant_types"], json!(["authorization_code"]));
    let id = answer.member("client_id");
    let uri = authorize_uri(&id, "profile");
    let wrong = format!("https%3A%2F%2F{id}.example%2Fcallback");
    let uri = uri.replace(&wrong, redirect_uri);
    assert!(query_member(&world.get(&uri).await, "code").is_some());
}

/// 11.4-01, 11.5-01: what is not https, or leads inside, is not registered.
#[tokio::test]
async fn callbacks_go_to_public_https_endpoints_only() {
    let world = open_world();
    for endpoint in [
        "http://1.1.1.1/cb",
        "https://127.0.0.1/cb",
        "https://10.0.0.1/cb",
        "https://169.254.169.254/latest",
        "https://[::1]/cb",
        "https://[::]/cb",
        "https://localhost/cb",
        "https://user:password@1.1.1.1/cb",
        "not a URL",
    ] {
        let mut metadata = service();
        metadata["deferred_client_notification_endpoint"] = json!(endpoint);
        let answer = register(&world, &metadata, None).await;
        let answer = answer.refused("invalid_client_metadata");
        let why = answer.member("error_description");
        assert!(
            why.starts_with("deferred_client_notification_endpoint"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn every_refusal_names_the_member() {
    let world = open_world();
    for (member, metadata) in [
        (
            "scope",
            json!({ "grant_types": ["client_credentials"], "scope": "identity" }),
        ),
        (
            "scope",
            json!({ "grant_types": ["client_credentials"], "scope": "" }),
        ),
        ("grant_types", json!({ "grant_types": ["password"] })),
        (
            "grant_types",
            json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }),
        ),
    ] {
        let answer = register(&world, &metadata, None).await;
        let why = answer
            .refused("invalid_client_metadata")
            .member("error_description");
        assert!(why.starts_with(member), "{why}");
    }
    for uris in [
        json!([]),
        json!(["http://client.example/"]),
        json!(["https://a.example/#x"]),
        json!(["x"]),
    ] {
        let answer = register(&world, &json!({ "redirect_uris": uris }), None).await;
        answer.refused("invalid_redirect_uri");
    }
    for nonsense in [
        json!([]),
        json!({ "redirect_uris": 5 }),
        json!({ "token_endpoint_auth_method": "x" }),
    ] {
        let answer = register(&world, &nonsense, None).await;
        answer.refused("invalid_client_metadata");
    }
}

#[tokio::test]
async fn an_initial_access_token_keeps_others_out() {
    let mut config = config();
    config.registration.open = true;
    config.registration.initial_access_token = Some(Secret::from("let-me-in"));
    let world = World::new(config);
    for token in [None, Some("let-me-out"), Some("")] {
        let answer = register(&world, &service(), token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token:?}");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    let answer = register(&world, &service(), Some("let-me-in")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn it_is_closed_unless_opened() {
    let closed = world();
    let answer = register(&closed, &service(), None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    for (world, expected) in [
        (closed, None),
        (open_world(), Some(format!("{ISSUER}/register"))),
    ] {
        let document = world.get(wire::METADATA).await.json();
        let endpoint = document["registration_endpoint"]
            .as_str()
            .map(str::to_owned);
        assert_eq!(endpoint, expected);
    }
}
