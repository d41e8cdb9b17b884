//! What a decorated server knows besides its store: what it said and heard so far, and its clients' secrets.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dtr_reference::{AuthMethod, Config};
use http::{HeaderValue, header};
use url::form_urlencoded::byte_serialize;

use crate::exchange::{Answered, Asked};
use crate::target::bundled::registration::secret;

/// The knowledge of one server.
#[derive(Debug, Default)]
pub(super) struct Known {
    methods: HashMap<String, AuthMethod>,
    heard: Mutex<Heard>,
}

/// What requests and responses showed.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Whom each deferral code was issued to.
    pub(super) owners: HashMap<String, String>,
    /// Codes that gave a token.
    pub(super) redeemed: HashSet<String>,
    /// The last token response of each code.
    pub(super) tokens: HashMap<String, serde_json::Map<String, serde_json::Value>>,
    /// Codes handed out under another name, by that name.
    pub(super) aliases: HashMap<String, String>,
    /// Codes that somebody revoked.
    pub(super) revoked: HashSet<String>,
    /// How often something was done about a code.
    pub(super) times: HashMap<String, u32>,
}

impl Known {
    /// The clients of this configuration; nothing heard yet.
    pub(super) fn of(config: &Config) -> Known {
        let clients = config.clients.iter();
        Known {
            methods: clients
                .map(|c| (c.client_id.clone(), c.auth_method))
                .collect(),
            heard: Mutex::default(),
        }
    }

    pub(super) fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in an exchange, as the server itself sees it.
    pub(super) fn learn(&self, asked: &Asked, answered: &Answered) {
        if let (Some(code), Some(owner)) = (answered.issued(), asked.client_id()) {
            self.heard().owners.insert(code.to_owned(), owner);
        }
        if let (Some(code), true) = (asked.code(), answered.is_token()) {
            let mut heard = self.heard();
            heard.redeemed.insert(code.to_owned());
            heard
                .tokens
                .insert(code.to_owned(), answered.members.clone());
        }
    }

    /// Whether this is the first time that this is said about a code.
    pub(super) fn first(&self, code: &str) -> bool {
        let mut heard = self.heard();
        let times = heard.times.entry(code.to_owned()).or_default();
        *times += 1;
        *times == 1
    }

    /// Whether anything was said about this name before.
    pub(super) fn was_named(&self, name: &str) -> bool {
        self.heard().times.contains_key(name)
    }

    pub(super) fn is_redeemed(&self, asked: &Asked) -> bool {
        asked
            .code()
            .is_some_and(|code| self.heard().redeemed.contains(code))
    }

    /// Whether the request is about a code of somebody else.
    pub(super) fn is_foreign(&self, asked: &Asked) -> bool {
        let owner = asked
            .code()
            .and_then(|code| self.heard().owners.get(code).cloned());
        owner.is_some() && owner != asked.client_id()
    }

    /// Whether the client shows what it registered.
    pub(super) fn is_authentic(&self, asked: &Asked) -> bool {
        let mut authentic = asked.clone();
        let Some(client_id) = asked.client_id() else {
            return false;
        };
        self.authenticate(&mut authentic, &client_id);
        let shown = |a: &Asked| {
            let basic = a.headers.get(header::AUTHORIZATION).cloned();
            (basic, a.get("client_secret").map(str::to_owned))
        };
        shown(&authentic) == shown(asked)
    }

    /// Makes the request one of this client, authenticated.
    pub(super) fn authenticate(&self, asked: &mut Asked, client_id: &str) {
        asked.headers.remove(header::AUTHORIZATION);
        asked.remove("client_id");
        asked.remove("client_secret");
        match self.methods.get(client_id) {
            Some(AuthMethod::ClientSecretBasic) => {
                let half = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", half(client_id), half(&secret(client_id)));
                let value = format!("Basic {}", STANDARD.encode(pair));
                let value = HeaderValue::try_from(value).expect("base64 is visible ASCII");
                asked.headers.insert(header::AUTHORIZATION, value);
            }
            Some(AuthMethod::ClientSecretPost) => {
                asked.set("client_id", client_id);
                asked.set("client_secret", &secret(client_id));
            }
            _ => asked.set("client_id", client_id),
        }
    }
}
