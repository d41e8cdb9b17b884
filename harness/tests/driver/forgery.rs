//! A server whose every answer is made up: honest at first, to be spoiled in one place at a time.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dtr_harness::driver::{Observation, Session};
use dtr_harness::target::control::{Control, Reference};
use dtr_harness::target::discovery::Endpoints;
use dtr_harness::target::key::Key;
use dtr_harness::target::receiver::Receiver;
use dtr_harness::target::transport::{Http, Transport};
use dtr_harness::target::{Target, TimeSource};
use dtr_model::Terms;
use dtr_model::draft::Draft;
use dtr_model::event::Event;
use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::bare;

pub(crate) const CODE: &str = "LRGidcSAeVs_xYpEDt5pNx0A0TBr7qPHbh_Se6pfdf4";

const SEED: u64 = 1;

/// One made-up answer.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) media: &'static str,
    pub(crate) body: Value,
}

impl Part {
    fn error(body: Value) -> Self {
        Self {
            status: 400,
            headers: vec![("cache-control", "no-store".into())],
            media: "application/json",
            body,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.body[name] = value;
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.body.as_object_mut().expect("an object").remove(name);
    }

    fn template(&self) -> ResponseTemplate {
        let mut template = ResponseTemplate::new(self.status)
            .set_body_raw(self.body.to_string().into_bytes(), self.media);
        for (name, value) in &self.headers {
            template = template.append_header(*name, value.as_str());
        }
        template
    }
}

/// A made-up callback. The bearer value is the one that the token request supplied, with this put behind it.
#[derive(Debug, Clone)]
pub(crate) struct FakeCallback {
    pub(crate) method: &'static str,
    pub(crate) media: &'static str,
    pub(crate) query: String,
    pub(crate) body: Value,
    pub(crate) scheme: Option<&'static str>,
    pub(crate) behind_bearer: &'static str,
    /// Whether it bears a DPoP proof.
    pub(crate) proof: bool,
}

/// Every answer of the server.
pub(crate) struct Forgery {
    pub(crate) metadata: Value,
    pub(crate) initial: Part,
    pub(crate) poll: Part,
    pub(crate) revocation: Part,
    pub(crate) callback: FakeCallback,
    pub(crate) key: Arc<Key>,
}

impl Forgery {
    pub(crate) fn honest() -> Self {
        let draft = Draft::DEFAULT;
        Self {
            metadata: json!({
                "deferred_token_response_supported": true,
                "revocation_endpoint_token_type_values_supported": [draft.deferral_code_type],
            }),
            initial: Part::error(json!({
                "error": "authorization_pending",
                "deferral_code": CODE,
                "expires_in": 600,
                "interval": 5,
            })),
            poll: Part::error(json!({
                "error": "authorization_pending",
                "error_description": "step=1",
            })),
            revocation: Part {
                status: 200,
                ..Part::error(json!({}))
            },
            callback: FakeCallback {
                method: "POST",
                media: "application/json",
                query: String::new(),
                body: json!({ "deferral_code": CODE }),
                scheme: Some("Bearer"),
                behind_bearer: "",
                proof: false,
            },
            key: Arc::new(Key::generate()),
        }
    }

    /// The poll is answered by a token bound to the key.
    pub(crate) fn with_token(mut self) -> Self {
        let claims = json!({ "iat": 1000, "exp": 4600, "cnf": { "jkt": self.key.thumbprint() } });
        self.poll.status = 200;
        self.poll.body = json!({
            "access_token": jwt(&claims),
            "token_type": "DPoP",
            "expires_in": 3600,
        });
        self
    }

    /// The poll is answered by `interaction_required`.
    pub(crate) fn with_interaction(mut self) -> Self {
        self.poll.body = json!({
            "error": "interaction_required",
            "interaction_uri": "https://as.example/interact/1",
        });
        self
    }

    pub(crate) fn with_poll_error(mut self, error: &str) -> Self {
        self.poll.body = json!({ "error": error });
        self
    }

    /// Performs the events, on a client that uses the client credentials grant with callbacks.
    pub(crate) async fn perform(&self, events: &[Event]) -> Vec<Observation> {
        let (target, _server, _receiver) = self.target().await;
        let terms = Terms::CREDENTIALS;
        let lease = target.lease(&terms).expect("a lease");
        let mut session = Session::new(target, lease, terms);
        let mut observations = Vec::new();
        for event in events {
            observations.push(session.perform(*event).await);
        }
        give_way().await;
        observations
    }

    pub(crate) async fn target(&self) -> (Arc<Target>, MockServer, Receiver) {
        let server = MockServer::start().await;
        let receiver = Receiver::start().await.expect("a receiver");
        let (endpoint, inbox) = receiver.open("owner");
        let mut metadata = self.metadata.clone();
        for (member, at) in [
            ("issuer", ""),
            ("token_endpoint", "/token"),
            ("revocation_endpoint", "/revoke"),
        ] {
            metadata[member] = json!(format!("{}{at}", server.uri()));
        }
        let ok = ResponseTemplate::new(200);
        let courier = Courier {
            endpoint,
            root_pem: receiver.root_pem().to_owned(),
            callback: self.callback.clone(),
        };
        for mock in [
            Mock::given(path("/.well-known/oauth-authorization-server"))
                .respond_with(ok.clone().set_body_json(metadata)),
            Mock::given(path("/token"))
                .and(body_string_contains("grant_type=client_credentials"))
                .respond_with(self.initial.template()),
            Mock::given(path("/token"))
                .and(body_string_contains("deferral_code="))
                .respond_with(self.poll.template()),
            Mock::given(path("/revoke")).respond_with(self.revocation.template()),
            Mock::given(path("/control/clock"))
                .and(method("GET"))
                .respond_with(
                    ok.clone()
                        .set_body_json(json!({ "now": 1000, "manual": true })),
                ),
            Mock::given(path("/control/callbacks")).respond_with(courier),
            Mock::given(path("/control/policy")).respond_with(applied()),
            Mock::given(path("/control/drop")).respond_with(applied()),
        ] {
            mock.mount(&server).await;
        }
        let transport = Transport::Http(Http::new(Duration::from_secs(5), None).expect("a client"));
        let control = Reference::new(transport.clone(), &server.uri()).expect("a URL");
        let target = Target {
            endpoints: Endpoints::discover(&transport, &server.uri())
                .await
                .expect("metadata"),
            time: TimeSource::of(Some(&control)).await.expect("a clock"),
            control: Some(Control::Reference(control)),
            pool: bare::pool(&self.key, Some(&inbox), [SEED]),
            ..bare::target(&server.uri(), transport.clone())
        };
        (Arc::new(target), server, receiver)
    }
}

/// To be done before a [`MockServer`] is dropped: it waits for a lock then without leaving its task, and were the task's
/// share of the runtime used up, it would wait forever.
pub(crate) async fn give_way() {
    tokio::task::yield_now().await;
}

fn applied() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "applied": true }))
}

/// A token in the form of a JWT. Nobody here looks at its signature.
pub(crate) fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(&json!({ "alg": "ES256" })), part(claims))
}

/// Makes the callback while the control API is being asked for it.
struct Courier {
    endpoint: String,
    root_pem: String,
    callback: FakeCallback,
}

impl Respond for Courier {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        std::thread::scope(|scope| {
            let delivery = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.expect("a runtime").block_on(self.deliver());
            });
            delivery.join().expect("a delivery");
        });
        ResponseTemplate::new(200).set_body_json(json!({ "attempted": true, "status": 204 }))
    }
}

impl Courier {
    async fn deliver(&self) {
        let roots = reqwest::Certificate::from_pem_bundle(self.root_pem.as_bytes());
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_merge(roots.expect("a certificate"))
            .build()
            .expect("a client");
        let callback = &self.callback;
        let verb = callback.method.parse().expect("a method");
        let mut request = client
            .request(verb, format!("{}{}", self.endpoint, callback.query))
            .header("content-type", callback.media)
            .body(callback.body.to_string());
        if let Some(scheme) = callback.scheme {
            let token = supplied_token();
            request = request.header(
                "authorization",
                format!("{scheme} {token}{}", callback.behind_bearer),
            );
        }
        if callback.proof {
            request = request.header("dpop", "a.b.c");
        }
        let response = request.send().await.expect("a response of the receiver");
        assert_eq!(response.status(), 204);
    }
}

/// The session draws its first notification token from its seed, so it can be drawn again.
fn supplied_token() -> String {
    let mut octets = [0; 20];
    fastrand::Rng::with_seed(SEED).fill(&mut octets);
    URL_SAFE_NO_PAD.encode(octets)
}
