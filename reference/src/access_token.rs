//! JWT access tokens (RFC 9068), signed with a key that lives as long as the process.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::config::Config;
use crate::deferral::FrozenRequest;
use crate::error::SetupError;
use crate::random::{self, Random};

/// Makes access tokens.
pub(crate) struct Minter {
    key: EncodingKey,
    header: Header,
    jwks: JwkSet,
    issuer: String,
    audience: String,
    lifetime: u64,
}

/// A successful token response (RFC 6749 Section 5.1).
#[derive(Serialize)]
pub(crate) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    jkt: &'a str,
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
        header.typ = Some("at+jwt".into());
        header.kid = Some(kid);
        Ok(Self {
            key,
            header,
            jwks: JwkSet { keys: vec![jwk] },
            issuer: config.issuer.clone(),
            audience: config
                .access_token
                .audience
                .clone()
                .unwrap_or_else(|| config.issuer.clone()),
            lifetime: config.access_token.lifetime,
        })
    }

    /// The public key, for resource servers.
    pub(crate) fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// A token for exactly this request, bound to its key if it has one (Section 11.1).
    pub(crate) fn mint(
        &self,
        request: &FrozenRequest,
        random: &dyn Random,
        now: u64,
    ) -> Result<TokenResponse, jsonwebtoken::errors::Error> {
        let scope = request.scope.to_string();
        let claims = Claims {
            iss: &self.issuer,
            sub: &request.subject,
            aud: &self.audience,
            client_id: &request.client_id,
            iat: now,
            exp: now.saturating_add(self.lifetime),
            jti: random::identifier(random),
            scope: &scope,
            cnf: request
                .key
                .as_ref()
                .map(|key| Confirmation { jkt: key.as_str() }),
        };
        Ok(TokenResponse {
            access_token: jsonwebtoken::encode(&self.header, &claims, &self.key)?,
            token_type: if request.key.is_some() {
                "DPoP"
            } else {
                "Bearer"
            },
            expires_in: self.lifetime,
            scope,
        })
    }
}
