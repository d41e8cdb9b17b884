//! `target.toml`: an authorization server under test, written down.
//!
//! | file | what it does |
//! |---|---|
//! | here | what can be written |
//! | `read` | the document, with line and column for whatever is wrong |
//! | `check` | what has to hold beyond the form |
//! | `build` | from the document to a [`Target`](super::Target) |

mod build;
mod check;
mod read;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::control::{Name, Template};
use super::prelude::PreludeStep;

pub use build::Built;
pub use read::TargetFileError;

/// An authorization server under test. `harness/targets/` has examples.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dtr target")]
pub struct TargetFile {
    /// The issuer identifier. Its metadata (RFC 8414) names the endpoints, unless `endpoints` does.
    pub issuer: String,
    /// Base URLs of several nodes of this server, to be used in turn instead of the endpoints' own scheme, host and port.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// Endpoints, for a server without metadata or where it says something else.
    #[serde(default)]
    pub endpoints: EndpointsSection,
    /// Seconds allowed for an exchange.
    #[serde(default = "ten")]
    pub timeout: u64,
    /// TLS.
    #[serde(default)]
    pub tls: TlsSection,
    /// What the server announces in a deferred response, in seconds (Section 6.4).
    #[serde(default)]
    pub limits: LimitsSection,
    /// Clients registered there. The first that may poll for itself owns deferrals; traces that need two use another.
    pub clients: Vec<ClientSection>,
    /// Where callbacks arrive (Section 7).
    pub receiver: Option<ReceiverSection>,
    /// A protected resource whose challenges the server takes, which the suite stands in for (`--draft arop-txn`).
    pub resource: Option<ResourceSection>,
    /// What somebody does at an `interaction_uri` to finish the interaction. The requests know `{interaction_uri}` and what
    /// earlier ones took.
    #[serde(default)]
    pub interaction: Vec<PreludeStep>,
    /// What the user of a device does at its verification page to approve it (RFC 8628 Section 3.3). The requests know
    /// `{verification_uri}`, `{user_code}` and what earlier ones took.
    #[serde(default)]
    pub verification: Vec<PreludeStep>,
    /// How to reach the server's controls.
    #[serde(default)]
    pub control: ControlSection,
    /// The server's clock.
    #[serde(default)]
    pub clock: ClockSection,
}

fn ten() -> u64 {
    10
}

/// Endpoints, as URLs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndpointsSection {
    /// The token endpoint.
    pub token: Option<String>,
    /// The revocation endpoint.
    pub revocation: Option<String>,
    /// The authorization endpoint.
    pub authorization: Option<String>,
}

/// TLS.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSection {
    /// Certificate authorities to trust besides the platform's: a PEM file, relative to this one.
    pub ca: Option<PathBuf>,
    /// Whether the issuer and the endpoints named here lie behind the server's TLS front: the suite then says in
    /// `Client-Cert` (RFC 9440) which certificate a request came with, and the server believes it.
    pub client_cert_header: bool,
}

/// What the server announces.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// `interval`, in seconds.
    pub interval: u64,
    /// `expires_in`, in seconds.
    pub lifetime: u64,
    /// By how many seconds `slow_down` raises the interval that the server enforces, if it does.
    pub raise: u64,
    /// How exactly the server keeps its limits on the wall clock, in milliseconds: around the end of a lifetime, an
    /// answer may go either way for so long.
    pub blur: u64,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            interval: 5,
            lifetime: 600,
            raise: 5,
            blur: 1000,
        }
    }
}

/// A client authentication method, named as in the IANA registry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A public client.
    None,
    /// Identifier and secret in the `Authorization` header field.
    #[default]
    ClientSecretBasic,
    /// Identifier and secret in the body.
    ClientSecretPost,
    /// A certificate issued by somebody the server trusts (RFC 8705 Section 2.1).
    TlsClientAuth,
    /// A certificate registered there (RFC 8705 Section 2.2).
    SelfSignedTlsClientAuth,
}

/// One registered client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientSection {
    /// The client identifier.
    pub client_id: String,
    /// How it authenticates.
    #[serde(default)]
    pub auth_method: Method,
    /// Its secret. `$NAME` takes it from the environment.
    pub client_secret: Option<String>,
    /// Its certificate and key, one PEM file relative to this one.
    pub certificate: Option<PathBuf>,
    /// The originating grant. With `authorization_code` the code comes from `prelude`, or a plain authorization request.
    #[serde(default = "client_credentials")]
    pub grant_type: String,
    /// Its redirect URI.
    pub redirect_uri: Option<String>,
    /// Whether it proves possession of a key (RFC 9449). A public client has to (Section 11.1).
    #[serde(default = "yes")]
    pub dpop: bool,
    /// Whether `deferred_client_notification_endpoint` is registered as the receiver's URL for this client.
    #[serde(default)]
    pub callbacks: bool,
    /// A client that only ever is the other one: it never owns a deferral.
    #[serde(default)]
    pub other: bool,
    /// What to put into a request to get it deferred.
    #[serde(default)]
    pub deferred: AskSection,
    /// What to put into one to get it deferred with interaction from the start; that of `deferred` when absent.
    pub interaction: Option<AskSection>,
    /// What to put into one to get it completed at once; that of `deferred` when absent.
    pub synchronous: Option<AskSection>,
    /// What precedes the token request.
    #[serde(default)]
    pub prelude: Vec<PreludeStep>,
    /// A part of the scope that is asked for, for a narrowed approval.
    pub narrowed_scope: Option<String>,
    /// A scope that this client may not have, for an unsound request.
    pub refused_scope: Option<String>,
}

fn client_credentials() -> String {
    "client_credentials".to_owned()
}

fn yes() -> bool {
    true
}

/// What a request asks for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AskSection {
    /// `scope`.
    pub scope: Option<String>,
    /// Further parameters, such as `authorization_details`. `{unique}` in a value is another one in each trace, for a
    /// server that takes two requests for the same for one.
    pub parameters: BTreeMap<String, String>,
}

/// Where callbacks arrive: an HTTPS server that runs as long as the suite does.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiverSection {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// The URL registered for a client is this one, a slash, and the client identifier.
    pub url: String,
    /// Its certificate chain and key, one PEM file relative to this one.
    pub certificate: PathBuf,
    /// Seconds after which the server has to have given up a callback that nobody answers (Section 11.5).
    #[serde(default = "a_minute")]
    pub patience: u64,
    /// Milliseconds to wait for a callback after a decision.
    #[serde(default = "two_seconds")]
    pub wait: u64,
}

fn a_minute() -> u64 {
    60
}

fn two_seconds() -> u64 {
    2000
}

/// A protected resource that challenges (OAuth Transaction Authorization Challenge, Section 4).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceSection {
    /// Its identifier: the `iss` of its challenges, and the `aud` of tokens for it.
    pub id: String,
    /// The name of its key in the set that the server has of it.
    pub kid: String,
    /// Its key, a P-256 key in PKCS#8, one PEM file relative to this one.
    pub key: PathBuf,
}

/// How to reach the server's controls.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlSection {
    /// None: decisions are made by somebody else, unseen.
    // With braces, because a unit here would take members that nobody knows.
    None {},
    /// The control API that the bundled server has (reference/CONTROL.md).
    Reference {
        /// Its base URL.
        url: String,
        /// Use only these operations; all of them when absent.
        operations: Option<Vec<Name>>,
    },
    /// HTTP requests.
    Http {
        /// By operation.
        #[schemars(extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
        operations: BTreeMap<Name, Template>,
    },
    /// A program.
    Command {
        /// The program and its first arguments; the operation's name follows. A path such as `./decide` is relative to
        /// this file; a bare name is looked up where programs are.
        command: Vec<String>,
        /// The operations it knows.
        operations: Vec<Name>,
    },
}

impl Default for ControlSection {
    fn default() -> Self {
        Self::None {}
    }
}

/// The server's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Real time, for which the suite waits.
    #[default]
    Wall,
    /// It stands still but for the operation `advance_clock`.
    Hook,
}

/// The server's clock.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClockSection {
    /// Which clock it goes by.
    pub kind: ClockKind,
}
