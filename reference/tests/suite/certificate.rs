//! Client certificates (RFC 8705): who authenticates, and what is bound to which (C-53).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dtr_reference::wire::TOKEN_TYPE_ACCESS_TOKEN;
use dtr_reference::{AuthMethod, Config, wire};
use http::StatusCode;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use crate::support::*;

const NAMED: Client = Client::Public("service");

/// A fresh self-signed certificate in DER, in base64.
fn certificate() -> String {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["client.example".to_owned()]).unwrap();
    STANDARD.encode(params.self_signed(&key).unwrap().der())
}

/// The client `service` registers these certificates.
fn config_with(certificates: &[&str]) -> Config {
    let mut config = config();
    config.mtls.trust_client_cert_header = true;
    let client = &mut config.clients[0];
    client.auth_method = AuthMethod::SelfSignedTls;
    client.client_secret = None;
    client.grant_types.push(wire::GRANT_TOKEN_EXCHANGE.into());
    let mut keys = Vec::new();
    for certificate in certificates {
        let mut key: Value = serde_json::to_value(&Key::new().jwks().keys[0]).unwrap();
        key["x5c"] = json!([certificate]);
        keys.push(key);
    }
    client.jwks = Some(serde_json::from_value(json!({ "keys": keys })).unwrap());
    config
}

fn behind(call: Call, certificate: &str) -> Call {
    call.header("client-cert", format!(":{certificate}:"))
}

#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
    assert_eq!(answer.error(), "invalid_client");
}

/// C-53: bound to the very certificate; a re-issued one of the same client authenticates, and finds nothing.
#[tokio::test]
async fn a_code_is_bound_to_the_certificate() {
    let (first, reissued) = (certificate(), certificate());
    let world = World::new(config_with(&[&first, &reissued]));
    let answer = world.send(behind(initial(NAMED), &first)).await;
    let code = answer
        .refused("authorization_pending")
        .member("deferral_code");
    let unknown = world.send(behind(poll(NAMED, "unknown"), &first)).await;
    let answer = world.send(behind(poll(NAMED, &code), &reissued)).await;
    assert_eq!(answer.refused("invalid_grant"), &unknown);
    let answer = world
        .send(behind(revocation(NAMED, &code), &reissued))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = world.send(behind(poll(NAMED, &code), &first)).await;
    answer.refused("authorization_pending");

    assert!(world.decide(&code, "approve").await);
    let answer = world.send(behind(poll(NAMED, &code), &reissued)).await;
    answer.refused("invalid_grant");
    let token = world.send(behind(poll(NAMED, &code), &first)).await;
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &STANDARD.decode(&first).unwrap()));
    assert_eq!(token.token().claims()["cnf"], json!({ "x5t#S256": hash }));
    assert_eq!(token.member("token_type"), "Bearer");
}

#[tokio::test]
async fn its_own_certificate_cancels_a_code() {
    let certificate = certificate();
    let world = World::new(config_with(&[&certificate]));
    let answer = world.send(behind(initial(NAMED), &certificate)).await;
    let code = answer.member("deferral_code");
    world
        .send(behind(revocation(NAMED, &code), &certificate))
        .await;
    let answer = world.send(behind(poll(NAMED, &code), &certificate)).await;
    answer.refused("access_denied");
}

#[tokio::test]
async fn only_a_registered_certificate_authenticates() {
    let mine = certificate();
    let world = World::new(config_with(&[&mine]));
    let call = || Call::token("client_credentials").by(NAMED);
    refused(&world.send(call()).await);
    refused(&world.send(behind(call(), &certificate())).await);
    refused(&world.send(call().header("client-cert", mine.clone())).await);
    refused(&world.send(call().header("client-cert", "::")).await);
    refused(&world.send(call().header("client-cert", ":!:")).await);
    refused(&world.send(behind(behind(call(), &mine), &mine)).await);
    let with_secret = Call::token("client_credentials").by(SERVICE);
    refused(&world.send(behind(with_secret, &mine)).await);
    // Another client gains nothing by it, and loses nothing.
    let other = Call::token("client_credentials").with("client_id", "other");
    refused(&world.send(behind(other, &mine)).await);
    let other = Call::token("client_credentials").by(OTHER);
    let token = world.send(behind(other, &mine)).await;
    assert!(token.token().claims().get("cnf").is_none());
    world.send(behind(call(), &mine)).await.token();
}

/// Without a front that is trusted the field is anybody's.
#[tokio::test]
async fn the_field_counts_only_where_it_is_trusted() {
    let mine = certificate();
    let mut config = config_with(&[&mine]);
    config.mtls.trust_client_cert_header = false;
    let world = World::new(config.clone());
    let call = behind(Call::token("client_credentials").by(NAMED), &mine);
    refused(&world.send(call).await);
    let methods = |document: Value| document["token_endpoint_auth_methods_supported"].to_string();
    let method = "self_signed_tls_client_auth";
    assert!(!methods(world.get(wire::METADATA).await.json()).contains(method));
    config.mtls.trust_client_cert_header = true;
    let world = World::new(config);
    assert!(methods(world.get(wire::METADATA).await.json()).contains(method));
}

#[tokio::test]
async fn a_bound_token_is_exchanged_with_its_certificate_only() {
    let (first, reissued) = (certificate(), certificate());
    let world = World::new(config_with(&[&first, &reissued]));
    let call = behind(Call::token("client_credentials").by(NAMED), &first);
    let token = world.send(call).await.token().member("access_token");
    let exchange = Call::token(wire::GRANT_TOKEN_EXCHANGE)
        .with("subject_token", &token)
        .with("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN)
        .by(NAMED);
    let stolen = world.send(behind(exchange.clone(), &reissued)).await;
    stolen.refused("invalid_request");
    world.send(behind(exchange, &first)).await.token();
}
