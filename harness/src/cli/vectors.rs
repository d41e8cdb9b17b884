//! `dtr vectors`: record, replay and check the test vectors.

use std::path::PathBuf;

use anstream::println;
use dtr_model::draft::Draft;

use super::{Exit, Trouble, draft};
use crate::vector::{record, store};

/// Arguments of `dtr vectors`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Write the vectors, their index and their schemas anew from the model
    Record(Record),
}

#[derive(Debug, clap::Args)]
struct Record {
    /// Where the vectors go
    #[arg(long, default_value = "vectors", value_name = "DIR")]
    out: PathBuf,
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: Draft,
}

pub(super) fn vectors(args: &Args) -> Result<Exit, Trouble> {
    match &args.verb {
        Verb::Record(args) => record(args),
    }
}

fn record(args: &Record) -> Result<Exit, Trouble> {
    let vectors = record::vectors(&args.draft)?;
    let written = store::write(&args.out, &args.draft, &vectors)?;
    println!(
        "{} vectors, {:.1} MB in {}; {} files changed, {} removed",
        written.vectors,
        written.octets as f64 / 1e6,
        args.out.join(args.draft.id).display(),
        written.changed,
        written.removed,
    );
    Ok(Exit::Pass)
}
