//! `dtr check`: the model, exhaustively, under every reading.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::out::println;
use dtr_model::check::{Case, CheckError, Checked, Expected, second_opinion};
use dtr_model::draft::Draft;
use dtr_model::property::Property;
use dtr_model::question::{Question, Readings};
use dtr_model::world::Setting;
use indicatif::ProgressBar;
use owo_colors::OwoColorize;
use serde::Serialize;

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
        true => print_json(args, &findings)?,
        false => print(&findings),
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

fn print(findings: &[Finding]) {
    let Some((first, rest)) = findings.split_first() else {
        return;
    };
    print_properties(first);
    if !rest.is_empty() {
        print_questions(first, rest);
    }
    println!();
    println!("{}", "Counterexamples, each the shortest there is".bold());
    for finding in findings {
        for (property, path) in beyond(first, finding) {
            println!();
            let name = &finding.checked.name;
            println!(
                "{} breaks {property} in {} steps: {}",
                name.bold(),
                path.len(),
                property.text()
            );
            for (at, action) in path.iter().enumerate() {
                println!("  {:>2}. {action}", at + 1);
            }
        }
    }
    println!();
    let states: usize = findings.iter().map(|f| f.checked.states).sum();
    let moves: u64 = findings.iter().map(|f| f.checked.moves).sum();
    let twice = findings.iter().filter(|f| f.twice).count();
    println!(
        "{} cases, {states} unique states, {moves} moves, every search exhausted; {twice} counted by stateright too.",
        findings.len()
    );
    for objection in findings.iter().flat_map(|f| &f.objections) {
        println!("{} {objection}", "differs".red().bold());
    }
}

/// Every property at the first case: the pins, or a chosen mix.
fn print_properties(first: &Finding) {
    let checked = &first.checked;
    println!(
        "{} {} unique states, {} moves",
        checked.name.bold(),
        checked.states,
        checked.moves
    );
    for property in Property::ALL {
        let fares = match checked.broken.get(property) {
            Some(path) => format!("breaks in {}", path.len()).red().to_string(),
            None => "holds".green().to_string(),
        };
        println!("  {:<8} {fares:<22} {}", property.id(), property.text());
    }
}

/// For every question its readings, and what each breaks or repairs.
fn print_questions(pins: &Finding, readings: &[Finding]) {
    for question in Question::ALL {
        let entry = question.entry();
        println!();
        println!(
            "{} {} ({})",
            question.bold(),
            entry.title,
            entry.sections.dimmed()
        );
        for (reading, text) in question.readings().zip(entry.readings) {
            let name = format!("{question}={reading}");
            let found = readings.iter().find(|f| f.checked.name == name);
            let fares = match found {
                None => "the pin".dimmed().to_string(),
                Some(finding) => difference(pins, finding),
            };
            println!("  {reading}  {}", text.text);
            println!("     {fares}");
        }
    }
}

fn difference(pins: &Finding, finding: &Finding) -> String {
    let broken =
        beyond(pins, finding).map(|(property, path)| format!("{property} in {}", path.len()));
    let broken: Vec<String> = broken.collect();
    let repaired = pins
        .checked
        .broken
        .keys()
        .filter(|p| !finding.checked.broken.contains_key(p));
    let repaired: Vec<&str> = repaired.map(|p| p.id()).collect();
    let mut says = match broken.is_empty() {
        true => vec!["every property of the pins holds".green().to_string()],
        false => vec![format!("breaks {}", broken.join(", ")).red().to_string()],
    };
    if !repaired.is_empty() {
        says.push(
            format!("repairs {}", repaired.join(", "))
                .green()
                .to_string(),
        );
    }
    let untested: Vec<&str> = finding.checked.untested.iter().map(|p| p.id()).collect();
    if !untested.is_empty() {
        says.push(
            format!("never tests {}", untested.join(", "))
                .yellow()
                .to_string(),
        );
    }
    format!("{}  [{} states]", says.join("; "), finding.checked.states)
}

/// What a case breaks that the first does not; for the first, all it breaks.
fn beyond<'a>(
    first: &'a Finding,
    finding: &'a Finding,
) -> impl Iterator<Item = (&'a Property, &'a Vec<dtr_model::world::Action>)> {
    let itself = std::ptr::eq(first, finding);
    let broken = finding.checked.broken.iter();
    broken.filter(move |(p, _)| itself || !first.checked.broken.contains_key(p))
}

#[derive(Serialize)]
struct Document<'a> {
    verdict: &'static str,
    draft: &'static str,
    cases: Vec<CaseDocument<'a>>,
    objections: Vec<&'a str>,
}

#[derive(Serialize)]
struct CaseDocument<'a> {
    case: &'a str,
    states: usize,
    moves: u64,
    counted_by_stateright: bool,
    elapsed_ms: u128,
    untested: Vec<&'static str>,
    broken: BTreeMap<&'static str, Vec<String>>,
}

fn print_json(args: &Args, findings: &[Finding]) -> Result<(), Trouble> {
    let objections: Vec<&str> = findings
        .iter()
        .flat_map(|f| &f.objections)
        .map(|s| &**s)
        .collect();
    let document = Document {
        verdict: if objections.is_empty() {
            "pass"
        } else {
            "fail"
        },
        draft: args.draft.id,
        objections,
        cases: findings.iter().map(case_document).collect(),
    };
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}

fn case_document(finding: &Finding) -> CaseDocument<'_> {
    let checked = &finding.checked;
    let broken = checked.broken.iter();
    CaseDocument {
        case: &checked.name,
        states: checked.states,
        moves: checked.moves,
        counted_by_stateright: finding.twice,
        elapsed_ms: checked.elapsed.as_millis(),
        untested: checked.untested.iter().map(|p| p.id()).collect(),
        broken: broken
            .map(|(p, path)| (p.id(), path.iter().map(ToString::to_string).collect()))
            .collect(),
    }
}
