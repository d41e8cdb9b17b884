//! Lint: are the files in a directory of vectors well-formed, consistent,
//! complete, and where they belong?
//!
//! | file | rules |
//! |---|---|
//! | `mod.rs` | every file is read, and named when it cannot be |
//! | `schema.rs` | each fits its schema, and the schemas are those of the types |
//! | `consistent.rs` | ids, names, requirements, questions, placeholders |
//! | `carried_out.rs` | what answers say of requirements |
//! | `shown.rs` | every checked row, and every reading that can be told, is in some vector |
//! | `complete.rs` | nothing generated is missing, stale or foreign; coverage |

mod carried_out;
mod complete;
mod consistent;
mod schema;
mod shown;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use dtr_model::draft::Draft;
use serde_json::Value;

use super::format::{Answers, Vector};
use super::record::{self, RecordError};
use super::store::{self, StoreError};
use schema::Schemas;

pub use complete::Coverage;
pub use shown::{NOT_IN_VECTORS, NOT_UNDER_SIBLINGS};

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The file, below the directory of all vectors.
    pub file: PathBuf,
    /// A JSON Pointer (RFC 6901) to the place in it; empty for the whole.
    pub pointer: String,
    /// The rule that is broken.
    pub rule: Rule,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, pointer) = (self.file.display(), &self.pointer);
        write!(f, "{file}#{pointer}: {} ({:?})", self.detail, self.rule)
    }
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Every file can be read, and is JSON.
    Unreadable,
    /// Every file is one that belongs here.
    Foreign,
    /// It fits its schema.
    Schema,
    /// The id is that of the file and of the content.
    Id,
    /// Requirements exist, and are those of the steps.
    Requirement,
    /// Questions exist, and are those of the answers.
    Question,
    /// Answers are defined, and one is pinned.
    Answer,
    /// Placeholders are supplied or captured before they are used.
    Placeholder,
    /// Steps are in the order of time.
    Time,
    /// What is recorded now is what is written.
    Stale,
    /// Everything generated has its vector, and so has every row and every reading.
    Coverage,
}

/// What linting came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Vectors read.
    pub vectors: usize,
    /// What they cover.
    pub coverage: Coverage,
    /// What is wrong, in the order of the files.
    pub complaints: Vec<Complaint>,
}

/// Lints the vectors of `draft` in `dir`.
///
/// # Errors
/// When a directory cannot be read, or the vectors cannot be recorded anew to
/// compare them with.
pub fn lint(dir: &Path, draft: &'static Draft) -> Result<Report, LintError> {
    let mut notes = Notes {
        dir: dir.to_owned(),
        complaints: Vec::new(),
    };
    let schemas = Schemas::new();
    schema::current(&mut notes);
    let path = dir.join(draft.id).join(store::ANSWERS);
    let answers: Option<Answers> = notes.read(&path, schemas.answers());
    if let Some(answers) = &answers {
        carried_out::check(&mut notes, &path, answers, draft.ledger());
    }
    let mut vectors: BTreeMap<PathBuf, Vector> = BTreeMap::new();
    for path in store::list(dir, draft)? {
        if let Some(vector) = notes.read::<Vector>(&path, schemas.vector()) {
            consistent::check(&mut notes, &path, &vector, draft, answers.as_ref());
            vectors.insert(path, vector);
        }
    }
    let traces = record::traces(draft);
    let (recorded, recorded_answers) = record::record(&traces, draft)?;
    let files = store::files(draft, &recorded, &recorded_answers);
    complete::fresh(&mut notes, &files, draft)?;
    let mut coverage = complete::coverage(&mut notes, &traces, vectors.values(), draft);
    if let Some(answers) = &answers {
        let vectors: Vec<&Vector> = vectors.values().collect();
        shown::check(&mut notes, &mut coverage, &vectors, answers, draft);
    }
    let mut complaints = notes.complaints;
    complaints.sort();
    complaints.dedup();
    Ok(Report {
        vectors: vectors.len(),
        coverage,
        complaints,
    })
}

/// Complaints as they come up.
struct Notes {
    dir: PathBuf,
    complaints: Vec<Complaint>,
}

impl Notes {
    fn complain(&mut self, path: &Path, pointer: &str, rule: Rule, detail: impl fmt::Display) {
        let file = path.strip_prefix(&self.dir).unwrap_or(path).to_owned();
        let (pointer, detail) = (pointer.to_owned(), detail.to_string());
        self.complaints.push(Complaint {
            file,
            pointer,
            rule,
            detail,
        });
    }

    /// Reads a file that has to fit a schema.
    fn read<T: serde::de::DeserializeOwned>(
        &mut self,
        path: &Path,
        schema: &schema::Schema,
    ) -> Option<T> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) => {
                self.complain(path, "", Rule::Unreadable, cause);
                return None;
            }
        };
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(cause) => {
                self.complain(path, "", Rule::Unreadable, format!("no JSON: {cause}"));
                return None;
            }
        };
        let before = self.complaints.len();
        for (pointer, detail) in schema.complaints(&value) {
            self.complain(path, &pointer, Rule::Schema, detail);
        }
        match serde_json::from_value(value) {
            Ok(read) => Some(read),
            Err(cause) => {
                if self.complaints.len() == before {
                    self.complain(path, "", Rule::Schema, cause);
                }
                None
            }
        }
    }
}

/// Why vectors cannot be linted.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    /// A directory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vectors as they should be.
    #[error(transparent)]
    Record(#[from] RecordError),
}
