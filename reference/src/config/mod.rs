//! The configuration: plain data with serde, public fields, and defaults that suit a development server.
//!
//! [`Config::from_toml`] reads it, [`validate`](Config::validate) checks it, `reference/example.toml` shows it.

mod peers;
pub mod readings;
mod validate;

use serde::Deserialize;

pub use peers::{
    ApproverConfig, AssertionIssuerConfig, AuthMethod, ClientConfig, ProtectedResourceConfig,
    RegistrationConfig,
};
use readings::Readings;
pub use validate::ConfigError;

use crate::edition::Edition;

/// Everything the server has to be told. Durations are whole seconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The issuer identifier (RFC 8414): https, or http on a loopback address. Endpoints lie below it.
    pub issuer: String,
    /// The edition of the text to serve.
    #[serde(default)]
    pub draft: Edition,
    /// The resource owner of the authorization code grant. This development subject consents at once.
    #[serde(default = "default_subject")]
    pub subject: String,
    /// Where `interaction_uri` values lie: an https URL without query or fragment. It is the front of this server's
    /// `/interact`: whatever terminates TLS there forwards `{interaction_base}/{id}` to `/interact/{id}`.
    #[serde(default = "default_interaction_base")]
    pub interaction_base: String,
    /// Who may sign in at the interaction page and decide. Without any, nobody can.
    #[serde(default)]
    pub approvers: Vec<ApproverConfig>,
    /// Authorization codes.
    #[serde(default)]
    pub authorization_code: AuthorizationCodeConfig,
    /// Pushed authorization requests.
    #[serde(default)]
    pub pushed_request: PushedRequestConfig,
    /// Deferral codes.
    #[serde(default)]
    pub deferral: DeferralConfig,
    /// Approvals, in an edition where they have an end.
    #[serde(default)]
    pub access_request: AccessRequestConfig,
    /// Access tokens.
    #[serde(default)]
    pub access_token: AccessTokenConfig,
    /// Client certificates.
    #[serde(default)]
    pub mtls: MtlsConfig,
    /// DPoP proofs.
    #[serde(default)]
    pub dpop: DpopConfig,
    /// Refresh tokens.
    #[serde(default)]
    pub refresh_token: RefreshTokenConfig,
    /// What is deferred.
    #[serde(default)]
    pub policy: PolicyConfig,
    /// Callback delivery.
    #[serde(default)]
    pub callback: CallbackConfig,
    /// Whether clients may register themselves.
    #[serde(default)]
    pub registration: RegistrationConfig,
    /// Device authorization.
    #[serde(default)]
    pub device: DeviceConfig,
    /// Whose assertions about subjects are trusted.
    #[serde(default)]
    pub assertion_issuers: Vec<AssertionIssuerConfig>,
    /// Whose challenges count, in an edition with transaction authorization.
    #[serde(default)]
    pub protected_resources: Vec<ProtectedResourceConfig>,
    /// How the open points of the draft are read.
    #[serde(default)]
    pub readings: Readings,
    /// The registered clients.
    #[serde(default)]
    pub clients: Vec<ClientConfig>,
}

impl Config {
    /// Reads and checks a TOML document.
    ///
    /// # Errors
    /// [`ConfigError`] names the field that is wrong and what to do about it.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::syntax(text, &error))?;
        config.validate()?;
        Ok(config)
    }

    /// The `aud` claim of a token for no resource in particular.
    pub(crate) fn audience(&self) -> &str {
        self.access_token
            .audience
            .as_deref()
            .unwrap_or(&self.issuer)
    }

    /// A small development configuration: one client of each kind, and scopes that are deferred.
    ///
    /// ```
    /// let config = dtr_reference::Config::example();
    /// assert!(config.validate().is_ok());
    /// ```
    pub fn example() -> Self {
        toml::from_str(include_str!("../../example.toml"))
            .expect("the example is covered by a test")
    }
}

/// Authorization codes (RFC 6749 Section 4.1.2).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorizationCodeConfig {
    /// Lifetime in seconds.
    pub lifetime: u64,
}

impl Default for AuthorizationCodeConfig {
    fn default() -> Self {
        Self { lifetime: 60 }
    }
}

/// Pushed authorization requests (RFC 9126).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushedRequestConfig {
    /// How long a `request_uri` may be used, in seconds; at most once.
    pub lifetime: u64,
}

impl Default for PushedRequestConfig {
    fn default() -> Self {
        Self { lifetime: 60 }
    }
}

/// Deferral codes (Section 6.4), and what takes their place in an edition that calls them otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeferralConfig {
    /// Least number of seconds between two polls, announced as `interval`.
    pub interval: u64,
    /// Lifetime of a code in seconds, announced as `expires_in`. Longer than the interval (C-21).
    pub lifetime: u64,
    /// A dead code is remembered for this many seconds after its lifetime, or once more for its lifetime if that is
    /// longer (C-08/C); then it is unknown.
    pub tombstone: u64,
    /// For this many seconds after a deferral, the same request with the same authorization code gets the same
    /// deferral code again (C-45/C). Under C-01/C also: for this many seconds a redeemed code gets the same token
    /// response again.
    pub representation_window: u64,
    /// After this many `slow_down` answers in a row the next early poll is answered `invalid_request` (C-24).
    /// Never, when absent.
    pub escalate_after: Option<u32>,
}

impl Default for DeferralConfig {
    fn default() -> Self {
        Self {
            interval: 5,
            lifetime: 600,
            tombstone: 24 * 60 * 60,
            representation_window: 4,
            escalate_after: None,
        }
    }
}

/// Approvals that have an end (AROP Section 7.4); in other editions nobody looks at this.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessRequestConfig {
    /// How long an approval lasts that does not say so itself, in seconds.
    pub approved_for: u64,
    /// Longest lifetime of an access token for one transaction, in seconds (draft-rosomakho-oauth-txn-challenge Sections
    /// 6 and 7: short).
    pub transaction_token_lifetime: u64,
}

impl Default for AccessRequestConfig {
    fn default() -> Self {
        Self {
            approved_for: 3600,
            transaction_token_lifetime: 300,
        }
    }
}

/// Access tokens (RFC 9068).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessTokenConfig {
    /// Lifetime in seconds.
    pub lifetime: u64,
    /// The `aud` claim of a token for no resource in particular; the issuer when absent.
    pub audience: Option<String>,
    /// Resources that tokens may be asked for (RFC 8707), compared exactly.
    pub resources: Vec<String>,
    /// Types of `authorization_details` that may be asked for (RFC 9396).
    pub authorization_details_types: Vec<String>,
}

impl Default for AccessTokenConfig {
    fn default() -> Self {
        Self {
            lifetime: 3600,
            audience: None,
            resources: Vec::new(),
            authorization_details_types: Vec::new(),
        }
    }
}

/// Client certificates (RFC 8705). This server does not terminate TLS; something in front of it does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MtlsConfig {
    /// Whether `Client-Cert` (RFC 9440) is believed. Only behind a front that sets it, and removes it from what clients
    /// send.
    pub trust_client_cert_header: bool,
}

/// DPoP proofs (RFC 9449).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DpopConfig {
    /// Whether a proof has to carry a nonce of this server (RFC 9449 Section 8).
    pub require_nonce: bool,
}

/// Refresh tokens: for clients whose `grant_types` has `refresh_token`, with the authorization code grant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshTokenConfig {
    /// Lifetime in seconds; each use begins a new one.
    pub lifetime: u64,
}

impl Default for RefreshTokenConfig {
    fn default() -> Self {
        Self {
            lifetime: 30 * 24 * 60 * 60,
        }
    }
}

/// What the configured policy defers; everything else completes at once.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// Scope values that need a review.
    pub defer_scopes: Vec<String>,
    /// Scope values that need a review and, from the start, somebody at the `interaction_uri`.
    pub interact_scopes: Vec<String>,
    /// Clients whose every request needs a review.
    pub defer_clients: Vec<String>,
}

/// Callback delivery (Section 7, Section 11.5). Delay and backoff run on the server's clock, timeouts on real time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackConfig {
    /// Seconds between the resolution and the first attempt.
    pub delay: u64,
    /// Seconds allowed for connecting.
    pub connect_timeout: u64,
    /// Seconds of silence allowed while reading.
    pub read_timeout: u64,
    /// Octets of a response body that are read before the connection is given up.
    pub max_body: usize,
    /// Attempts in all; 1 means no retry.
    pub attempts: u32,
    /// Seconds before the second attempt; doubled for each later one.
    pub backoff: u64,
    /// Development only: deliver to loopback and private addresses too.
    pub allow_private_addresses: bool,
    /// Development only: further certificate authorities to trust, in PEM.
    pub extra_root_pem: Option<String>,
}

impl Default for CallbackConfig {
    fn default() -> Self {
        Self {
            delay: 1,
            connect_timeout: 5,
            read_timeout: 5,
            max_body: 16 * 1024,
            attempts: 4,
            backoff: 2,
            allow_private_addresses: false,
            extra_root_pem: None,
        }
    }
}

/// Device authorization (RFC 8628). Where it opens a deferral, lifetime and interval are those of [`DeferralConfig`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceConfig {
    /// Where users go, as they are told: the https front of this server's `/device`.
    pub verification_uri: String,
    /// Lifetime of both codes in seconds.
    pub lifetime: u64,
    /// Least number of seconds between two polls.
    pub interval: u64,
}

impl Default for DeviceConfig {
    fn default() -> Self {
        Self {
            verification_uri: "https://interaction.example/device".into(),
            lifetime: 600,
            interval: 5,
        }
    }
}

fn default_subject() -> String {
    "development-subject".into()
}

fn default_interaction_base() -> String {
    "https://interaction.example/dtr".into()
}
