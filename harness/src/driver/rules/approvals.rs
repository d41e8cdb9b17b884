//! What AROP asks of a token that came of an approval, and the transaction challenge of one that answers to it.

use serde_json::{Map, Value};

use crate::driver::log::Log;
use crate::driver::response::Response;
use crate::jwt::{claims, good_until};
use crate::target::resource::Resource;

/// Members of AuthZEN's messages, which are none of a client's business (AROP Sections 3 and 8).
const INSIDE: [&str; 8] = [
    "access_request",
    "approval",
    "approved_until",
    "binding_token",
    "context",
    "decision",
    "evaluation_id",
    "task",
];

/// No answer has anything of what the server and its policy say to each other.
pub(in crate::driver) fn nothing_inside(log: &mut Log, response: &Response<'_>) {
    let told = INSIDE.iter().find(|name| response.has(name));
    log.check("AROP-8-01", told.is_none(), || {
        let name = told.copied().unwrap_or_default();
        format!("a client is told {name}: {}", response.show(name))
    });
}

/// What was asked for besides a scope is in what is granted, and no more (RFC 9396 Section 7, RFC 8707 Section 2).
pub(in crate::driver) fn granted(log: &mut Log, response: &Response<'_>, asked: &Besides) {
    if let Some(details) = &asked.details {
        let granted = response.members.get("authorization_details");
        log.check(
            "AROP-9.2-06",
            granted.is_some_and(|g| within(g, details)),
            || {
                let shown = response.show("authorization_details");
                format!("authorization_details are not within what was asked for: {shown}")
            },
        );
    }
    if let (Some(resource), Some(claims)) = (
        &asked.resource,
        response.text("access_token").and_then(claims),
    ) {
        log.check("AROP-3-02", is_for(&claims, resource), || {
            let aud = shown(&claims, "aud");
            format!("the token's aud is {aud}, not {resource}")
        });
    }
}

/// What a request asks for besides a scope.
#[derive(Debug, Clone, Default)]
pub(in crate::driver) struct Besides {
    /// `authorization_details` (RFC 9396).
    details: Option<Value>,
    /// `resource`, if there is one (RFC 8707).
    resource: Option<String>,
}

impl Besides {
    /// What these parameters ask for.
    pub(in crate::driver) fn of(parameters: &[(String, String)]) -> Self {
        let named = |wanted: &str| {
            let mut found = parameters.iter().filter(|(name, _)| name == wanted);
            found.next().map(|(_, value)| value.as_str())
        };
        Self {
            details: named("authorization_details")
                .and_then(|text| serde_json::from_str(text).ok()),
            resource: named("resource").map(str::to_owned),
        }
    }
}

/// A token ends no later than the approval, `until` by the server's clock at `now`, both in seconds (AROP Section 7.4);
/// `row` is that of a first token or that of what it was renewed for.
pub(in crate::driver) fn bounded(
    log: &mut Log,
    row: &'static str,
    response: &Response<'_>,
    now: u64,
    until: u64,
) {
    let end = good_until(&response.members, now);
    log.check(row, end.is_some_and(|end| end <= until), || match end {
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
    let asked = resource.details();
    let details = response.members.get("authorization_details");
    log.check(
        "TXN-5.4-05",
        details.is_some_and(|d| within(d, &asked)),
        || {
            let shown = response.show("authorization_details");
            format!("authorization_details are not within what was challenged for: {shown}")
        },
    );
    let refresh = response.has("refresh_token");
    log.check("AROP-7.4-13", !refresh, || {
        "a refresh token came with a token for one transaction".to_owned()
    });
    let lifetime = response.seconds("expires_in");
    log.check(
        "TXN-6-05",
        lifetime.is_some_and(|seconds| seconds > 0),
        || {
            let shown = response.show("expires_in");
            format!("expires_in is no positive number of seconds: {shown}")
        },
    );
    if let Some(claims) = response.text("access_token").and_then(claims) {
        log.check(
            "TXN-5.4-06",
            claims.get("txn").is_some_and(|c| c == txn),
            || format!("the token's txn is {}, not {txn}", shown(&claims, "txn")),
        );
        log.check("TXN-5.4-08", is_for(&claims, &resource.id), || {
            let aud = shown(&claims, "aud");
            format!("the token's aud is {aud}, not {}", resource.id)
        });
        let inside = claims.get("authorization_details");
        log.check("TXN-5.4-07", inside.is_some_and(|d| within(d, &asked)), || {
            let shown = shown(&claims, "authorization_details");
            format!("the token's authorization_details are not within what was challenged for: {shown}")
        });
    }
}

/// Whether each of these was asked for. What is there besides narrows it.
fn within(details: &Value, asked: &Value) -> bool {
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
