//! `dtr merge`: the reports of all partitions of a run, as one.

use std::path::{Path, PathBuf};

use super::reporting::Reporting;
use super::{Exit, Trouble};
use crate::report::document::Document;
use crate::report::merge::merged;

/// Arguments of `dtr merge`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// JSON reports of `dtr run --partition`, one of each partition
    #[arg(required = true, value_name = "FILE")]
    parts: Vec<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
}

pub(super) fn merge(args: &Args) -> Result<Exit, Trouble> {
    let parts = args.parts.iter().map(|path| read(path));
    let parts = parts.collect::<Result<Vec<_>, Trouble>>()?;
    let whole = merged(parts)?;
    args.reporting.ready()?.tell(whole)
}

pub(super) fn read(path: &Path) -> Result<(String, Document), Trouble> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Trouble::new(format!("cannot read {name}: {e}")))?;
    let document = serde_json::from_str(&text)
        .map_err(|e| Trouble::new(format!("{name} is no report of this version of dtr: {e}")))?;
    Ok((name, document))
}
