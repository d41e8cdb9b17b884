//! Section 7.2: one request, one code.

use dtr_reference::wire::GRANT_JWT_BEARER;
use dtr_reference::{AssertionIssuerConfig, Config};

use super::*;

const DETAILS: &str = r#"[{"type":"payment","amount":1},{"type":"payment","amount":2}]"#;

async fn code_of(world: &World, call: Call) -> String {
    let answer = world.send(call).await;
    answer
        .refused("authorization_pending")
        .member("deferral_code")
}

fn asking(scope: &str) -> Call {
    Call::token("client_credentials")
        .with("scope", scope)
        .with("completion_mode", "deferred")
        .by(SERVICE)
}

/// However it is written; and what the response says of the code is what is left of it.
#[tokio::test]
async fn the_same_request_again_brings_the_same_code() {
    let world = serving(Edition::AROP_DTR);
    let both = asking("payments profile")
        .with("resource", "https://bank.example/")
        .with("resource", "https://files.example/")
        .with("authorization_details", DETAILS);
    let code = code_of(&world, both).await;
    world.advance(7);
    let swapped = r#"[{"amount":2,"type":"payment"}, {"amount":1,"type":"payment"}]"#;
    let again = asking("profile payments")
        .with("resource", "https://files.example/")
        .with("resource", "https://bank.example/")
        .with("client_notification_token", "LRGidcSAeVs_xYpEDt5pNg")
        .with("authorization_details", swapped);
    let answer = world.send(again).await;
    assert_eq!(answer.member("deferral_code"), code);
    assert_eq!(answer.json()["expires_in"], LIFETIME - 7);
    assert_eq!(answer.json()["interval"], INTERVAL);
}

#[tokio::test]
async fn another_request_brings_another_code() {
    let world = serving(Edition::AROP_DTR);
    let key = Key::new();
    let bank = "https://bank.example/";
    let one = r#"[{"type":"payment","amount":1}]"#;
    let mut codes = Vec::new();
    for call in [
        asking("payments"),
        asking("payments profile"),
        asking("payments").with("resource", bank),
        asking("payments").with("authorization_details", one),
        asking("payments").with("authorization_details", DETAILS),
        asking("payments").proven(&key, world.now()),
        asking("payments").proven(&Key::new(), world.now()),
        initial(OTHER),
        initial(BACKEND),
    ] {
        codes.push(code_of(&world, call).await);
    }
    let again = asking("payments").proven(&key, world.now());
    assert_eq!(code_of(&world, again).await, codes[5]);
    let distinct: std::collections::HashSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len());
}

/// Approved, it is the same until its token is collected, or its approval is over.
#[tokio::test]
async fn a_request_that_came_to_an_end_is_another_one() {
    for end in ["deny", "revoke", "expire", "collect", "outlive"] {
        let world = serving(Edition::AROP_DTR);
        let code = world.defer(SERVICE).await;
        match end {
            "deny" => assert!(world.decide(&code, "deny").await),
            "revoke" => drop(world.revoke(SERVICE, &code).await),
            "expire" => world.advance(LIFETIME),
            _ => {
                approve(&world, &code, None, 100).await;
                assert_eq!(world.defer(SERVICE).await, code, "approved");
                match end {
                    "collect" => drop(world.poll(SERVICE, &code).await.token()),
                    _ => world.advance(100),
                }
            }
        }
        let next = world.defer(SERVICE).await;
        assert_ne!(next, code, "{end}");
        assert_eq!(world.defer(SERVICE).await, next, "{end}");
    }
}

/// A lost response is what this is for.
#[tokio::test]
async fn a_client_that_lost_the_response_asks_again() {
    let world = serving(Edition::AROP_DTR);
    let lose = json!({ "client_id": "service" });
    world.control("/control/drop", lose).await;
    assert!(world.raw(initial(SERVICE).request()).await.is_err());
    let code = world.defer(SERVICE).await;
    assert_eq!(world.defer(SERVICE).await, code);
}

/// C-45/C: what is good for one request is repeated shortly, and never used for another.
#[tokio::test]
async fn a_credential_that_is_good_once_is_so_here() {
    let idp = Key::new();
    let mut config: Config = config();
    config.draft = Edition::AROP_DTR;
    config.assertion_issuers = vec![AssertionIssuerConfig {
        issuer: "https://idp.example".into(),
        jwks: idp.jwks(),
    }];
    config.clients[0].grant_types.push(GRANT_JWT_BEARER.into());
    let world = World::new(config);
    let asserting = |jti: &str| {
        let claims = json!({
            "iss": "https://idp.example", "sub": "bob", "aud": ISSUER, "jti": jti,
            "exp": START + 300,
        });
        Call::token(GRANT_JWT_BEARER)
            .with("assertion", &idp.jwt("JWT", &claims))
            .with("scope", "payments")
            .with("completion_mode", "deferred")
            .by(SERVICE)
    };
    let first = asserting("1");
    let code = code_of(&world, first.clone()).await;
    assert_eq!(code_of(&world, first.clone()).await, code);
    assert_ne!(code_of(&world, asserting("2")).await, code);
    world.advance(5);
    world.send(first).await.refused("invalid_grant");
}
