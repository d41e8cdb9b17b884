//! Placeholders: `{name}` in a vector stands for a value that was supplied or
//! captured.

use std::collections::BTreeSet;

use super::format::{Action, Answer, Answers, Control, Member, Step, Vector};

/// The names in a text, in order.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The names that what a step does refers to.
pub(super) fn in_action(step: &Step) -> BTreeSet<&str> {
    let mut texts: Vec<&str> = Vec::new();
    match &step.action {
        Action::Request(request) => {
            let values = request.parameters.values().chain(request.again.values());
            texts.extend(values.chain(&request.nonce).map(String::as_str));
        }
        Action::AwaitCallback(callback) => texts.push(&callback.deferral_code),
        Action::Visit(visit) => texts.push(&visit.interaction_uri),
        Action::Present(present) => texts.push(&present.access_token),
        Action::Control(Control::Decide {
            deferral_code,
            scope,
            ..
        }) => {
            texts.push(deferral_code);
            texts.extend(scope.as_deref());
        }
        Action::Control(
            Control::Consent { deferral_code, .. } | Control::Progress { deferral_code },
        ) => texts.push(deferral_code),
        Action::Control(Control::DefaultScope { scope }) => texts.push(scope),
        Action::Control(Control::Client { .. }) => {}
    }
    texts.into_iter().flat_map(names).collect()
}

/// The names that an answer refers to.
pub(super) fn in_answer(answer: &Answer) -> BTreeSet<&str> {
    let mut texts: Vec<&str> = Vec::new();
    match answer {
        Answer::Response(response) => texts.extend(in_members(response.members.values())),
        Answer::Redirect(redirect) => texts.extend(in_members(redirect.query.values())),
        Answer::Callback(callback) => {
            texts.extend(callback.bearer.as_deref());
            texts.extend(callback.url_without.iter().map(String::as_str));
            texts.extend(in_members(callback.members.values()));
        }
        Answer::AuthorizationRefused
        | Answer::Visited(_)
        | Answer::Presented(_)
        | Answer::Silence => {}
    }
    texts.into_iter().flat_map(names).collect()
}

fn in_members<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<&'a str> {
    let mut texts = Vec::new();
    for member in members {
        texts.extend(
            member
                .one_of
                .iter()
                .chain(&member.none_of)
                .map(String::as_str),
        );
        texts.extend(member.scope.iter().map(|rule| rule.of.as_str()));
    }
    texts
}

/// Every name that a vector refers to and that no answer is captured for.
pub(super) fn supplied(vector: &Vector, answers: &Answers) -> Vec<String> {
    let expected = || vector.steps.iter().flat_map(|step| &step.expect);
    let captured: BTreeSet<&str> = expected()
        .flat_map(|e| e.captures.values().map(String::as_str))
        .collect();
    let named = expected().filter_map(|e| answers.answers.get(&e.answer));
    let used = vector.steps.iter().flat_map(in_action);
    let used: BTreeSet<&str> = used.chain(named.flat_map(in_answer)).collect();
    used.difference(&captured)
        .map(ToString::to_string)
        .collect()
}
