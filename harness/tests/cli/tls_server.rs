//! Just enough of an authorization server for `dtr doctor`, whose token endpoint asks for certificates (RFC 8705).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::certificates::Authority;

/// What happens to somebody without a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Without {
    /// No connection.
    Refused,
    /// A connection, on which no client is authenticated.
    Unknown,
}

/// A running server; it ends with this value.
pub(crate) struct TlsServer {
    _runtime: Runtime,
    pub(crate) issuer: String,
}

impl TlsServer {
    /// Its metadata is for everybody, its token endpoint for those with a certificate of the same authority.
    pub(crate) fn start(authority: &Authority, without: Without) -> TlsServer {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let (open, guarded) = runtime.block_on(async {
            let metadata = listener().await;
            let token = listener().await;
            ((metadata.1, metadata.0), (token.1, token.0))
        });
        let issuer = format!("https://localhost:{}", open.0.port());
        let metadata = json!({
            "issuer": issuer,
            "token_endpoint": format!("https://localhost:{}/token", guarded.0.port()),
            "deferred_token_response_supported": true,
            "revocation_endpoint_token_type_values_supported":
                ["urn:ietf:params:oauth:token-type:deferral-code"],
        });
        let metadata: Arc<str> = metadata.to_string().into();
        let identity = authority.issue("localhost");
        let everybody = acceptor(&identity, None);
        let certified = acceptor(&identity, Some(verifier(authority, without)));
        runtime.spawn(accept(open.1, everybody, Arc::clone(&metadata)));
        runtime.spawn(accept(guarded.1, certified, metadata));
        TlsServer {
            _runtime: runtime,
            issuer,
        }
    }
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

fn verifier(authority: &Authority, without: Without) -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(authority.pem.as_bytes()).expect("PEM");
    roots.add(root).expect("an authority");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = match without {
        Without::Refused => builder,
        Without::Unknown => builder.allow_unauthenticated(),
    };
    builder.build().expect("an authority to ask for")
}

fn acceptor(identity: &str, verifier: Option<Arc<dyn ClientCertVerifier>>) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS");
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let chain = vec![CertificateDer::from_pem_slice(identity.as_bytes()).expect("PEM")];
    let key = PrivateKeyDer::from_pem_slice(identity.as_bytes()).expect("PEM");
    let config = builder.with_single_cert(chain, key).expect("they match");
    TlsAcceptor::from(Arc::new(config))
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, metadata: Arc<str>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, metadata) = (acceptor.clone(), Arc::clone(&metadata));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let certified = stream.get_ref().1.peer_certificates().is_some();
            let service =
                service_fn(move |request| answer(request, Arc::clone(&metadata), certified));
            // Whoever goes away may.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    metadata: Arc<str>,
    certified: bool,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    if parts.uri.path() != "/token" {
        return Ok(reply(200, metadata.to_string()));
    }
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let form: Vec<_> = url::form_urlencoded::parse(&body.unwrap_or_default())
        .into_owned()
        .collect();
    let has = |name: &str| form.iter().any(|(known, _)| known == name);
    let named = form.contains(&("client_id".to_owned(), "suite".to_owned()));
    let secret = has("client_secret") || parts.headers.contains_key(http::header::AUTHORIZATION);
    let (status, answer) = if !(certified && named && !secret) {
        (401, json!({ "error": "invalid_client" }))
    } else if has("deferral_code") {
        (400, json!({ "error": "invalid_grant" }))
    } else {
        (400, deferred())
    };
    Ok(reply(status, answer.to_string()))
}

fn deferred() -> Value {
    json!({
        "error": "authorization_pending",
        "deferral_code": "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY",
        "expires_in": 600,
        "interval": 5,
    })
}

fn reply(status: u16, body: String) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("cache-control", "no-store")
        .body(Full::new(body.into()))
        .expect("a response")
}
