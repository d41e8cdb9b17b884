//! DPoP nonces (RFC 9449 Section 8): a challenge is no poll (C-56/A), and says nothing about a code.

use http::StatusCode;

use crate::support::*;

fn demanding_world() -> World {
    let mut config = config();
    config.dpop.require_nonce = true;
    World::new(config)
}

fn nonce_of(answer: &Answer) -> String {
    answer.headers["dpop-nonce"].to_str().unwrap().into()
}

/// The call with a proof that carries this nonce.
fn proven_with(call: Call, path: &str, key: &Key, nonce: &str, now: u64) -> Call {
    call.header(
        "dpop",
        key.proof_with(nonce, &format!("{ISSUER}{path}"), now),
    )
}

/// A deferral bound to the key; its code, and the nonce that counts.
async fn bound(world: &World, key: &Key) -> (String, String) {
    let challenge = world.send(initial(SERVICE).proven(key, world.now())).await;
    let nonce = nonce_of(challenge.refused("use_dpop_nonce"));
    let call = proven_with(initial(SERVICE), "/token", key, &nonce, world.now());
    let answer = world.send(call).await;
    let code = answer
        .refused("authorization_pending")
        .member("deferral_code");
    (code, nonce)
}

/// C-56/A: challenged as often as it takes, the retry at once is neither early nor late.
#[tokio::test]
async fn a_challenge_is_no_poll() {
    let world = demanding_world();
    let key = Key::new();
    let (code, nonce) = bound(&world, &key).await;
    let poll_with =
        |nonce: &str| proven_with(poll(SERVICE, &code), "/token", &key, nonce, world.now());
    for _ in 0..2 {
        for bad in [
            poll(SERVICE, &code).proven(&key, world.now()),
            poll_with("x"),
            poll_with(""),
        ] {
            let answer = world.send(bad).await;
            assert_eq!(nonce_of(answer.refused("use_dpop_nonce")), nonce);
        }
        world
            .send(poll_with(&nonce))
            .await
            .refused("authorization_pending");
        world.send(poll_with(&nonce)).await.refused("slow_down");
        world.advance(INTERVAL);
    }
    assert!(world.decide(&code, "approve").await);
    let answer = world.send(poll_with(&nonce)).await;
    assert_eq!(nonce_of(answer.token()), nonce);
}

#[tokio::test]
async fn nonces_come_to_an_end() {
    let world = demanding_world();
    let key = Key::new();
    let (code, nonce) = bound(&world, &key).await;
    world.advance(240);
    let old = proven_with(poll(SERVICE, &code), "/token", &key, &nonce, world.now());
    let fresh = nonce_of(world.send(old).await.refused("use_dpop_nonce"));
    assert_ne!(fresh, nonce);
    let call = proven_with(poll(SERVICE, &code), "/token", &key, &fresh, world.now());
    world.send(call).await.refused("authorization_pending");
}

/// A nonce heals nothing else, and whoever needs no proof needs no nonce.
#[tokio::test]
async fn only_proofs_are_challenged() {
    let world = demanding_world();
    let key = Key::new();
    let (code, nonce) = bound(&world, &key).await;
    world
        .poll(SERVICE, &code)
        .await
        .refused("invalid_dpop_proof");
    let other = proven_with(
        poll(SERVICE, &code),
        "/token",
        &Key::new(),
        &nonce,
        world.now(),
    );
    world.send(other).await.refused("invalid_dpop_proof");
    let old = proven_with(
        poll(SERVICE, &code),
        "/token",
        &key,
        &nonce,
        world.now() - 61,
    );
    world.send(old).await.refused("invalid_dpop_proof");
    let unbound = world.defer(OTHER).await;
    world
        .poll(OTHER, &unbound)
        .await
        .refused("authorization_pending");
}

/// Unknown, foreign and own codes are challenged alike, at the revocation endpoint too, and nothing is cancelled.
#[tokio::test]
async fn a_challenge_tells_nothing_about_a_code() {
    let world = demanding_world();
    let key = Key::new();
    let (code, nonce) = bound(&world, &key).await;
    let foreign = world.defer(OTHER).await;
    for call in [poll, revocation] {
        let mut answers = Vec::new();
        for code in [code.as_str(), &foreign, "unknown"] {
            let call = call(SERVICE, code).proven(&key, world.now());
            answers.push(world.send(call).await.refused("use_dpop_nonce").clone());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }
    let call = proven_with(poll(SERVICE, &code), "/token", &key, &nonce, world.now());
    world.send(call).await.refused("authorization_pending");
    let call = proven_with(
        revocation(SERVICE, &code),
        "/revoke",
        &key,
        &nonce,
        world.now(),
    );
    assert_eq!(world.send(call).await.status, StatusCode::OK);
    let call = proven_with(poll(SERVICE, &code), "/token", &key, &nonce, world.now());
    world.send(call).await.refused("access_denied");
}

#[tokio::test]
async fn no_nonce_is_offered_unless_required() {
    let world = world();
    let key = Key::new();
    let answer = world.send(initial(SERVICE).proven(&key, world.now())).await;
    answer.refused("authorization_pending");
    assert!(!answer.headers.contains_key("dpop-nonce"));
}
