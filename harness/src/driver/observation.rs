//! What the driver tells of one event.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use dtr_model::event::Answer;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use crate::target::TransportFailure;
use crate::target::transport::{Outgoing, Reply};

/// What one event led to.
#[derive(Debug, Clone)]
pub struct Observation {
    /// What the server said.
    pub answer: Seen,
    /// Response-level rules that were broken.
    pub findings: Vec<Finding>,
    /// Ids of the rows whose response-level rules were checked and held.
    pub observed: Vec<&'static str>,
    /// What went over the wire, in order.
    pub exchanges: Vec<Exchange>,
}

/// What the server said, abstracted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// An answer of the draft.
    Answer(Answer),
    /// A response that is no answer of the draft, in one line.
    Strange(String),
    /// No response.
    Failed(TransportFailure),
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => answer.fmt(f),
            Self::Strange(what) => f.write_str(what),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

/// A broken rule about a single response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row it breaks, e.g. `DTR-6.6-01`.
    pub requirement: &'static str,
    /// What was seen instead.
    pub detail: String,
}

/// One request and its response, enough to send it again. It shares its parts with what was sent; texts are made when
/// somebody asks.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What the request was for, e.g. `poll by the owner`.
    pub purpose: Cow<'static, str>,
    /// Whether it went to the control API.
    pub control: bool,
    /// The method.
    pub method: Method,
    /// Where it went.
    pub url: Arc<Url>,
    /// The header fields of the request.
    pub request_headers: Vec<(HeaderName, HeaderValue)>,
    /// The body of the request.
    pub request_body: Bytes,
    /// The status of the response; absent when none came.
    pub status: Option<u16>,
    /// The header fields of the response.
    pub response_headers: Arc<HeaderMap>,
    /// The body of the response.
    pub response_body: Bytes,
}

impl Exchange {
    pub(super) fn new(
        purpose: Cow<'static, str>,
        control: bool,
        sent: Outgoing,
        reply: Option<&Reply>,
    ) -> Self {
        Self {
            purpose,
            control,
            method: sent.method,
            url: sent.url,
            request_headers: sent.headers,
            request_body: sent.body,
            status: reply.map(|reply| reply.status),
            response_headers: reply
                .map(|reply| Arc::clone(&reply.headers))
                .unwrap_or_default(),
            response_body: reply.map(|reply| reply.body.clone()).unwrap_or_default(),
        }
    }

    /// The header fields of the request as text.
    pub fn request_header_text(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.request_headers
            .iter()
            .map(|(name, value)| (name.as_str(), text(value.as_bytes())))
    }

    /// The header fields of the response as text.
    pub fn response_header_text(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.response_headers
            .iter()
            .map(|(name, value)| (name.as_str(), text(value.as_bytes())))
    }

    /// The body of the request as text.
    pub fn request_text(&self) -> Cow<'_, str> {
        text(&self.request_body)
    }

    /// The body of the response as text.
    pub fn response_text(&self) -> Cow<'_, str> {
        text(&self.response_body)
    }
}

fn text(octets: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(octets)
}
