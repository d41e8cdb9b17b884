//! The outcome of a check for people: every property at the pins, every question
//! with what its readings cost, every counterexample.

use dtr_model::draft::Draft;
use dtr_model::property::Property;
use dtr_model::question::Question;
use owo_colors::OwoColorize;

use super::Finding;
use crate::cli::out::println;

pub(super) fn print(draft: &Draft, findings: &[Finding]) {
    let Some((first, rest)) = findings.split_first() else {
        return;
    };
    print_properties(draft, first);
    if !rest.is_empty() {
        print_questions(draft, first, rest);
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
fn print_properties(draft: &Draft, first: &Finding) {
    let checked = &first.checked;
    println!(
        "{} {} unique states, {} moves",
        checked.name.bold(),
        checked.states,
        checked.moves
    );
    for property in draft.properties().iter() {
        let fares = match checked.broken.get(&property) {
            Some(path) => format!("breaks in {}", path.len()).red().to_string(),
            None => "holds".green().to_string(),
        };
        println!("  {:<8} {fares:<22} {}", property.id(), property.text());
    }
}

/// For every question its readings, and what each breaks or repairs.
fn print_questions(draft: &Draft, pins: &Finding, readings: &[Finding]) {
    let open = Question::ALL
        .iter()
        .filter(|q| draft.leaves_open(q.entry()));
    for question in open {
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
