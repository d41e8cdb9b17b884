//! The answers that vectors name, each name with one meaning.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use dtr_model::draft::Draft;
use serde_json::Value;

use crate::vector::format::{Answer, Header, Member};

/// Answers by name.
#[derive(Debug)]
pub(super) struct Glossary {
    draft: Draft,
    answers: BTreeMap<String, Answer>,
    ambiguous: Option<String>,
}

impl Glossary {
    /// Nothing yet; what is defined is as `draft` has it.
    pub(super) fn by(draft: &Draft) -> Glossary {
        Glossary {
            draft: *draft,
            answers: BTreeMap::new(),
            ambiguous: None,
        }
    }

    /// Defines a name, or notes that it has another meaning already.
    pub(super) fn define(&mut self, name: &str, answer: Answer) {
        let answer = self.by_the_text(answer);
        match self.answers.entry(name.to_owned()) {
            Entry::Vacant(free) => drop(free.insert(answer)),
            Entry::Occupied(known) if *known.get() == answer => {}
            Entry::Occupied(_) => self.ambiguous = Some(name.to_owned()),
        }
    }

    /// The answer without what the text does not ask: rows that it does not have and rules that carry out no others, and
    /// anything of `interaction_uri` where it knows no interaction.
    fn by_the_text(&self, mut answer: Answer) -> Answer {
        let ledger = self.draft.ledger();
        // Written answers are in the names of the default.
        let link = Draft::DEFAULT.interaction_uri;
        let known = self.draft.has_interaction();
        let Some(requirements) = requirements(&mut answer) else {
            return answer;
        };
        let carried_out = std::mem::take(requirements);
        let (mut asked, mut unasked) = (BTreeSet::new(), BTreeSet::new());
        for (check, rules) in carried_out {
            let rules = rules.into_iter().filter(|rule| known || rule != link);
            let rules: Vec<String> = rules.collect();
            for row in ledger.asking(&check) {
                let carried_out = requirements.entry(row.id.to_owned()).or_default();
                carried_out.extend(rules.iter().cloned());
            }
            let is_asked = ledger.has(&check);
            let side = if is_asked { &mut asked } else { &mut unasked };
            side.extend(rules);
        }
        let unasked = Unasked { asked, unasked };
        match &mut answer {
            Answer::Response(response) => {
                unasked.leave(&mut response.members, &mut response.without);
                unasked.forget(&mut response.headers);
                response.members.retain(|name, _| known || name != link);
                response.without.retain(|name| known || name != link);
            }
            Answer::Redirect(redirect) => {
                unasked.leave(&mut redirect.query, &mut redirect.without);
                redirect.query.retain(|name, _| known || name != link);
                redirect.without.retain(|name| known || name != link);
            }
            Answer::Callback(callback) => {
                unasked.leave(&mut callback.members, &mut callback.without);
                callback.headers_without.retain(|name| unasked.asks(name));
                callback.url_without.retain(|_| unasked.asks("url"));
            }
            Answer::AuthorizationRefused
            | Answer::Visited(_)
            | Answer::Presented(_)
            | Answer::Silence => {}
        }
        answer
    }

    /// The answers, by name.
    ///
    /// # Errors
    /// A name with two meanings.
    pub(super) fn finish(self) -> Result<BTreeMap<String, Answer>, String> {
        match self.ambiguous {
            None => Ok(self.answers),
            Some(name) => Err(name),
        }
    }
}

fn requirements(answer: &mut Answer) -> Option<&mut BTreeMap<String, Vec<String>>> {
    match answer {
        Answer::Response(response) => Some(&mut response.requirements),
        Answer::Redirect(redirect) => Some(&mut redirect.requirements),
        Answer::Callback(callback) => Some(&mut callback.requirements),
        Answer::AuthorizationRefused
        | Answer::Visited(_)
        | Answer::Presented(_)
        | Answer::Silence => None,
    }
}

/// The rules of an answer that carry out no row of the text, and those that do. A rule is named as in `requirements`.
struct Unasked {
    asked: BTreeSet<String>,
    unasked: BTreeSet<String>,
}

impl Unasked {
    /// Whether the rule stays: some row of the text asks for it, or none of any text does.
    fn asks(&self, rule: &str) -> bool {
        let whole = rule.split_once('/').map_or(rule, |(name, _)| name);
        let among = |rules: &BTreeSet<String>| rules.contains(rule) || rules.contains(whole);
        among(&self.asked) || !among(&self.unasked)
    }

    fn leave(&self, members: &mut BTreeMap<String, Member>, without: &mut Vec<String>) {
        without.retain(|name| self.asks(name));
        members.retain(|name, member| self.rules_left(name, member));
    }

    fn forget(&self, headers: &mut BTreeMap<String, Header>) {
        headers.retain(|name, _| self.asks(name));
    }

    /// Takes the rules away that nothing asks for; whether anything is left of the member.
    fn rules_left(&self, name: &str, member: &mut Member) -> bool {
        let asks = |rule: &str| self.asks(&format!("{name}/{rule}"));
        let written = serde_json::to_value(&*member);
        let Ok(Value::Object(mut rules)) = written else {
            return true;
        };
        if !rules.contains_key("presence") && !asks("presence") {
            rules.insert("presence".to_owned(), "optional".into());
        }
        rules.retain(|rule, _| rule == "presence" || asks(rule));
        let says_something = rules.len() > 1 || !rules.contains_key("presence");
        match serde_json::from_value(Value::Object(rules)) {
            Ok(left) => *member = left,
            Err(_) => return true,
        }
        says_something
    }
}
