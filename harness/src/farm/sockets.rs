//! Other ways to serve HTTP over real connections: HTTP/2, a connection a request, bodies in pieces, delays.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use dtr_reference::ConnectionDropped;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::target::bundled::decoration::{Listen, Public};

/// How connections are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habits {
    /// HTTP/2, with prior knowledge.
    Http2,
    /// HTTP/1.1, bodies in chunks, and each connection closed after one response.
    ChunkedAndClosed,
    /// HTTP/1.1, each response up to 30 milliseconds late.
    Jittered,
}

impl Habits {
    pub(super) fn listen(self) -> Listen {
        match self {
            Habits::Http2 => |listener, public| spawn(listener, public),
            Habits::ChunkedAndClosed => |listener, public| {
                let chunked = public.and_then(in_chunks);
                spawn(listener, Public::new(chunked))
            },
            Habits::Jittered => |listener, public| {
                let late = public.map_future(|answering| async {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=30))).await;
                    answering.await
                });
                spawn(listener, Public::new(late))
            },
        }
    }
}

/// Serves HTTP/1.1 and HTTP/2 alike, whichever a client begins with.
fn spawn(listener: TcpListener, public: Public) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let service = public
                .clone()
                .map_request(|r: Request<Incoming>| r.map(Body::new));
            tokio::spawn(async move {
                // A peer that went away, or a response that was to get lost.
                let _ = auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                    .await;
            });
        }
    })
}

/// One octet, then the rest, without a length.
async fn in_chunks(response: Response<Body>) -> Result<Response<Body>, ConnectionDropped> {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    let mut rest = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Err(ConnectionDropped),
    };
    let first = rest.split_to(rest.len().min(1));
    let pieces = Pieces(VecDeque::from([first, rest]));
    Ok(Response::from_parts(parts, Body::new(pieces)))
}

/// A body in pieces, of a length that is not told beforehand.
struct Pieces(VecDeque<Bytes>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}
