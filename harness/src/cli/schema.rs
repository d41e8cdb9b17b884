//! `dtr schema`: the published schemas, generated from the types.

use schemars::schema_for;

use super::out::println;
use super::{Exit, Trouble, client, diff};
use crate::report::document::Document;
use crate::target::TargetFile;

/// Arguments of `dtr schema`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which document
    #[arg(value_enum)]
    of: Of,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Of {
    /// What `dtr run --json` writes
    Report,
    /// What `dtr client --json` writes
    Client,
    /// What `dtr diff --json` writes
    Diff,
    /// What `dtr run --target` reads, as TOML
    Target,
}

pub(super) fn schema(args: &Args) -> Result<Exit, Trouble> {
    let schema = match args.of {
        Of::Report => schema_for!(Document),
        Of::Client => schema_for!(client::Document),
        Of::Diff => schema_for!(diff::Document),
        Of::Target => schema_for!(TargetFile),
    };
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Exit::Pass)
}
