//! The clients of the bundled server: for every kind of terms, enough pairs for many traces at a time.

use std::sync::Arc;

use dtr_model::Terms;
use dtr_model::draft::Draft;
use dtr_reference::{AuthMethod, ClientConfig, Secret, wire};
use serde_json::json;

use crate::target::bundled::{DETAILS_TYPE, RESOURCE, SUBJECT};
use crate::target::client::{Ask, Asks, Authentication, Client, Scopes};
use crate::target::key::Key;
use crate::target::pool::{Kind, Pair, Pool, Shelf};
use crate::target::receiver::Receiver;

/// Traces of one kind that may run at the same time.
const PAIRS: usize = 96;
/// Keys made at the start; clients share them, as nothing links the keys of different codes.
const KEYS: usize = 8;

const CLIENT_CREDENTIALS: &str = "client_credentials";
const AUTHORIZATION_CODE: &str = "authorization_code";
const REFRESH_TOKEN: &str = "refresh_token";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// The registrations, and the same clients as the driver sees them.
pub(super) fn register(
    receiver: &Receiver,
    seed: u64,
    draft: &'static Draft,
) -> (Vec<ClientConfig>, Pool) {
    let keys: Vec<Arc<Key>> = (0..KEYS).map(|_| Arc::new(Key::generate())).collect();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut registrar = Registrar {
        draft,
        scopes: Arc::new(scopes(draft)),
        registrations: Vec::new(),
    };
    let shelves = kinds(draft)
        .into_iter()
        .map(|kind| {
            let pairs = (0..PAIRS).map(|index| {
                let name = name(kind, index);
                let (endpoint, inbox) = match kind.callback {
                    true => {
                        let (endpoint, inbox) = receiver.open(&name);
                        (Some(endpoint), Some(inbox))
                    }
                    false => (None, None),
                };
                Pair {
                    owner: registrar.owner(kind, index, &name, endpoint),
                    other: registrar.other(&format!("{name}-other")),
                    keys: std::array::from_fn(|n| Arc::clone(&keys[(index + n) % KEYS])),
                    inbox,
                    seed: random.u64(..),
                }
            });
            Shelf::new(kind, pairs.collect())
        })
        .collect();
    (registrar.registrations, Pool::new(shelves))
}

/// The kinds of clients that there are under a text, each once.
fn kinds(draft: &'static Draft) -> Vec<Kind> {
    let sorts = [(false, false), (true, true), (false, true)];
    let mut kinds: Vec<Kind> = Vec::new();
    for (public, one_time) in sorts {
        for callback in [false, true] {
            let terms = Terms {
                public,
                one_time,
                callback,
                ..Terms::CREDENTIALS
            };
            let kind = Kind::from(&terms.under(draft));
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    kinds
}

struct Registrar {
    draft: &'static Draft,
    scopes: Arc<Scopes>,
    registrations: Vec<ClientConfig>,
}

impl Registrar {
    fn owner(&mut self, kind: Kind, index: usize, name: &str, endpoint: Option<String>) -> Client {
        let method = match (kind.public, index % 2) {
            (true, _) => AuthMethod::None,
            (false, 0) => AuthMethod::ClientSecretBasic,
            (false, _) => AuthMethod::ClientSecretPost,
        };
        let grant = match kind.one_time {
            true => AUTHORIZATION_CODE,
            false => self.usual_grant(),
        };
        self.register(name, method, grant, endpoint)
    }

    fn other(&mut self, name: &str) -> Client {
        self.register(
            name,
            AuthMethod::ClientSecretBasic,
            self.usual_grant(),
            None,
        )
    }

    /// The grant of clients that have no authorization code: that of polls, where every deferral has them.
    fn usual_grant(&self) -> &'static str {
        match (self.draft.own_endpoint, self.draft.deferred_grant) {
            (None, _) => CLIENT_CREDENTIALS,
            // It takes none, and a client has to have one.
            (Some(_), "") => TOKEN_EXCHANGE,
            (Some(_), grant) => grant,
        }
    }

    /// What a client may use: its own grant, polls, and what its tokens can be renewed by.
    fn grants(&self, grant: &str) -> Vec<String> {
        let renewing: &[&str] = match self.draft.rules.approvals_expire {
            true => &[REFRESH_TOKEN, TOKEN_EXCHANGE],
            false => &[beside(grant)],
        };
        let others = renewing.iter().copied().chain([wire::GRANT_DEFERRED]);
        let others = others.filter(|other| *other != grant);
        [grant].into_iter().chain(others).map(Into::into).collect()
    }

    fn register(
        &mut self,
        client_id: &str,
        auth_method: AuthMethod,
        grant: &str,
        endpoint: Option<String>,
    ) -> Client {
        let secret = secret(client_id);
        let authentication = match auth_method {
            AuthMethod::ClientSecretBasic => Authentication::basic(client_id, &secret),
            AuthMethod::ClientSecretPost => Authentication::Post(secret.as_str().into()),
            _ => Authentication::None,
        };
        let public = matches!(authentication, Authentication::None);
        let redirect_uri =
            (grant == AUTHORIZATION_CODE).then(|| format!("https://client.example/{client_id}"));
        self.registrations.push(ClientConfig {
            client_id: client_id.into(),
            client_secret: (!public).then(|| Secret::from(secret)),
            auth_method,
            redirect_uris: redirect_uri.iter().cloned().collect(),
            scope: self.scopes.wider.clone(),
            default_scope: Some(self.scopes.whole.clone()),
            grant_types: self.grants(grant),
            deferred_client_notification_endpoint: endpoint,
            ..ClientConfig::default()
        });
        Client {
            client_id: client_id.into(),
            authentication,
            redirect_uri: redirect_uri.map(Into::into),
            grant_type: grant.into(),
            asks: Arc::new(asks(self.draft, grant)),
            prelude: Arc::default(),
            transport: None,
            scopes: Arc::clone(&self.scopes),
        }
    }
}

/// The grant that a client may use besides its own, for probes.
fn beside(grant: &str) -> &'static str {
    match grant {
        AUTHORIZATION_CODE => REFRESH_TOKEN,
        _ => TOKEN_EXCHANGE,
    }
}

/// The secret of a confidential client. A space and a colon, so that a careless decoding of Basic credentials is
/// noticed.
pub(crate) fn secret(client_id: &str) -> String {
    format!("{client_id}: a secret")
}

pub(super) fn scopes(draft: &Draft) -> Scopes {
    let with = |scope: &str| match draft.user_hint {
        Some(_) => format!("openid {scope}"),
        None => scope.to_owned(),
    };
    Scopes {
        whole: with("read write"),
        part: with("read"),
        wider: with("read write admin"),
        forbidden: with("root"),
    }
}

/// What its requests have besides, where they are not those of a grant that says so before.
fn asks(draft: &Draft, grant: &str) -> Asks {
    let hint = draft.user_hint.map(|hint| (hint.into(), SUBJECT.into()));
    let mut parameters: Vec<(String, String)> = hint.into_iter().collect();
    if draft.rules.approvals_expire && grant != AUTHORIZATION_CODE {
        // Two requests of a client for the same are one, and each trace has its own.
        let details = json!([{ "type": DETAILS_TYPE, "identifier": "{unique}" }]);
        parameters.push(("authorization_details".into(), details.to_string()));
        parameters.push(("resource".into(), RESOURCE.into()));
    }
    let explicit = !parameters.is_empty();
    let ask = || Ask {
        scope: explicit.then(|| scopes(draft).whole),
        parameters: parameters.clone(),
    };
    Asks {
        defer: ask(),
        interact: ask(),
        complete: ask(),
    }
}

fn name(kind: Kind, index: usize) -> String {
    let client = if kind.public {
        "public"
    } else {
        "confidential"
    };
    let grant = if kind.one_time { "code" } else { "credentials" };
    let callback = if kind.callback { "-called" } else { "" };
    format!("{client}-{grant}{callback}-{index}")
}
