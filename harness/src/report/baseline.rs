//! Known failures: a file that lists the checks which are expected to fail.
//!
//! ```toml
//! [[known]]
//! check = "DTR-6.6-01"
//! reason = "no-store comes with release 4, issue 123"
//! expires = "2027-01-31"
//! ```
//!
//! A baseline must not outlive its reasons. So an entry that names no check,
//! has expired, or does not fail any more is *stale* and fails the run.

use std::ops::Range;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};
use toml::Spanned;

use super::document::{Document, Verdict};
use crate::position::position;

/// What is expected to fail.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    known: Vec<Entry>,
}

/// An expectation.
#[derive(Debug, Clone)]
struct Entry {
    check: String,
    line: usize,
    reason: String,
    expires: Option<Date>,
}

/// What a baseline came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Applied {
    /// Checks that failed as expected.
    pub known: Vec<Known>,
    /// Entries that expect what is not so.
    pub stale: Vec<Stale>,
}

/// A check that failed as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// The check.
    pub check: String,
    /// Why it may.
    pub reason: String,
    /// The last day on which it may, as `YYYY-MM-DD`.
    pub expires: Option<String>,
}

/// An entry that expects what is not so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stale {
    /// The check it names.
    pub check: String,
    /// The line of the file it begins on.
    pub line: usize,
    /// What is not so.
    pub why: String,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("cannot read {path}: {cause}")]
    File {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// It cannot be understood.
    #[error("{path}:{line}:{column}: {what}")]
    Content {
        /// Where it is.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    known: Vec<WrittenEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    check: Spanned<String>,
    reason: Spanned<String>,
    expires: Option<Spanned<String>>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// [`BaselineError`], with line and column of what is wrong.
    pub fn read(path: &Path) -> Result<Baseline, BaselineError> {
        let text = std::fs::read_to_string(path).map_err(|cause| BaselineError::File {
            path: path.to_owned(),
            cause,
        })?;
        Baseline::parse(&text).map_err(|(at, what)| {
            let (line, column) = position(&text, at);
            BaselineError::Content {
                path: path.to_owned(),
                line,
                column,
                what,
            }
        })
    }

    /// Parses a baseline; an error says where, in octets, and what is wrong.
    fn parse(text: &str) -> Result<Baseline, (usize, String)> {
        let written: Written = toml::from_str(text).map_err(|e| {
            let at = e.span().unwrap_or(Range { start: 0, end: 0 }).start;
            (at, e.message().to_owned())
        })?;
        let mut known: Vec<Entry> = Vec::new();
        for entry in written.known {
            let at = entry.check.span().start;
            let check = entry.check.into_inner();
            if let Some(earlier) = known.iter().find(|e| e.check == check) {
                let what = format!("{check} is there already, on line {}", earlier.line);
                return Err((at, what));
            }
            if entry.reason.get_ref().trim().is_empty() {
                let what = "a reason says why the failure is acceptable, for now".to_owned();
                return Err((entry.reason.span().start, what));
            }
            let expires = entry.expires.map(|text| {
                Date::parse(text.get_ref(), &Iso8601::DATE).map_err(|_| {
                    let what = format!("`{}` is no date; write it as 2027-01-31", text.get_ref());
                    (text.span().start, what)
                })
            });
            known.push(Entry {
                check,
                line: position(text, at).0,
                reason: entry.reason.into_inner(),
                expires: expires.transpose()?,
            });
        }
        Ok(Baseline { known })
    }

    /// Marks the failing checks of `document` that are known, and notes what is
    /// stale; the verdict follows.
    pub fn apply(&self, document: &mut Document) {
        self.apply_on(document, OffsetDateTime::now_utc().date());
    }

    fn apply_on(&self, document: &mut Document, today: Date) {
        let mut applied = Applied::default();
        let whole = document.is_whole();
        for entry in &self.known {
            let check = document.checks.iter_mut().find(|c| c.id == entry.check);
            match entry.stale(check.as_ref().map(|c| c.verdict), today, whole) {
                Some(why) => applied.stale.push(Stale {
                    check: entry.check.clone(),
                    line: entry.line,
                    why,
                }),
                None => {
                    let failing = check.filter(|c| c.verdict == Verdict::Fail);
                    let Some(check) = failing else { continue };
                    check.verdict = Verdict::Known;
                    check.why = Some(entry.reason.clone());
                    applied.known.push(Known {
                        check: entry.check.clone(),
                        reason: entry.reason.clone(),
                        expires: entry.expires.map(|date| date.to_string()),
                    });
                }
            }
        }
        document.baseline = Some(applied);
        document.verdict = document.judged();
    }
}

impl Entry {
    /// What this entry expects that is not so. That a check does not fail any
    /// more can only be said of a whole run.
    fn stale(&self, verdict: Option<Verdict>, today: Date, whole: bool) -> Option<String> {
        let Some(verdict) = verdict else {
            return Some("there is no such check".to_owned());
        };
        match self.expires {
            Some(last) if last < today => Some(format!("it expired on {last}")),
            _ if whole && matches!(verdict, Verdict::Pass | Verdict::Warn) => {
                Some("it does not fail any more".to_owned())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
