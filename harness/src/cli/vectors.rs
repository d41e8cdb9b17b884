//! `dtr vectors`: record, replay, check and list the test vectors.

mod record;
mod replay;

use std::path::PathBuf;

use dtr_model::draft::Draft;

use super::{Exit, Trouble, draft};

/// Arguments of `dtr vectors`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Write the vectors, what they share and their schemas anew from the model
    Record(record::Args),
    /// Play the vectors against the bundled server, without the model and the oracle
    Replay(replay::Args),
}

/// Which vectors are meant.
#[derive(Debug, clap::Args)]
struct Where {
    /// Directory of the vectors
    #[arg(default_value = "vectors", value_name = "DIR")]
    dir: PathBuf,
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: Draft,
}

pub(super) fn vectors(args: &Args) -> Result<Exit, Trouble> {
    match &args.verb {
        Verb::Record(args) => record::record(args),
        Verb::Replay(args) => replay::replay(args),
    }
}
