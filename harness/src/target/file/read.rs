//! Reading the document. Whatever is wrong is told with line and column.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::TargetFile;
use crate::position::position;

/// Why a target file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetFileError {
    /// The file itself.
    #[error("cannot read {path}: {cause}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// Something in it.
    #[error("{path}:{line}:{column}: {problem}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, and what to do.
        problem: String,
    },
}

/// A step on the way to a value: a key, or a place in an array.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Key(&'a str),
    At(usize),
}

impl TargetFile {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// [`TargetFileError`], for the first thing that is wrong.
    pub fn read(path: &Path) -> Result<Self, TargetFileError> {
        let text = std::fs::read_to_string(path).map_err(|cause| TargetFileError::File {
            path: path.to_owned(),
            cause,
        })?;
        Self::parse(path, &text)
    }

    /// The same, of a document already in memory; `path` is where files it names are looked for.
    ///
    /// # Errors
    /// [`TargetFileError::Content`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, TargetFileError> {
        let at = |span: Option<Range<usize>>, problem: String| {
            let (line, column) = position(text, span.map_or(0, |span| span.start));
            TargetFileError::Content {
                path: path.to_owned(),
                line,
                column,
                problem,
            }
        };
        let file: Self =
            toml::from_str(text).map_err(|e| at(e.span(), e.message().trim_end().to_owned()))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        file.check(directory)
            .map_err(|wrong| at(span(text, &wrong.place), wrong.problem))?;
        Ok(file)
    }
}

/// Where a value stands; of one that is not there, where the table stands that should have it.
fn span(text: &str, place: &[Step<'_>]) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let mut span = table.span();
    let mut steps = place.iter();
    let Some(Step::Key(first)) = steps.next() else {
        return Some(span);
    };
    let (key, mut value) = table.get_ref().get_key_value(*first)?;
    span = key.span();
    for step in steps {
        value = match (step, value.get_ref()) {
            (Step::Key(name), DeValue::Table(table)) => match table.get_key_value(*name) {
                Some((key, value)) => {
                    span = key.span();
                    value
                }
                None => break,
            },
            (Step::At(index), DeValue::Array(array)) => match array.get(*index) {
                Some(value) => {
                    span = value.span();
                    value
                }
                None => break,
            },
            _ => break,
        };
    }
    Some(span)
}
