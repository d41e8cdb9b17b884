//! The public endpoints as one tower service, which can also lose a response on purpose.

use std::collections::HashSet;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use http::{Request, Response};
use tower_service::Service;

use crate::server::Context;

/// Clients whose next response is to get lost, set through the control API.
#[derive(Debug, Default)]
pub(crate) struct Drops(Mutex<HashSet<String>>);

impl Drops {
    pub(crate) fn add(&self, client_id: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(client_id.into());
    }

    fn take(&self, client_id: &str) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(client_id)
    }
}

/// Left on a response by an endpoint that authenticated its client.
#[derive(Debug, Clone)]
pub(crate) struct AnsweredTo(pub(crate) Arc<str>);

/// The response is lost on purpose: over HTTP the connection closes without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection was dropped before the response was written")]
pub struct ConnectionDropped;

/// The public endpoints as a tower service, the same in process and behind a listener.
#[derive(Clone)]
pub struct PublicService {
    router: Router,
    context: Context,
}

impl PublicService {
    pub(crate) fn new(router: Router, context: Context) -> Self {
        Self { router, context }
    }
}

impl fmt::Debug for PublicService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicService")
    }
}

impl<B> Service<Request<B>> for PublicService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response<Body>;
    type Error = ConnectionDropped;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectionDropped>> + Send>>;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> Poll<Result<(), ConnectionDropped>> {
        let ready: Result<(), Infallible> =
            ready!(Service::<Request<B>>::poll_ready(&mut self.router, cx));
        Poll::Ready(ready.map_err(|never| match never {}))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answering = self.router.call(request);
        let context = self.context.clone();
        Box::pin(async move {
            let mut response = answering.await.unwrap_or_else(|never| match never {});
            match response.extensions_mut().remove::<AnsweredTo>() {
                Some(AnsweredTo(client_id)) if context.drops.take(&client_id) => {
                    Err(ConnectionDropped)
                }
                _ => Ok(response),
            }
        })
    }
}
