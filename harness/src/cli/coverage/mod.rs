//! `dtr coverage`: what puts each row of the ledger to the test, and whether a run did.

mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dtr_model::draft::Draft;
use dtr_model::requirement::{Binding, Edition, Requirement};
use owo_colors::OwoColorize as _;
use serde::Serialize;

use super::merge::read;
use super::out::{self, println};
use super::{Exit, Trouble, edition, reporting};
use crate::client::rule;
use crate::report::document::keyword;

/// Arguments of `dtr coverage`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Edition of the text
    #[arg(long, value_parser = edition, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Edition,
    /// JSON report of a run (`dtr run --json FILE`): a check that it did not observe is an error
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the ledger as a page in Markdown, too
    #[arg(long, value_name = "FILE", requires = "report")]
    page: Option<PathBuf>,
    /// Print every row as JSON
    #[arg(long)]
    json: bool,
    /// List every row, not only those that are open
    #[arg(long, short, conflicts_with = "json")]
    verbose: bool,
}

/// A row and what came of it.
#[derive(Serialize)]
struct Covered {
    #[serde(flatten)]
    row: &'static Requirement,
    /// Observations in the run, for a row with a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<u64>,
}

impl Covered {
    fn was_missed(&self) -> bool {
        self.observed == Some(0) && !self.row.level.is_licence()
    }

    /// Whether somebody has to do something about it.
    fn calls_for_attention(&self) -> bool {
        matches!(self.row.binding, Binding::Open(_)) || self.was_missed()
    }
}

pub(super) fn coverage(args: &Args) -> Result<Exit, Trouble> {
    let observed = match &args.report {
        Some(path) => Some(observed(path, args.draft)?),
        None => None,
    };
    let count = |row: &Requirement| {
        let counts = observed.as_ref().filter(|_| row.is_checked())?;
        Some(counts.get(row.id).copied().unwrap_or(0))
    };
    let rows: Vec<Covered> = args
        .draft
        .rows()
        .iter()
        .map(|row| Covered {
            row,
            observed: count(row),
        })
        .collect();
    if let Some(path) = &args.page {
        only_of_the_default(args.draft)?;
        reporting::write(path, &page::page(&rows)?)?;
    }
    match args.json {
        true => out::write(format_args!("{}\n", serde_json::to_string_pretty(&rows)?)),
        false => table(&rows, args.verbose),
    }
    Ok(match rows.iter().any(Covered::was_missed) {
        true => Exit::Fail,
        false => Exit::Pass,
    })
}

/// The page tells of the default text's vectors.
fn only_of_the_default(ledger: &Edition) -> Result<(), Trouble> {
    match ledger.id() == Draft::IETF_01.id {
        true => Ok(()),
        false => Err(Trouble::new(format!(
            "--page is about the default text and its vectors, not about {}: leave out --page, or --draft",
            ledger.id()
        ))),
    }
}

fn observed(path: &Path, ledger: &Edition) -> Result<BTreeMap<String, u64>, Trouble> {
    let (name, report) = read(path)?;
    let ran = report.draft.id;
    if ran != ledger.id() {
        return Err(Trouble::new(format!(
            "{name} is of a run by {ran}, and the rows are those of {}: say `--draft {ran}`, or give the report of another run",
            ledger.id()
        )));
    }
    let counts = report.requirements.into_iter();
    Ok(counts
        .map(|(id, count)| (id, count.held + count.broken + count.slighted))
        .collect())
}

fn table(rows: &[Covered], verbose: bool) {
    for section in rows.chunk_by(|a, b| a.row.section_number() == b.row.section_number()) {
        let number = section[0].row.section_number();
        println!("{:<8} {}", number.bold(), sum(section));
        for one in section {
            if verbose || one.calls_for_attention() {
                line(one);
            }
        }
    }
    println!();
    println!("{:<8} {}", "all", sum(rows));
    let (asked, missed) = (
        rows.iter()
            .filter(|one| one.observed.is_some() && !one.row.level.is_licence())
            .count(),
        rows.iter().filter(|one| one.was_missed()).count(),
    );
    if asked > 0 {
        println!(
            "observed in the run: {} of the {asked} checks that are no licence",
            asked - missed
        );
    }
}

fn line(one: &Covered) {
    let row = one.row;
    let level = keyword(row.level);
    println!("  {:<14} {level:<11} {}", row.id, row.text);
    let fate = match &row.binding {
        Binding::Check => checked(one),
        Binding::Through(others) => format!("through {}", others.join(", ")),
        Binding::Client => for_clients(row.id, ""),
        Binding::Excluded(why) => format!("excluded: {why}"),
        Binding::Open(what) => format!("open: {what}").yellow().to_string(),
    };
    println!("  {:<26} {fate}", "");
}

/// What looks at it, where clients are under test; each name between such marks.
fn for_clients(id: &str, mark: &str) -> String {
    let rules = rule::of_row(id).map(|rule| format!(", {mark}{}{mark}", rule.id));
    format!("for clients{}", rules.collect::<String>())
}

/// What checks it, and whether the run observed that.
fn checked(one: &Covered) -> String {
    let check = match one.row.same_as.as_slice() {
        [] => "a check of its own".to_owned(),
        others => format!("checked as {}", others.join(", ")),
    };
    match one.observed {
        None => check,
        Some(0) if one.row.level.is_licence() => {
            format!("{check}; it is permitted, and was not seen")
        }
        Some(0) => {
            let missed = format!("{check}, which the run did not observe");
            missed.red().to_string()
        }
        Some(count) => format!("{check}, observed {count} times"),
    }
}

/// How many rows have which binding.
fn sum(rows: &[Covered]) -> String {
    let count =
        |wanted: fn(&Binding) -> bool| rows.iter().filter(|one| wanted(&one.row.binding)).count();
    let clients = rows.iter().filter(|one| one.row.binding == Binding::Client);
    let watched = clients.filter(|one| rule::of_row(one.row.id).next().is_some());
    let watched = watched.count();
    let parts = [
        (count(|b| matches!(b, Binding::Check)), "checked"),
        (
            count(|b| matches!(b, Binding::Through(_))),
            "through others",
        ),
        (watched, "by `dtr client`"),
        (
            count(|b| matches!(b, Binding::Client)) - watched,
            "for clients",
        ),
        (count(|b| matches!(b, Binding::Excluded(_))), "excluded"),
        (count(|b| matches!(b, Binding::Open(_))), "open"),
    ];
    let some = parts.iter().filter(|(count, _)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!("{} rows: {}", rows.len(), some.join(", "))
}
