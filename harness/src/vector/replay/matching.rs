//! What came, against one allowed answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use serde_json::{Map, Value};
use url::Url;

use super::values::Values;
use crate::target::receiver::Received;
use crate::target::transport::Reply;
use crate::vector::format::{
    Answer, Callback, Member, MemberType, Presence, Response, ScopeRelation,
};

/// What came of a step.
#[derive(Debug)]
pub(super) enum Came {
    /// A response.
    Reply(Reply),
    /// A callback.
    Callback(Box<Received>),
    /// Nothing, where nothing may come.
    Silence,
}

/// What an answer has to be compared with, besides itself.
pub(super) struct Context<'a> {
    pub(super) values: &'a Values,
    /// The thumbprint of the bound key.
    pub(super) thumbprint: &'a str,
}

impl Came {
    /// The members that came: of a body, or of the query of a redirect.
    pub(super) fn members(&self) -> Map<String, Value> {
        match self {
            Came::Reply(reply) if (300..400).contains(&reply.status) => query(reply),
            Came::Reply(reply) => serde_json::from_slice(&reply.body).unwrap_or_default(),
            Came::Callback(callback) => serde_json::from_slice(&callback.body).unwrap_or_default(),
            Came::Silence => Map::new(),
        }
    }

    /// In a line.
    pub(super) fn in_words(&self) -> String {
        match self {
            Came::Reply(reply) => {
                let body: String = String::from_utf8_lossy(&reply.body)
                    .chars()
                    .take(200)
                    .collect();
                format!("status {} {body}", reply.status)
            }
            Came::Callback(callback) => format!("a callback: {} {}", callback.method, callback.uri),
            Came::Silence => "nothing".to_owned(),
        }
    }
}

/// Why what came is not this answer; nothing if it is.
pub(super) fn differs(answer: &Answer, came: &Came, context: &Context<'_>) -> Result<(), String> {
    match (answer, came) {
        (Answer::Silence, Came::Silence) => Ok(()),
        (Answer::Response(rule), Came::Reply(reply)) => response(rule, reply, came, context),
        (Answer::Redirect(rule), Came::Reply(reply)) => {
            same("status", (300..400).contains(&reply.status), reply.status)?;
            rule.query
                .iter()
                .try_for_each(|(name, rule)| member(name, rule, &came.members(), context))
        }
        (Answer::AuthorizationRefused, Came::Reply(reply)) => {
            let refused = (400..500).contains(&reply.status) || query(reply).contains_key("error");
            same("status", refused, reply.status)
        }
        (Answer::Callback(rule), Came::Callback(received)) => {
            callback(rule, received, came, context)
        }
        (_, Came::Silence) => Err("nothing came".to_owned()),
        (Answer::Silence, _) => Err("something came".to_owned()),
        _ => Err("another sort of answer came".to_owned()),
    }
}

fn response(
    rule: &Response,
    reply: &Reply,
    came: &Came,
    context: &Context<'_>,
) -> Result<(), String> {
    same("status", rule.status.contains(&reply.status), reply.status)?;
    if let Some(wanted) = &rule.media_type {
        media_type(&reply.headers, wanted)?;
    }
    for (name, field) in &rule.headers {
        let mut values = reply
            .headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let there = values.any(|value| value.to_ascii_lowercase().contains(&field.contains));
        same(name, there, format!("without {}", field.contains))?;
    }
    body(&rule.members, &rule.without, came, context)?;
    descriptions(&came.members())
}

fn callback(
    rule: &Callback,
    received: &Received,
    came: &Came,
    context: &Context<'_>,
) -> Result<(), String> {
    same(
        "method",
        received.method.as_str() == rule.method,
        &received.method,
    )?;
    media_type(&received.headers, &rule.media_type)?;
    let bearer = context.values.fill(&rule.bearer)?;
    let presented = received
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let presented = presented.and_then(|value| value.split_once(' '));
    let right = presented
        .is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && token == bearer);
    same(
        "bearer",
        right,
        if presented.is_some() {
            "another one"
        } else {
            "absent"
        },
    )?;
    for value in &rule.url_without {
        let hidden = !received.uri.contains(&context.values.fill(value)?);
        same("the URL", hidden, format!("with {value}"))?;
    }
    body(&rule.members, &rule.without, came, context)
}

fn body<'a>(
    rules: impl IntoIterator<Item = (&'a String, &'a Member)>,
    without: &[String],
    came: &Came,
    context: &Context<'_>,
) -> Result<(), String> {
    let members = came.members();
    for (name, rule) in rules {
        member(name, rule, &members, context)?;
    }
    for name in without {
        same(name, !members.contains_key(name), "there")?;
    }
    Ok(())
}

fn member(
    name: &str,
    rule: &Member,
    members: &Map<String, Value>,
    context: &Context<'_>,
) -> Result<(), String> {
    let Some(value) = members.get(name) else {
        return same(name, rule.presence == Presence::Optional, "absent");
    };
    let text = value.as_str();
    if let Some(kind) = rule.kind {
        same(name, is_a(value, kind), value)?;
    }
    if !rule.one_of.is_empty() {
        let mut known = rule.one_of.iter().map(|known| context.values.fill(known));
        let found = known.any(|known| match (known, text) {
            (Ok(known), Some(text)) if rule.any_case => known.eq_ignore_ascii_case(text),
            (Ok(known), Some(text)) => known == text,
            _ => false,
        });
        same(name, found, value)?;
    }
    same(
        name,
        text.is_none_or(|text| rule.none_of.iter().all(|none| none != text)),
        value,
    )?;
    if let Some(least) = rule.min_length {
        same(
            name,
            text.is_some_and(|text| text.chars().count() >= least),
            "too short",
        )?;
    }
    if rule.fresh {
        same(
            name,
            text.is_some_and(|text| !context.values.was_seen(name, text)),
            "seen before",
        )?;
    }
    if let Some(scope) = &rule.scope {
        let other = context.values.fill(&scope.of)?;
        same(
            name,
            text.is_some_and(|text| relates(text, scope.is, &other)),
            value,
        )?;
    }
    if rule.bound {
        let key = text.and_then(confirmed);
        same(
            "cnf.jkt",
            key.is_none_or(|key| key.as_deref() == Some(context.thumbprint)),
            "another key",
        )?;
    }
    Ok(())
}

/// What is wrong with `what`, unless it `holds`.
fn same(what: &str, holds: bool, is: impl std::fmt::Display) -> Result<(), String> {
    match holds {
        true => Ok(()),
        false => Err(format!("{what} is {is}")),
    }
}

fn media_type(headers: &HeaderMap, wanted: &str) -> Result<(), String> {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let found = value
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    same(
        "the media type",
        found == Some(wanted),
        found.unwrap_or("absent"),
    )
}

/// In every response: what explains an error is a string (RFC 6749 Section 5.2).
fn descriptions(members: &Map<String, Value>) -> Result<(), String> {
    ["error_description", "error_uri"]
        .into_iter()
        .try_for_each(|name| {
            same(
                name,
                members.get(name).is_none_or(Value::is_string),
                "no string",
            )
        })
}

fn is_a(value: &Value, kind: MemberType) -> bool {
    match kind {
        MemberType::String => value.as_str().is_some_and(|text| !text.is_empty()),
        MemberType::PositiveInteger => value.as_u64().is_some_and(|number| number > 0),
        MemberType::HttpsUri => {
            let uri = value.as_str().and_then(|text| Url::parse(text).ok());
            uri.is_some_and(|uri| {
                uri.scheme() == "https" && uri.has_host() && uri.fragment().is_none()
            })
        }
    }
}

fn relates(scope: &str, is: ScopeRelation, other: &str) -> bool {
    let within = |part: &str, whole: &str| {
        part.split_ascii_whitespace()
            .all(|value| whole.split_ascii_whitespace().any(|known| known == value))
    };
    within(scope, other) && within(other, scope) == (is == ScopeRelation::Same)
}

/// The key that a token confirms (RFC 9449 Section 6.1), if the token is a JWT.
fn confirmed(token: &str) -> Option<Option<String>> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(
        claims
            .pointer("/cnf/jkt")
            .and_then(Value::as_str)
            .map(str::to_owned),
    )
}

fn query(reply: &Reply) -> Map<String, Value> {
    let location = reply
        .headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let location = location.and_then(|value| Url::parse(value).ok());
    let pairs = location.iter().flat_map(|url| url.query_pairs());
    pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}
