//! Callbacks over real HTTPS: Section 7 and Section 11.5.

use std::time::Duration;

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::support::receiver::{Received, Receiver};
use crate::support::*;

const NOTIFICATION_TOKEN: &str = "5SIVTd4ZzzGctFQr4AqOGdCgyIa40";
const DELAY: u64 = 1;

async fn callback_world() -> (World, Receiver) {
    let receiver = Receiver::start().await;
    let mut config = config();
    config.callback.allow_private_addresses = true;
    config.callback.extra_root_pem = Some(receiver.root_pem.clone());
    config.callback.delay = DELAY;
    config.callback.backoff = 2;
    config.callback.attempts = 3;
    config.clients[0].deferred_client_notification_endpoint = Some(receiver.endpoint());
    (World::new(config), receiver)
}

async fn defer_with_token(world: &World) -> String {
    let call = initial(SERVICE).with("client_notification_token", NOTIFICATION_TOKEN);
    world
        .send(call)
        .await
        .refused("authorization_pending")
        .member("deferral_code")
}

impl World {
    async fn hold(&self, hold: bool) {
        assert_eq!(
            self.control("/control/callbacks", json!({ "hold": hold }))
                .await
                .status,
            StatusCode::OK
        );
    }

    /// One attempt now; the answer of the control API.
    async fn attempt(&self, code: &str) -> Value {
        self.control("/control/callbacks", json!({ "deferral_code": code }))
            .await
            .json()
    }
}

fn delivered(status: u16) -> Value {
    json!({ "attempted": true, "status": status })
}

fn nothing() -> Value {
    json!({ "attempted": false, "status": null })
}

/// Waits for the nth callback; the server delivers on its own time.
async fn nth(receiver: &Receiver, count: usize) -> Vec<Received> {
    for _ in 0..200 {
        let received = receiver.received();
        if received.len() >= count {
            return received;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} of {count} callbacks came", receiver.received().len());
}

/// Long enough for the server to deliver what it wrongly thinks is due.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(250)).await;
}

#[tokio::test]
async fn a_resolution_is_announced_after_the_delay() {
    let (world, receiver) = callback_world().await;
    let code = defer_with_token(&world).await;
    assert!(world.decide(&code, "approve").await);
    settle().await;
    assert!(receiver.received().is_empty(), "before the delay");
    world.advance(DELAY);
    let callback = nth(&receiver, 1).await.remove(0);
    assert_eq!(callback.uri, "/cb");
    assert_eq!(
        callback.headers[header::AUTHORIZATION],
        format!("Bearer {NOTIFICATION_TOKEN}")
    );
    assert_eq!(callback.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        serde_json::from_slice::<Value>(&callback.body).unwrap(),
        json!({ "deferral_code": code })
    );
    // K-7-03: the poll now brings the final answer, at any pace.
    world.poll(SERVICE, &code).await.token();
    world.advance(60);
    settle().await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn no_authorization_without_a_notification_token() {
    let (world, receiver) = callback_world().await;
    world.hold(true).await;
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "deny").await);
    world.advance(DELAY);
    settle().await;
    assert!(receiver.received().is_empty(), "held");
    assert_eq!(world.attempt(&code).await, delivered(204));
    assert!(
        !receiver.received()[0]
            .headers
            .contains_key(header::AUTHORIZATION)
    );
    assert_eq!(world.attempt(&code).await, nothing());
}

/// C-61/B, C-58/A: bounded retries, each with the token, further and further apart.
#[tokio::test]
async fn failed_deliveries_are_retried() {
    let (world, receiver) = callback_world().await;
    let failing = (StatusCode::SERVICE_UNAVAILABLE, None, 0);
    receiver.script(&[failing, failing, failing, failing]);
    let code = defer_with_token(&world).await;
    assert!(world.decide(&code, "approve").await);
    world.advance(DELAY);
    nth(&receiver, 1).await;
    settle().await;
    world.advance(1);
    settle().await;
    assert_eq!(
        receiver.received().len(),
        1,
        "before the first backoff is over"
    );
    world.advance(1);
    nth(&receiver, 2).await;
    settle().await;
    world.advance(3);
    settle().await;
    assert_eq!(
        receiver.received().len(),
        2,
        "before the second backoff is over"
    );
    world.advance(1);
    let all = nth(&receiver, 3).await;
    assert!(
        all.iter()
            .all(|callback| callback.headers.contains_key(header::AUTHORIZATION))
    );
    settle().await;
    world.advance(60);
    settle().await;
    assert_eq!(receiver.received().len(), 3, "attempts are bounded");
}

/// Section 7.1: redirects are not followed. C-60/A: any 2xx is good, and its body is of no interest.
#[tokio::test]
async fn odd_answers_do_no_harm() {
    let (world, receiver) = callback_world().await;
    world.hold(true).await;
    receiver.script(&[
        (StatusCode::TEMPORARY_REDIRECT, Some("/elsewhere"), 0),
        (StatusCode::OK, None, 10_000_000),
    ]);
    let code = defer_with_token(&world).await;
    assert!(world.decide(&code, "approve").await);
    assert_eq!(world.attempt(&code).await, delivered(307));
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(world.attempt(&code).await, delivered(200));
    assert_eq!(world.attempt(&code).await, nothing());
    assert!(
        receiver
            .received()
            .iter()
            .all(|callback| callback.uri == "/cb")
    );
}

/// C-65/C: the lifetime is tested at every attempt.
#[tokio::test]
async fn nothing_is_sent_after_the_lifetime() {
    let (world, receiver) = callback_world().await;
    world.hold(true).await;
    for decision in ["approve", "deny"] {
        let code = defer_with_token(&world).await;
        world.advance(LIFETIME - 1);
        assert!(world.decide(&code, decision).await);
        receiver.script(&[(StatusCode::SERVICE_UNAVAILABLE, None, 0)]);
        assert_eq!(world.attempt(&code).await, delivered(503));
        world.advance(1);
        assert_eq!(world.attempt(&code).await, nothing());
    }
    world.hold(false).await;
    world.advance(60);
    settle().await;
    assert_eq!(receiver.received().len(), 2);
}

/// C-59/B, C-69/A, and the boundary between them.
#[tokio::test]
async fn cancellation_silences_but_a_denial_is_told() {
    let (world, receiver) = callback_world().await;
    world.hold(true).await;
    let cancelled = defer_with_token(&world).await;
    assert!(world.decide(&cancelled, "approve").await);
    world.revoke(SERVICE, &cancelled).await;
    assert_eq!(world.attempt(&cancelled).await, nothing());
    let pending = defer_with_token(&world).await;
    assert_eq!(world.attempt(&pending).await, nothing());
    world.revoke(SERVICE, &pending).await;
    assert_eq!(world.attempt(&pending).await, nothing());

    let denied = defer_with_token(&world).await;
    assert!(world.decide(&denied, "deny").await);
    world.revoke(SERVICE, &denied).await;
    assert_eq!(world.attempt(&denied).await, delivered(204));
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn clients_without_an_endpoint_are_left_alone() {
    let (world, receiver) = callback_world().await;
    let code = world.defer(OTHER).await;
    assert!(world.decide(&code, "approve").await);
    world.advance(DELAY);
    settle().await;
    assert_eq!(world.attempt(&code).await, nothing());
    assert!(receiver.received().is_empty());
    world.poll(OTHER, &code).await.token();
}

/// Section 7: not before the deferred response is with the transport. Here its body has not been taken yet.
#[tokio::test]
async fn the_deferred_response_goes_first() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    let receiver = Receiver::start().await;
    // The code is foreseen, so that it can be approved while its response is still on its way.
    let code = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let parts = dtr_reference::Parts {
        random: std::sync::Arc::new(Zeroes),
        ..Default::default()
    };
    let mut config = config();
    config.callback.allow_private_addresses = true;
    config.callback.extra_root_pem = Some(receiver.root_pem.clone());
    config.clients[0].deferred_client_notification_endpoint = Some(receiver.endpoint());
    let world = World::with_parts(config, parts);
    world.hold(true).await;
    let response = world
        .server
        .service()
        .oneshot(initial(SERVICE).request())
        .await
        .unwrap();
    assert!(world.decide(code, "approve").await);
    assert_eq!(world.attempt(code).await, nothing());
    response.into_body().collect().await.unwrap();
    assert_eq!(world.attempt(code).await, delivered(204));
}

struct Zeroes;

impl dtr_reference::Random for Zeroes {
    fn fill(&self, octets: &mut [u8]) {
        octets.fill(0);
    }
}

/// Section 11.5: a receiver that takes the connection and then says nothing is given up.
#[tokio::test]
async fn a_silent_receiver_is_given_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config();
    config.callback.allow_private_addresses = true;
    config.callback.connect_timeout = 1;
    config.callback.read_timeout = 1;
    config.callback.attempts = 1;
    let endpoint = format!(
        "https://127.0.0.1:{}/cb",
        silent.local_addr().unwrap().port()
    );
    config.clients[0].deferred_client_notification_endpoint = Some(endpoint);
    let world = World::new(config);
    world.hold(true).await;
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    let attempt = tokio::time::timeout(Duration::from_secs(5), world.attempt(&code)).await;
    assert_eq!(
        attempt.unwrap(),
        json!({ "attempted": true, "status": null })
    );
    assert_eq!(world.attempt(&code).await, nothing());
    world.poll(SERVICE, &code).await.token();
}

/// Section 11.5: with the development switch off, a private address is refused at load, and a name that leads to one
/// at delivery.
#[tokio::test]
async fn private_addresses_are_refused() {
    let mut config = config();
    config.clients[0].deferred_client_notification_endpoint = Some("https://localhost:1/cb".into());
    let refused = dtr_reference::AuthorizationServer::new(config, dtr_reference::Parts::default());
    let Err(error) = refused else {
        panic!("a loopback endpoint was accepted")
    };
    assert!(error.to_string().contains("not public"), "{error}");
}
