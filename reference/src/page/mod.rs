//! Pages for people: real HTML, no script, every value escaped.
//!
//! - this file: the frame of every page, and the headers that keep it to itself;
//! - [`session`]: who is signed in;
//! - [`interaction`]: the page behind an `interaction_uri`;
//! - [`link`]: the links that lead there;
//! - [`device`]: the page where the user of a device decides;
//! - [`waiting`]: about what.

pub(crate) mod device;
pub(crate) mod interaction;
pub(crate) mod link;
pub(crate) mod session;
mod waiting;

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use maud::{DOCTYPE, Markup, html};

use crate::reply;

/// Nothing is loaded, forms go to this server only, and nobody frames the page.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page with this title and content. No cache keeps it, and its address goes nowhere.
fn page(status: StatusCode, title: &str, content: &Markup) -> Response<Body> {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
            }
            body {
                h1 { (title) }
                (content)
            }
        }
    };
    let mut response = Response::new(Body::from(document.into_string()));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    reply::no_store(&mut response);
    response
}

/// A page that says one thing.
fn notice(status: StatusCode, title: &str, text: &str) -> Response<Body> {
    page(status, title, &html! { p { (text) } })
}

/// The page to go to after a form was taken, so that reloading does not send it again. `place` is relative to the
/// page's own address, which may have a front before it.
fn see_other(place: &str) -> Response<Body> {
    let mut response = notice(StatusCode::SEE_OTHER, "Continue", "Continue.");
    let place = HeaderValue::from_str(place).expect("places are identifiers of this server");
    response.headers_mut().insert(header::LOCATION, place);
    response
}
