//! `dtr vectors`: record, replay, check and list the test vectors.

mod lint;
mod list;
mod record;
mod replay;

use std::path::PathBuf;

use dtr_model::draft::Draft;

use super::{Exit, Trouble, draft};
use crate::vector::format::{Answers, Vector};
use crate::vector::select::Selection;
use crate::vector::store;

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
    /// Play the vectors against a server, without the model and the oracle
    Replay(replay::Args),
    /// Check every file: schema, ids, placeholders, freshness, coverage
    Lint(Where),
    /// List the vectors: id, steps, seconds, requirements
    List(list::Args),
}

/// Which vectors are meant.
#[derive(Debug, clap::Args)]
struct Where {
    /// Directory of the vectors
    #[arg(default_value = "vectors", value_name = "DIR")]
    dir: PathBuf,
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
}

/// Some of them.
#[derive(Debug, clap::Args)]
struct Chosen {
    #[command(flatten)]
    of: Where,
    /// Only what this names: beginnings of ids, requirements, questions or sections, with commas
    #[arg(long, value_name = "EXPR")]
    select: Option<String>,
}

pub(super) fn vectors(args: &Args) -> Result<Exit, Trouble> {
    match &args.verb {
        Verb::Record(args) => record::record(args),
        Verb::Replay(args) => replay::replay(args),
        Verb::Lint(args) => lint::lint(args),
        Verb::List(args) => list::list(args),
    }
}

/// Reads the vectors that are meant, and the answers they name.
fn read(args: &Chosen) -> Result<(Vec<Vector>, Answers), Trouble> {
    let Where { dir, draft } = &args.of;
    let (vectors, answers) = store::read_all(dir, draft)?;
    if vectors.is_empty() {
        return Err(Trouble::new(format!(
            "there are no vectors in {}; `dtr vectors record` writes them",
            dir.join(draft.id).display()
        )));
    }
    match &args.select {
        None => Ok((vectors, answers)),
        Some(expression) => {
            let chosen = Selection::parse(expression).apply(vectors, &answers)?;
            Ok((chosen, answers))
        }
    }
}
