//! The answers that vectors name, each name with one meaning.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::vector::format::Answer;

/// Answers by name.
#[derive(Debug, Default)]
pub(super) struct Glossary {
    answers: BTreeMap<String, Answer>,
    ambiguous: Option<String>,
}

impl Glossary {
    /// Defines a name, or notes that it has another meaning already.
    pub(super) fn define(&mut self, name: &str, answer: Answer) {
        match self.answers.entry(name.to_owned()) {
            Entry::Vacant(free) => drop(free.insert(answer)),
            Entry::Occupied(known) if *known.get() == answer => {}
            Entry::Occupied(_) => self.ambiguous = Some(name.to_owned()),
        }
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
