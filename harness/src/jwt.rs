//! What a JWT says, whoever signed it (RFC 7519), and how long a token is good. Its signature is for those it is meant for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::json::whole_number;

/// The claims of a token that is a JWT.
pub(crate) fn claims(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// Until when the token of a response is good that came at `now`, both in seconds since the Unix epoch: by `exp` of a JWT,
/// which a resource server goes by, or by `expires_in`, which a client goes by. The later one is what is promised.
pub(crate) fn good_until(response: &Map<String, Value>, now: u64) -> Option<u64> {
    let announced = response.get("expires_in").and_then(whole_number);
    let announced = announced.map(|seconds| now.saturating_add(seconds));
    let token = response.get("access_token").and_then(Value::as_str);
    let own = token.and_then(|token| claims(token)?.get("exp")?.as_u64());
    announced.max(own)
}
