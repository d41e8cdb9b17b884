//! What answers say of requirements: the text has such requirements, and the rules that are to carry them out.

use std::collections::BTreeMap;
use std::path::Path;

use dtr_model::requirement::Edition;
use serde_json::Value;

use super::{Notes, Rule};
use crate::vector::format::{Answer, Answers, Member};

/// Checks what every answer says it carries out.
pub(super) fn check(notes: &mut Notes, path: &Path, answers: &Answers, ledger: &Edition) {
    for (name, answer) in &answers.answers {
        for (id, rules) in answer.requirements().into_iter().flatten() {
            let sort = answer.sort();
            let pointer = format!("/answers/{name}/{sort}/requirements/{id}");
            if ledger.row(id).is_none() {
                let detail = format!("{} has no requirement {id}", ledger.id());
                notes.complain(path, &pointer, Rule::Requirement, detail);
            }
            for rule in rules.iter().filter(|rule| !has_rule(answer, rule)) {
                let detail = format!("the answer has no rule `{rule}`");
                notes.complain(path, &pointer, Rule::Requirement, detail);
            }
        }
    }
}

fn has_rule(answer: &Answer, rule: &str) -> bool {
    let absent = |without: &[String]| without.iter().any(|name| name == rule);
    match answer {
        Answer::Response(response) => {
            rule == "status"
                || (rule == "media_type" && response.media_type.is_some())
                || response.headers.contains_key(rule)
                || absent(&response.without)
                || of_member(&response.members, rule)
        }
        Answer::Redirect(redirect) => {
            rule == "status" || absent(&redirect.without) || of_member(&redirect.query, rule)
        }
        Answer::Callback(callback) => {
            ["bearer", "media_type", "method"].contains(&rule)
                || (rule == "url" && !callback.url_without.is_empty())
                || absent(&callback.headers_without)
                || absent(&callback.without)
                || of_member(&callback.members, rule)
        }
        Answer::AuthorizationRefused
        | Answer::Visited(_)
        | Answer::Presented(_)
        | Answer::Silence => false,
    }
}

/// A member, or one of its rules. That it has to be there is said by nothing else.
fn of_member(members: &BTreeMap<String, Member>, rule: &str) -> bool {
    let Some((name, rule)) = rule.split_once('/') else {
        return members.contains_key(rule);
    };
    members.get(name).is_some_and(|member| {
        let written = serde_json::to_value(member).unwrap_or(Value::Null);
        match rule {
            "presence" => written.get(rule).is_none(),
            _ => written.get(rule).is_some(),
        }
    })
}
