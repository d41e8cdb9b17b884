//! `dtr vectors list`.

use anstream::println;

use super::{Chosen, read};
use crate::cli::{Exit, Trouble};
use crate::vector::format::Vector;
use crate::vector::readable::readable;

/// Arguments of `dtr vectors list`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    chosen: Chosen,
    /// Print the steps of each, with the answers allowed
    #[arg(long)]
    steps: bool,
}

pub(super) fn list(args: &Args) -> Result<Exit, Trouble> {
    let drafts = args.chosen.of.drafts()?;
    let sets = read(&args.chosen, &drafts)?;
    let vectors: Vec<Vector> = sets.into_iter().flat_map(|set| set.vectors).collect();
    if args.steps {
        vectors
            .iter()
            .for_each(|vector| println!("{}", readable(vector)));
        return Ok(Exit::Pass);
    }
    let width = vectors.iter().map(|v| v.id.len()).max().unwrap_or_default();
    for vector in &vectors {
        println!(
            "{:<9}  {:<width$}  {:>2} steps  {:>2} s  {}",
            vector.draft,
            vector.id,
            vector.steps.len(),
            vector.seconds(),
            vector.requirements.join(" ")
        );
    }
    Ok(Exit::Pass)
}
