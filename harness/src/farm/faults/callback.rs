//! Faults of callbacks, on their way to the client.

use dtr_model::draft::Draft;
use http::{HeaderValue, Method, header};
use serde_json::{Value, json};

use crate::farm::fault::{Fault, How, Seam, Shown};
use crate::target::receiver::Received;

/// Faults whose decoration is one change to callbacks.
macro_rules! faults {
    ($($id:literal: $does:literal, [$($row:literal),*], $change:expr;)*) => {
        pub(super) const FAULTS: &[Fault] = &[$(Fault {
            id: $id,
            seam: Seam::Callback,
            does: $does,
            shown: Shown::Broken(&[$($row),*]),
            how: &[How::Callback($change)],
        }),*];
    };
}

faults! {
    "callback-without-bearer": "the callback does not present the notification token",
        ["DTR-7.1-02"],
        |mut received| {
            received.headers.remove(header::AUTHORIZATION);
            vec![received]
        };
    "callback-with-another-bearer": "the callback presents the token that came with another code",
        ["DTR-7.1-02", "DTR-6.3-03"],
        |mut received| {
            let other = HeaderValue::from_static("Bearer another-token");
            received.headers.insert(header::AUTHORIZATION, other);
            vec![received]
        };
    "callback-lost": "callbacks are recorded as sent and never leave",
        ["DTR-7.1-02"],
        |_| Vec::new();
    "callback-twice": "each callback is sent twice",
        ["K-7-01"],
        |received| vec![received.clone(), received];
    "callback-without-code": "the callback does not say which code it is about",
        ["DTR-7.1-01"],
        |received| members(received, |body| { let name = handle(body); body[name] = Value::Null; });
    "callback-with-another-code": "the callback names a code that nobody was given",
        ["DTR-7.1-01"],
        |received| members(received, |body| { let name = handle(body); body[name] = "another".into(); });
    "callback-with-token": "the callback brings the token along",
        ["K-7-02"],
        |received| members(received, |body| body["access_token"] = "early".into());
    "callback-code-in-url": "the callback has the code in its URL as well",
        ["DTR-11.5-07"],
        |mut received| {
            let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
            let code = body[handle(&body)].as_str().unwrap_or_default();
            received.uri = format!("{}?deferral_code={code}", received.uri);
            vec![received]
        };
    "callback-by-put": "the callback is a PUT",
        ["K-7.1-01"],
        |mut received| {
            received.method = Method::PUT;
            vec![received]
        };
    "callback-as-a-form": "the callback says that it is a form",
        ["K-7.1-01"],
        |mut received| {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            received.headers.insert(header::CONTENT_TYPE, form);
            vec![received]
        };
}

/// The member that has the code.
fn handle(body: &Value) -> &'static str {
    let names = Draft::ALL.iter().map(|draft| draft.deferral_code);
    let mut named = names.filter(|name| body.get(name).is_some());
    named.next().unwrap_or(Draft::DEFAULT.deferral_code)
}

/// The callback with another body.
fn members(mut received: Received, change: fn(&mut Value)) -> Vec<Received> {
    let mut body = serde_json::from_slice(&received.body).unwrap_or_else(|_| json!({}));
    change(&mut body);
    received.body = body.to_string().into();
    vec![received]
}
