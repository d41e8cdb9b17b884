//! What went over the wire, as text.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::driver::Exchange;

/// Characters of a body that are told.
const BODY: usize = 4096;
/// Header fields of a message that are told.
const FIELDS: usize = 48;
/// Characters of a header field that are told.
const FIELD: usize = 2048;

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExchangeDocument {
    /// What the request was for.
    pub purpose: String,
    /// Whether it went to the control API.
    pub control: bool,
    /// The request; its line is the method and the URL.
    pub request: MessageDocument,
    /// The response; its line is the status code. Absent when none came.
    pub response: Option<MessageDocument>,
}

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageDocument {
    /// Method and URL, or status code and phrase.
    pub line: String,
    /// The header fields, `name: value`.
    pub headers: Vec<String>,
    /// The body as text, from its beginning.
    pub body: String,
    /// The length of the whole body in octets, where it was too long to tell.
    pub cut_from: Option<u64>,
}

impl ExchangeDocument {
    /// The text of an exchange.
    pub fn of(exchange: &Exchange) -> ExchangeDocument {
        let line = format!("{} {}", exchange.method, exchange.url);
        let response = exchange.status.map(|status| {
            message(
                phrased(status),
                exchange.response_header_text(),
                &exchange.response_text(),
                exchange.response_body.len(),
            )
        });
        ExchangeDocument {
            purpose: exchange.purpose.to_string(),
            control: exchange.control,
            request: message(
                line,
                exchange.request_header_text(),
                &exchange.request_text(),
                exchange.request_body.len(),
            ),
            response,
        }
    }
}

/// `400 Bad Request`.
fn phrased(status: u16) -> String {
    let code = http::StatusCode::from_u16(status).ok();
    match code.and_then(|c| c.canonical_reason()) {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

fn message<'a>(
    line: String,
    headers: impl Iterator<Item = (&'a str, Cow<'a, str>)>,
    body: &str,
    octets: usize,
) -> MessageDocument {
    let headers =
        headers.map(|(name, value)| beginning(&format!("{name}: {value}"), FIELD).to_owned());
    let told = beginning(body, BODY);
    MessageDocument {
        line,
        headers: headers.take(FIELDS).collect(),
        body: told.to_owned(),
        cut_from: (told.len() < body.len()).then_some(octets as u64),
    }
}

/// The first `limit` characters.
fn beginning(text: &str, limit: usize) -> &str {
    match text.char_indices().nth(limit) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_between_characters_and_says_so() {
        let body = "ä".repeat(BODY + 1);
        let told = message(String::new(), std::iter::empty(), &body, body.len());
        assert_eq!(told.body.chars().count(), BODY);
        assert_eq!(told.cut_from, Some(2 * BODY as u64 + 2));
        let whole = "ä".repeat(BODY);
        assert_eq!(
            message(String::new(), std::iter::empty(), &whole, 1).cut_from,
            None
        );
    }

    #[test]
    fn endless_headers_are_not_told_to_the_end() {
        let long = "x".repeat(FIELD * 2);
        let fields = std::iter::repeat_n(("a", Cow::Borrowed(long.as_str())), FIELDS * 2);
        let told = message(String::new(), fields, "", 0);
        assert_eq!(told.headers.len(), FIELDS);
        assert!(told.headers.iter().all(|h| h.len() == FIELD));
    }
}
