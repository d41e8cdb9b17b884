//! The device authorization grant served as an edition of its own: the polling that the draft makes general. What a
//! device code is elsewhere, where it originates a token request, is in `device.rs`.

use dtr_reference::Edition;
use dtr_reference::wire::{GRANT_DEFERRED, GRANT_DEVICE_CODE, METADATA};
use http::StatusCode;
use serde_json::json;

use crate::device::decide;
use crate::edition::serving;
use crate::support::browser::Browser;
use crate::support::receiver::Receiver;
use crate::support::*;

fn device_world() -> World {
    serving(Edition::RFC_8628)
}

fn authorization(client: Client) -> Call {
    Call::new("/device_authorization")
        .with("scope", "profile payments")
        .by(client)
}

/// The device code and the user code of a new request.
async fn begin(world: &World, client: Client) -> (String, String) {
    let answer = world.send(authorization(client)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    (answer.member("device_code"), answer.member("user_code"))
}

fn device_poll(client: Client, device_code: &str) -> Call {
    Call::token(GRANT_DEVICE_CODE)
        .with("device_code", device_code)
        .by(client)
}

/// RFC 8628 Sections 3.1 to 3.5, by a public client, whose user signs in at the page.
#[tokio::test]
async fn the_user_approves_and_the_device_gets_one_token() {
    let world = device_world();
    let opened = world.send(authorization(APP)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    opened.no_store();
    let user_code = opened.member("user_code");
    let code = opened.member("device_code");
    let uri = opened.member("verification_uri");
    assert_eq!(uri, "https://as.example/device");
    let complete = format!("{uri}?user_code={user_code}");
    assert_eq!(opened.member("verification_uri_complete"), complete);
    assert_eq!(opened.json()["expires_in"], LIFETIME);
    assert_eq!(opened.json()["interval"], INTERVAL);
    assert_eq!(opened.json().get("deferral_code"), None);

    let poll = device_poll(APP, &code);
    let waiting = world.send(poll.clone()).await;
    let waiting = waiting.refused("authorization_pending").json();
    assert_eq!(waiting.get("interaction_uri"), None);
    let typed = user_code.to_lowercase().replace('-', " ");
    let done = decide(&world, &typed, "approve").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let token = world.send(poll.clone()).await;
    assert_eq!(token.token().claims()["sub"], "carol", "who signed in");
    assert_eq!(token.member("scope"), "profile payments");
    assert_eq!(token.member("token_type"), "Bearer");
    assert!(!token.member("refresh_token").is_empty());
    assert_eq!(token.json().get("id_token"), None);
    world.send(poll).await.refused("invalid_grant");
}

/// The control API decides like anybody, for the configured subject and for less than was asked.
#[tokio::test]
async fn the_control_api_decides_too() {
    let world = device_world();
    let (code, user_code) = begin(&world, BACKEND).await;
    let body = json!({ "deferral_code": code, "decision": "approve", "scope": "profile" });
    let decided = world.control("/control/decide", body).await;
    assert_eq!(decided.json(), json!({ "applied": true }));
    let mut carol = Browser::signed_in(&world, "/device").await;
    let look_up = [("action", "look_up"), ("user_code", user_code.as_str())];
    let page = carol.submit(&world, "/device", &look_up).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "decided already");
    let token = world.send(device_poll(BACKEND, &code)).await;
    assert_eq!(token.token().claims()["sub"], "alice");
    assert_eq!(token.member("scope"), "profile");
}

/// What waits while its page is open may be decided by somebody else, or expire.
#[tokio::test]
async fn the_page_decides_only_what_still_waits() {
    let world = device_world();
    let (code, user_code) = begin(&world, BACKEND).await;
    let mut carol = Browser::signed_in(&world, "/device").await;
    let form = |action| [("action", action), ("user_code", user_code.as_str())];
    let page = carol.submit(&world, "/device", &form("look_up")).await;
    assert!(page.text().contains("backend") && page.text().contains("payments"));
    let forged = carol.submit(&world, "/device", &form("approve")).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST, "no form token");
    let csrf = page.hidden_field("csrf");
    let press = [
        ("action", "approve"),
        ("user_code", &user_code),
        ("csrf", &csrf),
    ];
    assert!(world.decide(&code, "deny").await);
    let late = carol.submit(&world, "/device", &press).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    let poll = device_poll(BACKEND, &code);
    world.send(poll).await.refused("access_denied");

    let (_, user_code) = begin(&world, BACKEND).await;
    world.advance(LIFETIME);
    let look_up = [("action", "look_up"), ("user_code", user_code.as_str())];
    let over = carol.submit(&world, "/device", &look_up).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
}

/// RFC 8628 Section 3.5, and RFC 6749 Section 5.2 for the rest.
#[tokio::test]
async fn every_error_of_a_poll() {
    let world = device_world();
    let (code, user_code) = begin(&world, BACKEND).await;
    let poll = device_poll(BACKEND, &code);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    world.send(poll.clone()).await.refused("slow_down");
    for (foreign, error) in [
        (device_poll(APP, &code), "invalid_grant"),
        (device_poll(BACKEND, "unknown"), "invalid_grant"),
        (device_poll(SERVICE, &code), "unauthorized_client"),
        (
            Call::token(GRANT_DEVICE_CODE).by(BACKEND),
            "invalid_request",
        ),
        (
            Call::token(GRANT_DEVICE_CODE)
                .with("deferral_code", &code)
                .by(BACKEND),
            "invalid_request",
        ),
        (poll.clone().with("device_code", &code), "invalid_request"),
    ] {
        world.send(foreign).await.refused(error);
    }
    let missing = world.send(Call::token(GRANT_DEVICE_CODE).by(BACKEND)).await;
    assert!(missing.member("error_description").contains("device_code"));
    let nobody = Call::token(GRANT_DEVICE_CODE).with("device_code", &code);
    assert_eq!(world.send(nobody).await.error(), "invalid_client");

    decide(&world, &user_code, "deny").await;
    world.send(poll.clone()).await.refused("access_denied");
    world.send(poll).await.refused("access_denied");

    let (late, _) = begin(&world, BACKEND).await;
    let (approved, user_code) = begin(&world, BACKEND).await;
    decide(&world, &user_code, "approve").await;
    world.advance(LIFETIME);
    for code in [late, approved] {
        let answer = world.send(device_poll(BACKEND, &code)).await;
        answer.refused("expired_token");
    }
}

/// RFC 8628 Section 3.5: five seconds more with each `slow_down`, for this poll and all that follow.
#[tokio::test]
async fn slow_down_is_for_good() {
    let world = device_world();
    let (code, _) = begin(&world, BACKEND).await;
    for (wait, error) in [
        (0, "authorization_pending"),
        (INTERVAL, "authorization_pending"),
        (INTERVAL - 1, "slow_down"),
        (1, "slow_down"),
        (9, "slow_down"),
        (6, "authorization_pending"),
        (19, "slow_down"),
        (6, "authorization_pending"),
        (25, "authorization_pending"),
    ] {
        world.advance(wait);
        let answer = world.send(device_poll(BACKEND, &code)).await;
        answer.refused(error);
    }
}

/// RFC 8628 Section 3.1.
#[tokio::test]
async fn every_error_of_a_device_authorization_request() {
    let world = device_world();
    let call = authorization(SERVICE);
    world.send(call).await.refused("unauthorized_client");
    let call = Call::new("/device_authorization").with("scope", "admin");
    world.send(call.by(BACKEND)).await.refused("invalid_scope");
    let call = authorization(BACKEND).with("scope", "profile");
    world.send(call).await.refused("invalid_request");
    let nobody = world.send(authorization(Client::Basic("nobody"))).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.error(), "invalid_client");
    let get = world.get("/device_authorization").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    let default = Call::new("/device_authorization").by(BACKEND);
    let opened = world.send(default).await.member("device_code");
    assert!(world.decide(&opened, "approve").await);
    let token = world.send(device_poll(BACKEND, &opened)).await;
    assert_eq!(
        token.token().member("scope"),
        "profile",
        "the default scope"
    );
}

/// A device code is bound to no key: each poll may prove another, and the access token has that of the last.
#[tokio::test]
async fn the_proof_of_a_poll_binds_its_token_and_no_code() {
    let world = device_world();
    let (key, other) = (Key::new(), Key::new());
    let opened = authorization(APP).proven(&key, world.now());
    let code = world.send(opened).await.member("device_code");
    let waiting = device_poll(APP, &code).proven(&key, world.now());
    world.send(waiting).await.refused("authorization_pending");
    assert!(world.decide(&code, "approve").await);
    let broken = device_poll(APP, &code).header("dpop", "no.jwt.at-all");
    world.send(broken).await.refused("invalid_dpop_proof");
    let proven = device_poll(APP, &code).proven(&other, world.now());
    let token = world.send(proven).await;
    assert_eq!(token.token().member("token_type"), "DPoP");
    assert_eq!(token.claims()["cnf"]["jkt"], other.thumbprint());
    let renew = Call::token("refresh_token")
        .with("refresh_token", &token.member("refresh_token"))
        .by(APP);
    assert_eq!(world.send(renew.clone()).await.status, 400);
    let renewed = world.send(renew.proven(&other, world.now())).await;
    assert_eq!(renewed.token().claims()["cnf"]["jkt"], other.thumbprint());
}

/// The draft's own words mean nothing here: parameters are ignored, and its grant is not one.
#[tokio::test]
async fn nothing_of_the_draft_is_known() {
    let world = device_world();
    let opened = authorization(BACKEND).with("completion_mode", "deferred");
    let code = world.send(opened).await.member("device_code");
    world
        .send(device_poll(BACKEND, &code).with("scope", "profile"))
        .await
        .refused("authorization_pending");
    world
        .poll(BACKEND, &code)
        .await
        .refused("unsupported_grant_type");

    let token = Call::token("client_credentials")
        .with("scope", "profile")
        .with("completion_mode", "deferred")
        .with("client_notification_token", "not a bearer value")
        .by(SERVICE);
    world.send(token).await.token();
    // Policy has nothing to defer.
    world.send(initial(SERVICE)).await.token();
    let hinted = world.authorize("backend", "profile", true).await;
    world.send(exchange(BACKEND, &hinted)).await.token();
}

/// There is no cancellation and no callback.
#[tokio::test]
async fn a_request_is_neither_revoked_nor_called_back() {
    let receiver = Receiver::start().await;
    let mut config = config();
    config.draft = Edition::RFC_8628;
    config.callback.allow_private_addresses = true;
    config.callback.extra_root_pem = Some(receiver.root_pem.clone());
    config.clients[1].deferred_client_notification_endpoint = Some(receiver.endpoint());
    let world = World::new(config);
    let (code, _) = begin(&world, BACKEND).await;
    world.revoke(BACKEND, &code).await;
    assert!(world.decide(&code, "approve").await, "nothing was revoked");
    let attempt = json!({ "deferral_code": code });
    let attempt = world.control("/control/callbacks", attempt).await.json();
    assert_eq!(attempt, json!({ "attempted": false, "status": null }));
    assert!(receiver.received().is_empty());
    let token = world.send(device_poll(BACKEND, &code)).await;
    // A refresh token ends there as ever.
    let renewal = token.token().member("refresh_token");
    world.revoke(BACKEND, &renewal).await;
    let renew = Call::token("refresh_token").with("refresh_token", &renewal);
    world.send(renew.by(BACKEND)).await.refused("invalid_grant");
}

/// Section 11.7 of the draft, which is no less true of a device: what lapsed while the approval lay there.
#[tokio::test]
async fn an_approval_that_lapsed_is_a_denial() {
    let world = device_world();
    let (code, _) = begin(&world, BACKEND).await;
    assert!(world.decide(&code, "approve").await);
    let body = json!({ "deferral_code": code, "valid": false });
    world.control("/control/consent", body).await;
    let poll = device_poll(BACKEND, &code);
    world.send(poll).await.refused("access_denied");
}

/// A response that opens a deferral can be lost, like one of the token endpoint.
#[tokio::test]
async fn the_response_that_opens_can_be_dropped() {
    let world = device_world();
    let body = json!({ "client_id": "backend" });
    world.control("/control/drop", body).await;
    let lost = world.raw(authorization(BACKEND).request()).await;
    assert!(lost.is_err());
    begin(&world, BACKEND).await;
}

#[tokio::test]
async fn the_metadata_announces_the_grant_and_no_deferral() {
    let document = device_world().get(METADATA).await.json();
    for absent in [
        "deferred_token_response_supported",
        "revocation_endpoint_token_type_values_supported",
        "backchannel_authentication_endpoint",
    ] {
        assert_eq!(document.get(absent), None, "{absent}");
    }
    let endpoint = format!("{ISSUER}/device_authorization");
    assert_eq!(document["device_authorization_endpoint"], endpoint);
    let grants = document["grant_types_supported"].as_array().unwrap();
    assert!(!grants.contains(&json!(GRANT_DEFERRED)));
    let of_devices = grants.iter().filter(|grant| **grant == GRANT_DEVICE_CODE);
    assert_eq!(of_devices.count(), 1);
}
