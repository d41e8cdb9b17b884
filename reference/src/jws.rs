//! JWTs that peers sign: ES256, by a key known beforehand. Nothing in a JWT chooses its own key or algorithm.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Longest JWT looked at, in octets.
const LONGEST: usize = 16 * 1024;

/// Most seconds until the end of a JWT that is good for one use.
pub(crate) const LONGEST_VALIDITY: u64 = 3600;

/// A JWT may come from a clock that is this many seconds ahead.
const LEEWAY: f64 = 60.0;

/// The claims of a JWT that one of `keys` signed and whose `typ` is one of `types`, or absent if that is one of them.
/// `None` for anything else, `alg: none` included.
pub(crate) fn claims<C: DeserializeOwned>(
    jwt: &str,
    keys: &JwkSet,
    types: &[Option<&str>],
) -> Option<C> {
    if jwt.len() > LONGEST {
        return None;
    }
    let header = jsonwebtoken::decode_header(jwt).ok()?;
    let right_type = types.iter().any(|known| match (known, &header.typ) {
        (Some(known), Some(typ)) => known.eq_ignore_ascii_case(typ),
        (None, None) => true,
        _ => false,
    });
    // An extension that must be understood is one too many.
    if !right_type || header.crit.is_some() {
        return None;
    }
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    // Times and audiences are judged on the server's clock, by `Times` and `Audience`.
    validation.validate_exp = false;
    validation.validate_aud = false;
    keys.keys
        .iter()
        .filter(|key| is_p256(key) && (header.kid.is_none() || header.kid == key.common.key_id))
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| jsonwebtoken::decode::<C>(jwt, &key, &validation).ok())
        .map(|verified| verified.claims)
}

fn is_p256(key: &Jwk) -> bool {
    matches!(&key.algorithm, AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256)
}

/// From when until when a JWT counts (RFC 7519 Section 4.1), in seconds since the Unix epoch.
#[derive(Debug, Deserialize)]
pub(crate) struct Times {
    exp: Option<f64>,
    nbf: Option<f64>,
}

impl Times {
    /// Whether the JWT counts at `now`. One without `exp` counts for ever.
    pub(crate) fn include(&self, now: u64) -> bool {
        let now = now as f64;
        self.exp.is_none_or(|exp| now < exp) && self.nbf.is_none_or(|nbf| nbf <= now + LEEWAY)
    }
}

impl Times {
    /// Whether a JWT that is good for one use counts at `now`: it has to end, and within [`LONGEST_VALIDITY`], so that
    /// it need not be remembered for ever.
    pub(crate) fn include_shortly(&self, now: u64) -> bool {
        let latest = now.saturating_add(LONGEST_VALIDITY) as f64;
        self.include(now) && self.exp.is_some_and(|exp| exp <= latest)
    }
}

/// The `sub` that a JWT claims, unverified: whose keys to verify it with.
pub(crate) fn claimed_subject(jwt: &str) -> Option<String> {
    let claimed = unverified(jwt, 1)?;
    claimed.get("sub")?.as_str().map(Into::into)
}

/// What a part of a JWT says, unverified: the first is its header, the second its claims.
pub(crate) fn unverified(jwt: &str, part: usize) -> Option<Map<String, Value>> {
    let encoded = jwt.split('.').nth(part)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// Whom a JWT is for (RFC 7519 Section 4.1.3).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    /// One string.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// Whether `name` is among them.
    pub(crate) fn includes(&self, name: &str) -> bool {
        match self {
            Self::One(only) => only == name,
            Self::Many(several) => several.iter().any(|one| one == name),
        }
    }
}
