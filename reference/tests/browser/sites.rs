//! Two sites over HTTPS: the server behind a front at `https://as.example`, and `https://evil.example`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::response::Html;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dtr_reference::Config;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rcgen::{CertificateParams, KeyPair, PublicKeyData as _};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tower::service_fn;

use crate::support::{Answer, Call, Client, INTERVAL, World, config};

/// The server, its clock, and the site of somebody else.
pub(crate) struct Sites {
    pub(crate) world: World,
    server: SocketAddr,
    other: SocketAddr,
    /// The SHA-256 of the one key that browsers are told to trust.
    trusted: String,
    others_page: Arc<Mutex<String>>,
    /// The paths that the other site was asked for.
    asked_of_other: Arc<Mutex<Vec<String>>>,
}

impl Sites {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with another configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config();
        config.interaction_base = "https://as.example/interact".into();
        config.device.verification_uri = "https://as.example/device".into();
        change(&mut config);
        let world = World::new(config);
        let (acceptor, trusted) = certified(&["as.example", "evil.example"]);

        let others_page = Arc::new(Mutex::new(String::new()));
        let asked_of_other = Arc::new(Mutex::new(Vec::new()));
        let (page, asked) = (Arc::clone(&others_page), Arc::clone(&asked_of_other));
        let others = service_fn(move |request: Request<Incoming>| {
            asked
                .lock()
                .expect("no panic")
                .push(request.uri().path().to_owned());
            let page = Html(page.lock().expect("no panic").clone());
            async move { Ok::<_, Infallible>(axum::response::IntoResponse::into_response(page)) }
        });
        Self {
            server: https(&acceptor, world.server.service()).await,
            other: https(&acceptor, others).await,
            world,
            trusted,
            others_page,
            asked_of_other,
        }
    }

    /// What makes a browser find both sites, and believe their certificate.
    pub(crate) fn arguments(&self) -> [String; 2] {
        let rules = format!(
            "host-resolver-rules=MAP as.example:443 {},MAP evil.example:443 {},MAP * ~NOTFOUND",
            self.server, self.other
        );
        let trust = format!("ignore-certificate-errors-spki-list={}", self.trusted);
        [rules, trust]
    }

    /// What `https://evil.example` shows from now on, at every path.
    pub(crate) fn other_shows(&self, page: &str) {
        *self.others_page.lock().expect("no panic") = page.into();
    }

    /// The paths the other site was asked for so far.
    pub(crate) fn asked_of_other(&self) -> Vec<String> {
        self.asked_of_other.lock().expect("no panic").clone()
    }

    /// A request that waits for somebody at a page; its code and the page's address.
    pub(crate) async fn waiting(&self, client: Client) -> (String, String) {
        let call = Call::token("client_credentials")
            .with("scope", "identity")
            .with("completion_mode", "deferred")
            .by(client);
        let answer = self.world.send(call).await;
        answer.refused("interaction_required");
        let link = answer.member("interaction_uri");
        (answer.member("deferral_code"), link)
    }

    /// What the client is told that polls in time.
    pub(crate) async fn poll(&self, client: Client, code: &str) -> Answer {
        self.world.advance(INTERVAL);
        self.world.poll(client, code).await
    }
}

/// A certificate for these names, and the hash of its key as Chromium takes it.
fn certified(names: &[&str]) -> (TlsAcceptor, String) {
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
    let certificate = CertificateParams::new(names).expect("parameters");
    let certificate = certificate.self_signed(&key).expect("a certificate");
    let hash = STANDARD.encode(digest(&SHA256, &key.subject_public_key_info()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("a certificate and its key");
    (TlsAcceptor::from(Arc::new(tls)), hash)
}

/// Serves `service` over TLS on a port of its own.
async fn https<S>(acceptor: &TlsAcceptor, service: S) -> SocketAddr
where
    S: tower::Service<Request<Incoming>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: std::error::Error + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let acceptor = acceptor.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, service) = (acceptor.clone(), service.clone());
            tokio::spawn(async move {
                // A browser opens connections that it does not use, and leaves when it likes.
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                    .await;
            });
        }
    });
    address
}
