//! `dtr vectors lint`.

use anstream::println;

use super::Where;
use crate::cli::{Exit, Trouble};
use crate::vector::lint::{self, Coverage};

pub(super) fn lint(args: &Where) -> Result<Exit, Trouble> {
    let report = lint::lint(&args.dir, args.draft)?;
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
        "{} vectors cover {edges} of {all_edges} edges, {marks} of {all_marks} forks and danger zones, {rows} of {all_rows} checked rows and {readings} of {all_readings} readings; {} complaints",
        report.vectors,
        report.complaints.len()
    );
    Ok(match report.complaints.is_empty() {
        true => Exit::Pass,
        false => Exit::Fail,
    })
}
