//! Why a request got no answer.

use std::error::Error;
use std::io;
use std::time::Duration;

/// A request that was not answered in HTTP, or that could not be sent at all. It says nothing about conformance:
/// a trace that meets one is inconclusive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportFailure {
    /// No connection could be made.
    #[error("cannot connect ({0}); is the server running, and is its address right?")]
    Unreachable(String),
    /// No answer within the time allowed.
    #[error("no answer within {0:?}; is the server overloaded or stuck?")]
    TimedOut(Duration),
    /// The connection ended before the answer was complete.
    #[error("the connection was closed before the answer was complete")]
    ConnectionClosed,
    /// The answer's body is larger than any honest one.
    #[error("the answer is larger than {0} octets")]
    TooLarge(usize),
    /// What came back is not HTTP.
    #[error("the answer is not HTTP: {0}")]
    Malformed(String),
    /// A control request was refused, so the event did not happen.
    #[error("the control API did not do as asked: {0}")]
    Control(String),
    /// The event needs a control API and the target has none.
    #[error("the target has no control API, which is needed to {0}")]
    NoControl(&'static str),
    /// The event is about a deferral code that got lost with the response that carried it, and no repetition of the
    /// request brought it back.
    #[error("the deferral code got lost with the response that carried it")]
    CodeLost,
    /// The trace asks for something that nobody outside the server can do.
    #[error("this step cannot be performed: {0}")]
    NotPerformable(&'static str),
    /// Anything else.
    #[error("the request failed: {0}")]
    Other(String),
}

impl TransportFailure {
    /// Sorts an error of the HTTP client.
    pub(super) fn from_client(error: &hyper_util::client::legacy::Error) -> Self {
        match error.is_connect() {
            true => Self::Unreachable(innermost(error)),
            false => Self::from_chain(error),
        }
    }

    /// Sorts an error by what its chain of causes holds, of which the deepest says what happened.
    pub(super) fn from_chain(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(current) = cause {
            if let Some(found) = current.downcast_ref::<hyper::Error>().and_then(known) {
                return found;
            }
            if current.downcast_ref::<io::Error>().is_some_and(is_closed) {
                return Self::ConnectionClosed;
            }
            cause = current.source();
        }
        // HTTP/2 resets the stream where HTTP/1.1 closes the connection.
        if innermost(error).starts_with("stream error received") {
            return Self::ConnectionClosed;
        }
        Self::Other(innermost(error))
    }
}

fn known(error: &hyper::Error) -> Option<TransportFailure> {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        Some(TransportFailure::ConnectionClosed)
    } else if error.is_parse() {
        Some(TransportFailure::Malformed(error.to_string()))
    } else {
        None
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
    )
}

/// The cause of all causes, which says what happened.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
