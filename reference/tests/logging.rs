//! Section 11.8: no secret, code or token ever reaches a log.

#[path = "support/mod.rs"]
mod support;

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
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

    let log = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("UTF-8");
    assert!(log.contains("callback attempt"), "nothing was logged");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
