//! The JWT bearer grant (RFC 7523): an assertion is good for one token or one deferral (C-50/B).

use dtr_reference::AssertionIssuerConfig;
use dtr_reference::wire::GRANT_JWT_BEARER;
use serde_json::{Value, json};

use crate::support::*;

const IDP: &str = "https://idp.example";

fn world_with(issuer: &Key) -> World {
    let mut config = config();
    config.assertion_issuers = vec![AssertionIssuerConfig {
        issuer: IDP.into(),
        jwks: issuer.jwks(),
    }];
    config.clients[0].grant_types.push(GRANT_JWT_BEARER.into());
    let other = config.clients.last_mut().unwrap();
    assert_eq!(other.client_id, "other");
    other.grant_types.push(GRANT_JWT_BEARER.into());
    World::new(config)
}

fn claims(jti: &str) -> Value {
    json!({
        "iss": IDP, "sub": "bob", "aud": ISSUER, "jti": jti, "exp": START + 300,
        "client_id": "service",
    })
}

fn request(assertion: &str) -> Call {
    Call::token(GRANT_JWT_BEARER)
        .with("assertion", assertion)
        .by(SERVICE)
}

fn deferred(assertion: &str) -> Call {
    request(assertion)
        .with("scope", "payments")
        .with("completion_mode", "deferred")
}

#[tokio::test]
async fn the_issuer_says_who_the_subject_is() {
    let idp = Key::new();
    let world = world_with(&idp);
    let assertion = idp.jwt("oauth-id-jag+jwt", &claims("1"));
    let answer = world.send(request(&assertion)).await;
    assert_eq!(answer.token().claims()["sub"], "bob");
    assert_eq!(answer.member("scope"), "profile");
    world
        .send(request(&assertion))
        .await
        .refused("invalid_grant");
}

/// C-45/C, C-50/B: deferral uses the assertion up, but the same request soon gets the same code.
#[tokio::test]
async fn a_deferral_uses_the_assertion_up() {
    let idp = Key::new();
    let world = world_with(&idp);
    let assertion = idp.jwt("JWT", &claims("1"));
    let code = world
        .send(deferred(&assertion))
        .await
        .refused("authorization_pending")
        .member("deferral_code");
    // Section 9.3: a second request beside it needs an assertion of its own.
    world
        .send(request(&assertion))
        .await
        .refused("invalid_grant");
    let again = world.send(deferred(&assertion)).await;
    assert_eq!(again.member("deferral_code"), code);
    world.advance(5);
    world
        .send(deferred(&assertion))
        .await
        .refused("invalid_grant");
    let other = idp.jwt("JWT", &claims("2"));
    world.send(request(&other)).await.token();
    assert!(world.decide(&code, "approve").await);
    let answer = world.poll(SERVICE, &code).await;
    assert_eq!(answer.token().claims()["sub"], "bob");
}

/// S12: what is refused spends nothing.
#[tokio::test]
async fn a_refused_request_leaves_the_assertion() {
    let idp = Key::new();
    let world = world_with(&idp);
    let assertion = idp.jwt("JWT", &claims("1"));
    for (call, error) in [
        (request(&assertion).with("scope", "admin"), "invalid_scope"),
        (
            request(&assertion).with("scope", "payments"),
            "invalid_scope",
        ),
        (request(&assertion).with("resource", "x"), "invalid_target"),
    ] {
        world.send(call).await.refused(error);
    }
    world.send(request(&assertion)).await.token();
}

#[tokio::test]
async fn the_scope_of_the_assertion_is_a_limit() {
    let idp = Key::new();
    let world = world_with(&idp);
    for (jti, agreed, asked, expected) in [
        ("1", "profile payments", Some("profile"), Ok("profile")),
        ("2", "profile", None, Ok("profile")),
        (
            "3",
            "profile",
            Some("profile payments"),
            Err("invalid_scope"),
        ),
    ] {
        let mut claims = claims(jti);
        claims["scope"] = json!(agreed);
        let mut call = request(&idp.jwt("JWT", &claims));
        if let Some(asked) = asked {
            call = call.with("scope", asked);
        }
        world.next_outcome("service", "complete").await;
        let answer = world.send(call).await;
        match expected {
            Ok(scope) => assert_eq!(answer.token().member("scope"), scope),
            Err(error) => drop(answer.refused(error)),
        }
    }
}

#[tokio::test]
async fn only_trusted_issuers_are_believed() {
    let idp = Key::new();
    let world = world_with(&idp);
    for (name, value) in [
        ("iss", json!("https://other.example")),
        ("aud", json!("https://other.example")),
        ("sub", json!("")),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("exp", Value::Null),
        ("exp", json!(START)),
        ("exp", json!(START + 3601)),
        ("nbf", json!(START + 61)),
        ("client_id", json!("backend")),
    ] {
        let mut bad = claims("1");
        bad[name] = value.clone();
        let answer = world.send(request(&idp.jwt("JWT", &bad))).await;
        assert_eq!(answer.error(), "invalid_grant", "{name} {value}");
    }
    let forged = Key::new().jwt("JWT", &claims("1"));
    world.send(request(&forged)).await.refused("invalid_grant");
    world.send(request("x")).await.refused("invalid_grant");
    let mut call = request(&idp.jwt("JWT", &claims("1")));
    call.headers.clear();
    world
        .send(call.by(BACKEND))
        .await
        .refused("unauthorized_client");
    world
        .send(request(&idp.jwt("JWT", &claims("1"))))
        .await
        .token();
}

/// Another client cannot use what the first one presented.
#[tokio::test]
async fn an_assertion_stays_with_its_client() {
    let idp = Key::new();
    let world = world_with(&idp);
    let mut anybody = claims("1");
    anybody.as_object_mut().unwrap().remove("client_id");
    let assertion = idp.jwt("JWT", &anybody);
    let code = world
        .send(deferred(&assertion))
        .await
        .member("deferral_code");
    let foreign = Call::token(GRANT_JWT_BEARER)
        .with("assertion", &assertion)
        .with("scope", "payments")
        .with("completion_mode", "deferred")
        .by(OTHER);
    world.send(foreign).await.refused("invalid_grant");
    assert!(world.decide(&code, "approve").await);
    world.poll(SERVICE, &code).await.token();
}
