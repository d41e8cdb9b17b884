//! `dtr check`: the model, exhaustively, under every reading. What it says of it
//! is in `print.rs` for people, in `document.rs` for programs and in `findings/`
//! for those who write the text; `export.rs` hands the relation to other tools.

mod document;
mod export;
mod findings;
mod print;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dtr_model::check::{Case, CheckError, Checked, Expected, second_opinion};
use dtr_model::draft::Draft;
use dtr_model::export::Format;
use dtr_model::finding::harmless_pairs;
use dtr_model::world::Setting;
use indicatif::ProgressBar;

use super::{Exit, Trouble, draft, reporting};
use crate::report::progress;

/// Arguments of `dtr check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    dtr check --reading C-11=C,C-13=B                           what does this mix break?\n  \
    dtr check --export aut --reading C-02=A --out other.aut     for ltscompare of mCRL2\n  \
    dtr check --export dot | dot -Tsvg > pins.svg               for Graphviz")]
pub(super) struct Args {
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
    /// Check only this choice of readings, e.g. C-02=A; several make one mix
    #[arg(long, value_name = "C-xx=R")]
    reading: Vec<String>,
    /// Let stateright count every case, not only the pins and a chosen mix
    #[arg(long)]
    thorough: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Write what the open points of the text do, for those who write it
    #[arg(long, conflicts_with = "reading", value_name = "FILE", num_args = 0..=1, default_missing_value = "model/FINDINGS.md")]
    findings: Option<PathBuf>,
    /// Write the outcome down as what is expected from now on
    #[arg(long, conflicts_with = "reading", value_name = "FILE", num_args = 0..=1, default_missing_value = "model/expected.json")]
    record: Option<PathBuf>,
    /// Check nothing; write what a server may do about one deferral code, for other tools: aut, dot or json
    #[arg(long, conflicts_with_all = ["thorough", "json", "findings", "record"], value_name = "FORMAT")]
    export: Option<Format>,
    /// Where to write the export; without it, to standard output
    #[arg(long, requires = "export", value_name = "FILE")]
    out: Option<PathBuf>,
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
    if let Some(format) = args.export {
        let case = chosen(args.draft, &args.reading)?.unwrap_or_else(|| Case::pins(args.draft));
        return export::export(format, &case, args.out.as_deref());
    }
    let kept = [("--record", &args.record), ("--findings", &args.findings)];
    let kept = kept.into_iter().find(|(_, path)| path.is_some());
    if let Some((option, _)) = kept.filter(|_| args.draft != Draft::DEFAULT) {
        let (kept, draft) = (Draft::DEFAULT.id, args.draft.id);
        return Err(Trouble::new(format!(
            "{option} is about {kept}: it cannot be written for {draft}; leave out --draft, or {option}"
        )));
    }
    let cases = cases(args)?;
    let expected = Expected::recorded()?;
    let findings = search(args, &cases, &expected)?;
    if let Some(path) = &args.record {
        let record = Expected::of(args.draft, findings.iter().map(|f| &f.checked));
        let text = serde_json::to_string_pretty(&record)? + "\n";
        reporting::write(path, &text)?;
    }
    if let Some(path) = &args.findings {
        write_findings(path, &findings)?;
    }
    match args.json {
        true => document::print(args, &findings)?,
        false => print::print(args.draft, &findings),
    }
    let objected = findings.iter().any(|f| !f.objections.is_empty());
    Ok(if objected { Exit::Fail } else { Exit::Pass })
}

/// Searches pairs of readings besides, and writes the page.
fn write_findings(path: &Path, findings: &[Finding]) -> Result<(), Trouble> {
    let checked: Vec<Checked> = findings.iter().map(|f| f.checked.clone()).collect();
    let pairs = harmless_pairs(&checked);
    let bar = progress(pairs.len() as u64, "pairs");
    let found = in_parallel(&pairs, |pair| {
        let checked = pair.case().check()?;
        bar.inc(1);
        Ok((*pair, checked))
    })?;
    bar.finish_and_clear();
    let parents = findings::parents()?;
    let mut profiled = Vec::new();
    for (draft, cases) in findings::profiled() {
        let bar = progress(cases.len() as u64, draft.id);
        let checked = in_parallel(&cases, |case| {
            let checked = case.check()?;
            bar.inc(1);
            Ok(checked)
        })?;
        bar.finish_and_clear();
        profiled.push(findings::Profiled::of(draft, checked));
    }
    let page = findings::page(&checked, &found, &parents, &profiled);
    reporting::write(path, &page)
}

fn cases(args: &Args) -> Result<Vec<Case>, Trouble> {
    Ok(match chosen(args.draft, &args.reading)? {
        Some(case) => vec![case],
        None => Case::all(args.draft),
    })
}

/// The case that `--reading` asks for, if it was given.
pub(super) fn chosen(draft: &'static Draft, choices: &[String]) -> Result<Option<Case>, Trouble> {
    if choices.is_empty() {
        return Ok(None);
    }
    let mut readings = draft.pins();
    for choice in choices {
        readings = readings.choose(choice)?;
    }
    // A choice that has a case of its own goes by the case's name.
    let known = Case::all(draft)
        .into_iter()
        .find(|c| c.readings == readings);
    let name = choices.join(",");
    Ok(Some(known.unwrap_or(Case {
        name,
        draft,
        readings,
    })))
}

/// Checks every case, two at a time where there are two cores.
fn search(args: &Args, cases: &[Case], expected: &Expected) -> Result<Vec<Finding>, Trouble> {
    let bar = progress(cases.len() as u64, "cases");
    let found = in_parallel(cases, |case| examine(args, case, expected, &bar));
    bar.finish_and_clear();
    found
}

/// What `work` makes of each item, in their order, with as many at a time as there are cores.
fn in_parallel<T: Sync, U: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<U, CheckError> + Sync,
) -> Result<Vec<U>, Trouble> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(BTreeMap::new());
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(items.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item);
                    found.lock().expect("no worker panics").insert(at, result);
                }
            });
        }
    });
    let found = found.into_inner().expect("no worker panics");
    Ok(found.into_values().collect::<Result<_, CheckError>>()?)
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
    // A mix of our user's is not in the record, nor is another text; every other case has to be.
    let on_record =
        case.draft.id == expected.draft && (!chosen || expected.cases.contains_key(&case.name));
    if on_record && args.record.is_none() {
        objections.extend(
            expected
                .deviations(&checked)
                .iter()
                .map(ToString::to_string),
        );
    }
    let twice = args.thorough || chosen || *case == Case::pins(args.draft);
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
    let second = second_opinion(&Setting::new(case.draft, case.readings), 1);
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
