//! The page where the user of a device decides (RFC 8628 Section 3.3). Whoever signs in there is the resource owner.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::{HeaderMap, Request, Response, StatusCode};
use maud::html;

use super::session::{self, Session};
use super::waiting::Waiting;
use super::{notice, page};
use crate::form::Form;
use crate::server::Context;
use crate::store::StoreError;

/// `GET /device`: asks for the code, or has it from the link. It decides nothing.
pub(crate) async fn show(
    State(context): State<Context>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let form = Form::parse(query.as_deref().unwrap_or_default().as_bytes()).unwrap_or_default();
    let user_code = form.get("user_code").unwrap_or_default();
    match context.sessions.of(&headers, context.clock.now()) {
        None => context.sessions.sign_in_page(false),
        Some(_) => code_page(StatusCode::OK, user_code),
    }
}

/// `POST /device`: a name and a password, a code, or a decision.
pub(crate) async fn submit(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    take_form(&context, request).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the store failed");
        notice(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not now",
            "Try again later.",
        )
    })
}

async fn take_form(
    context: &Context,
    request: Request<Body>,
) -> Result<Response<Body>, StoreError> {
    let headers = request.headers().clone();
    let form = match Form::from_request(request).await {
        Ok(form) if !session::is_from_elsewhere(&headers) => form,
        _ => return Ok(bad_form()),
    };
    let now = context.clock.now();
    if form.get("action") == Some("sign_in") {
        // The page's own address without its query: the code is typed, or the link opened again.
        return Ok(context.sessions.sign_in(&form, &*context.random, now, "?"));
    }
    let Some(session) = context.sessions.of(&headers, now) else {
        return Ok(context.sessions.sign_in_page(true));
    };
    let user_code = form.get("user_code").unwrap_or_default();
    let Some(waiting) = Waiting::find(context, user_code).await? else {
        return Ok(code_page(StatusCode::NOT_FOUND, user_code));
    };
    let approved = match form.get("action") {
        Some("look_up") => return Ok(request_page(&session, user_code, &waiting)),
        Some("approve" | "deny") if !session.sent(&form) => return Ok(bad_form()),
        Some("approve") => true,
        Some("deny") => false,
        _ => return Ok(bad_form()),
    };
    let first = waiting
        .decide(context, &session, user_code, approved)
        .await?;
    Ok(match (first, approved) {
        (false, _) => code_page(StatusCode::NOT_FOUND, user_code),
        (true, true) => done("The request is approved. Go on with your device."),
        (true, false) => done("The request is denied."),
    })
}

fn code_page(status: StatusCode, user_code: &str) -> Response<Body> {
    let content = html! {
        @if status == StatusCode::NOT_FOUND {
            p role="alert" { "No device waits with this code." }
        }
        form method="post" {
            p { label { "Code " input name="user_code" value=(user_code) autocomplete="off" required; } }
            button name="action" value="look_up" { "Continue" }
        }
    };
    page(status, "What does your device show?", &content)
}

fn request_page(session: &Session, user_code: &str, waiting: &Waiting) -> Response<Body> {
    let content = html! {
        p { "The device with the code " strong { (user_code) } " asks for access for the client "
            strong { (waiting.client_id()) } "." }
        p { "Scope:" }
        ul { @for value in waiting.scope().iter() { li { (value) } } }
        form method="post" {
            (session.field())
            input type="hidden" name="user_code" value=(user_code);
            button name="action" value="approve" { "Approve" }
            button name="action" value="deny" { "Deny" }
        }
        p { "Signed in as " (session.approver) "." }
    };
    page(StatusCode::OK, "Is this your device?", &content)
}

fn done(text: &str) -> Response<Body> {
    notice(StatusCode::OK, "Done", text)
}

fn bad_form() -> Response<Body> {
    let text = "This form does not come from the page it belongs to. Nothing was decided.";
    notice(StatusCode::BAD_REQUEST, "Nothing to decide", text)
}
