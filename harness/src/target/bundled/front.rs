//! The https front of the bundled server's interaction page: `interaction_uri` has to be an https URI (Section 6.4),
//! and the server itself speaks HTTP.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use super::decoration::Public;
use crate::target::error::SetupError;
use crate::target::receiver::identity;

/// Before another try to accept a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// A listener with a certificate of its own, in front of a service. Dropped, it stops listening.
pub(super) struct Front {
    /// Where it is: `https://localhost:PORT`.
    pub(super) base: String,
    /// The certificate authority to trust, in PEM.
    pub(super) root_pem: String,
    listener: Option<TcpListener>,
    acceptor: tokio_rustls::TlsAcceptor,
    accepting: Option<JoinHandle<()>>,
}

impl Front {
    /// Finds a free port and makes a certificate.
    pub(super) async fn bind() -> Result<Front, SetupError> {
        let (acceptor, root_pem) = identity()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        Ok(Front {
            base: format!("https://localhost:{}", listener.local_addr()?.port()),
            root_pem,
            listener: Some(listener),
            acceptor,
            accepting: None,
        })
    }

    /// Passes everything on to `service` from now on.
    pub(super) fn serve(&mut self, service: Public) {
        if let Some(listener) = self.listener.take() {
            let acceptor = self.acceptor.clone();
            self.accepting = Some(tokio::spawn(accept(listener, acceptor, service)));
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

/// Serves a service over one connection.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, service: Public) {
    let service = service.map_request(|request: http::Request<_>| request.map(Body::new));
    // The peer went away, which is its right.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .await;
}

/// Serves a service in plain HTTP, until it is dropped.
pub(crate) async fn serve_plainly(listener: TcpListener, service: Public) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        tokio::spawn(serve(stream, service.clone()));
    }
}

async fn accept(listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor, service: Public) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (acceptor, service) = (acceptor.clone(), service.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            serve(stream, service).await;
        });
    }
}
