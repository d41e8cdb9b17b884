//! JWT access tokens (RFC 9068), and ID tokens beside them, signed with a key that lives as long as the process.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Config;
use crate::deferral::{Approval, FrozenRequest};
use crate::dpop::Thumbprint;
use crate::error::SetupError;
use crate::jws::{self, Times};
use crate::random::{self, Random};
use crate::scope::Scope;

/// The `typ` of an access token.
const TYPE: &str = "at+jwt";

/// Makes access tokens and ID tokens.
pub(crate) struct Minter {
    key: EncodingKey,
    header: Header,
    jwks: JwkSet,
    issuer: String,
    audience: String,
    lifetime: u64,
    /// Longest lifetime of a token for one transaction.
    transaction_lifetime: u64,
}

/// A successful token response (RFC 6749 Section 5.1).
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_details: Vec<Value>,
}

/// What an access token of this server says, for those who present it to this server.
pub(crate) struct Held {
    /// Whom it was issued to.
    pub(crate) client_id: String,
    /// Whom it is about.
    pub(crate) subject: Arc<str>,
    /// What it allows.
    pub(crate) scope: Scope,
    /// The key it is bound to.
    pub(crate) key: Option<Thumbprint>,
    /// The name of the approval it rests on (AROP Section 7.4).
    pub(crate) approval: Option<String>,
    times: Times,
}

impl Held {
    /// Whether it counts at `now`.
    pub(crate) fn counts(&self, now: u64) -> bool {
        self.times.include(now)
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audiences<'a>,
    client_id: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    authorization_details: &'a [Value],
    /// Not what the approval says, which is nobody's business (AROP Section 13).
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<String>,
    /// The transaction it is for, and who attempted that (draft-rosomakho-oauth-txn-challenge Sections 5.4 and 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    txn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<&'a Value>,
}

/// Those of an ID token.
#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
}

/// One audience is a string, several are a list (RFC 7519 Section 4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
enum Audiences<'a> {
    One(&'a str),
    Several(&'a [String]),
}

#[derive(Serialize)]
enum Confirmation<'a> {
    #[serde(rename = "jkt")]
    Key(&'a str),
    #[serde(rename = "x5t#S256")]
    Certificate(&'a str),
}

/// The same claims, read.
#[derive(Deserialize)]
struct Read {
    iss: String,
    sub: String,
    client_id: String,
    scope: Option<String>,
    #[serde(flatten)]
    times: Times,
    cnf: Option<ReadConfirmation>,
    approval: Option<String>,
}

#[derive(Deserialize)]
enum ReadConfirmation {
    #[serde(rename = "jkt")]
    Key(String),
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

impl Minter {
    /// Generates a fresh ES256 key.
    pub(crate) fn new(config: &Config) -> Result<Self, SetupError> {
        // Some other crate in the process may have chosen already; that choice then holds.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let failed = |error: &dyn std::fmt::Display| SetupError::SigningKey(error.to_string());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &aws_lc_rs::rand::SystemRandom::new(),
        )
        .map_err(|error| failed(&error))?;
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        let mut jwk =
            Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(|error| failed(&error))?;
        let kid = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|error| failed(&error))?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TYPE.into());
        header.kid = Some(kid);
        Ok(Self {
            key,
            header,
            jwks: JwkSet { keys: vec![jwk] },
            issuer: config.issuer.clone(),
            audience: config.audience().into(),
            lifetime: config.access_token.lifetime,
            transaction_lifetime: config.access_request.transaction_token_lifetime,
        })
    }

    /// The public key, for resource servers.
    pub(crate) fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// A token for exactly this request, bound to its key if it has one (Section 11.1), and for no longer than the approval
    /// behind it (AROP Section 7.4).
    pub(crate) fn mint(
        &self,
        request: &FrozenRequest,
        random: &dyn Random,
        now: u64,
    ) -> Result<TokenResponse, jsonwebtoken::errors::Error> {
        let scope = request.scope.to_string();
        let expires_at = self.end(request, now);
        let transaction = request.transaction.as_ref();
        let claims = Claims {
            iss: &self.issuer,
            sub: &request.subject,
            aud: match request.targets.resources() {
                [] => Audiences::One(&self.audience),
                [only] => Audiences::One(only),
                several => Audiences::Several(several),
            },
            client_id: &request.client_id,
            iat: now,
            exp: expires_at,
            jti: random::identifier(random),
            scope: &scope,
            cnf: request.key.as_ref().map(|key| match key {
                Thumbprint::Key(hash) => Confirmation::Key(hash),
                Thumbprint::Certificate(hash) => Confirmation::Certificate(hash),
            }),
            authorization_details: request.targets.details(),
            approval: request.approval.as_ref().map(Approval::name),
            txn: transaction.map(|transaction| transaction.txn.as_str()),
            act: transaction.and_then(|transaction| transaction.act.as_ref()),
        };
        Ok(TokenResponse {
            access_token: jsonwebtoken::encode(&self.header, &claims, &self.key)?,
            token_type: match request.key {
                Some(Thumbprint::Key(_)) => "DPoP",
                Some(Thumbprint::Certificate(_)) | None => "Bearer",
            },
            expires_in: expires_at.saturating_sub(now),
            scope,
            refresh_token: None,
            id_token: None,
            issued_token_type: request.issued_token_type,
            authorization_details: request.targets.details().to_vec(),
        })
    }

    /// First second at which a token for this request no longer counts.
    fn end(&self, request: &FrozenRequest, now: u64) -> u64 {
        let usual = match request.transaction {
            Some(_) => self.lifetime.min(self.transaction_lifetime),
            None => self.lifetime,
        };
        let usual = now.saturating_add(usual);
        let approval = request.approval.as_ref();
        approval.map_or(usual, |approval| usual.min(approval.until))
    }

    /// An ID token that tells the client who it was that approved this request (OpenID Connect Core Section 2).
    pub(crate) fn id_token(
        &self,
        request: &FrozenRequest,
        now: u64,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = IdClaims {
            iss: &self.issuer,
            sub: &request.subject,
            aud: &request.client_id,
            iat: now,
            exp: now.saturating_add(self.lifetime),
        };
        let mut header = Header::new(Algorithm::ES256);
        header.kid = self.header.kid.clone();
        jsonwebtoken::encode(&header, &claims, &self.key)
    }

    /// What a token says that this server made and that counts at `now`.
    pub(crate) fn read(&self, token: &str, now: u64) -> Option<Held> {
        self.known(token).filter(|held| held.counts(now))
    }

    /// The same, whether it counts or not.
    pub(crate) fn known(&self, token: &str) -> Option<Held> {
        let claims: Read = jws::claims(token, &self.jwks, &[Some(TYPE)])?;
        let own = claims.iss == self.issuer;
        own.then_some(Held {
            client_id: claims.client_id,
            subject: claims.sub.into(),
            // One that is for a transaction has none.
            scope: match claims.scope {
                Some(scope) => Scope::parse(&scope)?,
                None => Scope::default(),
            },
            key: claims.cnf.map(|cnf| match cnf {
                ReadConfirmation::Key(key) => Thumbprint::new(&key),
                ReadConfirmation::Certificate(hash) => Thumbprint::of_certificate(&hash),
            }),
            approval: claims.approval,
            times: claims.times,
        })
    }
}
