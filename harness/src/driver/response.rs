//! A response as far as its shape goes: JSON members and the header fields that matter.

use http::header;
use serde_json::{Map, Value};

use crate::json;
use crate::target::transport::Reply;

/// A response whose body is a JSON object.
#[derive(Debug)]
pub(super) struct Response<'a> {
    pub(super) reply: &'a Reply,
    pub(super) members: Map<String, Value>,
}

impl<'a> Response<'a> {
    /// Reads a response.
    ///
    /// # Errors
    /// What it is instead, in one line.
    pub(super) fn read(reply: &'a Reply) -> Result<Self, String> {
        if let Some(encoding) = reply.headers.get(header::CONTENT_ENCODING)
            && encoding != "identity"
        {
            return Err(format!(
                "status {} with Content-Encoding {}, which was not asked for",
                reply.status,
                excerpt(encoding.as_bytes())
            ));
        }
        match json::object(&reply.body) {
            Ok(members) => Ok(Self { reply, members }),
            Err(why) => Err(format!(
                "status {} with a body that is no JSON object ({}): {}",
                reply.status,
                excerpt(why.to_string().as_bytes()),
                excerpt(&reply.body)
            )),
        }
    }

    /// A member that is a string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// A member that is a whole number of seconds.
    pub(super) fn seconds(&self, name: &str) -> Option<u64> {
        self.members.get(name).and_then(json::whole_number)
    }

    /// Whether there is such a member at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A member as it stands, for a report.
    pub(super) fn show(&self, name: &str) -> String {
        match self.members.get(name) {
            None => "absent".to_owned(),
            Some(value) => excerpt(value.to_string().as_bytes()),
        }
    }

    /// The error code.
    pub(super) fn error(&self) -> Option<&str> {
        self.text("error")
    }

    /// Whether the media type is JSON.
    pub(super) fn is_json(&self) -> bool {
        media_type(&self.reply.headers) == Some("application/json")
    }

    /// In one line, for a report.
    pub(super) fn in_short(&self) -> String {
        match self.error() {
            Some(error) => format!(
                "status {} with error {}",
                self.reply.status,
                excerpt(error.as_bytes())
            ),
            None => format!(
                "status {}: {}",
                self.reply.status,
                excerpt(&self.reply.body)
            ),
        }
    }
}

/// The media type without its parameters, if it is spelled in lower case as everybody does.
pub(super) fn media_type(headers: &http::HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// Whether `Cache-Control` contains `no-store`.
pub(crate) fn is_uncacheable(headers: &http::HeaderMap) -> bool {
    headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|directive| directive.trim().eq_ignore_ascii_case("no-store"))
}

/// The beginning of a text that a peer sent, fit for one line.
pub(super) fn excerpt(octets: &[u8]) -> String {
    const LONGEST: usize = 120;
    let text = String::from_utf8_lossy(&octets[..octets.len().min(LONGEST)]);
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match octets.len() {
        0 => "empty".to_owned(),
        length if length > LONGEST => format!("{line}…"),
        _ => line,
    }
}
