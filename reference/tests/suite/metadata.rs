//! Discovery, and tokens checked by what is published.

use dtr_reference::edition::OpenedBy;
use dtr_reference::{Edition, wire};
use http::StatusCode;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn the_metadata_announces_deferral() {
    let document = world().get(wire::METADATA).await.json();
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(document["token_endpoint"], format!("{ISSUER}/token"));
    assert_eq!(document["deferred_token_response_supported"], true);
    assert_eq!(
        document["revocation_endpoint_token_type_values_supported"],
        json!([wire::TOKEN_TYPE_DEFERRAL_CODE])
    );
    let grants = document["grant_types_supported"].as_array().unwrap();
    assert!(grants.contains(&json!(wire::GRANT_DEFERRED)));
    assert_eq!(
        document["pushed_authorization_request_endpoint"],
        format!("{ISSUER}/par")
    );
    assert_eq!(document["request_parameter_supported"], true);
    assert_eq!(
        document["dpop_signing_alg_values_supported"],
        json!(["ES256"])
    );
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
}

/// Every endpoint that is announced is there, and every grant is one that the token endpoint knows.
#[tokio::test]
async fn what_is_announced_is_there() {
    for edition in Edition::ALL {
        announced_is_there(*edition).await;
    }
}

async fn announced_is_there(draft: Edition) {
    let mut config = config();
    config.draft = draft;
    config.registration.open = true;
    let world = World::new(config);
    let document = world.get(wire::METADATA).await.json();
    let members = document.as_object().unwrap();
    let endpoints: Vec<&str> = members
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri")
        .map(|(_, url)| url.as_str().unwrap().strip_prefix(ISSUER).unwrap())
        .collect();
    let count = match draft.opened_by {
        OpenedBy::TokenRequest | OpenedBy::DeviceAuthorization => 8,
        OpenedBy::Authentication | OpenedBy::TransactionAuthorization => 9,
    };
    assert_eq!(endpoints.len(), count, "{}: {endpoints:?}", draft.id);
    for path in endpoints {
        let answer = world.get(path).await;
        assert_ne!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for grant in document["grant_types_supported"].as_array().unwrap() {
        let call = Call::token(grant.as_str().unwrap()).by(SERVICE);
        let answer = world.send(call).await;
        let known = answer.status == StatusCode::OK || answer.error() != "unsupported_grant_type";
        assert!(known, "{grant}");
    }
    let unknown = Call::token("password").by(SERVICE);
    world.send(unknown).await.refused("unsupported_grant_type");
}

#[tokio::test]
async fn tokens_verify_with_the_published_key() {
    let world = world();
    let jwks = world.get("/jwks").await;
    assert!(jwks.json()["keys"][0].get("d").is_none());
    let jwks: JwkSet = serde_json::from_slice(&jwks.bytes).unwrap();
    let token = world
        .send(Call::token("client_credentials").by(SERVICE))
        .await
        .member("access_token");
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let key = DecodingKey::from_jwk(jwks.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&[ISSUER]);
    validation.set_issuer(&[ISSUER]);
    assert!(jsonwebtoken::decode::<Value>(&token, &key, &validation).is_ok());
}
