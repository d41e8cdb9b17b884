//! How a request reaches the server, and what comes back.
//!
//! Two ways with one face: a tower service in this process, or HTTP. Neither follows redirects, keeps cookies or
//! retries: what the server says is what the driver sees.

mod pooled;
mod tls;

pub(super) use self::tls::authorities;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use tower::{Service, ServiceExt as _};
use url::Url;

pub use self::pooled::{Http, HttpOptions};
pub use self::tls::TlsError;
use super::failure::TransportFailure;

/// Longest body that is read, in octets.
pub const BODY_LIMIT: usize = 1 << 20;

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

impl Outgoing {
    fn into_request(self) -> Result<Request<Full<Bytes>>, TransportFailure> {
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self
            .url
            .as_str()
            .parse::<Uri>()
            .map_err(|error| TransportFailure::Other(format!("{}: {error}", self.url)))?;
        request.headers_mut().extend(self.headers);
        if request.method() == Method::POST && request.body().is_end_stream() {
            // A form without parameters is one all the same, and its client says so (RFC 9110 Section 8.6): there are
            // servers that see no form where no length is.
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(header::CONTENT_LENGTH, none);
        }
        Ok(request)
    }
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
        let exchange = async {
            let answer = (self.call)(outgoing.into_request()?).await?;
            read(answer, |error| TransportFailure::Other(error.to_string())).await
        };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .unwrap_or(Err(TransportFailure::TimedOut(self.timeout)))
    }
}

/// Reads a response to its end.
async fn read<B>(
    answer: Response<B>,
    failed: impl Fn(B::Error) -> TransportFailure,
) -> Result<Reply, TransportFailure>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    let (parts, mut body) = answer.into_parts();
    let reply = |body| Reply {
        status: parts.status.as_u16(),
        headers: Arc::new(parts.headers),
        body,
    };
    let mut all = BytesMut::new();
    let whole = body.size_hint().exact();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(&failed)?.into_data() else {
            continue;
        };
        if all.len() + data.len() > BODY_LIMIT {
            return Err(TransportFailure::TooLarge(BODY_LIMIT));
        }
        // Mostly there is but one piece, which need not be copied.
        if all.is_empty() && whole == Some(data.len() as u64) {
            return Ok(reply(data));
        }
        all.extend_from_slice(&data);
    }
    Ok(reply(all.freeze()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// oidc-provider, for one, has an empty form without a length for something else than a form.
    #[test]
    fn an_empty_form_has_a_length() {
        let length = |method: Method, body: &'static str| {
            let outgoing = Outgoing {
                method,
                url: Arc::new(Url::parse("https://as.example/token").unwrap()),
                headers: Vec::new(),
                body: Bytes::from_static(body.as_bytes()),
            };
            let request = outgoing.into_request().unwrap();
            request.headers().get(header::CONTENT_LENGTH).cloned()
        };
        assert_eq!(length(Method::POST, "").unwrap(), "0");
        // What has a length has its transport say it; what has no body has none to say.
        assert_eq!(length(Method::POST, "a=b"), None);
        assert_eq!(length(Method::GET, ""), None);
    }
}
