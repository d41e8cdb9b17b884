//! Form parameters, read strictly: a request that could be understood in two ways is refused.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use http::{HeaderMap, Method, Request, header};
use percent_encoding::percent_decode;

use crate::error::OAuthError;

/// The largest request body read, in octets. Nothing this server accepts comes near.
const BODY_LIMIT: usize = 64 * 1024;

/// How long a peer may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Most parameters in a request. Each is compared with all before it, so their number is bounded.
const MOST_PARAMETERS: usize = 100;

/// The parameters of one request, each at most once.
#[derive(Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads an `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    /// `invalid_request` for another content type, a body that is too large, too slow or cut short, octets that are not UTF-8,
    /// or a parameter sent more than once (RFC 6749 Section 3.2).
    pub(crate) async fn from_request(request: Request<Body>) -> Result<Self, OAuthError> {
        Self::parse(&Self::body_of(request).await?)
    }

    /// Reads a POST of a form, and keeps the header fields. `method_not_allowed`, or those of [`Form::from_request`].
    pub(crate) async fn posted(request: Request<Body>) -> Result<(HeaderMap, Self), OAuthError> {
        let (headers, body) = Self::posted_body(request).await?;
        Ok((headers, Self::parse(&body)?))
    }

    /// The same, with a body that nobody has looked at.
    pub(crate) async fn posted_body(
        request: Request<Body>,
    ) -> Result<(HeaderMap, Bytes), OAuthError> {
        if request.method() != Method::POST {
            return Err(OAuthError::method_not_allowed());
        }
        let headers = request.headers().clone();
        Ok((headers, Self::body_of(request).await?))
    }

    async fn body_of(request: Request<Body>) -> Result<Bytes, OAuthError> {
        if !is_form(request.headers()) {
            return Err(OAuthError::invalid_request(
                "the body must be application/x-www-form-urlencoded",
            ));
        }
        read(request).await
    }

    /// Reads a query or body. Same errors as [`Form::from_request`].
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        Self::from_pairs(pairs(encoded))
    }

    /// Reads a body that may be malformed: as much of it as can be made out, each parameter as it came first.
    pub(crate) fn made_out(encoded: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs(encoded).flatten().take(MOST_PARAMETERS) {
            if form.get(&name).is_none() {
                form.0.push((name, value));
            }
        }
        form
    }

    /// Takes parameters that were written in some other way. `invalid_request` for one that is there more than once.
    pub(crate) fn from_pairs(
        pairs: impl Iterator<Item = Result<(String, String), OAuthError>>,
    ) -> Result<Self, OAuthError> {
        let mut form = Self::default();
        for pair in pairs {
            let (name, value) = pair?;
            if !may_repeat(&name) && form.0.iter().any(|(known, _)| *known == name) {
                return Err(OAuthError::invalid_request(
                    "a parameter was sent more than once",
                ));
            }
            if form.0.len() == MOST_PARAMETERS {
                return Err(OAuthError::invalid_request("too many parameters"));
            }
            form.0.push((name, value));
        }
        Ok(form)
    }

    /// The value of a parameter. One without a value counts as absent (RFC 6749 Section 3.2).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter that may be there more than once.
    pub(crate) fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self
            .0
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty());
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that has to be there.
    pub(crate) fn require(&self, name: &str, complaint: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::invalid_request(complaint))
    }

    /// The same without some parameters.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    /// All parameters, in no particular order.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// The body of a request; an error for one that is too large, too slow or cut short.
pub(crate) async fn read(request: Request<Body>) -> Result<Bytes, OAuthError> {
    let reading = to_bytes(request.into_body(), BODY_LIMIT);
    match tokio::time::timeout(BODY_TIMEOUT, reading).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) | Err(_) => Err(OAuthError::body_unreadable()),
    }
}

fn pairs(encoded: &[u8]) -> impl Iterator<Item = Result<(String, String), OAuthError>> {
    let pairs = encoded.split(|octet| *octet == b'&');
    pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |octet| *octet == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        Ok((name, decode(halves.next().unwrap_or_default())?))
    })
}

/// One percent-decoded form component; `None` when it is not UTF-8.
pub(crate) fn decode_component(encoded: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|octet| if *octet == b'+' { b' ' } else { *octet })
        .collect();
    percent_decode(&spaced).decode_utf8().ok().map(Into::into)
}

fn decode(encoded: &[u8]) -> Result<String, OAuthError> {
    decode_component(encoded).ok_or(OAuthError::invalid_request("the request is not UTF-8"))
}

/// RFC 8707 and RFC 8693 allow these more than once.
fn may_repeat(name: &str) -> bool {
    matches!(name, "resource" | "audience")
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media| {
            media
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_and_refuses() {
        let form = Form::parse(b"a=1+2&b=%C3%A4&&empty=").unwrap();
        assert_eq!(form.get("a"), Some("1 2"));
        assert_eq!(form.get("b"), Some("ä"));
        assert_eq!(form.get("empty"), None);
        assert!(Form::parse(b"a=1&a=1").is_err());
        assert!(Form::parse(b"a=%ff").is_err());
        assert!(Form::parse(b"resource=1&resource=2").is_ok());
        let many: Vec<String> = (0..=MOST_PARAMETERS).map(|n| format!("p{n}=x")).collect();
        assert!(Form::parse(many.join("&").as_bytes()).is_err());
    }
}
