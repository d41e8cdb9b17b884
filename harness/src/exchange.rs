//! A request and its response, taken apart and put together again.

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use dtr_model::draft::Draft;
use dtr_reference::wire;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value, json};
use url::form_urlencoded::{Serializer, parse};

const FORM: &str = "application/x-www-form-urlencoded";
/// Longest body of a request that is read, in octets: well above what any server here accepts.
const BODY_LIMIT: usize = 4 << 20;

/// A request to the public endpoints.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) draft: &'static Draft,
    method: Method,
    base: String,
    /// A body that is no form.
    pub(crate) other: Option<Bytes>,
}

impl Asked {
    /// Takes a request under this text apart. A body that breaks off or is too long is an empty one.
    pub(crate) async fn read(request: Request<Body>, draft: &'static Draft) -> Asked {
        let (parts, body) = request.into_parts();
        let body = whole(Limited::new(body, BODY_LIMIT)).await;
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let is_form = kind.is_none_or(|kind| {
            let kind = kind.as_bytes().get(..FORM.len());
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case(FORM.as_bytes()))
        });
        let uri = parts.uri;
        let base = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => String::new(),
        };
        Asked {
            path: uri.path().to_owned(),
            query: parse(uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            form: match is_form {
                true => parse(&body).into_owned().collect(),
                false => Vec::new(),
            },
            other: (!is_form).then_some(body),
            headers: parts.headers,
            draft,
            method: parts.method,
            base,
        }
    }

    /// The request as it stands now.
    pub(crate) fn request(self) -> Request<Body> {
        let encoded = |pairs: &[(String, String)]| {
            Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        let mut uri = format!("{}{}", self.base, self.path);
        if !self.query.is_empty() {
            uri = format!("{uri}?{}", encoded(&self.query));
        }
        let body = self.other.unwrap_or_else(|| encoded(&self.form).into());
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = self.method;
        // What cannot be written as one, such as the target of a CONNECT, leads to no endpoint either.
        *request.uri_mut() = uri.parse().unwrap_or_default();
        *request.headers_mut() = self.headers;
        request.headers_mut().remove(header::CONTENT_LENGTH);
        request
    }

    pub(crate) fn is_poll(&self) -> bool {
        match self.draft.deferred_grant {
            "" => self.path == wire::TRANSACTION_AUTHORIZATION && self.code().is_some(),
            grant => self.path == wire::TOKEN && self.get("grant_type") == Some(grant),
        }
    }

    pub(crate) fn is_initial(&self) -> bool {
        match self.draft.own_endpoint {
            None => self.path == wire::TOKEN && !self.is_poll(),
            Some(_) => {
                let endpoints = [
                    wire::DEVICE_AUTHORIZATION,
                    wire::BACKCHANNEL_AUTHENTICATION,
                    wire::TRANSACTION_AUTHORIZATION,
                ];
                endpoints.contains(&self.path.as_str()) && !self.is_poll()
            }
        }
    }

    /// A parameter of the form.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.form.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Sets a parameter of the form.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.form.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.form.retain(|(known, _)| known != name);
    }

    /// The parameter of a poll that has the code.
    pub(crate) fn handle(&self) -> &'static str {
        self.draft.deferral_code
    }

    /// The code that the request is about.
    pub(crate) fn code(&self) -> Option<&str> {
        self.get(self.draft.deferral_code).or(self.get("token"))
    }
}

/// All of a body; one that breaks off is an empty one.
pub(crate) async fn whole(body: impl HttpBody<Data = Bytes>) -> Bytes {
    let body = body.collect().await;
    body.map(http_body_util::Collected::to_bytes)
        .unwrap_or_default()
}

/// A response of the public endpoints.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The members of a JSON object.
    pub(crate) members: Map<String, Value>,
    pub(crate) draft: &'static Draft,
    /// The body, if it is none.
    other: Option<Bytes>,
    /// The body to send whatever the members.
    pub(crate) text: Option<String>,
}

impl Answered {
    /// Takes a response under this text apart.
    pub(crate) async fn read(response: Response<Body>, draft: &'static Draft) -> Answered {
        let (parts, body) = response.into_parts();
        let body = whole(body).await;
        let members = serde_json::from_slice(&body).ok();
        Answered {
            status: parts.status.as_u16(),
            headers: parts.headers,
            draft,
            other: members.is_none().then_some(body),
            members: members.unwrap_or_default(),
            text: None,
        }
    }

    /// The response as it stands now.
    pub(crate) fn response(self) -> Response<Body> {
        let body = match (self.text, self.other) {
            (Some(text), _) => Bytes::from(text),
            (None, Some(other)) => other,
            (None, None) => Bytes::from(Value::Object(self.members).to_string()),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).expect("a status code of three digits");
        *response.headers_mut() = self.headers;
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    }

    pub(crate) fn error(&self) -> Option<&str> {
        self.members.get("error").and_then(Value::as_str)
    }

    pub(crate) fn is_token(&self) -> bool {
        self.status == 200 && self.members.contains_key("access_token")
    }

    /// The code that it hands out, if it does.
    pub(crate) fn issued(&self) -> Option<&str> {
        let code = self.members.get(self.handle())?;
        code.as_str()
    }

    /// The member that has the code.
    pub(crate) fn handle(&self) -> &'static str {
        self.draft.deferred_member
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.members.remove(name);
    }

    pub(crate) fn header(&mut self, name: HeaderName, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    /// Becomes this error instead.
    pub(crate) fn fail(&mut self, status: u16, error: &str) {
        self.become_json(status, json!({ "error": error }));
    }

    /// Becomes this document instead.
    pub(crate) fn become_json(&mut self, status: u16, value: Value) {
        let Value::Object(members) = value else {
            return;
        };
        self.status = status;
        self.members = members;
        self.other = None;
        self.header(header::CONTENT_TYPE, "application/json");
        self.header(header::CACHE_CONTROL, "no-store");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: &str, body: String) -> Asked {
        let request = Request::post("/token").header(header::CONTENT_TYPE, kind);
        Asked::read(request.body(Body::from(body)).unwrap(), Draft::DEFAULT).await
    }

    #[tokio::test]
    async fn a_form_is_one_however_its_media_type_is_written() {
        for kind in [FORM, "Application/X-WWW-Form-URLEncoded; charset=UTF-8"] {
            let asked = read(kind, "a=b".to_owned()).await;
            assert_eq!(asked.get("a"), Some("b"), "{kind}");
        }
        let asked = read("application/json", "a=b".to_owned()).await;
        assert_eq!(asked.get("a"), None);
        assert_eq!(asked.other.as_deref(), Some(&b"a=b"[..]));
    }

    #[tokio::test]
    async fn of_a_body_without_end_nothing_is_kept() {
        let long = format!("a={}", "b".repeat(BODY_LIMIT));
        assert!(read(FORM, long).await.form.is_empty());
    }

    #[tokio::test]
    async fn what_is_no_path_leads_nowhere() {
        let connect = Request::connect("as.example:443").body(Body::empty());
        let asked = Asked::read(connect.unwrap(), Draft::DEFAULT).await;
        assert_eq!(asked.request().uri(), "/");
    }
}
