//! The token response (Sections 6.5.2 and 11.1, and Section 5.1 of RFC 6749).

use dtr_model::draft::Draft;
use serde_json::{Map, Value};

use crate::driver::log::Log;
use crate::driver::response::Response;
use crate::jwt::claims;

/// Members that only a token response may have.
pub(in crate::driver) const CREDENTIALS: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// By how many seconds a token's own lifetime may differ from the announced one.
const TOLERANCE: u64 = 5;

/// What a token response should be like.
#[derive(Debug, Clone, Copy)]
pub(in crate::driver) struct Expected<'a> {
    /// The thumbprint of the key it is bound to, if the code was bound.
    pub(in crate::driver) key: Option<&'a str>,
    /// The identical response was seen before, some time ago.
    pub(in crate::driver) again: bool,
}

/// All that can be said about a token response by itself.
pub(in crate::driver) fn check(
    log: &mut Log,
    response: &Response<'_>,
    draft: &Draft,
    expected: Expected<'_>,
) {
    for name in ["access_token", "token_type"] {
        let usable = response.text(name).is_some_and(|text| !text.is_empty());
        log.check("K-6.5.2-01", usable, || {
            format!("no usable {name}: {}", response.show(name))
        });
    }
    if !response.is_json() {
        log.complain(
            "K-6.5.2-01",
            "the token response is not application/json".to_owned(),
        );
    }
    if response.has("scope") && response.text("scope").is_none() {
        let detail = format!("scope is not a string: {}", response.show("scope"));
        log.complain("K-6.5.2-01", detail);
    }
    let claims = response.text("access_token").and_then(claims);
    lifetime(log, response, claims.as_ref(), expected.again);
    never_deferred(log, response, draft);
    if let Some(key) = expected.key {
        bound(log, response, claims.as_ref(), key);
    }
}

/// `expires_in` is the token's lifetime, not the code's.
fn lifetime(
    log: &mut Log,
    response: &Response<'_>,
    claims: Option<&Map<String, Value>>,
    again: bool,
) {
    let Some(announced) = response.members.get("expires_in") else {
        return;
    };
    let seconds = announced.as_u64().filter(|seconds| *seconds > 0);
    let claim = |name: &str| claims?.get(name)?.as_u64();
    let own = match (claim("iat"), claim("exp")) {
        (Some(issued), Some(expires)) if !again => Some(expires.saturating_sub(issued)),
        _ => None,
    };
    let fits = match (seconds, own) {
        (None, _) => false,
        (Some(seconds), Some(own)) => seconds.abs_diff(own) <= TOLERANCE,
        (Some(_), None) => true,
    };
    log.check("K-6.5.2-03", fits, || match own {
        Some(own) => format!("expires_in is {announced}, but the token lives for {own} seconds"),
        None => format!("expires_in is not a positive number of seconds: {announced}"),
    });
}

/// A token response is never a deferred response.
fn never_deferred(log: &mut Log, response: &Response<'_>, draft: &Draft) {
    let typed = ["issued_token_type", "token_type"]
        .into_iter()
        .find(|name| response.text(name) == Some(draft.deferral_code_type));
    let culprit = match typed {
        Some(name) => Some(name),
        None => response
            .has(draft.deferral_code)
            .then_some(draft.deferral_code),
    };
    log.check("DTR-6.5.2-01", culprit.is_none(), || {
        let name = culprit.unwrap_or_default();
        format!("a token response with {name} {}", response.show(name))
    });
}

/// The token is bound to the key of the initial request.
fn bound(log: &mut Log, response: &Response<'_>, claims: Option<&Map<String, Value>>, key: &str) {
    let dpop = response
        .text("token_type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("DPoP"));
    log.check("DTR-11.1-07", dpop, || {
        format!(
            "the code is bound to a key, but token_type is {}",
            response.show("token_type")
        )
    });
    if let Some(claims) = claims {
        let confirmed = claims
            .get("cnf")
            .and_then(|cnf| cnf.get("jkt"))
            .and_then(Value::as_str);
        log.check("DTR-11.1-07", confirmed == Some(key), || {
            format!(
                "the token's cnf.jkt is {}, not {key}",
                confirmed.unwrap_or("absent")
            )
        });
    }
}

/// Where the code was bound to no key, the token is the grant's own matter: it is bound to no key either.
pub(in crate::driver) fn unbound(log: &mut Log, response: &Response<'_>) {
    let claims = response.text("access_token").and_then(claims);
    let key = claims
        .as_ref()
        .and_then(|claims| claims.get("cnf")?.get("jkt"));
    let dpop = response
        .text("token_type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("DPoP"));
    log.check("K-11.1-01", key.is_none() && !dpop, || {
        let name = response.show("token_type");
        format!("the code is bound to no key, but the token is (token_type {name})")
    });
}
