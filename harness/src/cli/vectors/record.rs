//! `dtr vectors record`.

use std::path::PathBuf;

use anstream::println;
use dtr_model::draft::Draft;

use crate::cli::{Exit, Trouble, judging_draft};
use crate::vector::{record, store};

/// Arguments of `dtr vectors record`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory the vectors go to
    #[arg(long, default_value = "vectors", value_name = "DIR")]
    out: PathBuf,
    /// Edition of the text
    #[arg(long, value_parser = judging_draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
}

pub(super) fn record(args: &Args) -> Result<Exit, Trouble> {
    let (vectors, answers) = record::vectors(args.draft)?;
    let written = store::write(&args.out, args.draft, &vectors, &answers)?;
    println!(
        "{} vectors in {}, {:.1} MB; {} files changed, {} removed",
        written.vectors,
        args.out.join(args.draft.id).display(),
        written.octets as f64 / 1e6,
        written.changed,
        written.removed,
    );
    Ok(Exit::Pass)
}
