//! A member of what came, against its rules.

use serde_json::{Map, Value};
use url::Url;

use super::matching::{Context, Differences};
use crate::json::{number_as_text, whole_number};
use crate::jwt::claims;
use crate::vector::format::{Member, MemberType, Presence, ScopeRelation};

/// By how many seconds a token's own lifetime may differ from the announced one.
const TOLERANCE: u64 = 5;

/// Holds a member against its rules.
pub(super) fn check(
    differences: &mut Differences,
    name: &str,
    rule: &Member,
    members: &Map<String, Value>,
    context: &Context<'_>,
) {
    let Some(value) = members.get(name) else {
        let optional = rule.presence == Presence::Optional;
        return differences.of_member(name, "presence", optional, "absent");
    };
    let text = value.as_str();
    let mut holds = |which: &'static str, holds: bool, is: &dyn std::fmt::Display| {
        differences.of_member(name, which, holds, is);
    };
    if let Some(kind) = rule.kind {
        holds("type", is_a(value, kind), value);
    }
    let number = number_as_text(value);
    let listed = |list: &[String]| {
        let mut known = list
            .iter()
            .filter_map(|known| context.values.fill(known).ok());
        known.any(|known| match text.or(number.as_deref()) {
            Some(text) if rule.any_case => known.eq_ignore_ascii_case(text),
            text => text == Some(known.as_str()),
        })
    };
    if !rule.one_of.is_empty() {
        holds("one_of", listed(&rule.one_of), value);
    }
    holds("none_of", !listed(&rule.none_of), value);
    if let Some(least) = rule.min_length {
        let enough = text.is_some_and(|text| text.chars().count() >= least);
        holds("min_length", enough, &"too short");
    }
    if rule.fresh {
        let fresh = text.is_some_and(|text| !context.values.was_seen(name, text));
        holds("fresh", fresh, &"seen before");
    }
    if let Some(scope) = &rule.scope {
        let related = match (text, context.values.fill(&scope.of)) {
            (Some(text), Ok(other)) => relates(text, scope.is, &other),
            _ => false,
        };
        holds("scope", related, value);
    }
    if let Some(bound) = rule.bound {
        let wanted = bound.then_some(context.thumbprint);
        let key = text.and_then(claims).map(|claims| confirmed(&claims));
        let right = key.is_none_or(|key| key.as_deref() == wanted);
        holds("bound", right, &"bound to another key, or to none");
    }
    if rule.lifetime_of_token {
        let token = members.get("access_token").and_then(Value::as_str);
        let own = token.and_then(claims).and_then(|claims| lifetime(&claims));
        let fits =
            own.is_none_or(|own| whole_number(value).is_some_and(|n| n.abs_diff(own) <= TOLERANCE));
        holds("lifetime_of_token", fits, value);
    }
    if let Some(wanted) = &rule.includes {
        let found = value
            .as_array()
            .is_some_and(|list| list.iter().any(|item| item == wanted));
        holds("includes", found, value);
    }
    if let Some(characters) = rule.characters {
        let plain = text.is_some_and(|text| characters.hold(text));
        holds("characters", plain, value);
    }
    if rule.opaque {
        let opaque = text.is_some_and(|text| !text.contains(char::is_whitespace));
        holds("opaque", opaque, value);
    }
    if rule.tells_no_secret {
        let told = text.is_some_and(|text| context.values.secrets().any(|s| text.contains(s)));
        holds("tells_no_secret", !told, value);
    }
    if rule.names_nobody {
        holds("names_nobody", !text.is_some_and(names_somebody), value);
    }
}

fn is_a(value: &Value, kind: MemberType) -> bool {
    match kind {
        MemberType::String => value.as_str().is_some_and(|text| !text.is_empty()),
        MemberType::Seconds => whole_number(value).is_some(),
        MemberType::True => *value == Value::Bool(true),
        MemberType::Uri => parses(value, None),
        // What is no URI may be relative: then it is one from somewhere.
        MemberType::UriReference => parses(value, Url::parse("https://base.example/").ok()),
        MemberType::HttpsUri => {
            let uri = value.as_str().and_then(|text| Url::parse(text).ok());
            uri.is_some_and(|uri| {
                uri.scheme() == "https" && uri.has_host() && uri.fragment().is_none()
            })
        }
    }
}

fn parses(value: &Value, base: Option<Url>) -> bool {
    let parsed = |text| Url::options().base_url(base.as_ref()).parse(text);
    value.as_str().is_some_and(|text| parsed(text).is_ok())
}

fn relates(scope: &str, is: ScopeRelation, other: &str) -> bool {
    let within = |part: &str, whole: &str| {
        part.split_ascii_whitespace()
            .all(|value| whole.split_ascii_whitespace().any(|known| known == value))
    };
    within(scope, other) && within(other, scope) == (is == ScopeRelation::Same)
}

/// The key that a token confirms (RFC 9449 Section 6.1).
fn confirmed(claims: &Map<String, Value>) -> Option<String> {
    claims.get("cnf")?.get("jkt")?.as_str().map(str::to_owned)
}

fn lifetime(claims: &Map<String, Value>) -> Option<u64> {
    let (issued, expires) = (claims.get("iat")?.as_u64()?, claims.get("exp")?.as_u64()?);
    Some(expires.saturating_sub(issued))
}

/// Whether there is an e-mail address in a text. Other personal data cannot be told from other words.
fn names_somebody(text: &str) -> bool {
    text.split_ascii_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.trim_end_matches(['.', ',']).contains('.')
        })
    })
}
