//! draft-rosomakho-oauth-txn-challenge Section 4: what makes a challenge good.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::transaction::*;
use super::*;

/// Refused for this, and for nothing else: the request is good otherwise.
async fn refused(world: &World, challenge: &str, why: &str) {
    let answer = world.send(present(SERVICE, challenge)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{why}");
    assert_eq!(answer.error(), "invalid_request", "{why}");
    let said = answer.member("error_description");
    let named = format!("transaction_challenge: {why}");
    assert!(said.starts_with(&named), "{why}: {said}");
}

/// Section 4.2.2 and Section 4.6: one claim wrong at a time.
#[tokio::test]
async fn every_claim_counts() {
    let resource = Resource::new();
    let world = world_with(&resource);
    for (name, value) in [
        ("iss", json!("https://other.example")),
        ("iss", Value::Null),
        ("aud", json!("https://other.example")),
        ("aud", json!(format!("{ISSUER}/token"))),
        ("aud", json!(["https://other.example"])),
        ("aud", Value::Null),
        ("iat", json!(START + 61)),
        ("iat", Value::Null),
        ("exp", json!(START)),
        ("exp", json!("soon")),
        ("exp", Value::Null),
        ("nbf", json!(START + 61)),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("txn", json!("")),
        ("txn", json!(7)),
        ("txn", Value::Null),
        ("authorization_details", json!([])),
        ("authorization_details", json!({ "type": "x" })),
        ("authorization_details", json!([{ "actions": ["delete"] }])),
        ("authorization_details", json!([{ "type": "" }])),
        ("authorization_details", json!([{ "type": "x" }, "x"])),
        ("authorization_details", Value::Null),
        ("reason", json!("")),
        ("reason", json!(["x"])),
        ("reason", Value::Null),
        ("act", json!("agent-7")),
    ] {
        let mut bad = claims("1");
        match value {
            Value::Null => drop(bad.as_object_mut().unwrap().remove(name)),
            value => bad[name] = value,
        }
        refused(&world, &resource.sign(&bad), name).await;
    }
    let mut good = claims("1");
    good["aud"] = json!([ISSUER, "https://other.example"]);
    good["iat"] = json!(START + 60);
    good["unheard_of"] = json!(true);
    begin(&world, present(SERVICE, &resource.sign(&good))).await;
    world.advance(300);
    refused(&world, &resource.sign(&claims("2")), "exp").await;
}

/// Section 4.2.1: what it is, how it is signed, and by which key.
#[tokio::test]
async fn only_the_resource_challenges() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let claims = claims("1");
    let header = |typ: Value, alg: &str, kid: Value| json!({ "typ": typ, "alg": alg, "kid": kid });
    let typ = || json!("txn-authz-challenge+jwt");
    for (bad, why) in [
        (header(json!("JWT"), "ES256", json!("crm-1")), "typ"),
        (header(Value::Null, "ES256", json!("crm-1")), "typ"),
        (header(typ(), "HS256", json!("crm-1")), "alg"),
        (header(typ(), "none", json!("crm-1")), "alg"),
        (header(typ(), "ES256", json!("crm-2")), "kid"),
        (header(typ(), "ES256", Value::Null), "kid"),
    ] {
        refused(&world, &resource.sign_under(bad, &claims), why).await;
    }
    let forged = Resource::new().sign(&claims);
    refused(&world, &forged, "the signature").await;
    let good = resource.sign(&claims);
    let (signed, _) = good.rsplit_once('.').unwrap();
    refused(&world, &format!("{signed}."), "the signature").await;
    let (head, rest) = good.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let mut other = claims.clone();
    other["txn"] = json!("2");
    let other = URL_SAFE_NO_PAD.encode(other.to_string());
    let swapped = format!("{head}.{other}.{signature}");
    refused(&world, &swapped, "the signature").await;
    for nothing in ["x", "x.y.z", "..", "e30"] {
        refused(&world, nothing, "it is no signed JWT").await;
    }
    begin(&world, present(SERVICE, &good)).await;
}
