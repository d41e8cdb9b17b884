//! What came, against one allowed answer.

use http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::came::{Came, query};
use super::member;
use super::values::Values;
use crate::target::receiver::Received;
use crate::target::transport::Reply;
use crate::vector::format::{Answer, Callback, Redirect, Response};

/// What an answer has to be compared with, besides itself.
pub(super) struct Context<'a> {
    pub(super) values: &'a Values,
    /// The thumbprint of the bound key.
    pub(super) thumbprint: &'a str,
}

/// A rule of an answer that what came does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// What the rule is about: a member, a header field, `status`.
    pub(super) what: String,
    /// Which of a member's rules it is; otherwise nothing.
    pub(super) rule: &'static str,
    /// What it is instead.
    pub(super) is: String,
}

/// What there is to be said against what came.
#[derive(Debug, Default)]
pub(super) struct Differences(Vec<Difference>);

impl Differences {
    /// Notes that `what` is something else, unless it `holds`.
    pub(super) fn rule(&mut self, what: &str, holds: bool, is: impl std::fmt::Display) {
        self.of_member(what, "", holds, is);
    }

    /// The same for one of the rules of a member.
    pub(super) fn of_member(
        &mut self,
        what: &str,
        rule: &'static str,
        holds: bool,
        is: impl std::fmt::Display,
    ) {
        if !holds {
            self.0.push(Difference {
                what: what.to_owned(),
                rule,
                is: is.to_string(),
            });
        }
    }
}

/// Why what came is not this answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// It is another sort of thing.
    Sort(&'static str),
    /// These rules do not hold.
    Rules(Vec<Difference>),
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mismatch::Sort(what) => f.write_str(what),
            Mismatch::Rules(differences) => {
                for (at, difference) in differences.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{} is {}", difference.what, difference.is)?;
                }
                Ok(())
            }
        }
    }
}

/// Why what came is not this answer; nothing if it is.
pub(super) fn differs(answer: &Answer, came: &Came, context: &Context<'_>) -> Result<(), Mismatch> {
    let mut differences = Differences::default();
    match (answer, came) {
        (Answer::Silence, Came::Silence) => {}
        (Answer::Response(rule), Came::Reply(reply)) => {
            response(&mut differences, rule, reply, came, context)
        }
        (Answer::Redirect(rule), Came::Reply(reply)) => {
            redirect(&mut differences, rule, reply, came, context)
        }
        (Answer::AuthorizationRefused, Came::Reply(reply)) => {
            let refused = (400..500).contains(&reply.status) || query(reply).contains_key("error");
            differences.rule("status", refused, reply.status);
        }
        (Answer::Callback(rule), Came::Callback(received)) => {
            callback(&mut differences, rule, received, came, context)
        }
        (Answer::Visited(rule), Came::Visited(served)) => {
            differences.rule("served", rule.served == *served, served);
        }
        (Answer::Presented(rule), Came::Presented(good)) => {
            differences.rule("good", rule.good == *good, good);
        }
        (_, Came::Silence) => return Err(Mismatch::Sort("nothing came")),
        (Answer::Silence, _) => return Err(Mismatch::Sort("something came")),
        _ => return Err(Mismatch::Sort("another sort of answer came")),
    }
    match differences.0 {
        none if none.is_empty() => Ok(()),
        some => Err(Mismatch::Rules(some)),
    }
}

fn response(
    differences: &mut Differences,
    rule: &Response,
    reply: &Reply,
    came: &Came,
    context: &Context<'_>,
) {
    differences.rule("status", rule.status.contains(&reply.status), reply.status);
    if let Some(wanted) = &rule.media_type {
        media_type(differences, &reply.headers, wanted);
    }
    for (name, field) in &rule.headers {
        let values = reply.headers.get_all(name).iter();
        let mut values = values.filter_map(|value| value.to_str().ok());
        let there = values.any(|value| value.to_ascii_lowercase().contains(&field.contains));
        differences.rule(name, there, format!("without {}", field.contains));
    }
    let members = came.members();
    body(differences, &rule.members, &rule.without, &members, context);
    // Whatever explains an error is a string (RFC 6749 Section 5.2).
    for name in ["error_description", "error_uri"] {
        let text = members.get(name).is_none_or(Value::is_string);
        differences.rule(name, text, "no string");
    }
}

fn redirect(
    differences: &mut Differences,
    rule: &Redirect,
    reply: &Reply,
    came: &Came,
    context: &Context<'_>,
) {
    let redirects = (300..400).contains(&reply.status);
    differences.rule("status", redirects, reply.status);
    body(
        differences,
        &rule.query,
        &rule.without,
        &came.members(),
        context,
    );
}

fn callback(
    differences: &mut Differences,
    rule: &Callback,
    received: &Received,
    came: &Came,
    context: &Context<'_>,
) {
    let method = received.method.as_str();
    differences.rule("method", method == rule.method, method);
    media_type(differences, &received.headers, &rule.media_type);
    let authorization = received.headers.get(header::AUTHORIZATION);
    match &rule.bearer {
        None => differences.rule("bearer", authorization.is_none(), "there"),
        Some(bearer) => {
            let presented = authorization
                .and_then(|value| value.to_str().ok()?.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            let right = match (presented, context.values.fill(bearer)) {
                (Some((_, token)), Ok(bearer)) => token == bearer,
                _ => false,
            };
            let is = presented.map_or("absent", |_| "another one");
            differences.rule("bearer", right, is);
        }
    }
    for name in &rule.headers_without {
        differences.rule(name, !received.headers.contains_key(name), "there");
    }
    for value in &rule.url_without {
        let filled = context.values.fill(value);
        let hidden = filled.is_ok_and(|text| !received.uri.contains(&text));
        differences.rule("url", hidden, format!("with {value}"));
    }
    body(
        differences,
        &rule.members,
        &rule.without,
        &came.members(),
        context,
    );
}

fn body<'a>(
    differences: &mut Differences,
    rules: impl IntoIterator<Item = (&'a String, &'a crate::vector::format::Member)>,
    without: &[String],
    members: &Map<String, Value>,
    context: &Context<'_>,
) {
    for (name, rule) in rules {
        member::check(differences, name, rule, members, context);
    }
    for name in without {
        differences.rule(name, !members.contains_key(name), "there");
    }
}

fn media_type(differences: &mut Differences, headers: &HeaderMap, wanted: &str) {
    let value = headers.get(header::CONTENT_TYPE);
    let found = value.and_then(|value| value.to_str().ok()?.split(';').next());
    let found = found.map(str::trim);
    let is = found.unwrap_or("absent");
    differences.rule("media_type", found == Some(wanted), is);
}
