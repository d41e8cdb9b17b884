//! How a request reaches the server, and what comes back.
//!
//! Two ways with one face: a tower service in this process, or HTTP. Neither follows redirects, keeps cookies or
//! retries: what the server says is what the driver sees.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use reqwest::{Certificate, Identity, redirect, retry};
use tower::{Service, ServiceExt as _};
use url::Url;

use super::failure::TransportFailure;
use super::limiter::Limiter;
use super::nodes::Nodes;

/// Longest body that is read, in octets.
pub const BODY_LIMIT: usize = 1 << 20;
/// Seconds allowed for connecting.
const CONNECT_SECONDS: u64 = 5;
/// Idle connections are given up before servers commonly do, so that no request meets one that is being closed.
const IDLE: Duration = Duration::from_secs(4);

/// One request, ready to be sent. Clones share the long parts.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Arc<Url>,
    /// The header fields, in order.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
}

/// One response, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: Arc<HeaderMap>,
    /// The body.
    pub body: Bytes,
}

/// Which way requests take to the bundled server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportKind {
    /// Calls within the process: no sockets on the way to the server.
    InProcess,
    /// Real connections on the loopback interface.
    Http,
}

/// A way to a server.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Calls within the process.
    InProcess(InProcess),
    /// HTTP.
    Http(Http),
}

impl Transport {
    /// Sends one request and reads its response.
    ///
    /// # Errors
    /// [`TransportFailure`], for whatever keeps a whole response from coming back.
    pub async fn send(&self, request: Outgoing) -> Result<Reply, TransportFailure> {
        match self {
            Self::InProcess(way) => way.send(request).await,
            Self::Http(way) => way.send(request).await,
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportFailure>> + Send>>;

/// A tower service in this process.
#[derive(Clone)]
pub struct InProcess {
    call: Arc<dyn Fn(Request<Full<Bytes>>) -> Answering + Send + Sync>,
    timeout: Duration,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl InProcess {
    /// Wraps a service. An error of the service stands for a connection that ends without a response.
    pub fn new<S>(service: S, timeout: Duration) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<Body>> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let call = move |request| -> Answering {
            let answering = service.clone().oneshot(request);
            Box::pin(async move {
                answering
                    .await
                    .map_err(|_| TransportFailure::ConnectionClosed)
            })
        };
        Self {
            call: Arc::new(call),
            timeout,
        }
    }

    async fn send(&self, outgoing: Outgoing) -> Result<Reply, TransportFailure> {
        let mut request = Request::new(Full::new(outgoing.body));
        *request.method_mut() = outgoing.method;
        *request.uri_mut() = outgoing
            .url
            .as_str()
            .parse()
            .map_err(|error| TransportFailure::Other(format!("{}: {error}", outgoing.url)))?;
        request.headers_mut().extend(outgoing.headers);
        let exchange = async {
            let (parts, body) = (self.call)(request).await?.into_parts();
            Ok(Reply {
                status: parts.status.as_u16(),
                headers: Arc::new(parts.headers),
                body: read(body).await?,
            })
        };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .unwrap_or(Err(TransportFailure::TimedOut(self.timeout)))
    }
}

async fn read(mut body: Body) -> Result<Bytes, TransportFailure> {
    let mut all = BytesMut::new();
    let whole = body.size_hint().exact();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| TransportFailure::Other(error.to_string()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if all.is_empty() && whole == Some(data.len() as u64) {
            return Ok(data);
        }
        append(&mut all, &data)?;
    }
    Ok(all.freeze())
}

fn append(all: &mut BytesMut, data: &[u8]) -> Result<(), TransportFailure> {
    if all.len() + data.len() > BODY_LIMIT {
        return Err(TransportFailure::TooLarge(BODY_LIMIT));
    }
    all.extend_from_slice(data);
    Ok(())
}

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

/// HTTP over pooled connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    timeout: Duration,
    limiter: Option<Arc<Limiter>>,
    nodes: Option<Arc<Nodes>>,
}

impl Http {
    /// A client that allows `timeout` for a whole exchange and trusts the certificate authorities of the platform and
    /// those in `extra_roots` (PEM).
    ///
    /// # Errors
    /// A PEM document that cannot be read, or a platform without TLS.
    pub fn new(timeout: Duration, extra_roots: Option<&str>) -> Result<Self, reqwest::Error> {
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
    pub fn with(options: HttpOptions) -> Result<Self, reqwest::Error> {
        let roots = match &options.extra_roots {
            Some(pem) => Certificate::from_pem_bundle(pem.as_bytes())?,
            None => Vec::new(),
        };
        let timeout = options.timeout;
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .timeout(timeout)
            .tls_certs_merge(roots);
        #[cfg(feature = "farm")]
        let client = match options.http2 {
            true => client.http2_prior_knowledge(),
            false => client,
        };
        let client = match &options.identity {
            Some(pem) => client.identity(Identity::from_pem(pem.as_bytes())?),
            None => client,
        };
        Ok(Self {
            client: client.build()?,
            timeout,
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

    async fn send(&self, outgoing: Outgoing) -> Result<Reply, TransportFailure> {
        let failed = |error| TransportFailure::from_client(&error, self.timeout);
        let _permit = match &self.limiter {
            Some(limiter) => Some(limiter.admit().await),
            None => None,
        };
        let url = match &self.nodes {
            Some(nodes) => nodes.next(&outgoing.url),
            None => Url::clone(&outgoing.url),
        };
        let mut request = reqwest::Request::new(outgoing.method, url);
        request.headers_mut().extend(outgoing.headers);
        if !outgoing.body.is_empty() {
            *request.body_mut() = Some(outgoing.body.into());
        }
        let mut response = self.client.execute(request).await.map_err(failed)?;
        let headers = std::mem::take(response.headers_mut());
        let status = response.status().as_u16();
        let body = match response.chunk().await.map_err(failed)? {
            None => Bytes::new(),
            Some(first) => match response.chunk().await.map_err(failed)? {
                None if first.len() <= BODY_LIMIT => first,
                second => {
                    let mut all = BytesMut::new();
                    append(&mut all, &first)?;
                    append(&mut all, &second.unwrap_or_default())?;
                    while let Some(chunk) = response.chunk().await.map_err(failed)? {
                        append(&mut all, &chunk)?;
                    }
                    all.freeze()
                }
            },
        };
        Ok(Reply {
            status,
            headers: Arc::new(headers),
            body,
        })
    }
}
