//! `dtr vectors list`.

use anstream::println;

use super::{Chosen, read};
use crate::cli::{Exit, Trouble};
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
    let (vectors, _) = read(&args.chosen)?;
    if args.steps {
        vectors
            .iter()
            .for_each(|vector| println!("{}", readable(vector)));
        return Ok(Exit::Pass);
    }
    let width = vectors.iter().map(|v| v.id.len()).max().unwrap_or_default();
    for vector in &vectors {
        println!(
            "{:<width$}  {:>2} steps  {:>2} s  {}",
            vector.id,
            vector.steps.len(),
            vector.seconds(),
            vector.requirements.join(" ")
        );
    }
    Ok(Exit::Pass)
}
