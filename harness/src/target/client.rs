//! Registered clients, as the harness knows them.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dtr_model::event::Steer;
use http::{HeaderName, HeaderValue, header};
use url::form_urlencoded::byte_serialize;

use super::prelude::PreludeStep;
use super::transport::Transport;

/// A client and all that is needed to speak as it.
#[derive(Debug, Clone)]
pub struct Client {
    /// The client identifier.
    pub client_id: Arc<str>,
    /// How it authenticates.
    pub authentication: Authentication,
    /// Its redirect URI, if it uses the authorization code grant.
    pub redirect_uri: Option<Arc<str>>,
    /// Its originating grant, where that is no authorization code.
    pub grant_type: Arc<str>,
    /// What it puts into its requests.
    pub asks: Arc<Asks>,
    /// What precedes a request for a token with an authorization code; a plain authorization request when empty.
    pub prelude: Arc<[PreludeStep]>,
    /// A way of its own, with its certificate (RFC 8705).
    pub transport: Option<Transport>,
    /// What it may ask for.
    pub scopes: Arc<Scopes>,
}

/// How a client authenticates at the token and revocation endpoints (RFC 6749 Section 2.3).
#[derive(Debug, Clone)]
pub enum Authentication {
    /// A public client, which only names itself.
    None,
    /// Nobody, who does not even do that.
    Nameless,
    /// Identifier and secret in the `Authorization` header field.
    Basic(HeaderValue),
    /// Identifier and secret in the body.
    Post(Arc<str>),
    /// A certificate of the connection, and the identifier in the body (RFC 8705 Section 2).
    Certificate,
}

/// Which credentials a sender shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// Those of the client.
    Own,
    /// None, as if the client were public.
    Absent,
    /// Wrong ones, by the client's own method.
    Wrong,
    /// None, and not even a name.
    Nameless,
}

/// A secret that no client has.
const WRONG_SECRET: &str = "not the secret of any client";

impl Authentication {
    /// What a sender that shows such credentials does. A public client has none that could be wrong.
    pub fn shown(&self, credentials: Credentials, client_id: &str) -> Self {
        match (self, credentials) {
            (_, Credentials::Own) => self.clone(),
            (_, Credentials::Nameless) => Self::Nameless,
            // Whoever has not the certificate sends none, and has the transport that all use.
            (Self::None | Self::Certificate | Self::Nameless, _) | (_, Credentials::Absent) => {
                Self::None
            }
            (Self::Basic(_), Credentials::Wrong) => Self::basic(client_id, WRONG_SECRET),
            (Self::Post(_), Credentials::Wrong) => Self::Post(WRONG_SECRET.into()),
        }
    }

    /// `client_secret_basic`.
    pub fn basic(client_id: &str, secret: &str) -> Self {
        let mut pair = String::new();
        pair.extend(byte_serialize(client_id.as_bytes()));
        pair.push(':');
        pair.extend(byte_serialize(secret.as_bytes()));
        let mut value = String::from("Basic ");
        STANDARD.encode_string(pair, &mut value);
        Self::Basic(HeaderValue::try_from(value).expect("base64 is visible ASCII"))
    }

    /// Puts the credentials where they belong.
    pub fn apply(
        &self,
        client_id: &str,
        body: &mut String,
        headers: &mut Vec<(HeaderName, HeaderValue)>,
    ) {
        match self {
            Self::Nameless => {}
            Self::None | Self::Certificate => append(body, "client_id", client_id),
            Self::Basic(value) => headers.push((header::AUTHORIZATION, value.clone())),
            Self::Post(secret) => {
                append(body, "client_id", client_id);
                append(body, "client_secret", secret);
            }
        }
    }
}

/// Appends a parameter to a form.
pub(crate) fn append(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.extend(byte_serialize(name.as_bytes()));
    // Writing to a string does not fail.
    let _ = form.write_char('=');
    form.extend(byte_serialize(value.as_bytes()));
}

/// What a client puts into a request, by what it wants to become of it. A server with controls can be told; another is
/// known to defer some requests and complete others.
#[derive(Debug, Default)]
pub struct Asks {
    /// For a request that gets deferred.
    pub defer: Ask,
    /// For one that is deferred and needs interaction from the start.
    pub interact: Ask,
    /// For one that is completed at once.
    pub complete: Ask,
}

impl Asks {
    /// What to put into a request steered so.
    pub fn of(&self, steer: Steer) -> &Ask {
        match steer {
            // What is refused is refused for what it asks otherwise, if it is not for the policy alone.
            Steer::Defer | Steer::Refuse => &self.defer,
            Steer::Interact => &self.interact,
            Steer::Complete => &self.complete,
        }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// `scope`; absent when the request relies on the client's default scope, which
    /// [`Event::Widen`](dtr_model::event::Event::Widen) needs.
    pub scope: Option<String>,
    /// Further parameters, such as `authorization_details`. `{unique}` in a value is another one in each trace.
    pub parameters: Vec<(String, String)>,
}

/// The scope values of a client, each a space-separated list.
#[derive(Debug)]
pub struct Scopes {
    /// What a request without `scope` stands for; empty when nobody knows.
    pub whole: String,
    /// A true part of it, for a narrowed approval.
    pub part: String,
    /// More than it: the default scope after the client's defaults grew.
    pub wider: String,
    /// A value the client may not have.
    pub forbidden: String,
}
