//! Section 7.4: the end of an approval is the end of what comes of it.

use super::*;

#[tokio::test]
async fn a_token_ends_with_its_approval_or_before() {
    let world = serving(Edition::AROP_DTR);
    for (seconds, granted) in [(1, 1), (100, 100), (3600, 3600), (3601, 3600)] {
        assert_eq!(lifetime(&approved(&world, None, seconds).await), granted);
    }
    let code = world.defer(BACKEND).await;
    approve(&world, &code, None, 100).await;
    world.advance(99);
    assert_eq!(lifetime(&world.poll(BACKEND, &code).await), 1);
}

/// Re-evaluated too late, it is a denial for good.
#[tokio::test]
async fn an_approval_that_is_over_is_a_denial() {
    let world = serving(Edition::AROP_DTR);
    let code = world.defer(SERVICE).await;
    approve(&world, &code, None, 100).await;
    world.advance(100);
    for _ in 0..2 {
        world.poll(SERVICE, &code).await.refused("access_denied");
    }
    assert!(!world.decide(&code, "approve").await, "it was decided");
    world.advance(LIFETIME);
    world.poll(SERVICE, &code).await.refused("access_denied");
}

/// C-02/B: the lifetime of the code is another limit, and whoever comes after both learns of that one.
#[tokio::test]
async fn an_approval_does_not_outlast_the_code() {
    let world = serving(Edition::AROP_DTR);
    for seconds in [LIFETIME - 1, LIFETIME, LIFETIME + 1] {
        let code = world.defer(SERVICE).await;
        approve(&world, &code, None, seconds).await;
        world.advance(LIFETIME);
        world.poll(SERVICE, &code).await.refused("expired_token");
    }
}

/// Whoever approves of less than was asked for, and says no more, does so for as long as usual.
#[tokio::test]
async fn less_than_was_asked_for_ends_as_well() {
    let mut config = config();
    config.draft = Edition::AROP_DTR;
    config.access_request.approved_for = 50;
    let world = World::new(config);
    let code = world.defer(SERVICE).await;
    let body = json!({ "deferral_code": code, "decision": "approve", "scope": "profile" });
    world.control("/control/decide", body).await;
    let token = world.poll(SERVICE, &code).await;
    assert_eq!(lifetime(&token), 50);
    assert_eq!(token.member("scope"), "profile");
}
