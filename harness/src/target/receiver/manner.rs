//! How a callback endpoint answers: as it should, or so that the server has to defend itself (Section 11.5).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use hyper::body::{Body as HttpBody, Frame};

use super::inbox::{GivenUp, Inbox};

/// Octets of a body without end, after all: more than any honest reader takes.
pub const ENDLESS: u64 = 64 << 20;
/// Octets of it handed over at a time.
const PIECE: usize = 16 << 10;
/// Nobody waits longer for an endpoint that says nothing.
const SILENCE: Duration = Duration::from_secs(300);
/// The query of the address that a redirect leads to.
pub const REDIRECTED: &str = "redirected";

/// How a callback is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// With this status and nothing else.
    Status(StatusCode),
    /// With a redirect that keeps the method, to the same path with the query [`REDIRECTED`].
    Redirect,
    /// With status 200 and this JSON body.
    Body(Arc<str>),
    /// Not at all, while the server waits.
    Silent,
    /// With a body that does not end, or not before [`ENDLESS`] octets.
    Endless,
}

impl Default for Manner {
    fn default() -> Self {
        Self::Status(StatusCode::NO_CONTENT)
    }
}

/// The answer that the inbox is to give to a callback at `uri` of `host`.
pub(super) async fn answer(
    inbox: &Arc<Inbox>,
    uri: &Uri,
    host: Option<HeaderValue>,
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    match inbox.manner() {
        Manner::Status(status) => *response.status_mut() = status,
        Manner::Redirect => {
            let host = host.as_ref().and_then(|host| host.to_str().ok());
            let location = format!(
                "https://{}{}?{REDIRECTED}",
                host.unwrap_or("localhost"),
                uri.path()
            );
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            if let Ok(location) = HeaderValue::from_str(&location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
        }
        Manner::Body(json) => {
            let kind = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            *response.body_mut() = Body::from(json.to_string());
        }
        Manner::Silent => {
            let _waiting = Unheard::new(inbox);
            tokio::time::sleep(SILENCE).await;
        }
        Manner::Endless => *response.body_mut() = Body::new(Endless(Unheard::new(inbox))),
    }
    response
}

/// An answer that nobody has heard to its end yet. Dropped, it says how long the server waited.
struct Unheard {
    inbox: Arc<Inbox>,
    since: Instant,
    octets: u64,
}

impl Unheard {
    fn new(inbox: &Arc<Inbox>) -> Self {
        Self {
            inbox: Arc::clone(inbox),
            since: Instant::now(),
            octets: 0,
        }
    }
}

impl Drop for Unheard {
    fn drop(&mut self) {
        self.inbox.give_up(GivenUp {
            after: self.since.elapsed(),
            octets: self.octets,
        });
    }
}

/// A body that does not end.
struct Endless(Unheard);

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.0.octets >= ENDLESS {
            return Poll::Ready(None);
        }
        self.0.octets += PIECE as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; PIECE])))))
    }
}
