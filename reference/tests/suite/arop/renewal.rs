//! Section 7.4: refresh tokens within an approval.

use super::*;

fn refresh(token: &str) -> Call {
    Call::token("refresh_token")
        .with("refresh_token", token)
        .by(BACKEND)
}

/// At once, whatever policy would have reviewed: `payments` is reviewed otherwise.
#[tokio::test]
async fn what_was_approved_is_renewed_until_the_approval_is_over() {
    let world = serving(Edition::AROP_DTR);
    let token = approved(&world, None, 1000).await;
    let mut renewal = token.member("refresh_token");
    for past in [400, 800, 999] {
        world.advance(START + past - world.now());
        let answer = world.send(refresh(&renewal)).await;
        assert_eq!(lifetime(&answer), 1000 - past);
        assert_eq!(answer.member("scope"), "payments profile");
        let used = renewal;
        renewal = answer.member("refresh_token");
        world.send(refresh(&used)).await.refused("invalid_grant");
    }
    world.advance(1);
    world.send(refresh(&renewal)).await.refused("invalid_grant");
}

/// The other limit is the usual one.
#[tokio::test]
async fn a_refresh_token_ends_with_its_usual_lifetime_or_before() {
    let mut config = config();
    config.draft = Edition::AROP_DTR;
    config.refresh_token.lifetime = 100;
    let world = World::new(config);
    let renewal = approved(&world, None, 1000).await.member("refresh_token");
    world.advance(100);
    world.send(refresh(&renewal)).await.refused("invalid_grant");
}

/// No broader than what was approved, by refresh tokens of refresh tokens either.
#[tokio::test]
async fn a_narrower_approval_is_renewed_as_narrow() {
    let world = serving(Edition::AROP_DTR);
    let token = approved(&world, Some("profile"), 1000).await;
    let mut renewal = token.member("refresh_token");
    for _ in 0..2 {
        for wider in ["payments", "profile payments"] {
            let call = refresh(&renewal).with("scope", wider);
            world.send(call).await.refused("invalid_scope");
        }
        let answer = world.send(refresh(&renewal)).await;
        assert_eq!(answer.token().member("scope"), "profile");
        renewal = answer.member("refresh_token");
    }
}

/// Of whatever grant, for whoever registered for it.
#[tokio::test]
async fn only_clients_that_registered_for_it_renew() {
    let world = serving(Edition::AROP_DTR);
    let code = world.defer(SERVICE).await;
    approve(&world, &code, None, 100).await;
    let token = world.poll(SERVICE, &code).await;
    assert_eq!(token.token().json().get("refresh_token"), None);
    // What nobody had to approve is not renewed.
    world.next_outcome("backend", "complete").await;
    let token = world.send(initial(BACKEND)).await;
    assert_eq!(token.token().json().get("refresh_token"), None);
    assert_eq!(lifetime(&token), 3600);
}

/// Its preconditions are looked at each time, and nothing is used up where they lapsed (Section 11.7 of the draft).
#[tokio::test]
async fn what_lapsed_is_not_renewed() {
    let world = serving(Edition::AROP_DTR);
    let code = world.defer(BACKEND).await;
    approve(&world, &code, None, 2 * 24 * 60 * 60).await;
    let token = world.poll(BACKEND, &code).await;
    let renewal = token.token().member("refresh_token");
    // Longer than anything else about the code would be known.
    world.advance(24 * 60 * 60 + LIFETIME);
    for (valid, error) in [(false, Some("invalid_grant")), (true, None)] {
        let body = json!({ "deferral_code": code, "valid": valid });
        let consent = world.control("/control/consent", body).await;
        assert_eq!(consent.status, StatusCode::OK, "{}", consent.text());
        let answer = world.send(refresh(&renewal)).await;
        match error {
            Some(error) => drop(answer.refused(error)),
            None => drop(answer.token()),
        }
    }
}

/// What renews itself by a review comes to rest on the approval (Section 9.1), with whatever it had before.
#[tokio::test]
async fn a_renewal_that_was_approved_ends_with_the_approval() {
    let world = serving(Edition::AROP_DTR);
    let authorization = world.authorize("backend", "payments profile", false).await;
    world.next_outcome("backend", "complete").await;
    let first = world.send(exchange(BACKEND, &authorization)).await;
    assert_eq!(lifetime(&first), 3600);
    let call = refresh(&first.member("refresh_token")).with("completion_mode", "deferred");
    let deferred = world.send(call).await;
    let code = deferred
        .refused("authorization_pending")
        .member("deferral_code");
    approve(&world, &code, Some("payments"), 100).await;
    let second = world.poll(BACKEND, &code).await;
    assert_eq!(lifetime(&second), 100);
    let renewal = second.member("refresh_token");
    let wider = refresh(&renewal).with("scope", "profile");
    world.send(wider).await.refused("invalid_scope");
    world.advance(100);
    world.send(refresh(&renewal)).await.refused("invalid_grant");
}
