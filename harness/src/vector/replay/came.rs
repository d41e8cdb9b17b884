//! What came of a step.

use std::collections::BTreeSet;

use http::header;
use serde_json::{Map, Value};
use url::Url;

use crate::json::number_as_text;
use crate::target::receiver::Received;
use crate::target::transport::Reply;

/// What came of a step.
#[derive(Debug)]
pub(super) enum Came {
    /// A response.
    Reply(Reply),
    /// A callback.
    Callback(Box<Received>),
    /// So many callbacks, where one may come.
    Callbacks(usize),
    /// The end of a visit: whether the server went along with all of it.
    Visited(bool),
    /// Whether a token that is presented is good.
    Presented(bool),
    /// Nothing, where nothing may come.
    Silence,
}

/// A response as far as another one may be like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    status: u16,
    location: Option<String>,
    names: BTreeSet<String>,
    error: Option<String>,
}

impl Came {
    /// The members that came: of a body, or of the query of a redirect.
    pub(super) fn members(&self) -> Map<String, Value> {
        match self {
            Came::Reply(reply) if (300..400).contains(&reply.status) => query(reply),
            Came::Reply(reply) => serde_json::from_slice(&reply.body).unwrap_or_default(),
            Came::Callback(callback) => serde_json::from_slice(&callback.body).unwrap_or_default(),
            Came::Callbacks(_) | Came::Visited(_) | Came::Presented(_) | Came::Silence => {
                Map::new()
            }
        }
    }

    /// The text of a member, or with `header:` before the name of a header field.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match (name.strip_prefix("header:"), self) {
            (Some(field), Came::Reply(reply)) => {
                let value = reply.headers.get(field)?.to_str().ok()?;
                Some(value.to_owned())
            }
            (Some(_), _) => None,
            (None, _) => match self.members().get(name)? {
                Value::String(text) => Some(text.clone()),
                other => number_as_text(other),
            },
        }
    }

    /// What another response is compared with; nothing for what is no response.
    pub(super) fn shape(&self) -> Option<Shape> {
        let Came::Reply(reply) = self else {
            return None;
        };
        let members = self.members();
        Some(Shape {
            status: reply.status,
            location: location(reply).map(|mut url| {
                url.set_query(None);
                url.to_string()
            }),
            error: members
                .get("error")
                .and_then(Value::as_str)
                .map(str::to_owned),
            names: members.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// In a line.
    pub(super) fn in_words(&self) -> String {
        match self {
            Came::Reply(reply) => {
                let body = String::from_utf8_lossy(&reply.body);
                let body: String = body.chars().take(200).collect();
                let to = location(reply).map_or(String::new(), |url| format!("to {url} "));
                format!("status {} {to}{body}", reply.status)
            }
            Came::Callback(callback) => format!("a callback: {} {}", callback.method, callback.uri),
            Came::Callbacks(count) => format!("{count} callbacks"),
            Came::Visited(true) => "a visit that the server went along with".to_owned(),
            Came::Visited(false) => "a visit that the server did not go along with".to_owned(),
            Came::Presented(true) => "a token that is good".to_owned(),
            Came::Presented(false) => "a token that is over".to_owned(),
            Came::Silence => "nothing".to_owned(),
        }
    }
}

/// The query of a redirect's `location`.
pub(super) fn query(reply: &Reply) -> Map<String, Value> {
    let location = location(reply);
    let pairs = location.iter().flat_map(|url| url.query_pairs());
    pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}

fn location(reply: &Reply) -> Option<Url> {
    let value = reply.headers.get(header::LOCATION)?.to_str().ok()?;
    Url::parse(value).ok()
}
