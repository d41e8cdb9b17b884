//! What the tests share: a server in process on a manual clock, clients that speak to it, and DPoP keys.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod browser;
pub mod key;
pub mod receiver;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dtr_reference::clock::{Clock, ManualClock};
use dtr_reference::wire::GRANT_DEFERRED;
use dtr_reference::{
    AuthorizationServer, ClientConfig, Config, ConnectionDropped, Parts, Secret, Store,
};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub use key::Key;

pub const ISSUER: &str = "http://127.0.0.1:9400";
pub const START: u64 = 1_000_000;
pub const INTERVAL: u64 = 5;
pub const LIFETIME: u64 = 600;
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123";

/// A server in process, and its controls.
pub struct World {
    pub server: AuthorizationServer,
    pub clock: Arc<ManualClock>,
    control: Router,
}

/// A response, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("the answer is UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("the answer is JSON")
    }

    pub fn error(&self) -> String {
        self.member("error")
    }

    pub fn member(&self, name: &str) -> String {
        match &self.json()[name] {
            Value::String(text) => text.clone(),
            other => panic!("{name} is {other} in {}", self.json()),
        }
    }

    /// Status 400 and this error, not to be stored.
    #[track_caller]
    pub fn refused(&self, error: &str) -> &Self {
        assert_eq!(self.status, StatusCode::BAD_REQUEST, "{}", self.json());
        assert_eq!(self.error(), error, "{}", self.json());
        self.no_store()
    }

    /// A token response.
    #[track_caller]
    pub fn token(&self) -> &Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.json());
        assert!(!self.member("access_token").is_empty());
        self.no_store()
    }

    #[track_caller]
    pub fn no_store(&self) -> &Self {
        assert_eq!(self.headers["cache-control"], "no-store");
        self
    }

    /// The claims of the access token.
    pub fn claims(&self) -> Value {
        let token = self.member("access_token");
        let payload = token.split('.').nth(1).expect("a JWT has three parts");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
    }
}

/// One request under construction.
#[derive(Clone)]
pub struct Call {
    path: &'static str,
    pub form: Vec<(String, String)>,
    pub headers: Vec<(&'static str, String)>,
}

impl Call {
    pub fn new(path: &'static str) -> Self {
        Self {
            path,
            form: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub fn token(grant_type: &str) -> Self {
        Self::new("/token").with("grant_type", grant_type)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.form.push((name.into(), value.into()));
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn basic(self, client_id: &str, secret: &str) -> Self {
        self.header(
            "authorization",
            format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}"))),
        )
    }

    pub fn by(self, client: Client) -> Self {
        match client {
            Client::Public(id) => self.with("client_id", id),
            Client::Basic(id) => self.basic(id, &format!("{id}-secret")),
            Client::Post(id) => self
                .with("client_id", id)
                .with("client_secret", &format!("{id}-secret")),
        }
    }

    pub fn proven(self, key: &Key, now: u64) -> Self {
        let url = format!("{ISSUER}{}", self.path);
        self.header("dpop", key.proof(&url, now))
    }

    pub fn request(&self) -> Request<Body> {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.form)
            .finish();
        let mut request =
            Request::post(self.path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Body::from(body)).expect("a request")
    }
}

/// A client and how it authenticates; its secret is its name and `-secret`.
#[derive(Debug, Clone, Copy)]
pub enum Client {
    Public(&'static str),
    Basic(&'static str),
    Post(&'static str),
}

pub const SERVICE: Client = Client::Basic("service");
pub const OTHER: Client = Client::Basic("other");
pub const BACKEND: Client = Client::Post("backend");
pub const APP: Client = Client::Public("app");

/// The configuration the tests run with.
pub fn config() -> Config {
    let mut config = Config::example();
    config.issuer = ISSUER.into();
    config.deferral.interval = INTERVAL;
    config.deferral.lifetime = LIFETIME;
    let mut other: ClientConfig = config.clients[0].clone();
    other.client_id = "other".into();
    other.client_secret = Some(Secret::from("other-secret"));
    config.clients.push(other);
    config
}

pub fn world() -> World {
    World::new(config())
}

impl World {
    pub fn new(config: Config) -> Self {
        Self::with_parts(config, Parts::default())
    }

    pub fn with_store(store: Arc<dyn Store>) -> Self {
        Self::with_parts(
            config(),
            Parts {
                store,
                ..Parts::default()
            },
        )
    }

    pub fn with_parts(config: Config, parts: Parts) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let parts = Parts {
            clock: clock.clone(),
            ..parts
        };
        let server = AuthorizationServer::new(config, parts).expect("the server is set up");
        let control = server.control_service();
        Self {
            server,
            clock,
            control,
        }
    }

    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(seconds);
    }

    pub async fn raw(&self, request: Request<Body>) -> Result<Answer, ConnectionDropped> {
        Ok(read(self.server.service().oneshot(request).await?).await)
    }

    pub async fn send(&self, call: Call) -> Answer {
        self.raw(call.request())
            .await
            .expect("the response is not dropped")
    }

    pub async fn get(&self, uri: &str) -> Answer {
        let request = Request::get(uri).body(Body::empty()).expect("a request");
        self.raw(request)
            .await
            .expect("the response is not dropped")
    }

    pub async fn control(&self, path: &str, body: Value) -> Answer {
        let request = Request::post(path)
            .body(Body::from(body.to_string()))
            .expect("a request");
        read(
            self.control
                .clone()
                .oneshot(request)
                .await
                .expect("infallible"),
        )
        .await
    }

    pub async fn decide(&self, code: &str, decision: &str) -> bool {
        let answer = self
            .control(
                "/control/decide",
                json!({ "deferral_code": code, "decision": decision }),
            )
            .await;
        answer.json()["applied"]
            .as_bool()
            .unwrap_or_else(|| panic!("{}", answer.json()))
    }

    pub async fn next_outcome(&self, client_id: &str, next: &str) {
        let answer = self
            .control(
                "/control/policy",
                json!({ "client_id": client_id, "next": next }),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK);
    }

    /// A client credentials request that is deferred; the deferral code.
    pub async fn defer(&self, client: Client) -> String {
        let answer = self.send(initial(client)).await;
        answer
            .refused("authorization_pending")
            .member("deferral_code")
    }

    /// The same, bound to a key.
    pub async fn defer_bound(&self, client: Client, key: &Key) -> String {
        let answer = self.send(initial(client).proven(key, self.now())).await;
        answer
            .refused("authorization_pending")
            .member("deferral_code")
    }

    pub async fn poll(&self, client: Client, code: &str) -> Answer {
        self.send(poll(client, code)).await
    }

    pub async fn revoke(&self, client: Client, code: &str) -> Answer {
        let answer = self.send(revocation(client, code)).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.no_store().clone()
    }

    /// An authorization code for `client_id` with this scope.
    pub async fn authorize(&self, client_id: &str, scope: &str, hint: bool) -> String {
        let mut uri = authorize_uri(client_id, scope);
        if hint {
            uri.push_str("&completion_mode=deferred");
        }
        let answer = self.get(&uri).await;
        query_member(&answer, "code").expect("a code")
    }
}

/// A client credentials request for a scope that is deferred, with the opt-in.
pub fn initial(client: Client) -> Call {
    Call::token("client_credentials")
        .with("scope", "payments profile")
        .with("completion_mode", "deferred")
        .by(client)
}

pub fn poll(client: Client, code: &str) -> Call {
    Call::token(GRANT_DEFERRED)
        .with("deferral_code", code)
        .by(client)
}

pub fn revocation(client: Client, code: &str) -> Call {
    Call::new("/revoke").with("token", code).by(client)
}

/// A token request with an authorization code.
pub fn exchange(client: Client, code: &str) -> Call {
    Call::token("authorization_code")
        .with("code", code)
        .with("code_verifier", VERIFIER)
        .by(client)
}

pub fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        VERIFIER.as_bytes(),
    ))
}

pub fn authorize_uri(client_id: &str, scope: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair(
            "redirect_uri",
            &format!("https://{client_id}.example/callback"),
        )
        .append_pair("scope", scope)
        .append_pair("state", "af0i")
        .append_pair("code_challenge", &challenge())
        .append_pair("code_challenge_method", "S256")
        .finish();
    format!("/authorize?{query}")
}

/// A member of the query that a redirect carries.
pub fn query_member(answer: &Answer, name: &str) -> Option<String> {
    assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
    let location =
        url::Url::parse(answer.headers["location"].to_str().expect("ASCII")).expect("a URL");
    location
        .query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

async fn read(response: http::Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body
        .collect()
        .await
        .expect("the body is whole")
        .to_bytes()
        .to_vec();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes,
    }
}
