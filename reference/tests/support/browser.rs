//! Somebody at a browser: one tab, one cookie jar, forms that are filled in as the page has them.

use axum::body::Body;
use http::{Request, StatusCode};

use super::{Answer, World};

/// What the front of `interaction_base` forwards to.
pub fn path_of(answer: &Answer) -> String {
    let uri = answer.member("interaction_uri");
    let id = uri
        .strip_prefix("https://as.example/interaction/")
        .expect("a link of this server");
    format!("/interact/{id}")
}

/// A browser, and the cookie it keeps.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    cookie: Option<String>,
}

impl Browser {
    /// Somebody who signed in at the page at `path`.
    pub async fn signed_in(world: &World, path: &str) -> Self {
        let mut browser = Self::default();
        let answer = browser
            .submit(
                world,
                path,
                &[
                    ("action", "sign_in"),
                    ("name", "carol"),
                    ("password", "carol-password"),
                ],
            )
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        browser
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub async fn open(&self, world: &World, path: &str) -> Answer {
        let request = self.with_cookie(Request::get(path)).body(Body::empty());
        world
            .raw(request.expect("a request"))
            .await
            .expect("an answer")
    }

    /// Sends a form with exactly these fields.
    pub async fn submit(&mut self, world: &World, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self
            .with_cookie(Request::post(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        let answer = world
            .raw(request.expect("a request"))
            .await
            .expect("an answer");
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let cookie = cookie.to_str().expect("ASCII");
            self.cookie = cookie.split(';').next().map(Into::into);
        }
        answer
    }

    /// Opens the page and presses one of its buttons.
    pub async fn press(&mut self, world: &World, path: &str, action: &str) -> Answer {
        let page = self.open(world, path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let csrf = page.hidden_field("csrf");
        self.submit(world, path, &[("action", action), ("csrf", &csrf)])
            .await
    }

    fn with_cookie(&self, request: http::request::Builder) -> http::request::Builder {
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }
}

impl Answer {
    /// The value of a hidden field of the page.
    pub fn hidden_field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let text = self.text();
        let start = text.find(&marker).expect("the field is there") + marker.len();
        text[start..].split('"').next().expect("a value").into()
    }
}
