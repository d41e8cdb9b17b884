//! Refresh tokens: rotated, bound like the access token, suspended while a request waits (C-46/A, C-49/A).

use crate::support::*;

/// A first token response with a refresh token: at once, or through a deferral.
async fn first(world: &World, deferred: bool, key: Option<&Key>) -> Answer {
    let code = world.authorize("backend", "payments profile", false).await;
    let prove = |call: Call| match key {
        Some(key) => call.proven(key, world.now()),
        None => call,
    };
    if !deferred {
        world.next_outcome("backend", "complete").await;
        return world.send(prove(exchange(BACKEND, &code))).await;
    }
    let call = exchange(BACKEND, &code).with("completion_mode", "deferred");
    let deferral = world.send(prove(call)).await.member("deferral_code");
    assert!(world.decide(&deferral, "approve").await);
    world.send(prove(poll(BACKEND, &deferral))).await
}

fn refresh(token: &str) -> Call {
    Call::token("refresh_token")
        .with("refresh_token", token)
        .by(BACKEND)
}

/// A refresh request that is deferred; its deferral code.
async fn suspend(world: &World, token: &str) -> String {
    let call = refresh(token).with("completion_mode", "deferred");
    let answer = world.send(call).await;
    answer
        .refused("authorization_pending")
        .member("deferral_code")
}

#[tokio::test]
async fn every_use_replaces_the_token() {
    for deferred in [false, true] {
        let world = world();
        let first = first(&world, deferred, None)
            .await
            .token()
            .member("refresh_token");
        world.next_outcome("backend", "complete").await;
        let answer = world.send(refresh(&first).with("scope", "profile")).await;
        assert_eq!(answer.token().member("scope"), "profile");
        assert_eq!(answer.claims()["sub"], "alice");
        let second = answer.member("refresh_token");
        assert_ne!(first, second);
        world.send(refresh(&first)).await.refused("invalid_grant");
        // The scope of the grant is not lost with a narrower token.
        world.next_outcome("backend", "complete").await;
        let answer = world.send(refresh(&second)).await;
        assert_eq!(answer.token().member("scope"), "payments profile");
    }
}

#[tokio::test]
async fn only_clients_that_registered_for_them_get_them() {
    let mut config = config();
    let backend = config.clients.iter_mut().find(|c| c.client_id == "backend");
    backend.unwrap().grant_types = vec!["authorization_code".into()];
    let world = World::new(config);
    let answer = first(&world, false, None).await;
    assert!(answer.token().json().get("refresh_token").is_none());
    world
        .send(refresh("x"))
        .await
        .refused("unauthorized_client");
}

/// C-46/A: while the request waits nobody else can use the token, not even its owner.
#[tokio::test]
async fn a_token_is_suspended_while_its_request_waits() {
    let world = world();
    let token = first(&world, false, None).await.member("refresh_token");
    let code = suspend(&world, &token).await;
    assert_eq!(suspend(&world, &token).await, code, "C-45/C");
    world.advance(INTERVAL);
    for decided in [false, true] {
        if decided {
            assert!(world.decide(&code, "approve").await);
        }
        for call in [
            refresh(&token),
            refresh(&token).with("completion_mode", "deferred"),
        ] {
            world.send(call).await.refused("invalid_grant");
        }
    }
    let answer = world.poll(BACKEND, &code).await;
    let next = answer.token().member("refresh_token");
    world.send(refresh(&token)).await.refused("invalid_grant");
    world.next_outcome("backend", "complete").await;
    world.send(refresh(&next)).await.token();
}

/// C-46/A: what comes to nothing costs nothing.
#[tokio::test]
async fn a_token_is_usable_again_when_its_request_came_to_nothing() {
    for end in ["deny", "cancel", "expire", "forget"] {
        let world = world();
        let token = first(&world, false, None).await.member("refresh_token");
        let code = suspend(&world, &token).await;
        match end {
            "deny" => assert!(world.decide(&code, "deny").await),
            "cancel" => drop(world.revoke(BACKEND, &code).await),
            "expire" => world.advance(LIFETIME),
            _ => world.advance(3 * 24 * 60 * 60),
        }
        let again = suspend(&world, &token).await;
        assert_ne!(again, code, "{end}");
        assert!(world.decide(&again, "approve").await);
        world.poll(BACKEND, &again).await.token();
        world.send(refresh(&token)).await.refused("invalid_grant");
    }
}

/// A redeemed code may be forgotten before the token it replaced would have ended.
#[tokio::test]
async fn a_replaced_token_stays_replaced() {
    let world = world();
    let token = first(&world, false, None).await.member("refresh_token");
    let code = suspend(&world, &token).await;
    assert!(world.decide(&code, "approve").await);
    world.poll(BACKEND, &code).await.token();
    world.advance(3 * 24 * 60 * 60);
    world.poll(BACKEND, &code).await.refused("invalid_grant");
    world.send(refresh(&token)).await.refused("invalid_grant");
}

/// C-49/A: bound like the access token, also through a deferral, and its successor too.
#[tokio::test]
async fn a_bound_token_needs_its_key() {
    for deferred in [false, true] {
        let world = world();
        let key = Key::new();
        let mut token = first(&world, deferred, Some(&key))
            .await
            .member("refresh_token");
        for _ in 0..2 {
            world
                .send(refresh(&token))
                .await
                .refused("invalid_dpop_proof");
            let other = refresh(&token).proven(&Key::new(), world.now());
            world.send(other).await.refused("invalid_dpop_proof");
            world.next_outcome("backend", "complete").await;
            let answer = world.send(refresh(&token).proven(&key, world.now())).await;
            assert_eq!(answer.token().claims()["cnf"]["jkt"], key.thumbprint());
            token = answer.member("refresh_token");
        }
    }
}

#[tokio::test]
async fn what_is_not_a_good_refresh_token_is_refused() {
    let world = world();
    let token = first(&world, false, None).await.member("refresh_token");
    world
        .send(refresh("unknown"))
        .await
        .refused("invalid_grant");
    world.next_outcome("backend", "complete").await;
    let wider = refresh(&token).with("scope", "payments identity");
    world.send(wider).await.refused("invalid_scope");
    let code = world.authorize("backend", "profile", false).await;
    world.send(refresh(&code)).await.refused("invalid_grant");
    world
        .send(exchange(BACKEND, &token))
        .await
        .refused("invalid_grant");
    let foreign = Call::token("refresh_token").with("refresh_token", &token);
    world.send(foreign.by(APP)).await.refused("invalid_grant");
    world.advance(30 * 24 * 60 * 60);
    world.send(refresh(&token)).await.refused("invalid_grant");
}

/// RFC 7009: revoked by its client, and by nobody else; a suspended one takes its request along.
#[tokio::test]
async fn a_refresh_token_can_be_revoked() {
    let world = world();
    let token = first(&world, false, None).await.member("refresh_token");
    world.revoke(SERVICE, &token).await;
    let code = suspend(&world, &token).await;
    world.revoke(BACKEND, &token).await;
    world.poll(BACKEND, &code).await.refused("access_denied");
    world.send(refresh(&token)).await.refused("invalid_grant");

    let token = first(&world, false, None).await.member("refresh_token");
    world.revoke(BACKEND, &token).await;
    world.send(refresh(&token)).await.refused("invalid_grant");
}
