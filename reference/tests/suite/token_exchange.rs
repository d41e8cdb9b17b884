//! Token exchange (RFC 8693) as an originating grant.

use dtr_reference::wire::{GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ACCESS_TOKEN};

use crate::support::*;

/// An access token about alice for this scope, and bound to this key.
async fn subject_token(world: &World, scope: &str, key: Option<&Key>) -> String {
    let code = world.authorize("backend", scope, false).await;
    world.next_outcome("backend", "complete").await;
    let mut call = exchange(BACKEND, &code);
    if let Some(key) = key {
        call = call.proven(key, world.now());
    }
    world.send(call).await.token().member("access_token")
}

fn exchange_of(subject_token: &str) -> Call {
    Call::token(GRANT_TOKEN_EXCHANGE)
        .with("subject_token", subject_token)
        .with("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN)
        .by(BACKEND)
}

#[tokio::test]
async fn a_token_is_exchanged_at_once() {
    let world = world();
    let subject = subject_token(&world, "profile payments", None).await;
    let answer = world
        .send(exchange_of(&subject).with("scope", "profile"))
        .await;
    assert_eq!(
        answer.token().member("issued_token_type"),
        TOKEN_TYPE_ACCESS_TOKEN
    );
    assert_eq!(answer.member("scope"), "profile");
    assert_eq!(answer.claims()["sub"], "alice");
    // What the subject token has, where nothing is asked for.
    let subject = subject_token(&world, "profile", None).await;
    let answer = world.send(exchange_of(&subject)).await;
    assert_eq!(answer.token().member("scope"), "profile");
}

/// K-6.5.2-02: what the originating grant calls the token is preserved; a token of another grant has no such name.
#[tokio::test]
async fn issued_token_type_comes_through_a_deferral() {
    let world = world();
    let subject = subject_token(&world, "payments", None).await;
    let call = exchange_of(&subject).with("completion_mode", "deferred");
    let first = world.send(call.clone()).await;
    let code = first
        .refused("authorization_pending")
        .member("deferral_code");
    let second = world.send(call).await.member("deferral_code");
    assert_ne!(code, second, "C-47/A");
    assert!(world.decide(&code, "approve").await);
    let answer = world.poll(BACKEND, &code).await;
    assert_eq!(
        answer.token().member("issued_token_type"),
        TOKEN_TYPE_ACCESS_TOKEN
    );
    assert_eq!(answer.claims()["sub"], "alice");

    let other = world.defer(SERVICE).await;
    assert!(world.decide(&other, "approve").await);
    let answer = world.poll(SERVICE, &other).await;
    assert!(answer.token().json().get("issued_token_type").is_none());
}

#[tokio::test]
async fn only_access_tokens_of_this_server_are_exchanged() {
    let world = world();
    let subject = subject_token(&world, "profile", None).await;
    let key = Key::new();
    let forged = key.jwt(
        "at+jwt",
        &serde_json::json!({ "iss": ISSUER, "sub": "alice", "scope": "profile", "exp": START + 60 }),
    );
    for call in [
        exchange_of(&forged),
        exchange_of("no-token"),
        exchange_of(&subject).with("actor_token", &subject),
        exchange_of(&subject).with(
            "requested_token_type",
            "urn:ietf:params:oauth:token-type:saml2",
        ),
        Call::token(GRANT_TOKEN_EXCHANGE)
            .with("subject_token", &subject)
            .by(BACKEND),
        Call::token(GRANT_TOKEN_EXCHANGE)
            .with("subject_token", &subject)
            .with(
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:id_token",
            )
            .by(BACKEND),
    ] {
        world.send(call).await.refused("invalid_request");
    }
    let named = exchange_of(&subject).with("requested_token_type", TOKEN_TYPE_ACCESS_TOKEN);
    world.send(named).await.token();
    let mut call = exchange_of(&subject);
    call.form.retain(|(name, _)| !name.starts_with("client_"));
    world
        .send(call.by(SERVICE))
        .await
        .refused("unauthorized_client");
    world.advance(3600);
    world
        .send(exchange_of(&subject))
        .await
        .refused("invalid_request");
}

/// No wider than the subject token, and no use to whoever stole a bound one.
#[tokio::test]
async fn nothing_is_gained_by_an_exchange() {
    let world = world();
    let subject = subject_token(&world, "profile", None).await;
    let wider = exchange_of(&subject).with("scope", "profile payments");
    world.send(wider).await.refused("invalid_scope");

    let key = Key::new();
    let bound = subject_token(&world, "profile", Some(&key)).await;
    world
        .send(exchange_of(&bound))
        .await
        .refused("invalid_dpop_proof");
    let other = exchange_of(&bound).proven(&Key::new(), world.now());
    world.send(other).await.refused("invalid_dpop_proof");
    let token = world
        .send(exchange_of(&bound).proven(&key, world.now()))
        .await;
    assert_eq!(token.token().claims()["cnf"]["jkt"], key.thumbprint());
}

#[tokio::test]
async fn a_target_is_honoured_or_refused() {
    let world = world();
    let subject = subject_token(&world, "profile", None).await;
    for name in ["resource", "audience"] {
        let known = exchange_of(&subject).with(name, "https://bank.example/");
        let token = world.send(known).await;
        assert_eq!(token.token().claims()["aud"], "https://bank.example/");
        let unknown = exchange_of(&subject).with(name, "https://other.example/");
        world.send(unknown).await.refused("invalid_target");
    }
    let details = exchange_of(&subject).with("authorization_details", "[{\"type\":\"payment\"}]");
    world
        .send(details)
        .await
        .refused("invalid_authorization_details");
}
