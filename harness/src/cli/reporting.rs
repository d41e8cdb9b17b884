//! What a run is told as, and to which files: the options that `dtr run` and
//! `dtr merge` have in common.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use super::{Exit, Trouble, out};
use crate::report::baseline::Baseline;
use crate::report::document::Document;
use crate::report::terminal::{self, Detail};
use crate::report::{html, junit};

/// Options about reports.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reports")]
pub(super) struct Reporting {
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report as JUnit's XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the report as one HTML page that needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Failures that are known (TOML): they do not fail the run, but entries that are stale do
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Tell every check, not only those that call for attention
    #[arg(long, short)]
    verbose: bool,
}

/// Reports that can be written, and a baseline that makes sense.
#[derive(Debug)]
pub(super) struct Ready<'a> {
    options: &'a Reporting,
    baseline: Option<Baseline>,
}

impl Reporting {
    /// Looks at every file that is named here: better before a run than after it.
    pub(super) fn ready(&self) -> Result<Ready<'_>, Trouble> {
        let files = [&self.json, &self.junit, &self.html];
        for path in files.into_iter().flatten() {
            can_be_written(path)?;
        }
        let baseline = self.baseline.as_deref().map(Baseline::read).transpose()?;
        Ok(Ready {
            options: self,
            baseline,
        })
    }
}

impl Ready<'_> {
    /// Applies the baseline, tells the report on standard output and in every
    /// file asked for, and says how to end.
    pub(super) fn tell(&self, mut document: Document) -> Result<Exit, Trouble> {
        if let Some(baseline) = &self.baseline {
            baseline.apply(&mut document);
        }
        let detail = match self.options.verbose {
            true => Detail::Everything,
            false => Detail::WhatMatters,
        };
        out::write(format_args!("{}", terminal::render(&document, detail)));
        if let Some(path) = &self.options.json {
            write(path, &(serde_json::to_string_pretty(&document)? + "\n"))?;
        }
        if let Some(path) = &self.options.junit {
            write(path, &junit::render(&document)?)?;
        }
        if let Some(path) = &self.options.html {
            write(path, &html::render(&document)?)?;
        }
        Ok(document.verdict.into())
    }
}

/// Sees that a file can be written: better before the work than after it.
pub(super) fn can_be_written(path: &Path) -> Result<(), Trouble> {
    let open = OpenOptions::new().create(true).append(true).open(path);
    open.map(drop).map_err(|e| cannot_write(path, &e))
}

/// Writes it.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    std::fs::write(path, text).map_err(|e| cannot_write(path, &e))
}

fn cannot_write(path: &Path, cause: &std::io::Error) -> Trouble {
    Trouble::new(format!("cannot write {}: {cause}", path.display()))
}
