//! What a client under test is told: as whom to ask whom for what.

use std::net::SocketAddr;

use dtr_model::draft::Draft;

use super::situation::Situation;

/// The client identifier.
pub const CLIENT_ID: &str = "client-under-test";
/// The secret that goes with it.
pub const CLIENT_SECRET: &str = "secret-of-the-client-under-test";
/// Whom a request is about, where it says so.
pub const SUBJECT: &str = "alice";
/// The scope that has to be approved.
pub const SCOPE: &str = "payments";
/// The originating grant, where there is one (RFC 6749 Section 4.4).
pub const GRANT: &str = "client_credentials";

/// How the client authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum AuthMethod {
    /// Identifier and secret in the `Authorization` header field
    ClientSecretBasic,
    /// Identifier and secret in the body
    ClientSecretPost,
    /// A public client, which only names itself
    None,
}

impl From<AuthMethod> for dtr_reference::AuthMethod {
    fn from(method: AuthMethod) -> Self {
        match method {
            AuthMethod::ClientSecretBasic => Self::ClientSecretBasic,
            AuthMethod::ClientSecretPost => Self::ClientSecretPost,
            AuthMethod::None => Self::None,
        }
    }
}

/// What one client is told in one situation.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The text that it is to follow.
    pub draft: &'static Draft,
    /// The situation, for its own reports only.
    pub situation: &'static Situation,
    /// The issuer identifier of the server.
    pub issuer: String,
    /// How it authenticates.
    pub auth_method: AuthMethod,
    /// Where it is to listen for callbacks, in plain HTTP, at whatever path.
    pub callback: Option<SocketAddr>,
}

impl Setting {
    /// The scope to ask for.
    pub fn scope(&self) -> String {
        match self.draft.user_hint {
            Some(_) => format!("openid {SCOPE}"),
            None => SCOPE.to_owned(),
        }
    }

    /// The same as environment variables.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("DTR_DRAFT", self.draft.id.to_owned()),
            ("DTR_SITUATION", self.situation.id.to_owned()),
            ("DTR_ISSUER", self.issuer.clone()),
            ("DTR_CLIENT_ID", CLIENT_ID.to_owned()),
            ("DTR_SCOPE", self.scope()),
        ];
        if self.auth_method != AuthMethod::None {
            variables.push(("DTR_CLIENT_SECRET", CLIENT_SECRET.to_owned()));
        }
        if self.draft.user_hint.is_some() {
            variables.push(("DTR_LOGIN_HINT", SUBJECT.to_owned()));
        }
        if let Some(address) = self.callback {
            variables.push(("DTR_CALLBACK_LISTEN", address.to_string()));
        }
        variables
    }
}
