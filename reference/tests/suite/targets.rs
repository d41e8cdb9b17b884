//! `resource` (RFC 8707) and `authorization_details` (RFC 9396): frozen with the request (C-48/A), shown in the token.

use serde_json::json;

use crate::support::*;

const BANK: &str = "https://bank.example/";
const FILES: &str = "https://files.example/";
const DETAILS: &str = r#"[{"type":"payment","amount":5},{"type":"payment","amount":7}]"#;

fn authorize_uri_with(extra: &[(&str, &str)]) -> String {
    let extra: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(extra)
        .finish();
    format!("{}&{extra}", authorize_uri("backend", "payments"))
}

#[tokio::test]
async fn they_come_through_a_deferral() {
    let world = world();
    let call = initial(SERVICE)
        .with("resource", BANK)
        .with("resource", FILES)
        .with("authorization_details", DETAILS);
    let code = world.send(call).await.member("deferral_code");
    // A poll changes none of it (Section 4.1 item 4).
    let call = poll(SERVICE, &code).with("resource", BANK);
    world.send(call).await.refused("invalid_request");
    assert!(world.decide(&code, "approve").await);
    let answer = world.poll(SERVICE, &code).await;
    let claims = answer.token().claims();
    assert_eq!(claims["aud"], json!([BANK, FILES]));
    let details: serde_json::Value = serde_json::from_str(DETAILS).unwrap();
    assert_eq!(claims["authorization_details"], details);
    assert_eq!(answer.json()["authorization_details"], details);
}

#[tokio::test]
async fn a_request_for_neither_shows_neither() {
    let world = world();
    let answer = world
        .send(Call::token("client_credentials").by(SERVICE))
        .await;
    assert_eq!(answer.token().claims()["aud"], ISSUER);
    assert!(answer.claims().get("authorization_details").is_none());
    assert!(answer.json().get("authorization_details").is_none());
}

/// RFC 8707 Section 2.2, RFC 9396 Section 6: the token request may ask for less than was authorized, not for more.
#[tokio::test]
async fn a_code_carries_them_and_the_exchange_may_narrow_them() {
    let world = world();
    let uri = authorize_uri_with(&[
        ("resource", BANK),
        ("resource", FILES),
        ("authorization_details", DETAILS),
    ]);
    let one = r#"[{"type":"payment","amount":7}]"#;
    for (resource, details, aud, amounts) in [
        (None, None, json!([BANK, FILES]), vec![5, 7]),
        (Some(FILES), Some(one), json!(FILES), vec![7]),
    ] {
        let code = query_member(&world.get(&uri).await, "code").unwrap();
        let mut call = exchange(BACKEND, &code);
        call = resource
            .into_iter()
            .fold(call, |call, value| call.with("resource", value));
        call = details.into_iter().fold(call, |call, value| {
            call.with("authorization_details", value)
        });
        world.next_outcome("backend", "complete").await;
        let claims = world.send(call).await.token().claims();
        assert_eq!(claims["aud"], aud);
        let shown = claims["authorization_details"].as_array().unwrap();
        let shown: Vec<_> = shown
            .iter()
            .map(|one| one["amount"].as_i64().unwrap())
            .collect();
        assert_eq!(shown, amounts);
    }

    let narrow = authorize_uri_with(&[("resource", BANK), ("authorization_details", one)]);
    let code = query_member(&world.get(&narrow).await, "code").unwrap();
    let wider = exchange(BACKEND, &code).with("resource", FILES);
    world.send(wider).await.refused("invalid_target");
    let wider = exchange(BACKEND, &code).with("authorization_details", DETAILS);
    world
        .send(wider)
        .await
        .refused("invalid_authorization_details");
}

#[tokio::test]
async fn what_is_not_known_is_refused() {
    let world = world();
    for (name, value, error) in [
        ("resource", "https://other.example/", "invalid_target"),
        ("resource", "bank", "invalid_target"),
        (
            "authorization_details",
            "[]",
            "invalid_authorization_details",
        ),
        (
            "authorization_details",
            "{}",
            "invalid_authorization_details",
        ),
        (
            "authorization_details",
            "[5]",
            "invalid_authorization_details",
        ),
        (
            "authorization_details",
            "[{\"type\":\"other\"}]",
            "invalid_authorization_details",
        ),
        (
            "authorization_details",
            "[{}]",
            "invalid_authorization_details",
        ),
    ] {
        let call = Call::token("client_credentials")
            .by(SERVICE)
            .with(name, value);
        world.send(call).await.refused(error);
        let answer = world.get(&authorize_uri_with(&[(name, value)])).await;
        assert_eq!(
            query_member(&answer, "error").as_deref(),
            Some(error),
            "{value}"
        );
    }
}
