//! DPoP proofs (RFC 9449 Section 4.3): ES256, fresh, for this request, and never seen before.

mod nonce;
mod replay;

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, Response};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use crate::config::DpopConfig;
use crate::random::Random;

use nonce::Nonces;
pub(crate) use replay::ReplayCache;

/// A proof's `iat` may lie this many seconds before or after the server's clock.
const WINDOW: u64 = 60;

/// Longest proof looked at, in octets; an honest one has some 500.
const LONGEST: usize = 8 * 1024;

/// Private members of a JWK, of any key type (RFC 7518 Section 6). None may be in a proof.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What a deferral code and its token are bound to, by its SHA-256 thumbprint in base64url.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Thumbprint {
    /// A public key (RFC 7638), proven with DPoP.
    Key(Arc<str>),
    /// A client certificate (RFC 8705 Section 3.1), proven by TLS.
    Certificate(Arc<str>),
}

impl Thumbprint {
    /// Wraps the thumbprint of a key, as in `cnf.jkt`.
    pub fn new(value: &str) -> Self {
        Self::Key(Arc::from(value))
    }

    /// Wraps the thumbprint of a certificate, as in `cnf.x5t#S256`.
    pub fn of_certificate(value: &str) -> Self {
        Self::Certificate(Arc::from(value))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(value) => write!(f, "Key({value})"),
            Self::Certificate(value) => write!(f, "Certificate({value})"),
        }
    }
}

/// The proof of possession that came with a request. Which of the three is good enough is for the receiver to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// No `DPoP` header field.
    Absent,
    /// Something that proves nothing: broken, stale, for another request, or seen before.
    Invalid,
    /// Possession of the key or certificate with this thumbprint.
    By(Thumbprint),
}

/// Checks the proofs of one server.
#[derive(Debug)]
pub(crate) struct ProofChecker {
    replay: ReplayCache,
    /// Where proofs have to carry one.
    nonces: Option<Nonces>,
}

/// The proof would do, but for its nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NonceNeeded;

#[derive(Deserialize)]
struct Claims {
    nonce: Option<String>,
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
}

impl ProofChecker {
    /// Checks proofs as configured.
    pub(crate) fn new(config: &DpopConfig, random: &dyn Random) -> Self {
        Self {
            replay: ReplayCache::new(2 * WINDOW + 1),
            nonces: config.require_nonce.then(|| Nonces::new(random)),
        }
    }

    /// Says which nonce the next proof is to carry, where one is needed (RFC 9449 Section 8.2).
    pub(crate) fn offer_nonce(&self, response: &mut Response<Body>, now: u64) {
        if let Some(nonces) = &self.nonces {
            let nonce = HeaderValue::from_str(&nonces.current(now)).expect("a nonce is base64url");
            response.headers_mut().insert("dpop-nonce", nonce);
        }
    }

    /// What the `DPoP` header field of a POST to `url` proves at `now`. Takes the same path whatever the request is
    /// about, so that it cannot tell an unknown code from a foreign one (C-75).
    ///
    /// # Errors
    /// [`NonceNeeded`] for a proof that lacks nothing but a nonce that counts.
    pub(crate) fn examine(
        &self,
        headers: &HeaderMap,
        url: &str,
        now: u64,
    ) -> Result<Proof, NonceNeeded> {
        let mut fields = headers.get_all("dpop").iter();
        let Some(field) = fields.next() else {
            return Ok(Proof::Absent);
        };
        if fields.next().is_some() {
            return Ok(Proof::Invalid);
        }
        let Some((thumbprint, claims)) = field.to_str().ok().and_then(|jwt| check(jwt, url, now))
        else {
            return Ok(Proof::Invalid);
        };
        if let Some(nonces) = &self.nonces
            && !claims
                .nonce
                .is_some_and(|nonce| nonces.accepts(&nonce, now))
        {
            return Err(NonceNeeded);
        }
        // Last, so that nothing but a proof that is good otherwise takes up room.
        Ok(
            match self
                .replay
                .first_sight(&[&thumbprint, &claims.jti, url], now)
            {
                true => Proof::By(Thumbprint::new(&thumbprint)),
                false => Proof::Invalid,
            },
        )
    }
}

/// The thumbprint of the key that made a proof, and what it says, if both are good but for replay and nonce.
fn check(jwt: &str, url: &str, now: u64) -> Option<(String, Claims)> {
    if jwt.len() > LONGEST {
        return None;
    }
    let key = public_key(jwt)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false; // a proof has no `exp`; its age is judged below, on the server's clock
    validation.validate_aud = false;
    let decoding = DecodingKey::from_jwk(&key).ok()?;
    let claims = jsonwebtoken::decode::<Claims>(jwt, &decoding, &validation)
        .ok()?
        .claims;
    let fresh = (claims.iat - now as f64).abs() <= WINDOW as f64;
    if claims.htm != "POST" || !same_target(&claims.htu, url) || !fresh || claims.jti.is_empty() {
        return None;
    }
    Some((key.thumbprint(ThumbprintHash::SHA256).ok()?, claims))
}

/// The key in a proof's header: an EC public key on P-256, in a header of the right type.
fn public_key(jwt: &str) -> Option<Jwk> {
    let encoded = jwt.split('.').next()?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
    let jwk = header.get("jwk")?;
    let right_type = header.get("typ").and_then(Value::as_str) == Some("dpop+jwt");
    // A typed parser would drop private members without a word, so they are looked for in the raw header.
    let private = PRIVATE_MEMBERS
        .iter()
        .any(|member| jwk.get(member).is_some());
    if !right_type || private {
        return None;
    }
    let jwk: Jwk = serde_json::from_value(jwk.clone()).ok()?;
    match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Some(jwk),
        _ => None,
    }
}

/// `htu` names the endpoint without query and fragment; scheme and host compare as URLs do (RFC 9449 Section 4.3).
fn same_target(htu: &str, url: &str) -> bool {
    if htu == url {
        return true;
    }
    let Ok(mut htu) = url::Url::parse(htu) else {
        return false;
    };
    htu.set_query(None);
    htu.set_fragment(None);
    url::Url::parse(url).is_ok_and(|url| url == htu)
}
