//! What precedes a token request: requests to other endpoints, each of which may yield values for the next.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::control::Template;
use super::transport::Reply;

/// One request of a prelude. It knows what earlier steps took, and from the start `{client_id}`, `{redirect_uri}`,
/// `{scope}`, `{state}`, `{code_challenge}` and `{completion_mode}` (`deferred` with the hint of Section 5.2, otherwise
/// empty). The last step has to take `code`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreludeStep {
    /// The request.
    #[serde(flatten)]
    pub request: Template,
    /// Values to take from the response, by name: `redirect:PARAMETER` from the query of `Location`, `json:/POINTER`
    /// from a JSON body, `header:NAME` (of a `Set-Cookie` only what goes back in a `Cookie`), `field:NAME` from an input
    /// field of an HTML form.
    #[serde(default)]
    pub take: BTreeMap<String, String>,
}

/// What a prelude knows from the start.
pub const KNOWN: [&str; 6] = [
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "completion_mode",
];

impl PreludeStep {
    /// Takes values out of a response.
    ///
    /// # Errors
    /// A line that names the value that is not there.
    pub fn take(&self, reply: &Reply) -> Result<Vec<(String, String)>, String> {
        let mut taken = Vec::new();
        for (name, from) in &self.take {
            let value = found(reply, from).ok_or_else(|| {
                format!(
                    "the response with status {} to {} {} has no {from} for {{{name}}}",
                    reply.status, self.request.method, self.request.url
                )
            })?;
            taken.push((name.clone(), value));
        }
        Ok(taken)
    }

    /// The first `take` that is written wrong.
    pub fn malformed(&self) -> Option<&str> {
        let wrong = |from: &&String| {
            let place = from.split_once(':');
            !place.is_some_and(|(kind, what)| {
                matches!(kind, "redirect" | "json" | "header" | "field") && !what.is_empty()
            })
        };
        self.take.values().find(wrong).map(String::as_str)
    }
}

fn found(reply: &Reply, from: &str) -> Option<String> {
    let header = |name: &str| reply.headers.get(name)?.to_str().ok();
    match from.split_once(':')? {
        ("redirect", parameter) => {
            let location = Url::parse(header("location")?).ok()?;
            let mut pairs = location.query_pairs();
            let (_, value) = pairs.find(|(name, _)| name == parameter)?;
            Some(value.into_owned())
        }
        ("json", pointer) => {
            let body: Value = serde_json::from_slice(&reply.body).ok()?;
            match body.pointer(pointer)? {
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            }
        }
        ("header", name) if name.eq_ignore_ascii_case("set-cookie") => {
            let cookies = reply.headers.get_all("set-cookie").iter();
            let pairs: Vec<_> = cookies
                .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
                .collect();
            (!pairs.is_empty()).then(|| pairs.join("; "))
        }
        ("header", name) => header(name).map(str::to_owned),
        ("field", name) => field(&String::from_utf8_lossy(&reply.body), name),
        _ => None,
    }
}

/// The value of the input field of this name, as forms carry secrets. Values with character references are not for us:
/// those of secrets have none.
fn field(html: &str, name: &str) -> Option<String> {
    let named = format!("name=\"{name}\"");
    let tags = html.split('<').filter(|tag| tag.starts_with("input"));
    let tag = tags
        .filter_map(|tag| tag.split('>').next())
        .find(|tag| tag.contains(&named))?;
    let (_, value) = tag.split_once("value=\"")?;
    value.split('"').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn values_come_from_where_they_are_said_to_be() {
        let mut headers = HeaderMap::new();
        let location = "https://client.example/?code=a%20b&state=s";
        headers.insert("location", HeaderValue::from_static(location));
        headers.append("set-cookie", HeaderValue::from_static("a=1; Path=/"));
        headers.append("set-cookie", HeaderValue::from_static("b=2"));
        let reply = Reply {
            status: 302,
            headers: Arc::new(headers),
            body: br#"{"a":{"b":[1,"x"]}}"#.to_vec().into(),
        };
        let take = |from| found(&reply, from);
        assert_eq!(take("redirect:code").as_deref(), Some("a b"));
        assert_eq!(take("header:Set-Cookie").as_deref(), Some("a=1; b=2"));
        assert_eq!(take("json:/a/b/1").as_deref(), Some("x"));
        assert_eq!(take("json:/a/b/0").as_deref(), Some("1"));
        let html =
            "<form><input name=\"a\"><input type=\"hidden\" name=\"csrf\" value=\"x-1\"></form>";
        assert_eq!(field(html, "csrf").as_deref(), Some("x-1"));
        assert_eq!(field(html, "a"), None);
        for absent in ["redirect:error", "json:/c", "header:etag", "cookie:a"] {
            assert_eq!(take(absent), None, "{absent}");
        }
    }
}
