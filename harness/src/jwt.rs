//! What a JWT says, whoever signed it (RFC 7519). Its signature is for those it is meant for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The claims of a token that is a JWT.
pub(crate) fn claims(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// When a token says itself that it is over, in seconds since the Unix epoch: `exp` of a JWT.
pub(crate) fn expiry(token: &str) -> Option<u64> {
    claims(token)?.get("exp")?.as_u64()
}
