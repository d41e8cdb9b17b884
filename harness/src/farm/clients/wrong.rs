//! How a client is made wrong: by what lies between it and those who watch it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use dtr_model::draft::Draft;
use dtr_reference::ConnectionDropped;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tower::{ServiceExt as _, service_fn};
use url::Url;

use crate::client::between::Between;
use crate::exchange::{Answered, Asked, whole};
use crate::target::bundled::decoration::Public;
use crate::target::transport::{InProcess, Outgoing};
use crate::target::{Transport, TransportFailure};

/// Time allowed for a callback.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where it is wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// Its requests are others.
    Sends(fn(&mut Asked)),
    /// It takes answers for others.
    Hears(fn(&Asked, &mut Answered)),
    /// After so many polls it sends the last one again, this much later, whatever becomes of it.
    Repeats(usize, Duration),
    /// It does not poll.
    Silent,
    /// It answers a callback with another status than the right one.
    Answers(fn(&[u8], u16) -> u16),
}

/// What lies between a client and those who watch it.
pub(super) struct Wrong(pub(super) How, pub(super) &'static Draft);

impl Between for Wrong {
    fn inward(&self, service: Public) -> Public {
        let Wrong(how, draft) = *self;
        let polls = Arc::new(AtomicUsize::new(0));
        Public::new(service_fn(move |request: Request<Body>| {
            let (service, polls) = (service.clone(), Arc::clone(&polls));
            async move { pass(how, draft, service, &polls, request).await }
        }))
    }

    fn outward(&self, way: Transport) -> Transport {
        match self.0 {
            How::Answers(change) => Transport::InProcess(answering(way, change)),
            _ => way,
        }
    }
}

/// A request of the client on its way to the server, and the answer on its way back.
async fn pass(
    how: How,
    draft: &'static Draft,
    service: Public,
    polls: &AtomicUsize,
    request: Request<Body>,
) -> Result<Response<Body>, ConnectionDropped> {
    let mut asked = Asked::read(request, draft).await;
    let is_poll = asked.is_poll();
    if let How::Sends(change) = how {
        change(&mut asked);
    }
    if is_poll && matches!(how, How::Silent) {
        // So that it ends.
        let mut denied = Answered::read(Response::new(Body::empty()), draft).await;
        denied.fail(400, "access_denied");
        return Ok(denied.response());
    }
    if let How::Repeats(after, later) = how
        && is_poll
        && polls.fetch_add(1, Ordering::Relaxed) + 1 == after
    {
        let (service, again) = (service.clone(), asked.clone());
        tokio::spawn(async move {
            tokio::time::sleep(later).await;
            // What is said to it nobody hears.
            let _ = service.oneshot(again.request()).await;
        });
    }
    let response = service.oneshot(asked.clone().request()).await?;
    let mut answered = Answered::read(response, draft).await;
    if let How::Hears(change) = how {
        change(&asked, &mut answered);
    }
    Ok(answered.response())
}

/// The way of callbacks to a client, whose answers have another status.
fn answering(way: Transport, change: fn(&[u8], u16) -> u16) -> InProcess {
    let service = service_fn(move |request: Request<Full<Bytes>>| {
        let way = way.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = whole(body).await;
            let url = Url::parse(&parts.uri.to_string()).expect("it was one before");
            let headers = parts.headers.iter();
            let sent = way.send(Outgoing {
                method: parts.method,
                url: Arc::new(url),
                headers: headers
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
                body: body.clone(),
            });
            let status = change(&body, sent.await?.status);
            let mut response = Response::new(Body::empty());
            *response.status_mut() =
                StatusCode::from_u16(status).expect("a status of three digits");
            Ok::<_, TransportFailure>(response)
        }
    });
    InProcess::new(service, TIMEOUT)
}
