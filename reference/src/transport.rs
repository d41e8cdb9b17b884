//! Listening: HTTP/1.1 connections around a tower service, with hyper at hand.
//!
//! A service error makes hyper close the connection without a response. That is the only reason why this is not
//! `axum::serve`.

use std::io;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_service::Service;

/// How long a client may take to send its header.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests under way may take to finish after shutdown began.
const GRACE: Duration = Duration::from_secs(5);
/// Pause after a failed accept, which mostly means that file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Failures in a row after which the listener is given up: some ten seconds of them.
const ACCEPT_FAILURES: u32 = 200;

/// Serves connections until `stop` becomes true.
///
/// # Errors
/// The last of many failures in a row to accept a connection.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    service: S,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut failures = 0;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopped| *stopped) => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) if failures >= ACCEPT_FAILURES => return Err(error),
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        failures = 0;
        // Answers are small: without this the last packet of each may wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(
                TokioIo::new(stream),
                TowerToHyperService::new(service.clone()),
            );
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // The peer went away or spoke something else than HTTP, or the response was dropped on purpose.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    // Past the grace period the connections still open are cut when the set is dropped.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}
