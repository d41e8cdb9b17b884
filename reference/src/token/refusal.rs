//! An error of the token endpoint as a response (Section 6.6, and RFC 6749 Section 5.2).

use axum::body::Body;
use axum::response::IntoResponse as _;
use http::{Response, StatusCode, header};

use crate::config::readings::{C76, C77, Readings};
use crate::error::OAuthError;

/// By default status 400, or 401 where the client is not authenticated (C-77/A), and `no-store` always (C-76/A).
pub(super) fn refusal(error: OAuthError, readings: &Readings) -> Response<Body> {
    let name = error.error();
    let mut response = error.into_response();
    match (name, readings.c77) {
        ("access_denied", C77::B) => *response.status_mut() = StatusCode::FORBIDDEN,
        ("slow_down", C77::B) => *response.status_mut() = StatusCode::TOO_MANY_REQUESTS,
        _ => {}
    }
    if name == "invalid_client" && readings.c76 == C76::B {
        response.headers_mut().remove(header::CACHE_CONTROL);
    }
    response
}
