//! `dtr vectors`: record, replay, check and list the test vectors.

mod lint;
mod list;
mod record;
mod replay;

use std::path::{Path, PathBuf};

use dtr_model::draft::Draft;

use super::{Exit, Trouble, judging_draft};
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
    /// Edition of the text; without it every one that there are vectors of
    #[arg(long, value_parser = judging_draft, value_name = "DRAFT")]
    draft: Option<&'static Draft>,
}

impl Where {
    /// The editions that are meant, the oldest first.
    fn drafts(&self) -> Result<Vec<&'static Draft>, Trouble> {
        if let Some(draft) = self.draft {
            return Ok(vec![draft]);
        }
        let there = |draft: &&'static Draft| self.dir.join(draft.id).is_dir();
        let drafts: Vec<_> = Draft::ALL.iter().filter(there).collect();
        match drafts.is_empty() {
            true => Err(self.nothing_in(&self.dir)),
            false => Ok(drafts),
        }
    }

    fn nothing_in(&self, dir: &Path) -> Trouble {
        Trouble::new(format!(
            "there are no vectors in {}; `dtr vectors record` writes them",
            dir.display()
        ))
    }
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

/// The vectors of an edition that are meant, and the answers they name.
struct Set {
    draft: &'static Draft,
    vectors: Vec<Vector>,
    answers: Answers,
}

/// Reads them. What is selected has to be in some edition, and need not be in each.
fn read(args: &Chosen, drafts: &[&'static Draft]) -> Result<Vec<Set>, Trouble> {
    let selection = args.select.as_deref().map(Selection::parse);
    let (mut sets, mut unmet) = (Vec::new(), None);
    for draft in drafts.iter().copied() {
        let (mut vectors, answers) = store::read_all(&args.of.dir, draft)?;
        if vectors.is_empty() {
            return Err(args.of.nothing_in(&args.of.dir.join(draft.id)));
        }
        if let Some(selection) = &selection {
            vectors = match selection.apply(vectors, &answers, draft) {
                Ok(chosen) => chosen,
                Err(nothing) => {
                    unmet = Some(nothing);
                    continue;
                }
            };
        }
        sets.push(Set {
            draft,
            vectors,
            answers,
        });
    }
    match unmet {
        Some(nothing) if sets.is_empty() => Err(nothing.into()),
        _ => Ok(sets),
    }
}
