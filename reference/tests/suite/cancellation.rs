//! Cancellation: Section 8 and its gaps.

use dtr_reference::wire::TOKEN_TYPE_DEFERRAL_CODE;

use crate::support::*;

#[tokio::test]
async fn a_pending_request_is_cancelled() {
    let world = world();
    let code = world.defer(SERVICE).await;
    let hinted = revocation(SERVICE, &code).with("token_type_hint", TOKEN_TYPE_DEFERRAL_CODE);
    let answer = world.send(hinted).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 0));
    answer.no_store();
    world.poll(SERVICE, &code).await.refused("access_denied");
    assert!(!world.decide(&code, "approve").await);
    world.revoke(SERVICE, &code).await; // Section 8.3
    world.advance(LIFETIME - 1);
    world.poll(SERVICE, &code).await.refused("access_denied"); // C-05/A
    world.advance(1);
    let forgotten = world.poll(SERVICE, &code).await; // C-06/C
    assert_eq!(forgotten, world.poll(SERVICE, "no-such-code").await);
}

/// Section 8.2 clause 4, C-70/A.
#[tokio::test]
async fn an_uncollected_approval_is_cancelled() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    world.revoke(SERVICE, &code).await;
    world.poll(SERVICE, &code).await.refused("access_denied");
}

/// C-68/A, C-69/A: revocation changes nothing about what is over.
#[tokio::test]
async fn what_is_over_stays_as_it_is() {
    let world = world();
    let redeemed = world.defer(SERVICE).await;
    assert!(world.decide(&redeemed, "approve").await);
    world.poll(SERVICE, &redeemed).await.token();
    world.revoke(SERVICE, &redeemed).await;
    world
        .poll(SERVICE, &redeemed)
        .await
        .refused("invalid_grant");

    let denied = world.defer(SERVICE).await;
    assert!(world.decide(&denied, "deny").await);
    world.revoke(SERVICE, &denied).await;
    world.advance(LIFETIME);
    // Cancelled it would be forgotten by now.
    world.poll(SERVICE, &denied).await.refused("access_denied");

    let expired = world.defer(SERVICE).await;
    world.advance(LIFETIME);
    world.revoke(SERVICE, &expired).await;
    world.poll(SERVICE, &expired).await.refused("expired_token");
}

/// Section 8.2 clause 2, C-73/A.
#[tokio::test]
async fn unknown_foreign_and_misdescribed_codes_get_200() {
    let world = world();
    let code = world.defer(SERVICE).await;
    let unknown = world.revoke(OTHER, "no-such-code").await;
    assert_eq!(world.revoke(OTHER, &code).await, unknown);
    let odd = revocation(OTHER, "x").with("token_type_hint", "refresh_token");
    assert_eq!(world.send(odd).await, unknown);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    // A wrong hint does not keep the right token from being found (RFC 7009 Section 2.1).
    let misleading = revocation(SERVICE, &code).with("token_type_hint", "access_token");
    assert_eq!(world.send(misleading).await.status, 200);
    world.poll(SERVICE, &code).await.refused("access_denied");
}

/// Only refresh tokens and deferral codes end here.
#[tokio::test]
async fn an_authorization_code_is_not_revoked() {
    let world = world();
    let code = world.authorize("backend", "profile", false).await;
    assert_eq!(world.revoke(BACKEND, &code).await.status, 200);
    world.send(exchange(BACKEND, &code)).await.token();
}

/// C-52/B: without the key, no effect and no telling.
#[tokio::test]
async fn a_bound_code_is_cancelled_with_its_key_only() {
    let world = world();
    let (key, other) = (Key::new(), Key::new());
    let code = world.defer_bound(SERVICE, &key).await;
    world.revoke(SERVICE, &code).await;
    assert_eq!(
        world
            .send(revocation(SERVICE, &code).proven(&other, START))
            .await
            .status,
        200
    );
    assert_eq!(
        world
            .send(revocation(SERVICE, &code).header("dpop", "x"))
            .await
            .status,
        200
    );
    // A proof for another endpoint proves nothing here.
    let misdirected =
        revocation(SERVICE, &code).header("dpop", key.proof(&format!("{ISSUER}/token"), START));
    assert_eq!(world.send(misdirected).await.status, 200);
    world
        .send(poll(SERVICE, &code).proven(&key, START))
        .await
        .refused("authorization_pending");

    assert_eq!(
        world
            .send(revocation(SERVICE, &code).proven(&key, START))
            .await
            .status,
        200
    );
    world
        .send(poll(SERVICE, &code).proven(&key, START))
        .await
        .refused("access_denied");
}

#[tokio::test]
async fn a_revocation_names_a_token() {
    let world = world();
    world
        .send(Call::new("/revoke").by(SERVICE))
        .await
        .refused("invalid_request");
}
