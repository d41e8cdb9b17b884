//! HTTP over pooled connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use super::tls::{self, TlsError};
use super::{Outgoing, Reply, read};
use crate::target::failure::TransportFailure;
use crate::target::limiter::Limiter;
use crate::target::nodes::Nodes;

/// Time allowed for connecting.
const CONNECT: Duration = Duration::from_secs(5);
/// Idle connections are given up before servers commonly do, so that no request meets one that is being closed.
const IDLE: Duration = Duration::from_secs(4);

/// How HTTP is spoken.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Time allowed for a whole exchange.
    pub timeout: Duration,
    /// Certificate authorities to trust besides the platform's, in PEM.
    pub extra_roots: Option<String>,
    /// The client's own certificate and key, in PEM (RFC 8705).
    pub identity: Option<String>,
    /// What bounds the requests.
    pub limiter: Option<Arc<Limiter>>,
    /// Base URLs to be used in turn.
    pub nodes: Vec<Arc<Url>>,
    /// HTTP/2 without asking first (RFC 9113 Section 3.3).
    #[cfg(feature = "farm")]
    pub http2: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            extra_roots: None,
            identity: None,
            limiter: None,
            nodes: Vec::new(),
            #[cfg(feature = "farm")]
            http2: false,
        }
    }
}

/// HTTP over pooled connections, straight through hyper: what clients for people do around it, such as following
/// redirects, is not wanted here, and took longer than the oracle.
#[derive(Clone)]
pub struct Http {
    client: Arc<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
    timeout: Duration,
    limiter: Option<Arc<Limiter>>,
    nodes: Option<Arc<Nodes>>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("timeout", &self.timeout)
            .field("limiter", &self.limiter)
            .field("nodes", &self.nodes)
            .finish_non_exhaustive()
    }
}

impl Http {
    /// A client that allows `timeout` for a whole exchange and trusts the certificate authorities of the platform and
    /// those in `extra_roots` (PEM).
    ///
    /// # Errors
    /// A PEM document that cannot be read, or a platform without TLS.
    pub fn new(timeout: Duration, extra_roots: Option<&str>) -> Result<Self, TlsError> {
        Self::with(HttpOptions {
            timeout,
            extra_roots: extra_roots.map(str::to_owned),
            ..HttpOptions::default()
        })
    }

    /// A client with these options.
    ///
    /// # Errors
    /// A PEM document that cannot be read, or a platform without TLS.
    pub fn with(options: HttpOptions) -> Result<Self, TlsError> {
        let tls = tls::config(options.extra_roots.as_deref(), options.identity.as_deref())?;
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        // The connector around it refuses other schemes.
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE);
        #[cfg(feature = "farm")]
        client.http2_only(options.http2);
        Ok(Self {
            client: Arc::new(client.build(connector)),
            timeout: options.timeout,
            limiter: options.limiter,
            nodes: Nodes::new(options.nodes.iter().map(|node| Url::clone(node))).map(Arc::new),
        })
    }

    /// The same, but requests go to these nodes in turn.
    #[must_use]
    pub fn by_way_of(self, nodes: Vec<Url>) -> Self {
        Self {
            nodes: Nodes::new(nodes).map(Arc::new),
            ..self
        }
    }

    pub(super) async fn send(&self, outgoing: Outgoing) -> Result<Reply, TransportFailure> {
        let _permit = match &self.limiter {
            Some(limiter) => Some(limiter.admit().await),
            None => None,
        };
        let outgoing = match &self.nodes {
            Some(nodes) => Outgoing {
                url: Arc::new(nodes.next(&outgoing.url)),
                ..outgoing
            },
            None => outgoing,
        };
        let request = outgoing.into_request()?;
        let exchange = async {
            let answer = self.client.request(request).await;
            let answer = answer.map_err(|error| TransportFailure::from_client(&error))?;
            read(answer, |error| TransportFailure::from_chain(&error)).await
        };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .unwrap_or(Err(TransportFailure::TimedOut(self.timeout)))
    }
}
