//! Section 7.4: token exchange within an approval.

use dtr_reference::wire::{GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ACCESS_TOKEN};

use super::*;

fn exchange_of(subject: &Answer) -> Call {
    Call::token(GRANT_TOKEN_EXCHANGE)
        .with("subject_token", &subject.member("access_token"))
        .with("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN)
        .by(BACKEND)
}

/// At once, though `payments` is reviewed otherwise, and however often it is exchanged.
#[tokio::test]
async fn what_was_approved_is_exchanged_until_the_approval_is_over() {
    let world = serving(Edition::AROP_DTR);
    let mut token = approved(&world, None, 1000).await;
    for past in [400, 999] {
        world.advance(START + past - world.now());
        token = world.send(exchange_of(&token)).await;
        assert_eq!(lifetime(&token), 1000 - past);
        assert_eq!(token.member("scope"), "payments profile");
        assert_eq!(token.json().get("refresh_token"), None);
    }
    world.advance(1);
    world
        .send(exchange_of(&token))
        .await
        .refused("invalid_grant");
    world.advance(LIFETIME);
    world
        .send(exchange_of(&token))
        .await
        .refused("invalid_grant");
}

#[tokio::test]
async fn a_narrower_approval_is_exchanged_as_narrow() {
    let world = serving(Edition::AROP_DTR);
    let token = approved(&world, Some("profile"), 1000).await;
    let wider = exchange_of(&token).with("scope", "profile payments");
    world.send(wider).await.refused("invalid_scope");
    let same = world.send(exchange_of(&token)).await;
    assert_eq!(same.token().member("scope"), "profile");
}

/// A token that ended while its approval goes on is what it is elsewhere; so is one that rests on none.
#[tokio::test]
async fn a_token_that_ended_by_itself_is_no_token_to_exchange() {
    let world = serving(Edition::AROP_DTR);
    let long = approved(&world, None, 10_000).await;
    world.next_outcome("backend", "complete").await;
    let unreviewed = world.send(initial(BACKEND)).await;
    let reviewed_again = world.send(exchange_of(&unreviewed)).await;
    reviewed_again.refused("invalid_scope");
    world.advance(3600);
    for token in [long, unreviewed] {
        let answer = world.send(exchange_of(&token)).await;
        answer.refused("invalid_request");
    }
}

#[tokio::test]
async fn what_lapsed_is_not_exchanged() {
    let world = serving(Edition::AROP_DTR);
    let code = world.defer(BACKEND).await;
    approve(&world, &code, None, 1000).await;
    let token = world.poll(BACKEND, &code).await;
    let body = json!({ "deferral_code": code, "valid": false });
    world.control("/control/consent", body).await;
    world
        .send(exchange_of(&token))
        .await
        .refused("invalid_grant");
}

/// Section 13: a token says neither when its approval is over, nor by which code it came.
#[tokio::test]
async fn a_token_tells_nothing_of_its_approval() {
    let world = serving(Edition::AROP_DTR);
    let code = world.defer(BACKEND).await;
    approve(&world, &code, None, 10_000).await;
    let claims = world.poll(BACKEND, &code).await.token().claims();
    assert!(!claims.to_string().contains(&code), "{claims}");
    let end = (START + 10_000).to_string();
    assert!(!claims.to_string().contains(&end), "{claims}");
}
