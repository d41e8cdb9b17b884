//! CIBA Core 1.0 served as an edition of its own, by polls and by pings.

use dtr_reference::wire::{
    CLIENT_ASSERTION_JWT, GRANT_CIBA, GRANT_DEFERRED, GRANT_DEVICE_CODE, METADATA,
};
use dtr_reference::{AuthMethod, ClientConfig, Config, Edition};
use http::{StatusCode, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::*;

const NOTIFICATION_TOKEN: &str = "8d67dc78-7faa-4d41-aabd-67707b374255";

fn open_id(draft: Edition) -> Config {
    let mut config = config();
    config.draft = draft;
    for client in &mut config.clients {
        if ["service", "other"].contains(&client.client_id.as_str()) {
            client.scope.push_str(" openid");
            client.grant_types.push(GRANT_CIBA.into());
        }
    }
    config
}

fn polling() -> World {
    World::new(open_id(Edition::CIBA_POLL))
}

/// A world in which `service` is told of its results.
async fn pinging() -> (World, Receiver) {
    let receiver = Receiver::start().await;
    let mut config = open_id(Edition::CIBA_PING);
    config.callback.allow_private_addresses = true;
    config.callback.extra_root_pem = Some(receiver.root_pem.clone());
    config.clients[0].deferred_client_notification_endpoint = Some(receiver.endpoint());
    let world = World::new(config);
    world
        .control("/control/callbacks", json!({ "hold": true }))
        .await;
    (world, receiver)
}

/// An authentication request that is as short as can be.
pub(crate) fn ask(client: Client) -> Call {
    Call::new("/bc-authorize")
        .with("scope", "openid profile")
        .with("login_hint", "alice")
        .by(client)
}

/// The `auth_req_id` of a new request.
pub(crate) async fn begin(world: &World, call: Call) -> String {
    let answer = world.send(call).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.no_store().member("auth_req_id")
}

pub(crate) fn ciba_poll(client: Client, auth_req_id: &str) -> Call {
    Call::token(GRANT_CIBA)
        .with("auth_req_id", auth_req_id)
        .by(client)
}

async fn attempt(world: &World, auth_req_id: &str) -> Value {
    let body = json!({ "deferral_code": auth_req_id });
    world.control("/control/callbacks", body).await.json()
}

fn delivered(status: u16) -> Value {
    json!({ "attempted": true, "status": status })
}

fn nothing() -> Value {
    json!({ "attempted": false, "status": null })
}

/// Sections 7.3, 10.1 and 10.1.1. The ID token is for this client, about whom it asked, and signed by a published key.
#[tokio::test]
async fn the_user_approves_and_the_client_gets_one_token() {
    let world = polling();
    let request = ask(SERVICE)
        .with("binding_message", "W4SCT")
        .with("acr_values", "urn:example:any");
    let opened = world.send(request).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    opened.no_store();
    let members = opened.json();
    assert_eq!(members["expires_in"], LIFETIME);
    assert_eq!(members["interval"], INTERVAL);
    assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
    let code = opened.member("auth_req_id");

    let poll = ciba_poll(SERVICE, &code);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    assert!(world.decide(&code, "approve").await);
    let token = world.send(poll.clone()).await;
    assert_eq!(token.token().claims()["sub"], "alice");
    assert_eq!(token.member("scope"), "openid profile");
    let id_token = token.member("id_token");
    let jwks = world.get("/jwks").await;
    let jwks: JwkSet = serde_json::from_slice(&jwks.bytes).unwrap();
    let signed = jsonwebtoken::decode_header(&id_token).unwrap();
    assert_eq!(signed.typ.as_deref(), Some("JWT"));
    let kid = signed.kid.unwrap();
    let key = DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&["service"]);
    validation.set_issuer(&[ISSUER]);
    let claims = jsonwebtoken::decode::<Value>(&id_token, &key, &validation).unwrap();
    let claims = claims.claims;
    assert_eq!(claims["sub"], "alice");
    assert_eq!(claims["iat"], START);
    assert!(claims["exp"].as_u64().unwrap() > START);
    // It is no access token, by the same key though it is.
    let introspection = Call::new("/introspect")
        .with("token", &id_token)
        .by(SERVICE);
    assert_eq!(world.send(introspection).await.json()["active"], false);

    world.send(poll).await.refused("invalid_grant");
}

/// Whoever can sign in here can be asked about, and a refresh token comes to clients that registered for it.
#[tokio::test]
async fn users_are_the_configured_ones() {
    let world = polling();
    let request = Call::new("/bc-authorize")
        .with("scope", "openid")
        .with("login_hint", "carol");
    let code = begin(&world, request.by(BACKEND)).await;
    assert!(world.decide(&code, "approve").await);
    let token = world.send(ciba_poll(BACKEND, &code)).await;
    assert_eq!(token.token().claims()["sub"], "carol");
    assert!(!token.member("refresh_token").is_empty());
}

/// Section 11, and RFC 6749 Section 5.2 for the rest.
#[tokio::test]
async fn every_error_of_a_poll() {
    let world = polling();
    let code = begin(&world, ask(SERVICE)).await;
    let poll = ciba_poll(SERVICE, &code);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    world.send(poll.clone()).await.refused("slow_down");
    world.advance(INTERVAL);
    world.send(poll.clone()).await.refused("slow_down");
    for (other, error) in [
        (ciba_poll(OTHER, &code), "invalid_grant"),
        (ciba_poll(SERVICE, "unknown"), "invalid_grant"),
        (Call::token(GRANT_CIBA).by(SERVICE), "invalid_request"),
        (ciba_poll(APP, &code), "unauthorized_client"),
    ] {
        world.send(other).await.refused(error);
    }
    let missing = world.send(Call::token(GRANT_CIBA).by(SERVICE)).await;
    assert!(missing.member("error_description").contains("auth_req_id"));
    world.advance(INTERVAL + 5);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    assert!(world.decide(&code, "deny").await);
    world.send(poll).await.refused("access_denied");

    let late = begin(&world, ask(SERVICE)).await;
    let approved = begin(&world, ask(SERVICE)).await;
    assert!(world.decide(&approved, "approve").await);
    world.advance(LIFETIME);
    for code in [late, approved] {
        let answer = world.send(ciba_poll(SERVICE, &code)).await;
        answer.refused("expired_token");
    }
}

/// Section 13: each request has one thing wrong with it.
#[tokio::test]
async fn every_error_of_an_authentication_request() {
    let world = polling();
    let with = |members: &[(&str, &str)]| {
        let call = Call::new("/bc-authorize").by(SERVICE);
        members
            .iter()
            .fold(call, |call, (name, value)| call.with(name, value))
    };
    let long = "x".repeat(65);
    let (open_id, alice) = (("scope", "openid"), ("login_hint", "alice"));
    for (members, error) in [
        (vec![alice], "invalid_request"),
        (vec![("scope", "profile"), alice], "invalid_scope"),
        (vec![("scope", "openid admin"), alice], "invalid_scope"),
        (vec![open_id], "invalid_request"),
        (
            vec![open_id, alice, ("id_token_hint", "x")],
            "invalid_request",
        ),
        (
            vec![open_id, alice, ("login_hint_token", "x")],
            "invalid_request",
        ),
        (
            vec![open_id, alice, ("login_hint", "carol")],
            "invalid_request",
        ),
        (vec![open_id, ("login_hint", "mallory")], "unknown_user_id"),
        (
            vec![open_id, ("login_hint_token", "alice")],
            "unknown_user_id",
        ),
        (vec![open_id, ("id_token_hint", "alice")], "unknown_user_id"),
        (
            vec![open_id, alice, ("binding_message", &long)],
            "invalid_binding_message",
        ),
        (
            vec![open_id, alice, ("binding_message", "a\nb")],
            "invalid_binding_message",
        ),
        (
            vec![open_id, alice, ("requested_expiry", "0")],
            "invalid_request",
        ),
        (
            vec![open_id, alice, ("requested_expiry", "+5")],
            "invalid_request",
        ),
        (
            vec![open_id, alice, ("requested_expiry", "soon")],
            "invalid_request",
        ),
        (
            vec![open_id, alice, ("request", "e30.e30.")],
            "invalid_request",
        ),
    ] {
        let answer = world.send(with(&members)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{members:?}");
        assert_eq!(answer.error(), error, "{members:?}");
        answer.no_store();
    }
    let nobody = world.send(ask(Client::Basic("nobody"))).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.error(), "invalid_client");
    world.send(ask(APP)).await.refused("unauthorized_client");
    let get = world.get("/bc-authorize").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// Section 7.1: the wish makes the lifetime shorter, never longer.
#[tokio::test]
async fn the_client_may_wish_for_less_time() {
    let world = polling();
    let huge = "9".repeat(30);
    for (wish, granted) in [("60", 60), ("3600", LIFETIME), (huge.as_str(), LIFETIME)] {
        let answer = world
            .send(ask(SERVICE).with("requested_expiry", wish))
            .await;
        assert_eq!(answer.json()["expires_in"], granted, "{wish}");
    }
    let code = begin(&world, ask(SERVICE).with("requested_expiry", "60")).await;
    world.advance(59);
    let poll = ciba_poll(SERVICE, &code);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    world.advance(1);
    world.send(poll).await.refused("expired_token");
}

/// Section 7.1: an assertion of the client may be meant for the endpoint itself. Elsewhere that is no name of this server.
#[tokio::test]
async fn a_client_signs_for_the_endpoint() {
    for (draft, status) in [(Edition::CIBA_POLL, 200), (Edition::RFC_8628, 401)] {
        let key = Key::new();
        let mut config = open_id(draft);
        let service = &mut config.clients[0];
        service.auth_method = AuthMethod::PrivateKeyJwt;
        service.client_secret = None;
        service.jwks = Some(key.jwks());
        let world = World::new(config);
        let claims = json!({
            "iss": "service",
            "sub": "service",
            "aud": format!("{ISSUER}/bc-authorize"),
            "jti": "1",
            "exp": START + 60,
        });
        let call = match status {
            200 => Call::new("/bc-authorize").with("login_hint", "alice"),
            _ => Call::token("client_credentials"),
        };
        let call = call
            .with("scope", "openid")
            .with("client_assertion_type", CLIENT_ASSERTION_JWT)
            .with("client_assertion", &key.jwt("JWT", &claims));
        let answer = world.send(call).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    }
}

/// A code is bound to no key; what a poll proves binds its access token.
#[tokio::test]
async fn the_proof_of_a_poll_binds_its_token() {
    let world = polling();
    let key = Key::new();
    let code = begin(&world, ask(SERVICE)).await;
    assert!(world.decide(&code, "approve").await);
    let proven = ciba_poll(SERVICE, &code).proven(&key, world.now());
    let token = world.send(proven).await;
    assert_eq!(token.token().claims()["cnf"]["jkt"], key.thumbprint());
}

/// The draft's grant is none here, the device grant originates a request, and nothing is cancelled.
#[tokio::test]
async fn nothing_of_the_draft_is_known() {
    let world = polling();
    let code = begin(&world, ask(SERVICE).with("completion_mode", "deferred")).await;
    world
        .poll(SERVICE, &code)
        .await
        .refused("unsupported_grant_type");
    world.revoke(SERVICE, &code).await;
    assert!(world.decide(&code, "approve").await, "nothing was revoked");
    assert_eq!(attempt(&world, &code).await, nothing());
    world.send(initial(SERVICE)).await.token();

    let device = Call::new("/device_authorization").with("completion_mode", "deferred");
    let begun = world.send(device.by(BACKEND)).await;
    let poll = Call::token(GRANT_DEVICE_CODE).with("device_code", &begun.member("device_code"));
    let poll = poll.by(BACKEND);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    crate::device::decide(&world, &begun.member("user_code"), "approve").await;
    world.advance(INTERVAL);
    let token = world.send(poll).await;
    assert_eq!(token.token().json().get("id_token"), None);

    let elsewhere = world_of_the_draft();
    let there = elsewhere.send(ask(SERVICE)).await;
    assert_eq!(there.status, StatusCode::NOT_FOUND);
    let there = elsewhere.send(ciba_poll(SERVICE, &code)).await;
    there.refused("unsupported_grant_type");
}

fn world_of_the_draft() -> World {
    World::new(open_id(Edition::IETF_01))
}

/// Section 10.2, after a success and after a failure; the poll that follows comes at any pace.
#[tokio::test]
async fn the_client_is_pinged_when_its_user_has_decided() {
    let (world, receiver) = pinging().await;
    for (decision, error) in [("approve", None), ("deny", Some("access_denied"))] {
        let request = ask(SERVICE).with("client_notification_token", NOTIFICATION_TOKEN);
        let code = begin(&world, request).await;
        assert_eq!(attempt(&world, &code).await, nothing(), "not decided");
        let poll = ciba_poll(SERVICE, &code);
        world
            .send(poll.clone())
            .await
            .refused("authorization_pending");
        assert!(world.decide(&code, decision).await);
        assert_eq!(attempt(&world, &code).await, delivered(204));
        assert_eq!(attempt(&world, &code).await, nothing(), "once");
        let ping = receiver.received().pop().unwrap();
        let bearer = format!("Bearer {NOTIFICATION_TOKEN}");
        assert_eq!(ping.headers[header::AUTHORIZATION], bearer);
        assert_eq!(ping.headers[header::CONTENT_TYPE], "application/json");
        let body: Value = serde_json::from_slice(&ping.body).unwrap();
        assert_eq!(body, json!({ "auth_req_id": code }));
        let answer = world.send(poll).await;
        match error {
            None => assert!(!answer.token().member("id_token").is_empty()),
            Some(error) => drop(answer.refused(error)),
        }
    }
    assert_eq!(receiver.received().len(), 2);
}

/// Section 10.2: any body with 200 will do, and nobody is followed anywhere.
#[tokio::test]
async fn what_the_endpoint_may_answer() {
    let (world, receiver) = pinging().await;
    let target: &'static str = receiver.endpoint().replace("/cb", "/elsewhere").leak();
    for (status, location, body, again) in [
        (StatusCode::OK, None, 100, false),
        (StatusCode::FOUND, Some(target), 0, true),
    ] {
        receiver.script(&[(status, location, body)]);
        let request = ask(SERVICE).with("client_notification_token", NOTIFICATION_TOKEN);
        let code = begin(&world, request).await;
        assert!(world.decide(&code, "approve").await);
        assert_eq!(attempt(&world, &code).await, delivered(status.as_u16()));
        let second = attempt(&world, &code).await;
        assert_eq!(second == delivered(204), again, "{status}: {second}");
    }
    let received = receiver.received();
    assert!(received.iter().all(|ping| ping.uri == "/cb"));
}

/// Section 7.1: 1024 characters of a bearer token, from those who are pinged and from nobody else.
#[tokio::test]
async fn a_pinged_client_has_to_bring_a_token() {
    let (world, _receiver) = pinging().await;
    world.send(ask(SERVICE)).await.refused("invalid_request");
    let (fits, too_long) = ("x".repeat(1024), "x".repeat(1025));
    for (token, good) in [
        (fits.as_str(), true),
        (too_long.as_str(), false),
        ("not a token", false),
        ("", false),
    ] {
        let request = ask(SERVICE).with("client_notification_token", token);
        let answer = world.send(request).await;
        match good {
            true => assert_eq!(answer.status, StatusCode::OK),
            false => drop(answer.refused("invalid_request")),
        }
    }
    // This client polls.
    begin(&world, ask(OTHER)).await;
    let in_poll_mode = polling();
    let stray = ask(SERVICE).with("client_notification_token", "not a token");
    begin(&in_poll_mode, stray).await;
}

/// Section 4: what each mode announces.
#[tokio::test]
async fn the_metadata_announces_the_endpoint_and_the_modes() {
    for (draft, modes) in [
        (Edition::CIBA_POLL, json!(["poll"])),
        (Edition::CIBA_PING, json!(["poll", "ping"])),
    ] {
        let document = World::new(open_id(draft)).get(METADATA).await.json();
        for (name, value) in [
            (
                "backchannel_authentication_endpoint",
                json!(format!("{ISSUER}/bc-authorize")),
            ),
            ("backchannel_token_delivery_modes_supported", modes),
            ("backchannel_user_code_parameter_supported", json!(false)),
            ("id_token_signing_alg_values_supported", json!(["ES256"])),
        ] {
            assert_eq!(document[name], value, "{name}");
        }
        assert_eq!(document.get("deferred_token_response_supported"), None);
        let grants = document["grant_types_supported"].as_array().unwrap();
        assert!(grants.contains(&json!(GRANT_CIBA)));
        assert!(grants.contains(&json!(GRANT_DEVICE_CODE)));
        assert!(!grants.contains(&json!(GRANT_DEFERRED)));
    }
}

/// Section 4: a client that registers itself says where it is pinged, in CIBA's word for it.
#[tokio::test]
async fn a_client_registers_for_pings() {
    let mut config = open_id(Edition::CIBA_PING);
    config.registration.open = true;
    config.registration.scope = "openid".into();
    let world = World::new(config);
    let name = "backchannel_client_notification_endpoint";
    for (member, taken) in [
        (name, true),
        ("deferred_client_notification_endpoint", false),
    ] {
        let metadata = json!({ "grant_types": [GRANT_CIBA], member: "https://1.1.1.1/cb" });
        let request = http::Request::post("/register")
            .header("content-type", "application/json")
            .body(axum::body::Body::from(metadata.to_string()));
        let answer = world.raw(request.unwrap()).await.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        assert_eq!(answer.json().get(member).is_some(), taken, "{member}");
        let (id, secret) = (answer.member("client_id"), answer.member("client_secret"));
        let request = Call::new("/bc-authorize")
            .with("scope", "openid")
            .with("login_hint", "alice")
            .basic(&id, &secret);
        let answer = world.send(request).await;
        // Whoever is pinged has to bring a token.
        assert_eq!(answer.status == StatusCode::BAD_REQUEST, taken, "{member}");
    }
}

/// Only a client with credentials may ask (Section 7.1).
#[test]
fn a_public_client_cannot_be_registered_for_it() {
    let mut config = open_id(Edition::CIBA_POLL);
    let app: &mut ClientConfig = &mut config.clients[2];
    app.grant_types.push(GRANT_CIBA.into());
    let error = config.validate().unwrap_err().to_string();
    assert!(error.starts_with("clients[app].grant_types"), "{error}");
}
