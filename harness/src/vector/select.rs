//! Choosing among vectors, by what is written in them.

use dtr_model::draft::Draft;
use dtr_model::requirement::Requirement;

use super::format::{Answers, Vector};

/// What `--select` names: beginnings of ids, requirements, questions and
/// sections, with commas.
#[derive(Debug, Clone)]
pub struct Selection(Vec<String>);

impl Selection {
    /// Parses an expression.
    pub fn parse(text: &str) -> Selection {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Selection(parts.map(str::to_owned).collect())
    }

    /// The vectors of `draft` that match. Sections are numbered as it numbers them.
    ///
    /// # Errors
    /// When a part of the expression matches none: saying less than asked would
    /// pass for nothing.
    pub fn apply(
        &self,
        vectors: Vec<Vector>,
        answers: &Answers,
        draft: &Draft,
    ) -> Result<Vec<Vector>, NothingSelected> {
        let matches = |vector: &Vector, part: &str| matches(vector, answers, draft, part);
        let idle = self
            .0
            .iter()
            .find(|part| !vectors.iter().any(|v| matches(v, part)));
        if self.0.is_empty() || idle.is_some() {
            return Err(NothingSelected(idle.cloned().unwrap_or_default()));
        }
        let chosen = |vector: &Vector| self.0.iter().any(|part| matches(vector, part));
        Ok(vectors.into_iter().filter(chosen).collect())
    }
}

fn matches(vector: &Vector, answers: &Answers, draft: &Draft, part: &str) -> bool {
    let row = |id: &str| draft.ledger().row(id);
    let section = |id: &str| row(id).map(Requirement::section_number);
    vector.id.starts_with(part)
        || vector.questions.iter().any(|id| id == part)
        || vector
            .requirements
            .iter()
            .any(|id| id == part || section(id) == Some(part))
        // A section is put to the test by what is asked; that every answer has a shape would select them all.
        || vector.carried_out(answers).contains(part)
}

/// A part of a selection that matches no vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no vector is selected by `{0}`; name the beginning of an id (fork-C-02), a requirement (DTR-6.5.1-07), a question (C-02) or a section (8.2)"
)]
pub struct NothingSelected(String);
