//! `dtr vectors lint`.

use anstream::println;
use dtr_model::draft::Draft;

use super::Where;
use crate::cli::{Exit, Trouble};
use crate::vector::lint::{self, Coverage};

pub(super) fn lint(args: &Where) -> Result<Exit, Trouble> {
    let mut exit = Exit::Pass;
    for draft in args.drafts()? {
        if !is_clean(args, draft)? {
            exit = Exit::Fail;
        }
    }
    Ok(exit)
}

/// Lints the vectors of one edition, and tells of it; whether there is nothing to complain of.
fn is_clean(args: &Where, draft: &'static Draft) -> Result<bool, Trouble> {
    let report = lint::lint(&args.dir, draft)?;
    for complaint in &report.complaints {
        println!("{complaint}");
    }
    let Coverage {
        edges,
        all_edges,
        marks,
        all_marks,
        rows,
        all_rows,
        readings,
        all_readings,
    } = report.coverage;
    println!(
        "{}: {} vectors cover {edges} of {all_edges} edges, {marks} of {all_marks} forks and danger zones, {rows} of {all_rows} checked rows and {readings} of {all_readings} readings; {} complaints",
        draft.id,
        report.vectors,
        report.complaints.len()
    );
    Ok(report.complaints.is_empty())
}
