//! Section 9.2: over CIBA.

use dtr_reference::Config;
use dtr_reference::wire::{GRANT_CIBA, METADATA};

use super::*;
use crate::ciba::{ask, begin, ciba_poll};

fn open_id() -> Config {
    let mut config = config();
    config.draft = Edition::AROP_CIBA;
    for client in &mut config.clients {
        if ["service", "other"].contains(&client.client_id.as_str()) {
            client.scope.push_str(" openid");
            client.grant_types.push(GRANT_CIBA.into());
        }
    }
    config
}

/// Section 7.4, as everywhere: the approval bounds access and refresh token. An ID token comes with them.
#[tokio::test]
async fn an_approval_bounds_what_comes_of_it() {
    let world = World::new(open_id());
    let code = begin(&world, ask(BACKEND)).await;
    world
        .send(ciba_poll(BACKEND, &code))
        .await
        .refused("authorization_pending");
    approve(&world, &code, Some("openid"), 100).await;
    let token = world.send(ciba_poll(BACKEND, &code)).await;
    assert_eq!(lifetime(&token), 100);
    assert_eq!(token.member("scope"), "openid");
    assert!(!token.member("id_token").is_empty());
    world
        .send(ciba_poll(BACKEND, &code))
        .await
        .refused("invalid_grant");
    let renewal = token.member("refresh_token");
    let refresh = Call::token("refresh_token").with("refresh_token", &renewal);
    let wider = refresh.clone().with("scope", "openid profile").by(BACKEND);
    world.send(wider).await.refused("invalid_scope");
    world.advance(100);
    world
        .send(refresh.by(BACKEND))
        .await
        .refused("invalid_grant");
}

/// Section 12: the proof of the request binds the code, its token, and what renews that.
#[tokio::test]
async fn the_proof_of_the_request_binds_the_code() {
    let world = World::new(open_id());
    let key = Key::new();
    let code = begin(&world, ask(SERVICE).proven(&key, world.now())).await;
    let poll = ciba_poll(SERVICE, &code);
    world.send(poll.clone()).await.refused("invalid_dpop_proof");
    let other = poll.clone().proven(&Key::new(), world.now());
    world.send(other).await.refused("invalid_dpop_proof");
    let own = |world: &World| poll.clone().proven(&key, world.now());
    world
        .send(own(&world))
        .await
        .refused("authorization_pending");
    approve(&world, &code, None, 100).await;
    let token = world.send(own(&world)).await;
    assert_eq!(token.token().claims()["cnf"]["jkt"], key.thumbprint());

    let broken = ask(SERVICE).header("dpop", "broken");
    world.send(broken).await.refused("invalid_dpop_proof");
    let elsewhere = key.proof(&format!("{ISSUER}/token"), world.now());
    let elsewhere = ask(SERVICE).header("dpop", elsewhere);
    world.send(elsewhere).await.refused("invalid_dpop_proof");
}

/// Without one a client with credentials is served as in CIBA: whatever a poll proves binds its token.
#[tokio::test]
async fn an_unbound_code_is_as_in_ciba() {
    let world = World::new(open_id());
    let code = begin(&world, ask(SERVICE)).await;
    world
        .send(ciba_poll(SERVICE, &code))
        .await
        .refused("authorization_pending");
    approve(&world, &code, None, 100).await;
    let key = Key::new();
    let proven = ciba_poll(SERVICE, &code).proven(&key, world.now());
    let token = world.send(proven).await;
    assert_eq!(token.token().claims()["cnf"]["jkt"], key.thumbprint());
}

/// RFC 9449 Section 8, at both endpoints.
#[tokio::test]
async fn a_proof_is_challenged_for_a_nonce() {
    let mut config = open_id();
    config.dpop.require_nonce = true;
    let world = World::new(config);
    let key = Key::new();
    let challenged = world.send(ask(SERVICE).proven(&key, world.now())).await;
    challenged.refused("use_dpop_nonce");
    let nonce = challenged.headers["dpop-nonce"].to_str().unwrap();
    let proof = key.proof_with(nonce, &format!("{ISSUER}/bc-authorize"), world.now());
    let code = begin(&world, ask(SERVICE).header("dpop", proof)).await;
    let poll = ciba_poll(SERVICE, &code);
    let proof = key.proof_with(nonce, &format!("{ISSUER}/token"), world.now());
    let proven = poll.clone().header("dpop", proof);
    world.send(proven).await.refused("authorization_pending");
    let bare = poll.proven(&key, world.now());
    world.send(bare).await.refused("use_dpop_nonce");
}

/// Section 7.2, whatever the request says of how long it waits and what its user reads.
#[tokio::test]
async fn the_same_request_again_brings_the_same_code() {
    let world = World::new(open_id());
    let key = Key::new();
    let code = begin(&world, ask(SERVICE)).await;
    world.advance(9);
    let again = ask(SERVICE)
        .with("binding_message", "W4SCT")
        .with("requested_expiry", "60");
    let answer = world.send(again).await;
    assert_eq!(answer.member("auth_req_id"), code);
    assert_eq!(answer.json()["expires_in"], LIFETIME - 9);
    assert_eq!(answer.json()["interval"], INTERVAL);
    let about_carol = Call::new("/bc-authorize")
        .with("scope", "openid profile")
        .with("login_hint", "carol")
        .by(SERVICE);
    for other in [
        about_carol,
        ask(OTHER),
        ask(SERVICE).with("resource", "https://bank.example/"),
        ask(SERVICE).with("authorization_details", r#"[{"type":"payment"}]"#),
        ask(SERVICE).proven(&key, world.now()),
    ] {
        assert_ne!(begin(&world, other).await, code);
    }
    approve(&world, &code, None, 100).await;
    assert_eq!(begin(&world, ask(SERVICE)).await, code, "not collected");
    world.send(ciba_poll(SERVICE, &code)).await.token();
    let next = begin(&world, ask(SERVICE)).await;
    assert_ne!(next, code);
    assert!(world.decide(&next, "deny").await);
    assert_ne!(begin(&world, ask(SERVICE)).await, next, "denied");
}

/// Section 7.1: in the form of the endpoint, and nothing that polls are told. What else is set asks the user.
#[tokio::test]
async fn what_no_user_could_approve_is_refused_at_once() {
    let world = World::new(open_id());
    let details = ask(SERVICE).with("authorization_details", r#"[{"type":"payment"}]"#);
    for (call, error) in [
        (details, "invalid_authorization_details"),
        (ask(SERVICE), "invalid_scope"),
    ] {
        world.next_outcome("service", "deny").await;
        world.send(call.clone()).await.refused(error);
        begin(&world, call).await;
    }
    for next in ["complete", "defer", "interact"] {
        world.next_outcome("other", next).await;
        let code = begin(&world, ask(OTHER)).await;
        let poll = ciba_poll(OTHER, &code);
        world.send(poll).await.refused("authorization_pending");
        assert!(world.decide(&code, "deny").await);
    }
}

/// CIBA alone knows nothing of this.
#[tokio::test]
async fn nothing_of_it_is_known_elsewhere() {
    let mut config = open_id();
    config.draft = Edition::CIBA_POLL;
    let world = World::new(config);
    world.next_outcome("service", "deny").await;
    let code = begin(&world, ask(SERVICE).header("dpop", "broken")).await;
    assert_ne!(begin(&world, ask(SERVICE)).await, code);
    assert!(world.decide(&code, "approve").await);
    let token = world.send(ciba_poll(SERVICE, &code)).await;
    assert_eq!(lifetime(&token), 3600);
}

#[tokio::test]
async fn the_metadata_is_that_of_ciba() {
    let document = World::new(open_id()).get(METADATA).await.json();
    let modes = &document["backchannel_token_delivery_modes_supported"];
    assert_eq!(*modes, json!(["poll"]));
    let grants = document["grant_types_supported"].as_array().unwrap();
    assert!(grants.contains(&json!(GRANT_CIBA)));
}
