//! Initial token requests: opt-in, policy, and what is checked before either.

use serde_json::json;

use crate::support::*;

fn request(scope: &str) -> Call {
    Call::token("client_credentials")
        .with("scope", scope)
        .by(SERVICE)
}

#[tokio::test]
async fn the_deferred_response_has_all_its_members() {
    let world = world();
    let answer = world.send(initial(SERVICE)).await;
    answer.refused("authorization_pending");
    let code = answer.member("deferral_code");
    assert!(code.len() >= 27, "20 octets in base64url");
    assert_eq!(
        answer.json(),
        json!({ "error": "authorization_pending", "deferral_code": code, "expires_in": LIFETIME, "interval": INTERVAL })
    );
}

/// C-28/A: known from the start, said from the start.
#[tokio::test]
async fn a_deferral_may_open_with_interaction() {
    let world = world();
    let answer = world
        .send(request("identity").with("completion_mode", "deferred"))
        .await;
    answer.refused("interaction_required");
    let (code, uri) = (
        answer.member("deferral_code"),
        answer.member("interaction_uri"),
    );
    assert_eq!(answer.json()["interval"], INTERVAL);
    assert_eq!(
        world
            .poll(SERVICE, &code)
            .await
            .refused("interaction_required")
            .member("interaction_uri"),
        uri
    );
}

/// Section 5, C-40: nothing but the exact value opts in, and without it there is no deferral.
#[tokio::test]
async fn no_deferral_without_opt_in() {
    let world = world();
    world
        .send(request("payments"))
        .await
        .refused("invalid_scope");
    for no in ["", "Deferred", "deferred,x", "x", "deferred\tx"] {
        world
            .send(request("payments").with("completion_mode", no))
            .await
            .refused("invalid_scope");
    }
    for yes in ["deferred", "x deferred", "deferred deferred"] {
        world
            .send(request("payments").with("completion_mode", yes))
            .await
            .refused("authorization_pending");
    }
    let twice = request("payments")
        .with("completion_mode", "deferred")
        .with("completion_mode", "deferred");
    world.send(twice).await.refused("invalid_request");
}

/// Section 5.3: opting in entitles to nothing.
#[tokio::test]
async fn completes_at_once_when_there_is_nothing_to_review() {
    let world = world();
    let token = world
        .send(request("profile").with("completion_mode", "deferred unknown"))
        .await;
    token.token();
    let claims = token.claims();
    assert_eq!(
        (&claims["sub"], &claims["client_id"]),
        (&json!("service"), &json!("service"))
    );
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!(ISSUER), &json!(ISSUER))
    );
    assert_eq!(
        (&claims["iat"], &claims["exp"]),
        (&json!(START), &json!(START + 3600))
    );
    // The default scope.
    let token = world
        .send(Call::token("client_credentials").by(SERVICE))
        .await;
    assert_eq!(token.token().member("scope"), "profile");
}

/// C-42/A: what is invalid without deferral is invalid with it.
#[tokio::test]
async fn only_valid_requests_are_deferred() {
    let world = world();
    for scope in ["payments unheard-of", "payments  profile", "pay\"ments"] {
        world
            .send(request(scope).with("completion_mode", "deferred"))
            .await
            .refused("invalid_scope");
    }
    let wrong_secret = Call::token("client_credentials")
        .with("scope", "payments")
        .with("completion_mode", "deferred")
        .basic("service", "wrong");
    assert_eq!(world.send(wrong_secret).await.error(), "invalid_client");
    let no_grant = Call::token("client_credentials")
        .with("scope", "payments")
        .by(APP);
    world.send(no_grant).await.refused("unauthorized_client");
    world
        .send(Call::token("password").by(SERVICE))
        .await
        .refused("unsupported_grant_type");
    world
        .send(Call::new("/token").by(SERVICE))
        .await
        .refused("invalid_request");
}

#[tokio::test]
async fn the_policy_can_be_overridden_once() {
    let world = world();
    let opted_in = || request("profile").with("completion_mode", "deferred");
    world.next_outcome("service", "defer").await;
    world
        .send(opted_in())
        .await
        .refused("authorization_pending");
    world.send(opted_in()).await.token();
    world.next_outcome("service", "interact").await;
    world.send(opted_in()).await.refused("interaction_required");
    world.next_outcome("service", "deny").await;
    world.send(opted_in()).await.refused("invalid_scope"); // C-43/B
    world.next_outcome("service", "complete").await;
    world.send(request("payments")).await.token();
}

/// C-47/A.
#[tokio::test]
async fn the_same_request_twice_is_two_requests() {
    let world = world();
    let (one, two) = (world.defer(SERVICE).await, world.defer(SERVICE).await);
    assert_ne!(one, two);
    assert!(world.decide(&one, "approve").await);
    world
        .poll(SERVICE, &two)
        .await
        .refused("authorization_pending");
    world.poll(SERVICE, &one).await.token();
}

/// C-67: the alphabet is enforced, strength is not.
#[tokio::test]
async fn notification_tokens_must_fit_in_a_header() {
    let world = world();
    for bad in ["a b", "a\r\nx: y", "ä", "="] {
        let call = initial(SERVICE).with("client_notification_token", bad);
        world.send(call).await.refused("invalid_request");
    }
    for weak in ["a".to_owned(), "x".repeat(10_000)] {
        let call = initial(SERVICE).with("client_notification_token", &weak);
        world.send(call).await.refused("authorization_pending");
    }
}

/// Two requests never share a code, not even when the random source fails.
#[tokio::test]
async fn a_broken_random_source_makes_no_second_code() {
    struct Stuck;

    impl dtr_reference::Random for Stuck {
        fn fill(&self, octets: &mut [u8]) {
            octets.fill(7);
        }
    }

    let random = std::sync::Arc::new(Stuck);
    let world = World::with_parts(
        config(),
        dtr_reference::Parts {
            random,
            ..Default::default()
        },
    );
    let code = world.defer(SERVICE).await;
    assert_eq!(world.send(initial(OTHER)).await.status, 503);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    world.poll(OTHER, &code).await.refused("invalid_grant");
}
