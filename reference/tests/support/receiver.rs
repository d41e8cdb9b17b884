//! A callback receiver over real HTTPS, with a certificate authority of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use http::{HeaderMap, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// One callback, as received.
#[derive(Debug, Clone)]
pub struct Received {
    pub uri: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Takes callbacks on `https://localhost:<port>/cb`.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    pub root_pem: String,
    state: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    /// Responses for the next callbacks; 204 after the last.
    script: Mutex<Vec<(StatusCode, Option<&'static str>, usize)>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let ca_key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::new(Vec::<String>::new()).expect("parameters");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_pem = ca.self_signed(&ca_key).expect("a root").pem();
        let issuer = Issuer::new(ca, ca_key);
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let leaf = leaf.signed_by(&key, &issuer).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .expect("a certificate and its key");

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Shared::default());
        let router = Router::new().fallback(receive).with_state(state.clone());
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, router) = (acceptor.clone(), router.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
                        .await;
                });
            }
        });
        Self {
            address,
            root_pem,
            state,
        }
    }

    pub fn endpoint(&self) -> String {
        format!("https://localhost:{}/cb", self.address.port())
    }

    /// The next callbacks are answered like this: status, `Location`, octets of body.
    pub fn script(&self, answers: &[(StatusCode, Option<&'static str>, usize)]) {
        *self.state.script.lock().expect("no panic") = answers.iter().rev().copied().collect();
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().expect("no panic").clone()
    }
}

async fn receive(
    State(state): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    state.received.lock().expect("no panic").push(Received {
        uri: uri.to_string(),
        headers,
        body,
    });
    let scripted = state.script.lock().expect("no panic").pop();
    let (status, location, octets) = scripted.unwrap_or((StatusCode::NO_CONTENT, None, 0));
    let mut response = Response::builder().status(status);
    if let Some(location) = location {
        response = response.header("location", location);
    }
    response
        .body(Body::from(vec![b'x'; octets]))
        .expect("a response")
}
