//! Certificates that vouch for nobody, or for somebody else: nothing is said to such a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::support::Verdict::Inconclusive;
use crate::support::{comes_to, http, target};

/// A certificate for this name, and the authority that signed it, in PEM.
fn identity(name: &str) -> (TlsAcceptor, String) {
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::<String>::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).expect("a root").pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    let certificate = certificate.signed_by(&key, &issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        );
    (
        TlsAcceptor::from(Arc::new(config.expect("a configuration"))),
        root,
    )
}

/// Listens; counts the handshakes that were completed.
async fn serve(acceptor: TlsAcceptor) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let completed = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&completed);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        }
    });
    (address, completed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name() {
    let (acceptor, root) = identity("elsewhere.example");
    let (address, _) = serve(acceptor).await;
    let base = format!("https://localhost:{}", address.port());
    comes_to(
        "another name",
        target(&base, http(Some(&root))),
        Inconclusive,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_nobody_vouches_for() {
    let (acceptor, root) = identity("localhost");
    let (address, completed) = serve(acceptor).await;
    let base = format!("https://localhost:{}", address.port());
    comes_to("unknown authority", target(&base, http(None)), Inconclusive).await;
    assert_eq!(completed.load(Ordering::SeqCst), 0);
    // The same certificate with its authority: the handshake succeeds, so the test tests something.
    comes_to(
        "known authority",
        target(&base, http(Some(&root))),
        Inconclusive,
    )
    .await;
    assert!(completed.load(Ordering::SeqCst) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tls_at_all() {
    let address = crate::support::serve(|stream| async move {
        crate::support::say(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    comes_to(
        "no TLS",
        target(&format!("https://{address}"), http(None)),
        Inconclusive,
    )
    .await;
}
