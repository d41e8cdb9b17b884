//! The things compared: a text, and a way to read it.

use crate::draft::{Draft, UnknownDraft};
use crate::question::{ParseReadingError, Readings};

/// A text and a way to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// The text.
    pub draft: &'static Draft,
    /// How it is read.
    pub readings: Readings,
}

impl Side {
    /// A side written as a draft's id, with a choice of readings behind a plus
    /// sign where one is made: `ietf-01`, `ietf-01+C-02=A,C-13=B`. Questions not
    /// chosen are read as `usual` says.
    ///
    /// # Errors
    /// Names the draft or the reading that there is not.
    pub fn parse(text: &str, usual: fn(&Draft) -> Readings) -> Result<Side, ParseSideError> {
        let (id, choice) = match text.split_once('+') {
            Some((id, choice)) => (id, Some(choice)),
            None => (text, None),
        };
        let draft = Draft::named(id)?;
        let readings = match choice {
            Some(choice) => usual(draft).choose(choice)?,
            None => usual(draft),
        };
        Ok(Side { draft, readings })
    }
}

/// Why a side was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseSideError {
    /// No such text.
    #[error(transparent)]
    Draft(#[from] UnknownDraft),
    /// No such reading.
    #[error(transparent)]
    Reading(#[from] ParseReadingError),
}
