//! Failing traces, kept from one run to the next so that they are run first.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dtr_model::Trace;
use serde::{Deserialize, Serialize};

/// The traces that failed in the last run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    traces: Vec<Trace>,
}

impl Failures {
    /// Reads them; a file that is not there holds none.
    ///
    /// # Errors
    /// When the file is there and cannot be read or understood.
    pub fn read(path: &Path) -> Result<Failures, FailuresError> {
        match std::fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).map_err(|cause| FailuresError::Content {
                path: path.to_owned(),
                cause,
            }),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(Failures::default()),
            Err(cause) => Err(FailuresError::File {
                path: path.to_owned(),
                cause,
            }),
        }
    }

    /// The traces.
    pub fn traces(&self) -> impl Iterator<Item = Trace> + '_ {
        self.traces.iter().cloned()
    }

    /// Keeps what `failed` in a run of the traces `ran`. What was kept before
    /// and was not run, or came to no verdict, is still to be run.
    pub fn update<'a>(
        &mut self,
        failed: impl Iterator<Item = Trace>,
        ran: &[Trace],
        inconclusive: impl Iterator<Item = &'a Trace>,
    ) {
        let open: Vec<&Trace> = inconclusive.collect();
        let same = |one: &Trace, other: &Trace| one.deed() == other.deed();
        let before = std::mem::take(&mut self.traces).into_iter().filter(|kept| {
            let was_run = ran.iter().any(|t| same(t, kept));
            !was_run || open.iter().any(|t| same(t, kept))
        });
        self.traces = crate::suite::unique(failed.chain(before).collect());
    }

    /// Writes them, or removes the file when there are none.
    ///
    /// # Errors
    /// When the file cannot be written or removed.
    pub fn write(&self, path: &Path) -> Result<(), FailuresError> {
        let file = |cause| FailuresError::File {
            path: path.to_owned(),
            cause,
        };
        if self.traces.is_empty() {
            return match std::fs::remove_file(path) {
                Err(e) if e.kind() != ErrorKind::NotFound => Err(file(e)),
                _ => Ok(()),
            };
        }
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).map_err(file)?;
        }
        let text = serde_json::to_string_pretty(self).expect("plain data has a JSON form");
        std::fs::write(path, text + "\n").map_err(file)
    }
}

/// Why the kept failures cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FailuresError {
    /// The file.
    #[error("cannot use {path}: {cause}; name another with --failures")]
    File {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// What is in it.
    #[error("{path} does not hold traces ({cause}); remove it, or name another with --failures")]
    Content {
        /// Where it is.
        path: PathBuf,
        /// Why not.
        cause: serde_json::Error,
    },
}
