//! Who the server has to do with: approvers, clients, and the issuers it trusts.

use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::wire;

/// Somebody who decides about deferred requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApproverConfig {
    /// The name to sign in with.
    pub name: String,
    /// The password that goes with it.
    pub password: Secret,
}

/// Dynamic client registration (RFC 7591).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationConfig {
    /// Whether there is a registration endpoint.
    pub open: bool,
    /// What has to be presented there, as a bearer token. Without it anybody may register.
    pub initial_access_token: Option<Secret>,
    /// All scope values that clients may register for, separated by spaces.
    pub scope: String,
}

/// An issuer of assertions for the JWT bearer grant (RFC 7523 Section 2.1).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionIssuerConfig {
    /// The `iss` of its assertions.
    pub issuer: String,
    /// Its public keys.
    pub jwks: JwkSet,
}

/// A protected resource that may challenge a client to have a transaction authorized
/// (draft-rosomakho-oauth-txn-challenge Section 4.3, by a trust that is configured beforehand).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectedResourceConfig {
    /// The `iss` of its challenges, and the `aud` of the tokens that they lead to: an absolute URL.
    pub id: String,
    /// Its public keys, each with the `kid` that challenges name.
    pub jwks: JwkSet,
}

/// One registered client (RFC 7591 names where they exist).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientConfig {
    /// The client identifier.
    pub client_id: String,
    /// The secret of a confidential client; absent for a public one.
    pub client_secret: Option<Secret>,
    /// How the client authenticates at the token and revocation endpoints.
    pub auth_method: AuthMethod,
    /// The client's public keys (RFC 7517), which sign its request objects and client assertions, and
    /// its certificates (`x5c`).
    pub jwks: Option<JwkSet>,
    /// The subject of the client's certificates, as RFC 4514 writes it. With `tls_client_auth` a client has this or one
    /// of the next two (RFC 8705 Section 2.1.2).
    pub tls_client_auth_subject_dn: Option<String>,
    /// A DNS name among the alternative names in them.
    pub tls_client_auth_san_dns: Option<String>,
    /// A URI among the alternative names in them.
    pub tls_client_auth_san_uri: Option<String>,
    /// Redirect URIs, compared exactly.
    pub redirect_uris: Vec<String>,
    /// All scope values the client may have, separated by spaces.
    pub scope: String,
    /// What a request without `scope` asks for; without it such a request is `invalid_scope`.
    pub default_scope: Option<String>,
    /// The originating grants the client may use. Polling needs no entry, unless C-78 is read as A.
    pub grant_types: Vec<String>,
    /// Where callbacks go: an https URL (Section 7.2). Without it the client polls only. The same in an edition where
    /// clients that register themselves call it otherwise.
    pub deferred_client_notification_endpoint: Option<String>,
    /// A disabled client is refused with `invalid_client` everywhere (C-16/A).
    pub enabled: bool,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_secret: None,
            auth_method: AuthMethod::ClientSecretBasic,
            jwks: None,
            tls_client_auth_subject_dn: None,
            tls_client_auth_san_dns: None,
            tls_client_auth_san_uri: None,
            redirect_uris: Vec::new(),
            scope: String::new(),
            default_scope: None,
            grant_types: vec![wire::GRANT_CLIENT_CREDENTIALS.into()],
            deferred_client_notification_endpoint: None,
            enabled: true,
        }
    }
}

/// A client authentication method, named as in the IANA registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub enum AuthMethod {
    /// A public client, which only names itself.
    #[serde(rename = "none")]
    None,
    /// Identifier and secret in the `Authorization` header field.
    #[serde(rename = "client_secret_basic")]
    ClientSecretBasic,
    /// Identifier and secret in the body.
    #[serde(rename = "client_secret_post")]
    ClientSecretPost,
    /// A JWT signed with a key of the client (RFC 7523 Section 2.2).
    #[serde(rename = "private_key_jwt")]
    PrivateKeyJwt,
    /// A certificate that an authority issued to a name that the client registered (RFC 8705 Section 2.1). The front that
    /// terminates TLS has verified the chain.
    #[serde(rename = "tls_client_auth")]
    Tls,
    /// A certificate of its own that the client registered (RFC 8705 Section 2.2).
    #[serde(rename = "self_signed_tls_client_auth")]
    SelfSignedTls,
}

impl AuthMethod {
    /// Whether it needs a secret that client and server share.
    pub(crate) fn has_secret(self) -> bool {
        match self {
            Self::None | Self::PrivateKeyJwt | Self::Tls | Self::SelfSignedTls => false,
            Self::ClientSecretBasic | Self::ClientSecretPost => true,
        }
    }

    /// Whether it needs a certificate in the TLS handshake (RFC 8705 Section 2).
    pub(crate) fn uses_certificate(self) -> bool {
        matches!(self, Self::Tls | Self::SelfSignedTls)
    }
}
