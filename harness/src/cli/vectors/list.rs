//! `dtr vectors list`.

use anstream::println;

use super::{Chosen, read};
use crate::cli::{Exit, Trouble};

pub(super) fn list(args: &Chosen) -> Result<Exit, Trouble> {
    let (vectors, _) = read(args)?;
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
