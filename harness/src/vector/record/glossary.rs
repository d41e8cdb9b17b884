//! The answers that vectors name, each name with one meaning.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use dtr_model::draft::Draft;

use crate::vector::format::{Answer, Member};

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

    /// The answer without what the text does not ask: rows that it does not have, and anything of `interaction_uri` where
    /// it knows no interaction.
    fn by_the_text(&self, mut answer: Answer) -> Answer {
        let (ledger, link) = (self.draft.ledger(), self.draft.interaction_uri);
        let known = self.draft.has_interaction();
        let asked = |members: &mut BTreeMap<String, Member>, without: &mut Vec<String>| {
            members.retain(|name, _| known || name != link);
            without.retain(|name| known || name != link);
        };
        let requirements = match &mut answer {
            Answer::Response(response) => {
                asked(&mut response.members, &mut response.without);
                &mut response.requirements
            }
            Answer::Redirect(redirect) => {
                asked(&mut redirect.query, &mut redirect.without);
                &mut redirect.requirements
            }
            Answer::Callback(callback) => &mut callback.requirements,
            Answer::AuthorizationRefused | Answer::Visited(_) | Answer::Silence => return answer,
        };
        for (check, rules) in std::mem::take(requirements) {
            let rules = rules.into_iter().filter(|rule| known || rule != link);
            let rules: Vec<String> = rules.collect();
            for row in ledger.asking(&check) {
                let carried_out = requirements.entry(row.id.to_owned()).or_default();
                carried_out.extend(rules.iter().cloned());
            }
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
