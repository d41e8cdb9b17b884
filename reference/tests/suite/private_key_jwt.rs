//! Client authentication with signed assertions (RFC 7523 Section 2.2).

use dtr_reference::AuthMethod;
use dtr_reference::wire::{CLIENT_ASSERTION_JWT, GRANT_DEFERRED};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::*;

fn world_with(key: &Key) -> World {
    let mut config = config();
    config.clients[0].auth_method = AuthMethod::PrivateKeyJwt;
    config.clients[0].client_secret = None;
    config.clients[0].jwks = Some(key.jwks());
    World::new(config)
}

fn claims(jti: &str) -> Value {
    json!({ "iss": "service", "sub": "service", "aud": ISSUER, "jti": jti, "exp": START + 60 })
}

fn asserted(call: Call, jwt: &str) -> Call {
    call.with("client_assertion_type", CLIENT_ASSERTION_JWT)
        .with("client_assertion", jwt)
}

fn token_request() -> Call {
    Call::token("client_credentials")
}

#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
    assert_eq!(answer.error(), "invalid_client");
}

/// A whole deferral, each request with an assertion of its own.
#[tokio::test]
async fn a_client_signs_its_requests() {
    let key = Key::new();
    let world = world_with(&key);
    let sign = |jti: &str| key.jwt("JWT", &claims(jti));
    let call = token_request()
        .with("scope", "payments")
        .with("completion_mode", "deferred");
    let answer = world.send(asserted(call, &sign("1"))).await;
    let code = answer
        .refused("authorization_pending")
        .member("deferral_code");
    let poll = || Call::token(GRANT_DEFERRED).with("deferral_code", &code);
    refused(&world.send(asserted(poll(), &sign("1"))).await);
    let named = asserted(poll(), &sign("2")).with("client_id", "service");
    world.send(named).await.refused("authorization_pending");
    let revocation = Call::new("/revoke").with("token", &code);
    let answer = world.send(asserted(revocation, &sign("3"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    world
        .send(asserted(poll(), &sign("4")))
        .await
        .refused("access_denied");
}

#[tokio::test]
async fn what_the_assertion_says_has_to_fit() {
    let key = Key::new();
    let world = world_with(&key);
    for (name, value) in [
        ("iss", json!("backend")),
        ("sub", json!("backend")),
        ("sub", Value::Null),
        ("aud", json!("https://other.example")),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("exp", json!(START)),
        ("exp", json!(START + 3601)),
        ("exp", Value::Null),
        ("nbf", json!(START + 61)),
    ] {
        let mut bad = claims("1");
        bad[name] = value.clone();
        refused(
            &world
                .send(asserted(token_request(), &key.jwt("JWT", &bad)))
                .await,
        );
    }
    for bad in [
        Key::new().jwt("JWT", &claims("1")),
        key.jwt("dpop+jwt", &claims("1")),
        key.sign(&json!({ "alg": "none" }), &claims("1")),
        "a.b.c".into(),
        "x".into(),
    ] {
        refused(&world.send(asserted(token_request(), &bad)).await);
    }
    for audience in [json!(format!("{ISSUER}/token")), json!([ISSUER, "x"])] {
        let mut good = claims(&audience.to_string());
        good["aud"] = audience;
        let call = asserted(token_request(), &key.jwt("JWT", &good));
        world.send(call).await.token();
    }
}

/// The registered method, and one at a time.
#[tokio::test]
async fn no_other_method_will_do() {
    let key = Key::new();
    let world = world_with(&key);
    let jwt = key.jwt("JWT", &claims("1"));
    refused(
        &world
            .send(token_request().with("client_id", "service"))
            .await,
    );
    refused(&world.send(token_request().by(SERVICE)).await);
    let twice = asserted(token_request(), &jwt).by(SERVICE);
    world.send(twice).await.refused("invalid_request");
    let other_name = asserted(token_request(), &jwt).with("client_id", "backend");
    world.send(other_name).await.refused("invalid_request");
    let other_type = token_request()
        .with("client_assertion_type", "urn:x")
        .with("client_assertion", &jwt);
    refused(&world.send(other_type).await);
    // A client with a secret has no keys to sign with.
    let backend =
        json!({ "iss": "backend", "sub": "backend", "aud": ISSUER, "jti": "1", "exp": START + 60 });
    refused(
        &world
            .send(asserted(token_request(), &key.jwt("JWT", &backend)))
            .await,
    );
    world.send(asserted(token_request(), &jwt)).await.token();
}
