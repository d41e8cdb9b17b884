//! Whatever comes in: never a 5xx, never a panic, and never to be stored where it matters.

use std::sync::LazyLock;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::support::*;

#[tokio::test]
async fn wrong_methods_and_bodies() {
    let world = world();
    for path in ["/token", "/revoke", "/par", "/device_authorization"] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())
                .unwrap();
            let answer = world.raw(request).await.unwrap();
            assert_eq!(
                (answer.status, answer.error().as_str()),
                (StatusCode::METHOD_NOT_ALLOWED, "invalid_request")
            );
            assert_eq!(answer.no_store().headers["allow"], "POST");
        }
        for (content_type, body) in [
            ("application/json", b"{}".to_vec()),
            (
                "application/x-www-form-urlencoded",
                b"grant_type=%ff&token=%ff".to_vec(),
            ),
            (
                "application/x-www-form-urlencoded",
                b"\xff\xfe=\x00".to_vec(),
            ),
            (
                "application/x-www-form-urlencoded",
                b"token=a&token=b&grant_type=a&grant_type=b".to_vec(),
            ),
        ] {
            let request = Request::post(path).header("content-type", content_type);
            let answer = world
                .raw(request.body(Body::from(body)).unwrap())
                .await
                .unwrap();
            answer.refused("invalid_request");
        }
        let huge = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(vec![b'x'; 1_000_000]))
            .unwrap();
        let answer = world.raw(huge).await.unwrap();
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request")
        );
        answer.no_store();
    }
}

const NAMES: [&str; 29] = [
    "grant_type",
    "code",
    "code_verifier",
    "scope",
    "completion_mode",
    "deferral_code",
    "client_id",
    "client_secret",
    "client_notification_token",
    "token",
    "token_type_hint",
    "redirect_uri",
    "state",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "refresh_token",
    "assertion",
    "client_assertion_type",
    "device_code",
    "user_code",
    "action",
    "request",
    "authorization_details",
    "subject_token",
    "subject_token_type",
    "request_uri",
    "client_assertion",
];
const VALUES: [&str; 22] = [
    "client_credentials",
    "authorization_code",
    "urn:ietf:params:oauth:grant-type:deferred",
    "service",
    "backend",
    "backend-secret",
    "app",
    "payments",
    "deferred",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "look_up",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:token-type:access_token",
    "[{\"type\":\"payment\"}]",
    "code",
    "S256",
    "https://app.example/callback",
    "",
    "%00%ff",
];

/// Bytes that look like a form often enough to get past the first check.
fn form() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![4 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    let value = prop_oneof![
        8 => prop::sample::select(&VALUES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => prop::collection::vec(any::<u8>(), 1..8).prop_map(|octets| {
            octets.iter().map(|octet| format!("%{octet:02x}")).collect()
        }),
        1 => prop::collection::vec(0u8..128, 1..8).prop_map(|octets| {
            octets.iter().map(|octet| format!("%{octet:02x}")).collect()
        }),
    ];
    let pairs = prop::collection::vec((name, value), 0..8).prop_map(|pairs| {
        pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&")
            .into_bytes()
    });
    prop_oneof![4 => pairs, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

fn header_value() -> impl Strategy<Value = Option<Vec<u8>>> {
    let plausible = prop::sample::select(vec![
        "Basic c2VydmljZTpzZXJ2aWNlLXNlY3JldA==",
        "Basic Og==",
        "Basic /w==",
        "Basic",
        "a.b.c",
        "e30.e30.",
        "eyJ0eXAiOiJkcG9wK2p3dCIsImp3ayI6e319.e30.e30",
    ])
    .prop_map(|value| value.as_bytes().to_vec());
    prop::option::of(prop_oneof![
        plausible,
        prop::collection::vec(32u8..=255, 0..80)
    ])
}

/// One server for all cases: what one request does must not bring the server down for the next.
static SHARED: LazyLock<(Runtime, World)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(async { world() });
    (runtime, world)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn anything_at_all_gets_a_client_error_or_an_answer(
        path in prop::sample::select(vec!["/token", "/revoke", "/authorize", "/jwks", "/x", "/interact/x", "/device", "/device_authorization", "/par", dtr_reference::wire::METADATA]),
        method in prop::sample::select(vec![Method::POST, Method::POST, Method::GET, Method::PATCH]),
        form_type in prop::bool::weighted(0.9),
        body in form(),
        query in form(),
        authorization in header_value(),
        dpop in header_value(),
    ) {
        let (runtime, world) = &*SHARED;
        runtime.block_on(async {
            let query: String = query.iter().filter(|octet| octet.is_ascii_graphic()).map(|octet| *octet as char)
                .filter(|c| !"#<>\"`{}|\\^".contains(*c)).collect();
            let uri = format!("{path}?{query}");
            let mut request = Request::builder().method(method).uri(uri);
            if form_type {
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
            for (name, value) in [("authorization", authorization), ("dpop", dpop)] {
                if let Some(value) = value.and_then(|value| http::HeaderValue::from_bytes(&value).ok()) {
                    request = request.header(name, value);
                }
            }
            // What does not even make a request is not this server's business.
            let Ok(request) = request.body(Body::from(body)) else { return Ok(()) };
            let answer = world.raw(request).await.unwrap();
            prop_assert!(!answer.status.is_server_error(), "{answer:?}");
            if matches!(path, "/token" | "/revoke") {
                prop_assert_eq!(&answer.headers["cache-control"], "no-store");
            }
            Ok(())
        })?;
    }
}
