//! The checks under the sections of the text: the tree that every report shows.

use super::document::{Check, Document, Verdict};

/// A section, and its checks in the order of the text.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// Its number, e.g. `6.5.1`.
    pub number: &'a str,
    /// Its checks.
    pub checks: Vec<&'a Check>,
}

impl Section<'_> {
    /// How many of its checks came to this.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|c| c.verdict == verdict).count()
    }
}

/// The sections in the order of the text.
pub fn sections(document: &Document) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for check in &document.checks {
        let row = document.draft.ledger().row(&check.id);
        let number = row.map_or("", |r| r.section_number());
        match sections.iter_mut().find(|s| s.number == number) {
            Some(section) => section.checks.push(check),
            None => sections.push(Section {
                number,
                checks: vec![check],
            }),
        }
    }
    sections.sort_by_key(|s| in_text(s.number));
    sections
}

/// The place of a section: `6.5.1` before `6.10`, and those of a profile last, `AROP-7.4` before `AROP-12`.
fn in_text(number: &str) -> (bool, Vec<u32>) {
    let (profile, number) = match number.split_once('-') {
        Some((_, number)) => (true, number),
        None => (false, number),
    };
    let parts = number
        .split('.')
        .map(|part| part.parse().unwrap_or(u32::MAX));
    (profile, parts.collect())
}

/// What a check asks, in our words.
pub fn asks(document: &Document, check: &Check) -> &'static str {
    let row = document.draft.ledger().row(&check.id);
    row.map_or("", |r| r.text)
}

/// How often a check was put to the test.
pub fn times(document: &Document, check: &Check) -> u64 {
    let count = document.requirements.get(&check.id);
    count.map_or(0, |c| c.held + c.broken + c.slighted)
}
