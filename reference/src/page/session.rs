//! Who is signed in: the configured approvers, each with a password, and a session in a cookie.

use std::sync::Arc;

use axum::body::Body;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use maud::{Markup, html};

use crate::config::ApproverConfig;
use crate::expiring::Expiring;
use crate::form::Form;
use crate::random::{self, Random};
use crate::secret::{FormToken, Secret, SessionId};

/// The prefix makes browsers insist on `Secure`, the whole host, and no other domain.
const COOKIE: &str = "__Host-dtr-session";
/// Seconds a session lasts.
const LIFETIME: u64 = 30 * 60;

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    /// Who it is.
    pub(crate) approver: Arc<str>,
    /// What every form of this session carries, so that no other site can send one.
    csrf: FormToken,
}

/// The approvers and their sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    approvers: Vec<ApproverConfig>,
    signed_in: Expiring<Session>,
}

impl Sessions {
    pub(crate) fn new(approvers: &[ApproverConfig]) -> Self {
        Self {
            approvers: approvers.to_vec(),
            signed_in: Expiring::default(),
        }
    }

    /// The session a request belongs to, if any.
    pub(super) fn of(&self, headers: &HeaderMap, now: u64) -> Option<Session> {
        let cookies = headers.get_all(header::COOKIE).iter();
        let id = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| Cookie::split_parse(value).flatten())
            .find(|cookie| cookie.name() == COOKIE)?;
        self.signed_in.get(id.value(), now)
    }

    /// Signs in whoever `name` and `password` of the form belong to, and sends them to `place`, relative to the page.
    pub(super) fn sign_in(
        &self,
        form: &Form,
        random: &dyn Random,
        now: u64,
        place: &str,
    ) -> Response<Body> {
        let Some(session) = self.begin(form, random, now) else {
            return self.sign_in_page(true);
        };
        let mut response = super::see_other(place);
        session.hand_over(&mut response);
        response
    }

    fn begin(&self, form: &Form, random: &dyn Random, now: u64) -> Option<Session> {
        let name = form.get("name").unwrap_or_default();
        let password = Secret::from(form.get("password").unwrap_or_default());
        // All are compared, so that time does not tell which names exist.
        let known = self.approvers.iter().fold(None, |found, approver| {
            let fits = approver.password.same_as(&password) & (approver.name == name);
            if fits { Some(approver) } else { found }
        })?;
        let id = SessionId::new(&random::identifier(random));
        let session = Session {
            id: id.clone(),
            approver: Arc::from(known.name.as_str()),
            csrf: FormToken::new(&random::identifier(random)),
        };
        let ends_at = now.saturating_add(LIFETIME);
        self.signed_in
            .insert(id.expose(), session.clone(), ends_at, now);
        Some(session)
    }

    /// What somebody sees who is not signed in. `failed` says that an attempt to do so was refused.
    pub(super) fn sign_in_page(&self, failed: bool) -> Response<Body> {
        if self.approvers.is_empty() {
            let text = "Nobody can sign in here: this server has no approvers.";
            return super::notice(StatusCode::FORBIDDEN, "Nobody can sign in", text);
        }
        let status = match failed {
            true => StatusCode::FORBIDDEN,
            false => StatusCode::OK,
        };
        let content = html! {
            @if failed { p role="alert" { "Name or password is wrong." } }
            form method="post" {
                p { label { "Name " input name="name" autocomplete="username" required; } }
                p { label { "Password " input name="password" type="password" autocomplete="current-password" required; } }
                button name="action" value="sign_in" { "Sign in" }
            }
        };
        super::page(status, "Sign in", &content)
    }
}

impl Session {
    /// Whether a form came from a page of this session.
    pub(super) fn sent(&self, form: &Form) -> bool {
        let presented = Secret::from(form.get("csrf").unwrap_or_default());
        Secret::from(self.csrf.expose()).same_as(&presented)
    }

    /// The hidden field that makes a form one of this session.
    pub(super) fn field(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf.expose()); }
    }

    /// Gives the session to the browser: never to scripts, never along with a request that another site began.
    fn hand_over(&self, response: &mut Response<Body>) {
        let cookie = Cookie::build((COOKIE, self.id.expose()))
            .path("/")
            .secure(true)
            .http_only(true)
            .same_site(SameSite::Strict);
        let value = HeaderValue::from_str(&cookie.to_string())
            .expect("the identifier is base64url, and the rest is fixed");
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

/// Whether a form came from elsewhere, as far as the browser tells: nobody shall be signed in by another site.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}
