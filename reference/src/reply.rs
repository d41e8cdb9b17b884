//! Responses in JSON.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// A JSON response. No cache may keep it: an answer replayed from a cache would make a client poll for ever
/// (Section 6.6), and this covers success and revocation too (C-76/A).
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let body =
        serde_json::to_vec(value).expect("the server's own answers have string keys and serialize");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    no_store(&mut response);
    response
}

/// Marks a response as not to be stored by any cache.
pub(crate) fn no_store(response: &mut Response<Body>) {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
