//! Proof of possession: RFC 9449 and Section 11.1.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_bound_code_leads_to_a_bound_token() {
    let world = world();
    let key = Key::new();
    let code = world.defer_bound(SERVICE, &key).await;
    assert!(world.decide(&code, "approve").await);
    let token = world.send(poll(SERVICE, &code).proven(&key, START)).await;
    assert_eq!(token.token().member("token_type"), "DPoP");
    assert_eq!(token.claims()["cnf"]["jkt"], json!(key.thumbprint()));
    // Without deferral, the same.
    let call = Call::token("client_credentials")
        .by(SERVICE)
        .proven(&key, START);
    let token = world.send(call).await;
    assert_eq!(token.token().member("token_type"), "DPoP");
    assert_eq!(token.claims()["cnf"]["jkt"], json!(key.thumbprint()));
}

/// C-51/A in every state of the request (C-11/B: before the state is looked at), and not counted as a poll.
#[tokio::test]
async fn a_poll_of_a_bound_code_needs_its_key() {
    let world = world();
    let (key, other) = (Key::new(), Key::new());
    let check = async |code: &str| {
        world
            .poll(SERVICE, code)
            .await
            .refused("invalid_dpop_proof");
        world
            .send(poll(SERVICE, code).proven(&other, world.now()))
            .await
            .refused("invalid_dpop_proof");
        world
            .send(poll(SERVICE, code).header("dpop", "x"))
            .await
            .refused("invalid_dpop_proof");
    };
    let proven = async |code: &str| {
        world
            .send(poll(SERVICE, code).proven(&key, world.now()))
            .await
    };

    let code = world.defer_bound(SERVICE, &key).await;
    proven(&code).await.refused("authorization_pending");
    world.advance(INTERVAL);
    check(&code).await;
    proven(&code).await.refused("authorization_pending");
    assert!(world.decide(&code, "approve").await);
    check(&code).await;
    proven(&code).await.token();
    check(&code).await;
    proven(&code).await.refused("invalid_grant");
    let denied = world.defer_bound(SERVICE, &key).await;
    assert!(world.decide(&denied, "deny").await);
    check(&denied).await;
    let expired = world.defer_bound(SERVICE, &key).await;
    world.advance(LIFETIME);
    check(&expired).await;
    proven(&expired).await.refused("expired_token");
}

/// A proof on a poll of an unbound code is checked and otherwise ignored.
#[tokio::test]
async fn an_unbound_code_stays_unbound() {
    let world = world();
    let code = world.defer(SERVICE).await;
    world
        .send(poll(SERVICE, &code).header("dpop", "x"))
        .await
        .refused("invalid_dpop_proof");
    world
        .send(poll(SERVICE, &code).proven(&Key::new(), START))
        .await
        .refused("authorization_pending");
    assert!(world.decide(&code, "approve").await);
    let token = world
        .send(poll(SERVICE, &code).proven(&Key::new(), START))
        .await;
    assert_eq!(token.token().member("token_type"), "Bearer");
    assert!(token.claims().get("cnf").is_none());
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let world = world();
    let key = Key::new();
    let proof = key.proof(&format!("{ISSUER}/token"), START);
    let call = || {
        Call::token("client_credentials")
            .by(SERVICE)
            .header("dpop", proof.clone())
    };
    world.send(call()).await.token();
    world.send(call()).await.refused("invalid_dpop_proof");
    // Not after its memory fades, either: by then it is too old.
    world.advance(121);
    world.send(call()).await.refused("invalid_dpop_proof");
}

#[tokio::test]
async fn broken_proofs_are_refused() {
    let world = world();
    let key = Key::new();
    let url = format!("{ISSUER}/token");
    let (header, claims) = (key.header(), || Key::claims(&url, START));
    let with = |value: &Value, name: &str, new: Value| {
        let mut value = value.clone();
        value[name] = new;
        value
    };
    let mut private = header.clone();
    private["jwk"]["d"] = json!("AAAA");
    let good = key.sign(&header, &claims());
    let tampered = format!("{}A", &good[..good.len() - 2]);
    let cases = [
        ("private key", key.sign(&private, &claims())),
        (
            "typ",
            key.sign(&with(&header, "typ", json!("JWT")), &claims()),
        ),
        (
            "alg",
            key.sign(&with(&header, "alg", json!("none")), &claims()),
        ),
        (
            "other jwk",
            key.sign(
                &with(&header, "jwk", Key::new().header()["jwk"].clone()),
                &claims(),
            ),
        ),
        (
            "no jwk",
            key.sign(&with(&header, "jwk", json!(null)), &claims()),
        ),
        (
            "htm",
            key.sign(&header, &with(&claims(), "htm", json!("GET"))),
        ),
        (
            "htu",
            key.sign(
                &header,
                &with(&claims(), "htu", json!(format!("{ISSUER}/revoke"))),
            ),
        ),
        (
            "old",
            key.sign(&header, &with(&claims(), "iat", json!(START - 61))),
        ),
        (
            "early",
            key.sign(&header, &with(&claims(), "iat", json!(START + 61))),
        ),
        (
            "iat",
            key.sign(&header, &with(&claims(), "iat", json!("now"))),
        ),
        ("jti", key.sign(&header, &with(&claims(), "jti", json!("")))),
        ("signature", tampered),
        ("not a JWT", "a.b.c".into()),
        ("empty", String::new()),
    ];
    for (what, proof) in cases {
        let call = Call::token("client_credentials")
            .by(SERVICE)
            .header("dpop", proof);
        let answer = world.send(call).await;
        assert_eq!(
            (what, answer.error().as_str()),
            (what, "invalid_dpop_proof")
        );
    }
    let two = Call::token("client_credentials")
        .by(SERVICE)
        .header("dpop", key.proof(&url, START))
        .header("dpop", key.proof(&url, START));
    world.send(two).await.refused("invalid_dpop_proof");
    // Equivalent URLs are equal, and the edge of the window is inside.
    let mut good = with(&claims(), "htu", json!("HTTP://127.0.0.1:9400/token?x=y#z"));
    good["iat"] = json!(START - 60);
    let call = Call::token("client_credentials")
        .by(SERVICE)
        .header("dpop", key.sign(&header, &good));
    world.send(call).await.token();
}
