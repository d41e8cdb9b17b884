//! `dtr explain DTR-…`: a row, what puts it to the test, and how that goes well and badly.

use dtr_model::requirement::{Binding, Edition, Requirement};
use owo_colors::OwoColorize as _;

use super::super::out::println;
use super::example;
use crate::client::rule;
use crate::probe;
use crate::report::document::keyword;
use crate::suite;

/// The kill matrix: which fault breaks which check. `dtr farm matrix` writes it.
const KILLS: &str = include_str!("../../../KILLS.md");
/// Faults told of a check.
const TOLD: usize = 3;

pub(super) fn explain(row: &Requirement, ledger: &Edition) {
    println!(
        "{} ({} section {}, {}) {}",
        row.id.bold(),
        ledger.id(),
        row.section,
        keyword(row.level),
        row.text
    );
    match &row.binding {
        Binding::Check if row.same_as.is_empty() => checked(row.id),
        Binding::Check => println!(
            "It asks the same as {} of ietf-01, and their checks report under its id.",
            row.same_as.join(", ")
        ),
        Binding::Through(others) => {
            println!("Other checks put it to the test: {}.", others.join(", "));
        }
        Binding::Client => for_clients(row.id),
        Binding::Excluded(why) => println!("Nothing puts it to the test: {why}."),
        Binding::Open(what) => println!("Nothing puts it to the test yet; this would: {what}."),
    }
}

fn for_clients(id: &str) {
    let mut rules = rule::of_row(id).peekable();
    match rules.peek() {
        Some(_) => println!("It is for clients. `dtr client` looks whether one"),
        None => println!("It is for clients, and `dtr client` does not look at it."),
    }
    for rule in rules {
        println!("  {:<36} {}", rule.id, rule.does);
    }
}

fn checked(id: &str) {
    for probe in probe::all().filter(|probe| probe.rows.contains(&id)) {
        println!("{} {}.", probe.id.bold(), probe.does);
    }
    example("A trace that bears on it:", |t| {
        suite::bearing(t).contains_key(id)
    });
    let faults = faults_of(id);
    if !faults.is_empty() {
        println!();
        println!("Servers that fail it, each with the shortest way to see that:");
    }
    for (does, shortest) in faults {
        println!("  {does}");
        println!("      {shortest}");
    }
}

/// What the first few servers do that were seen to fail a check, and what shows it.
fn faults_of(id: &str) -> Vec<(&'static str, &'static str)> {
    let row = |first: &str| -> Option<Vec<&'static str>> {
        let first = format!("| {first} |");
        let line = KILLS.lines().find(|line| line.starts_with(&first))?;
        Some(line.split('|').map(str::trim).collect())
    };
    let Some(check) = row(id) else {
        return Vec::new();
    };
    let faults = check.get(3).copied().unwrap_or_default().split(", ");
    let told = faults.filter_map(|fault| {
        let cells = row(fault)?;
        Some((*cells.get(2)?, *cells.get(4)?))
    });
    told.filter(|(_, shortest)| !shortest.is_empty())
        .take(TOLD)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dtr_model::requirement::{Edition, editions, named};

    use super::faults_of;

    /// What stands behind a sibling's row was seen to fail. What a server merely may do it cannot fail to.
    #[test]
    fn the_checks_that_siblings_share_can_fail() {
        let rows = editions().iter().flat_map(Edition::rows);
        let duty = |id: &&'static str| named(id).is_none_or(|row| !row.level.is_licence());
        let shared = rows.flat_map(|row| row.same_as.iter().copied());
        let shared: BTreeSet<_> = shared.filter(duty).collect();
        assert!(shared.len() > 20, "only {shared:?}");
        for check in shared {
            assert!(!faults_of(check).is_empty(), "{check}");
        }
    }

    #[test]
    fn the_kill_matrix_tells_how_a_check_fails() {
        let faults = faults_of("DTR-6.5.1-04");
        assert!(!faults.is_empty());
        assert!(faults.iter().all(|(_, shortest)| shortest.contains('→')));
        assert!(faults_of("DTR-0-00").is_empty());
    }
}
