//! Where callbacks arrive (Section 7): an HTTPS server with one path per client.
//!
//! It writes down what it gets and answers as it was told to; unless that is to be silent, it never waits.

mod inbox;
mod manner;

pub use inbox::{GivenUp, Inbox, Received};
pub use manner::{ENDLESS, Manner, REDIRECTED};

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::error::SetupError;

/// Longest callback body that is kept, in octets.
const BODY_LIMIT: usize = 64 * 1024;

/// What becomes of a callback on its way; the usual one changes nothing.
pub type Wire = fn(Received) -> Vec<Received>;

pub(crate) fn unchanged(received: Received) -> Vec<Received> {
    vec![received]
}

type Inboxes = Arc<Mutex<HashMap<String, Arc<Inbox>>>>;

/// The server that receives callbacks. Dropped, it stops listening.
#[derive(Debug)]
pub struct Receiver {
    base: String,
    root_pem: String,
    inboxes: Inboxes,
    accepting: JoinHandle<()>,
}

impl Receiver {
    /// Starts on a free loopback port, with a certificate authority made for the occasion.
    ///
    /// # Errors
    /// No free port, or no certificate.
    pub async fn start() -> Result<Self, SetupError> {
        Self::start_behind(unchanged).await
    }

    /// The same, with something on the way that changes callbacks.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub async fn start_behind(wire: Wire) -> Result<Self, SetupError> {
        let (acceptor, root_pem) = identity()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let inboxes = Inboxes::default();
        let accepting = tokio::spawn(accept(listener, acceptor, Arc::clone(&inboxes), wire));
        Ok(Self {
            base: format!("https://localhost:{}/callback", address.port()),
            root_pem,
            inboxes,
            accepting,
        })
    }

    /// Starts at `address` with the certificate and key in a PEM file, known to the world as `url`.
    ///
    /// # Errors
    /// The address is taken, or the file does not hold what it should.
    pub async fn listen(
        address: SocketAddr,
        url: &str,
        identity: &Path,
    ) -> Result<Self, SetupError> {
        let wrong = |problem: String| SetupError::Pem {
            path: identity.to_owned(),
            problem,
        };
        let certificates = CertificateDer::pem_file_iter(identity)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| wrong(e.to_string()))?;
        let key = PrivateKeyDer::from_pem_file(identity).map_err(|e| wrong(e.to_string()))?;
        let acceptor = acceptor(certificates, key)?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|cause| SetupError::Receiver { address, cause })?;
        let inboxes = Inboxes::default();
        let accepting = tokio::spawn(accept(listener, acceptor, Arc::clone(&inboxes), unchanged));
        Ok(Self {
            base: url.trim_end_matches('/').to_owned(),
            root_pem: String::new(),
            inboxes,
            accepting,
        })
    }

    /// Opens an inbox for a client whose endpoint is registered already.
    pub fn open_for(&self, client_id: &str) -> Arc<Inbox> {
        self.open(client_id).1
    }

    /// The certificate authority to trust, in PEM.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// Opens an inbox and returns its URL, to be registered as `deferred_client_notification_endpoint`.
    pub fn open(&self, name: &str) -> (String, Arc<Inbox>) {
        let inbox = Arc::new(Inbox::default());
        self.inboxes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), Arc::clone(&inbox));
        (format!("{}/{name}", self.base), inbox)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A certificate for `localhost`, and who vouches for it.
pub(super) fn identity() -> Result<(TlsAcceptor, String), SetupError> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::<String>::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((acceptor(vec![certificate.der().clone()], key)?, root_pem))
}

fn acceptor(
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, SetupError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, inboxes: Inboxes, wire: Wire) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        // Answers are small: without this the last packet of each may wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let (acceptor, inboxes) = (acceptor.clone(), Arc::clone(&inboxes));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let service = service_fn(move |request| answer(Arc::clone(&inboxes), request, wire));
            // The peer went away, which is its right.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    inboxes: Inboxes,
    request: Request<Incoming>,
    wire: Wire,
) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let inbox = inboxes
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(parts.uri.path().rsplit('/').next().unwrap_or_default())
        .cloned();
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let Some(inbox) = inbox else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return Ok(response);
    };
    let host = parts.headers.get(header::HOST).cloned();
    let sent = Received {
        method: parts.method,
        uri: parts.uri.to_string(),
        headers: parts.headers,
        body,
    };
    wire(sent)
        .into_iter()
        .for_each(|callback| inbox.receive(callback));
    Ok(manner::answer(&inbox, &parts.uri, host).await)
}
