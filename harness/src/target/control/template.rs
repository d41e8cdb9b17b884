//! Control operations as HTTP requests that the target file writes out, with placeholders in braces.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{Name, Operation};
use crate::target::failure::TransportFailure;
use crate::target::transport::{Outgoing, Reply, Transport};

/// A request with placeholders: `{deferral_code}`, `{client_id}`, `{scope}`, `{seconds}`. In a URL, a form or JSON the
/// values are escaped as it takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The method; POST when absent.
    #[serde(default = "post")]
    pub method: String,
    /// Where to.
    pub url: String,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body; its `content-type` is taken from the header fields, `application/json` when absent.
    #[serde(default)]
    pub body: Option<String>,
    /// Statuses that say there is nothing left to do this to, which is no failure, besides 2xx which says it was done.
    #[serde(default)]
    pub void: Vec<u16>,
}

fn post() -> String {
    "POST".to_owned()
}

/// How a value has to be escaped.
#[derive(Clone, Copy)]
enum Escape {
    Form,
    Json,
    Nothing,
}

impl Template {
    /// The request for these values. A placeholder that is not among them is an error that names it.
    ///
    /// # Errors
    /// A line that says what is wrong: a placeholder nobody knows, a URL, method or header field that is none.
    pub fn fill(&self, values: &[(impl AsRef<str>, String)]) -> Result<Outgoing, String> {
        // A placeholder that stands for the whole beginning of a URL is none of its parts.
        let escape = match self.url.starts_with('{') {
            true => Escape::Nothing,
            false => Escape::Form,
        };
        let url = fill(&self.url, values, escape)?;
        let url = Url::parse(&url).map_err(|e| format!("`{url}` is not a URL: {e}"))?;
        let method = Method::from_bytes(self.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", self.method))?;
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let value = fill(value, values, Escape::Nothing)?;
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| format!("`{name}` is not the name of a header field"))?;
            let value = HeaderValue::try_from(value.as_str())
                .map_err(|_| format!("header field `{name}` has an impossible value"))?;
            headers.push((name, value));
        }
        let mut body = String::new();
        if let Some(text) = &self.body {
            let kind = headers.iter().find(|(n, _)| *n == header::CONTENT_TYPE);
            let kind = kind.and_then(|(_, value)| value.to_str().ok());
            body = fill(text, values, escape_for(kind))?;
            if kind.is_none() {
                let json = HeaderValue::from_static("application/json");
                headers.push((header::CONTENT_TYPE, json));
            }
        }
        Ok(Outgoing {
            method,
            url: Arc::new(url),
            headers,
            body: Bytes::from(body),
        })
    }
}

fn escape_for(content_type: Option<&str>) -> Escape {
    match content_type {
        None => Escape::Json,
        Some(kind) if kind.contains("json") => Escape::Json,
        Some(kind) if kind.contains("x-www-form-urlencoded") => Escape::Form,
        Some(_) => Escape::Nothing,
    }
}

/// Puts values in the place of `{name}`. A brace that encloses no name stands for itself, as in JSON.
fn fill(
    text: &str,
    values: &[(impl AsRef<str>, String)],
    escape: Escape,
) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        filled.push_str(before);
        let name_end = after[1..].find(|c: char| !(c.is_ascii_lowercase() || c == '_'));
        let name = name_end.and_then(|end| (after.as_bytes()[1..][end] == b'}').then_some(end));
        match name.filter(|end| *end > 0) {
            None => {
                filled.push('{');
                rest = &after[1..];
            }
            Some(end) => {
                let name = &after[1..=end];
                let known = values.iter().find(|(known, _)| known.as_ref() == name);
                let Some((_, value)) = known else {
                    let names: Vec<_> = values
                        .iter()
                        .map(|(n, _)| format!("{{{}}}", n.as_ref()))
                        .collect();
                    return Err(format!(
                        "{{{name}}} is not known here; there is {}",
                        names.join(", ")
                    ));
                };
                filled.push_str(&escaped(value, escape));
                rest = &after[end + 2..];
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

fn escaped(value: &str, escape: Escape) -> String {
    match escape {
        Escape::Form => byte_serialize(value.as_bytes()).collect(),
        Escape::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Escape::Nothing => value.to_owned(),
    }
}

/// The templates of a target, and the way they go.
#[derive(Debug, Clone)]
pub struct Templates {
    transport: Transport,
    by_name: Arc<BTreeMap<Name, Template>>,
}

impl Templates {
    /// Templates that were found to be fillable.
    pub fn new(transport: Transport, by_name: BTreeMap<Name, Template>) -> Self {
        Self {
            transport,
            by_name: Arc::new(by_name),
        }
    }

    pub(super) fn can(&self, name: Name) -> bool {
        self.by_name.contains_key(&name)
    }

    pub(super) fn request(&self, operation: &Operation) -> Option<Outgoing> {
        let template = self.by_name.get(&operation.name())?;
        // They were filled once when the target file was read.
        template.fill(&operation.values()).ok()
    }

    /// Sends it. What the answer says is its status; the body of one that was done is made an empty object.
    pub(super) async fn send(
        &self,
        name: Name,
        outgoing: Outgoing,
    ) -> Result<Reply, TransportFailure> {
        let reply = self.transport.send(outgoing).await?;
        let void = self
            .by_name
            .get(&name)
            .is_some_and(|t| t.void.contains(&reply.status));
        match void || (200..300).contains(&reply.status) {
            true => Ok(done(reply)),
            false => Err(TransportFailure::Control(format!(
                "status {}: {}",
                reply.status,
                String::from_utf8_lossy(&reply.body[..reply.body.len().min(200)])
            ))),
        }
    }
}

/// The answer of an operation that was done, in the words of the reference's control API.
pub(super) fn done(reply: Reply) -> Reply {
    Reply {
        status: 200,
        body: Bytes::from_static(b"{}"),
        ..reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(url: &str, body: &str) -> Template {
        Template {
            method: post(),
            url: url.to_owned(),
            headers: BTreeMap::new(),
            body: Some(body.to_owned()),
            void: Vec::new(),
        }
    }

    #[test]
    fn values_are_escaped_where_they_go() {
        let values = [("deferral_code", "a\"b/c d".to_owned())];
        let filled = template(
            "https://as.example/x/{deferral_code}",
            r#"{"code":"{deferral_code}"}"#,
        )
        .fill(&values)
        .unwrap();
        assert_eq!(filled.url.as_str(), "https://as.example/x/a%22b%2Fc+d");
        assert_eq!(&filled.body[..], br#"{"code":"a\"b/c d"}"#);
    }

    #[test]
    fn an_unknown_placeholder_is_named_and_the_known_are_listed() {
        let values = [("deferral_code", String::new())];
        let error = template("https://as.example/{code}", "")
            .fill(&values)
            .unwrap_err();
        assert_eq!(error, "{code} is not known here; there is {deferral_code}");
    }
}
