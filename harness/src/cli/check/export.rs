//! `dtr check --export`: what a server may do, for the tools of others.

use std::path::Path;

use dtr_model::check::Case;
use dtr_model::export::{Format, Lts};
use dtr_model::world::{Setting, Which};

use crate::cli::{Exit, Trouble, out};

/// Of the two clients of the world the confidential one's code is exported: it
/// has a callback, and more can be told apart with it.
pub(super) fn export(format: Format, case: &Case, to: Option<&Path>) -> Result<Exit, Trouble> {
    let terms = Setting::new(case.draft, case.readings).terms[Which::First as usize];
    let text = Lts::of(terms, &case.readings)?.written(format, &case.name);
    match to {
        None => out::write(format_args!("{text}")),
        Some(path) => std::fs::write(path, text).map_err(|e| {
            let path = path.display();
            Trouble::new(format!(
                "cannot write {path}: {e}; name another file with --out"
            ))
        })?,
    }
    Ok(Exit::Pass)
}
