//! Section 11.8: no secret, code or token ever reaches a log.

#[path = "support/mod.rs"]
mod support;

use std::io;
use std::sync::{Arc, Mutex};

use dtr_reference::Edition;
use dtr_reference::wire::{CLIENT_ASSERTION_JWT, GRANT_CIBA, GRANT_DEVICE_CODE};
use serde_json::json;
use support::browser::Browser;
use support::receiver::Receiver;
use support::*;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Somebody signs in at both pages; what is secret about it.
async fn decide_as_a_person(world: &World) -> Vec<String> {
    let waiting = Call::token("client_credentials")
        .with("scope", "identity")
        .with("completion_mode", "deferred")
        .by(OTHER);
    let answer = world.send(waiting).await;
    let uri = answer.member("interaction_uri");
    let id = uri.rsplit('/').next().expect("an identifier").to_owned();
    let path = format!("/interact/{id}");
    let mut carol = Browser::signed_in(world, &path).await;
    let csrf = carol.open(world, &path).await.hidden_field("csrf");
    let done = carol.press(world, &path, "approve").await;
    assert_eq!(done.status, 200, "the request was decided");
    let cookie = carol.cookie().expect("a session").to_owned();
    let (_, session) = cookie.split_once('=').expect("a value");

    let call = Call::new("/device_authorization").by(BACKEND);
    let device = world.send(call).await;
    let user_code = device.member("user_code");
    let look_up = [("action", "look_up"), ("user_code", user_code.as_str())];
    let page = carol.submit(world, "/device", &look_up).await;
    let token = page.hidden_field("csrf");
    let form = [
        ("action", "approve"),
        ("user_code", &user_code),
        ("csrf", &token),
    ];
    carol.submit(world, "/device", &form).await;
    let device_code = device.member("device_code");
    let call = Call::token(GRANT_DEVICE_CODE)
        .with("device_code", &device_code)
        .by(BACKEND);
    let tokens = world.send(call).await.token().clone();
    let call = Call::token("refresh_token")
        .with("refresh_token", &tokens.member("refresh_token"))
        .by(BACKEND);
    let refreshed = world.send(call).await.token().member("refresh_token");
    vec![
        "carol-password".into(),
        answer.member("deferral_code"),
        id,
        session.into(),
        csrf,
        user_code,
        device_code,
        tokens.member("refresh_token"),
        refreshed,
    ]
}

/// A pushed request, and an assertion by nobody known.
async fn use_what_is_signed(world: &World, key: &Key) -> Vec<String> {
    let call = Call::new("/par")
        .with("response_type", "code")
        .with("code_challenge", &challenge())
        .with("code_challenge_method", "S256")
        .by(BACKEND);
    let request_uri = world.send(call).await.member("request_uri");
    world
        .get(&format!(
            "/authorize?client_id=backend&request_uri={request_uri}"
        ))
        .await;
    let jwt = key.jwt("JWT", &json!({ "iss": "nobody", "sub": "nobody" }));
    let call = Call::token("client_credentials")
        .with("client_assertion_type", CLIENT_ASSERTION_JWT)
        .with("client_assertion", &jwt);
    world.send(call).await;
    vec![request_uri, jwt]
}

/// The same by pings: the code, the token that comes with them, and what a poll brings.
async fn be_pinged(receiver: &Receiver) -> Vec<String> {
    let mut config = config();
    config.draft = Edition::CIBA_PING;
    config.callback.allow_private_addresses = true;
    config.callback.extra_root_pem = Some(receiver.root_pem.clone());
    config.clients[1].deferred_client_notification_endpoint = Some(receiver.endpoint());
    let world = World::new(config);
    let call = Call::new("/bc-authorize")
        .with("scope", "openid")
        .with("login_hint", "alice")
        .with("client_notification_token", "ping-me-gently")
        .by(BACKEND);
    let code = world.send(call).await.member("auth_req_id");
    assert!(world.decide(&code, "approve").await);
    let attempt = json!({ "deferral_code": code });
    let attempt = world.control("/control/callbacks", attempt).await;
    assert_eq!(attempt.json()["status"], 204, "the ping was delivered");
    let call = Call::token(GRANT_CIBA).with("auth_req_id", &code);
    let token = world.send(call.by(BACKEND)).await.token().clone();
    vec![
        "ping-me-gently".into(),
        code,
        token.member("access_token"),
        token.member("id_token"),
        token.member("refresh_token"),
    ]
}

/// A challenge by nobody known, and what an approval brings that ends: its code, its token, and the next.
async fn have_an_end() -> Vec<String> {
    let mut config = support::config();
    config.draft = Edition::AROP_TXN;
    let world = World::new(config);
    let challenge = Key::new().jwt("txn-authz-challenge+jwt", &json!({ "iss": "nobody" }));
    let call = Call::new("/txn-authorization")
        .with("transaction_challenge", &challenge)
        .by(SERVICE);
    world.send(call).await.refused("invalid_request");

    let mut config = support::config();
    config.draft = Edition::AROP_DTR;
    config.access_request.approved_for = 100;
    let world = World::new(config);
    let code = world.defer(BACKEND).await;
    assert!(world.decide(&code, "approve").await);
    let token = world.poll(BACKEND, &code).await.token().clone();
    let call = Call::token("refresh_token")
        .with("refresh_token", &token.member("refresh_token"))
        .by(BACKEND);
    let next = world.send(call).await.token().clone();
    vec![
        challenge,
        code,
        token.member("access_token"),
        token.member("refresh_token"),
        next.member("refresh_token"),
    ]
}

/// A whole life at the most talkative level, libraries included.
#[tokio::test]
async fn logs_hold_no_secrets() {
    let log = Captured::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let receiver = Receiver::start().await;
    let mut config = config();
    config.callback.allow_private_addresses = true;
    config.callback.extra_root_pem = Some(receiver.root_pem.clone());
    config.clients[0].deferred_client_notification_endpoint = Some(receiver.endpoint());
    config.readings.set("C-42", "B").expect("a reading");
    tracing::info!(?config, "the configuration in debug form");
    let world = World::new(config);
    let key = Key::new();
    let mut secrets = vec![
        "service-secret".to_owned(),
        "backend-secret".into(),
        "notify-me-gently".into(),
    ];

    let call = initial(SERVICE)
        .with("client_notification_token", "notify-me-gently")
        .proven(&key, START);
    let code = world
        .send(call)
        .await
        .refused("authorization_pending")
        .member("deferral_code");
    assert!(world.decide(&code, "approve").await);
    let attempt = world
        .control("/control/callbacks", json!({ "deferral_code": code }))
        .await;
    assert_eq!(attempt.json()["status"], 204, "the callback was delivered");
    world
        .poll(SERVICE, &code)
        .await
        .refused("invalid_dpop_proof");
    world.poll(OTHER, &code).await.refused("invalid_grant");
    let token = world
        .send(poll(SERVICE, &code).proven(&key, START))
        .await
        .token()
        .member("access_token");
    world.revoke(SERVICE, &code).await;
    world.send(poll(Client::Basic("nobody"), &code)).await;
    secrets.push(code);
    secrets.push(token);

    let code = world.authorize("backend", "payments", true).await;
    world
        .send(exchange(BACKEND, &code))
        .await
        .refused("invalid_request");
    let call = exchange(BACKEND, &code).with("completion_mode", "deferred");
    secrets.push(world.send(call).await.member("deferral_code"));
    secrets.push(code);
    secrets.push(VERIFIER.into());

    secrets.extend(decide_as_a_person(&world).await);
    secrets.extend(use_what_is_signed(&world, &key).await);
    secrets.extend(be_pinged(&receiver).await);
    secrets.extend(have_an_end().await);

    let log = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("UTF-8");
    assert!(log.contains("callback attempt"), "nothing was logged");
    assert!(
        log.contains("an unsafe reading is set"),
        "no warning of C-42/B"
    );
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
