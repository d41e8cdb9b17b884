//! What may differ between a bundled server and the reference: what it is made of, and what lies between it and those
//! who speak to it.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use dtr_reference::{Config, ConnectionDropped, Parts};
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::util::BoxCloneSyncService;

use crate::target::error::SetupError;
use crate::target::receiver::{Wire, unchanged};
use crate::target::transport::Transport;

/// The public endpoints. An error stands for a connection that ends without a response.
pub type Public = BoxCloneSyncService<Request<Body>, Response<Body>, ConnectionDropped>;
/// The control endpoints.
pub type Controls = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;
/// Serves the public endpoints on a listener, until it is aborted.
pub type Listen = fn(TcpListener, Public) -> JoinHandle<()>;

/// A difference from the reference. By default there is none.
pub trait Decorate: Send + Sync {
    /// A last word about how the server is made: a faulty part, another setting.
    fn adjust(&self, _config: &mut Config, _parts: &mut Parts) {}

    /// Something around its public endpoints.
    fn public(&self, service: Public) -> Public {
        service
    }

    /// Something around its control endpoints; in process only.
    fn controls(&self, service: Controls) -> Controls {
        service
    }

    /// Something on the way of its callbacks.
    fn wire(&self) -> Wire {
        unchanged
    }

    /// Another way to serve its public endpoints over sockets.
    fn listen(&self) -> Option<Listen> {
        None
    }

    /// Another way to its public endpoints over sockets.
    ///
    /// # Errors
    /// When there is no such way.
    fn transport(&self) -> Result<Option<Transport>, SetupError> {
        Ok(None)
    }
}

/// Nothing but a last word about how the server is made.
pub(super) struct Adjusted<F>(pub(super) Mutex<Option<F>>);

impl<F: FnOnce(&mut Config, &mut Parts) + Send> Decorate for Adjusted<F> {
    fn adjust(&self, config: &mut Config, parts: &mut Parts) {
        let adjust = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(adjust) = adjust {
            adjust(config, parts);
        }
    }
}
