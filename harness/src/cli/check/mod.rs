//! `dtr check`: the model, exhaustively, under every reading. What it says of it
//! is in `print.rs` for people and in `document.rs` for programs.

mod document;
mod print;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dtr_model::check::{Case, CheckError, Checked, Expected, second_opinion};
use dtr_model::draft::Draft;
use dtr_model::question::Readings;
use dtr_model::world::Setting;
use indicatif::ProgressBar;

use super::{Exit, Trouble, draft};
use crate::report::progress;

/// Arguments of `dtr check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: Draft,
    /// Check only this choice of readings, e.g. C-02=A; several make one mix
    #[arg(long, value_name = "C-xx=R")]
    reading: Vec<String>,
    /// Let stateright count every case, not only the pins and a chosen mix
    #[arg(long)]
    thorough: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Write the outcome down as what is expected from now on
    #[arg(long, conflicts_with = "reading", value_name = "FILE", num_args = 0..=1, default_missing_value = "model/expected.json")]
    record: Option<PathBuf>,
}

/// One case with everything said about it.
struct Finding {
    checked: Checked,
    /// Where it differs from the record, or the two explorers differ.
    objections: Vec<String>,
    /// Whether stateright searched it too.
    twice: bool,
}

pub(super) fn check(args: &Args) -> Result<Exit, Trouble> {
    let cases = cases(args)?;
    let expected = Expected::recorded()?;
    let findings = search(args, &cases, &expected)?;
    if let Some(path) = &args.record {
        let record = Expected::of(&args.draft, findings.iter().map(|f| &f.checked));
        let text = serde_json::to_string_pretty(&record)? + "\n";
        std::fs::write(path, text)
            .map_err(|e| Trouble::new(format!("cannot write {}: {e}", path.display())))?;
    }
    match args.json {
        true => document::print(args, &findings)?,
        false => print::print(&findings),
    }
    let objected = findings.iter().any(|f| !f.objections.is_empty());
    Ok(if objected { Exit::Fail } else { Exit::Pass })
}

fn cases(args: &Args) -> Result<Vec<Case>, Trouble> {
    if args.reading.is_empty() {
        return Ok(Case::all());
    }
    let mut readings = Readings::pins();
    for choice in &args.reading {
        readings = readings.choose(choice)?;
    }
    // A choice that has a case of its own goes by the case's name.
    let known = Case::all().into_iter().find(|c| c.readings == readings);
    let name = args.reading.join(",");
    Ok(vec![known.unwrap_or(Case { name, readings })])
}

/// Checks every case, two at a time where there are two cores.
fn search(args: &Args, cases: &[Case], expected: &Expected) -> Result<Vec<Finding>, Trouble> {
    let bar = progress(cases.len() as u64, "cases");
    let next = AtomicUsize::new(0);
    let found = Mutex::new(BTreeMap::new());
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(cases.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((at, case)) = take(&next, cases) {
                    let finding = examine(args, case, expected, &bar);
                    found.lock().expect("no worker panics").insert(at, finding);
                }
            });
        }
    });
    bar.finish_and_clear();
    let found = found.into_inner().expect("no worker panics");
    Ok(found.into_values().collect::<Result<_, CheckError>>()?)
}

fn take<'a>(next: &AtomicUsize, cases: &'a [Case]) -> Option<(usize, &'a Case)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    cases.get(at).map(|case| (at, case))
}

fn examine(
    args: &Args,
    case: &Case,
    expected: &Expected,
    bar: &ProgressBar,
) -> Result<Finding, CheckError> {
    let checked = case.check()?;
    let mut objections = Vec::new();
    let chosen = !args.reading.is_empty();
    // A mix of our user's is not in the record; every other case has to be.
    let on_record = !chosen || expected.cases.contains_key(&case.name);
    if on_record && args.record.is_none() {
        objections.extend(
            expected
                .deviations(&checked)
                .iter()
                .map(ToString::to_string),
        );
    }
    let twice = args.thorough || chosen || *case == Case::pins();
    if twice {
        objections.extend(differences(case, &checked));
    }
    bar.inc(1);
    Ok(Finding {
        checked,
        objections,
        twice,
    })
}

/// Where stateright does not agree with our explorer.
fn differences(case: &Case, checked: &Checked) -> Vec<String> {
    let second = second_opinion(&Setting::new(case.readings), 1);
    let mut differences = Vec::new();
    if !second.finished {
        differences.push(format!("{}: stateright did not finish", case.name));
    }
    if second.states != checked.states {
        differences.push(format!(
            "{}: {} unique states by our explorer, {} by stateright",
            case.name, checked.states, second.states
        ));
    }
    let ours: Vec<_> = checked.broken.keys().copied().collect();
    let theirs: Vec<_> = second.broken.into_iter().collect();
    if ours != theirs {
        differences.push(format!(
            "{}: our explorer breaks {ours:?}, stateright {theirs:?}",
            case.name
        ));
    }
    differences
}
