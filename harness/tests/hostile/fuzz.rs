//! Whatever octets a server answers with, every reader of responses comes to an end and none panics. The same octets in
//! every run.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use dtr_harness::driver::{Session, check_metadata};
use dtr_harness::target::transport::{InProcess, Transport};
use dtr_model::Terms;
use dtr_model::event::{Caller, Event, TokenRequest};
use http::{Request, Response};
use http_body_util::Full;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tower::service_fn;

use crate::support::target;

/// Answers as they should be, to be spoiled.
const VALID: [&str; 6] = [
    r#"{"error":"authorization_pending","deferral_code":"LRGidcSAeVs_xYpEDt5pNx0A0TBr7qPHbh_Se6pfdf4","expires_in":600,"interval":5}"#,
    r#"{"error":"interaction_required","interaction_uri":"https://as.example/i","deferral_code":"GmRhmhcxhwAzkoEqiMEg_D","expires_in":600,"interval":5}"#,
    r#"{"access_token":"eyJhbGciOiJFUzI1NiJ9.eyJpYXQiOjEsImV4cCI6NjAxLCJjbmYiOnsiamt0IjoieCJ9fQ.c2ln","token_type":"DPoP","expires_in":600,"scope":"read write"}"#,
    r#"{"error":"slow_down","error_description":"step=1"}"#,
    r#"{"error":"invalid_dpop_proof","error_uri":"https://as.example/e"}"#,
    r#"{"issuer":"https://as.example","deferred_token_response_supported":true,"revocation_endpoint_token_type_values_supported":["urn:ietf:params:oauth:token-type:deferral-code"]}"#,
];

#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

/// A valid body with a few octets changed, put in, left out or doubled; or any octets.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..5_u8);
    let spoiled = (
        prop::sample::select(&VALID[..]),
        prop::collection::vec(change, 0..6),
    );
    let spoiled = spoiled.prop_map(|(valid, changes)| {
        let mut body = valid.as_bytes().to_vec();
        for (at, octet, how) in changes {
            let at = at
                .index(body.len().max(1))
                .min(body.len().saturating_sub(1));
            match how {
                _ if body.is_empty() => body.push(octet),
                0 => body[at] = octet,
                1 => body.insert(at, octet),
                2 => drop(body.remove(at)),
                3 => body.truncate(at),
                _ => body.extend_from_within(at..),
            }
        }
        body
    });
    prop_oneof![3 => spoiled, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// An answer with a status and header fields that a server may send.
fn answer() -> impl Strategy<Value = Answer> {
    let status = prop_oneof![Just(200_u16), Just(400), Just(401), 200..600_u16];
    let names = [
        "content-type",
        "cache-control",
        "www-authenticate",
        "dpop-nonce",
        "location",
        "content-encoding",
    ];
    let value = prop_oneof![
        Just(b"application/json".to_vec()),
        Just(b"no-store".to_vec()),
        Just(b"DPoP error=\"use_dpop_nonce\"".to_vec()),
        prop::collection::vec(prop_oneof![32..127_u8, 128..=255_u8], 0..40),
    ];
    let headers = prop::collection::vec((prop::sample::select(names.to_vec()), value), 0..5);
    (status, headers, body()).prop_map(|(status, headers, body)| Answer {
        status,
        headers: headers.into_iter().collect(),
        body,
    })
}

/// A server that answers everything with what it is told to.
fn echo(told: Arc<Mutex<Answer>>) -> Transport {
    let service = service_fn(move |_: Request<Full<Bytes>>| {
        let told = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        async move {
            let mut response = Response::builder().status(told.status);
            for (name, value) in &told.headers {
                response = response.header(*name, value.as_slice());
            }
            let response = response.body(Body::from(told.body));
            Ok::<_, Infallible>(response.expect("such header fields can be sent"))
        }
    });
    Transport::InProcess(InProcess::new(service, Duration::from_secs(5)))
}

#[test]
fn no_answer_makes_the_driver_panic_or_hang() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let first = Answer {
        status: 200,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let told = Arc::new(Mutex::new(first));
    let target = target("https://as.example", echo(Arc::clone(&told)));
    let config = Config {
        cases: 3000,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let strategy = prop::collection::vec(answer(), 5);
    let outcome = runner.run(&strategy, |answers| {
        runtime.block_on(async {
            let terms = Terms::CREDENTIALS;
            let lease = target.lease(&terms).expect("a lease");
            let mut session = Session::new(Arc::clone(&target), lease, terms);
            let tell = |at: usize| {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = answers[at].clone();
            };
            tell(0);
            check_metadata(&target).await;
            let revoke = Event::Revoke {
                by: Caller::OtherKey,
            };
            let plain = Event::Request(TokenRequest::PLAIN);
            for (at, event) in [plain, Event::POLL, plain, revoke].into_iter().enumerate() {
                tell(at + 1);
                let observation = session.perform(event).await;
                let told = observation.answer.to_string();
                prop_assert!(!told.contains(char::is_control), "{told:?}");
            }
            drop(session.finish().await);
            Ok(())
        })
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
