//! What AROP asks of a token that came of an approval, and the transaction challenge of one that answers to it.

use serde_json::{Map, Value};

use super::token::{claims, expiry};
use crate::driver::log::Log;
use crate::driver::response::Response;
use crate::target::resource::Resource;

/// Ids of the rows.
const BOUNDED: &str = "AROP-7.4-BOUND";
const SINGLE_USE: &str = "AROP-7.4-SINGLE";
const DETAILS: &str = "TXN-DETAILS";
const LIMITED: &str = "TXN-LIMITED";
const TXN: &str = "TXN-TXN";
const AUDIENCE: &str = "TXN-AUD";
const BOUND_DETAILS: &str = "TXN-BOUND";

/// A token ends no later than the approval, `until` by the server's clock at `now`, both in seconds (AROP Section 7.4).
pub(in crate::driver) fn bounded(log: &mut Log, response: &Response<'_>, now: u64, until: u64) {
    let announced = response.seconds("expires_in");
    let own = response.text("access_token").and_then(expiry);
    let ends = [announced.map(|seconds| now.saturating_add(seconds)), own];
    let end = ends.into_iter().flatten().max();
    log.check(BOUNDED, end.is_some_and(|end| end <= until), || match end {
        Some(end) => format!("the token outlives its approval by {} s", end - until),
        None => "the token says nothing of when it ends".to_owned(),
    });
}

/// A token that answers to a challenge is good for that transaction at that resource, and once (Transaction Challenge
/// Sections 5.4 and 6, AROP Section 7.4). What a token says is seen if it is a JWT.
pub(in crate::driver) fn answers(
    log: &mut Log,
    response: &Response<'_>,
    txn: &str,
    resource: &Resource,
) {
    let details = response.members.get("authorization_details");
    log.check(
        DETAILS,
        details.is_some_and(|d| within(d, resource)),
        || {
            let shown = response.show("authorization_details");
            format!("authorization_details are not within what was challenged for: {shown}")
        },
    );
    let refresh = response.has("refresh_token");
    log.check(SINGLE_USE, !refresh, || {
        "a refresh token came with a token for one transaction".to_owned()
    });
    let lifetime = response.seconds("expires_in");
    log.check(LIMITED, lifetime.is_some_and(|seconds| seconds > 0), || {
        let shown = response.show("expires_in");
        format!("expires_in is no positive number of seconds: {shown}")
    });
    if let Some(claims) = response.text("access_token").and_then(claims) {
        log.check(TXN, claims.get("txn").is_some_and(|c| c == txn), || {
            format!("the token's txn is {}, not {txn}", shown(&claims, "txn"))
        });
        log.check(AUDIENCE, is_for(&claims, &resource.id), || {
            let aud = shown(&claims, "aud");
            format!("the token's aud is {aud}, not {}", resource.id)
        });
        let inside = claims.get("authorization_details");
        log.check(BOUND_DETAILS, inside.is_some_and(|d| within(d, resource)), || {
            let shown = shown(&claims, "authorization_details");
            format!("the token's authorization_details are not within what was challenged for: {shown}")
        });
    }
}

/// Whether each of these was asked for. What is there besides narrows it.
fn within(details: &Value, resource: &Resource) -> bool {
    let asked = resource.details();
    let asked = asked.as_array().into_iter().flatten();
    let asked: Vec<_> = asked.filter_map(Value::as_object).collect();
    let granted = details.as_array().filter(|granted| !granted.is_empty());
    granted.is_some_and(|granted| {
        granted.iter().all(|one| {
            let one = one.as_object();
            one.is_some_and(|one| asked.iter().any(|asked| is_part(one, asked)))
        })
    })
}

/// Whether every member that was asked for is there, and lists no more than was asked for.
fn is_part(granted: &Map<String, Value>, asked: &Map<String, Value>) -> bool {
    asked
        .iter()
        .all(|(name, asked)| match (granted.get(name), asked) {
            (Some(Value::Array(granted)), Value::Array(asked)) => {
                granted.iter().all(|value| asked.contains(value))
            }
            (Some(granted), asked) => granted == asked,
            (None, _) => false,
        })
}

fn is_for(claims: &Map<String, Value>, resource: &str) -> bool {
    match claims.get("aud") {
        Some(Value::Array(all)) => all.len() == 1 && all[0] == resource,
        one => one.is_some_and(|one| one == resource),
    }
}

fn shown(claims: &Map<String, Value>, name: &str) -> String {
    claims
        .get(name)
        .map_or("absent".to_owned(), Value::to_string)
}
