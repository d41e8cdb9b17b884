//! The control API as `CONTROL.md` describes it.

use http::{Request, StatusCode};
use serde_json::json;
use std::sync::Arc;

use crate::support::*;

#[tokio::test]
async fn bad_input_and_unknown_codes() {
    let world = world();
    for (path, body) in [
        (
            "/control/decide",
            json!({ "deferral_code": "x", "decision": "approve" }),
        ),
        (
            "/control/consent",
            json!({ "deferral_code": "x", "valid": true }),
        ),
        ("/control/callbacks", json!({ "deferral_code": "x" })),
    ] {
        let answer = world.control(path, body).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (StatusCode::NOT_FOUND, "unknown_deferral_code")
        );
    }
    for (path, body) in [
        (
            "/control/decide",
            json!({ "deferral_code": "x", "decision": "maybe" }),
        ),
        (
            "/control/decide",
            json!({ "deferral_code": "x", "decision": "deny", "scope": "y" }),
        ),
        ("/control/clock", json!({ "advance": -1 })),
        ("/control/callbacks", json!({})),
        (
            "/control/policy",
            json!({ "client_id": "service", "next": "x" }),
        ),
        (
            "/control/client",
            json!({ "client_id": "service", "default_scope": "unheard-of" }),
        ),
        ("/control/drop", json!("x")),
    ] {
        let answer = world.control(path, body).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{path}"
        );
        assert!(!answer.member("error_description").is_empty());
    }
    let answer = world
        .control("/control/drop", json!({ "client_id": "nobody" }))
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (StatusCode::NOT_FOUND, "unknown_client")
    );
}

#[tokio::test]
async fn the_clock() {
    use tower::ServiceExt as _;

    let world = world();
    let answer = world
        .control("/control/clock", json!({ "advance": 7 }))
        .await;
    assert_eq!(answer.json(), json!({ "now": START + 7 }));
    let read = Request::get("/control/clock")
        .body(axum::body::Body::empty())
        .unwrap();
    let response = world.server.control_service().oneshot(read).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1000)
        .await
        .unwrap();
    assert_eq!(
        body,
        json!({ "manual": true, "now": START + 7 }).to_string()
    );

    let server =
        dtr_reference::AuthorizationServer::new(config(), dtr_reference::Parts::default()).unwrap();
    let advance = Request::post("/control/clock")
        .body(axum::body::Body::from("{\"advance\":1}"))
        .unwrap();
    let response = server.control_service().oneshot(advance).await.unwrap();
    assert_eq!(response.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_lost_response_was_processed_all_the_same() {
    let world = world();
    let lose = || world.control("/control/drop", json!({ "client_id": "service" }));
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    lose().await;
    // Not authenticated, so not this client's: it does not use the drop up.
    assert_eq!(
        world.send(initial(Client::Public("service"))).await.status,
        StatusCode::UNAUTHORIZED
    );
    world.poll(OTHER, &code).await.refused("invalid_grant");
    assert!(world.raw(poll(SERVICE, &code).request()).await.is_err());
    world.poll(SERVICE, &code).await.refused("invalid_grant"); // C-13/A: gone

    let code = world.defer(SERVICE).await;
    lose().await;
    assert!(
        world
            .raw(revocation(SERVICE, &code).request())
            .await
            .is_err()
    );
    world.poll(SERVICE, &code).await.refused("access_denied");
}

#[tokio::test]
async fn without_a_runtime_there_is_no_server() {
    let outcome = std::thread::spawn(|| {
        dtr_reference::AuthorizationServer::new(config(), dtr_reference::Parts::default()).is_err()
    });
    assert!(outcome.join().unwrap());
}

/// A fault of the signing or storing back-end must not cost the client its approval (C-18).
#[tokio::test]
async fn a_failing_store_answers_503_and_changes_nothing() {
    let store = Arc::new(failing::Flaky::default());
    let world = World::with_store(store.clone());
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    store.fail(true);
    let answer = world.poll(SERVICE, &code).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
    );
    store.fail(false);
    world.poll(SERVICE, &code).await.token();
}

mod failing {
    use std::sync::atomic::{AtomicBool, Ordering};

    use dtr_reference::deferral::Deferral;
    use dtr_reference::secret::{Credential, DeferralCode};
    use dtr_reference::store::{Authorization, Change, Representation, StoreError, Use};
    use dtr_reference::{MemoryStore, Store};

    /// A store that fails on demand.
    #[derive(Default)]
    pub(super) struct Flaky {
        memory: MemoryStore,
        failing: AtomicBool,
    }

    impl Flaky {
        pub(super) fn fail(&self, failing: bool) {
            self.failing.store(failing, Ordering::SeqCst);
        }

        fn check(&self) -> Result<(), StoreError> {
            if self.failing.load(Ordering::SeqCst) {
                Err(StoreError("on demand".into()))
            } else {
                Ok(())
            }
        }
    }

    #[async_trait::async_trait]
    impl Store for Flaky {
        async fn insert_authorization(
            &self,
            code: Credential,
            it: Authorization,
        ) -> Result<(), StoreError> {
            self.check()?;
            self.memory.insert_authorization(code, it).await
        }

        async fn authorization(
            &self,
            code: &Credential,
            now: u64,
        ) -> Result<Option<Authorization>, StoreError> {
            self.check()?;
            self.memory.authorization(code, now).await
        }

        async fn spend_authorization(&self, code: &Credential) -> Result<bool, StoreError> {
            self.check()?;
            self.memory.spend_authorization(code).await
        }

        async fn settle_authorization(
            &self,
            code: &Credential,
            deferral_code: &DeferralCode,
            used: Use,
        ) -> Result<bool, StoreError> {
            self.check()?;
            self.memory
                .settle_authorization(code, deferral_code, used)
                .await
        }

        async fn insert_deferral(
            &self,
            code: DeferralCode,
            deferral: Deferral,
            from: Option<(Credential, Representation)>,
            now: u64,
        ) -> Result<bool, StoreError> {
            self.check()?;
            self.memory.insert_deferral(code, deferral, from, now).await
        }

        async fn change_deferral(
            &self,
            code: &DeferralCode,
            now: u64,
            change: &mut Change<'_>,
        ) -> Result<bool, StoreError> {
            self.check()?;
            self.memory.change_deferral(code, now, change).await
        }

        async fn callbacks_due(
            &self,
            now: u64,
            limit: usize,
        ) -> Result<Vec<DeferralCode>, StoreError> {
            self.check()?;
            self.memory.callbacks_due(now, limit).await
        }

        async fn sweep(&self, now: u64, limit: usize) -> Result<usize, StoreError> {
            self.check()?;
            self.memory.sweep(now, limit).await
        }
    }
}
