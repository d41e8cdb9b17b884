//! The page behind an `interaction_uri` (Sections 6.4 and 9.5).
//!
//! Possession of the link is not enough: somebody has to sign in, and then to press a button (C-35/B). Opening it
//! decides nothing. The link ends with the wait for interaction, whoever ended it (C-34/B). Opened by somebody who is
//! signed in, it is theirs, and the next `interaction_required` brings the client a fresh one (C-31/C). That is also when
//! interaction has begun, where the edition asks: a preview of the link, or a stranger, begins nothing.

use axum::body::Body;
use axum::extract::{Path, State};
use http::{HeaderMap, Request, Response, StatusCode};
use maud::html;

use super::link::Link;
use super::session::{self, Session};
use super::{notice, page};
use crate::config::readings::{C31, C34};
use crate::deferral::{Decided, Decision, FrozenRequest};
use crate::form::Form;
use crate::server::Context;
use crate::store::StoreError;

/// Somebody who may decide, at a link that is theirs or nobody's.
struct Visit {
    session: Session,
    link: Link,
    request: FrozenRequest,
}

/// `GET /interact/{id}`.
pub(crate) async fn show(
    State(context): State<Context>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    answer(show_request(&context, &id, &headers).await)
}

/// `POST /interact/{id}`: a name and a password, or a decision.
pub(crate) async fn submit(
    State(context): State<Context>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    answer(take_form(&context, &id, request).await)
}

type Answer = Result<Response<Body>, Refusal>;

/// Why there is nothing to see or do.
enum Refusal {
    Unknown,
    Over,
    Opened,
    BadForm,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn show_request(context: &Context, id: &str, headers: &HeaderMap) -> Answer {
    let now = context.clock.now();
    let Some(visit) = visit(context, id, headers).await? else {
        return Ok(context.sessions.sign_in_page(false));
    };
    let Visit {
        session,
        link,
        request,
    } = visit;
    let reading = context.config.readings.c31;
    let first = reading != C31::B && context.links.open(id, &session, now);
    match reading {
        C31::B => {} // nobody's own: for whoever signs in
        _ if !first && link.opened_by.is_none() => return Err(Refusal::Opened), // by somebody else, just now
        C31::C if first => show_another(context, &link, now).await?,
        C31::A | C31::C => {}
    }
    let begun = Decision::InteractionBegun;
    context.store.decide(&link.code, &begun, now).await?;
    Ok(request_page(&session, &request))
}

/// From the next poll on the client is told another link.
async fn show_another(context: &Context, opened: &Link, now: u64) -> Result<(), StoreError> {
    let fresh = context.links.draw(&*context.random);
    let uri = fresh.uri();
    context
        .links
        .lead(fresh, &opened.code, opened.forget_at, now);
    context.store.replace_link(&opened.code, &uri, now).await
}

async fn take_form(context: &Context, id: &str, request: Request<Body>) -> Answer {
    let headers = request.headers().clone();
    let form = Form::from_request(request)
        .await
        .map_err(|_| Refusal::BadForm)?;
    if session::is_from_elsewhere(&headers) {
        return Err(Refusal::BadForm);
    }
    let visit = visit(context, id, &headers).await?;
    let now = context.clock.now();
    match form.get("action") {
        Some("sign_in") => Ok(context.sessions.sign_in(&form, &*context.random, now, id)),
        Some("approve") => decide(context, visit, &form, Decision::Approve(None)).await,
        Some("deny") => decide(context, visit, &form, Decision::Deny).await,
        _ => Err(Refusal::BadForm),
    }
}

async fn decide(
    context: &Context,
    visit: Option<Visit>,
    form: &Form,
    decision: Decision,
) -> Answer {
    let Some(Visit { session, link, .. }) = visit else {
        return Ok(context.sessions.sign_in_page(true));
    };
    let readings = context.config.readings;
    // Only what the page showed can be decided, and only from that page.
    let shown = link.opened_by.as_ref() == Some(&session.id) || readings.c31 == C31::B;
    if !shown || !session.sent(form) {
        return Err(Refusal::BadForm);
    }
    let decided = context
        .store
        .decide(&link.code, &decision, context.clock.now())
        .await?;
    let approved = matches!(decision, Decision::Approve(_));
    match decided {
        Some(Decided::Applied) => {
            tracing::info!(approver = %session.approver, approved, "request decided");
            let text = match approved {
                true => "The request is approved.",
                false => "The request is denied.",
            };
            Ok(notice(StatusCode::OK, "Done", text))
        }
        Some(Decided::Void) if readings.c34 == C34::A => {
            Ok(notice(StatusCode::OK, "Done", "Your decision is noted."))
        }
        Some(Decided::Void | Decided::TooWide) | None => Err(Refusal::Over),
    }
}

/// Who is there, and for what; `None` for somebody who is not signed in.
async fn visit(context: &Context, id: &str, headers: &HeaderMap) -> Result<Option<Visit>, Refusal> {
    let now = context.clock.now();
    let link = context.links.find(id, now).ok_or(Refusal::Unknown)?;
    let request = context
        .store
        .awaits_interaction(&link.code, now)
        .await?
        .ok_or(Refusal::Over)?;
    let session = context.sessions.of(headers, now);
    let opened_by_other = match (&link.opened_by, &session) {
        (Some(opener), Some(session)) => *opener != session.id,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if opened_by_other {
        return Err(Refusal::Opened);
    }
    Ok(session.map(|session| Visit {
        session,
        link,
        request,
    }))
}

fn request_page(session: &Session, request: &FrozenRequest) -> Response<Body> {
    let content = html! {
        p { "The client " strong { (request.client_id) } " asks for access on behalf of "
            strong { (request.subject) } "." }
        p { "Scope:" }
        ul { @for value in request.scope.iter() { li { (value) } } }
        form method="post" {
            (session.field())
            button name="action" value="approve" { "Approve" }
            button name="action" value="deny" { "Deny" }
        }
        p { "Signed in as " (session.approver) "." }
    };
    page(
        StatusCode::OK,
        "A request waits for your decision",
        &content,
    )
}

fn answer(answer: Answer) -> Response<Body> {
    let refusal = match answer {
        Ok(response) => return response,
        Err(refusal) => refusal,
    };
    let (status, text) = match refusal {
        Refusal::Unknown => (StatusCode::NOT_FOUND, "This link leads nowhere."),
        Refusal::Over => (
            StatusCode::GONE,
            "This request is over, or does not wait for anybody here.",
        ),
        Refusal::Opened => (
            StatusCode::GONE,
            "This link was opened before. The application can show a fresh one.",
        ),
        Refusal::BadForm => (
            StatusCode::BAD_REQUEST,
            "This form does not come from the page it belongs to. Nothing was decided.",
        ),
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again later.")
        }
    };
    notice(status, "Nothing to decide", text)
}
