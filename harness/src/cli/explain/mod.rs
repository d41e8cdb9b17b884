//! `dtr explain`: what an id stands for.

mod question;
mod requirement;

use dtr_model::draft::Draft;
use dtr_model::property::Property;
use dtr_model::question::{catalogue, named_entry};
use dtr_model::requirement::{Edition, editions};
use dtr_model::trace::{Origin, Trace};
use owo_colors::OwoColorize;

use super::out::println;
use super::{Exit, Trouble, edition};
use crate::client::rule;
use crate::probe::{self, Probe};
use crate::report::diagram;
use crate::suite;
use crate::vector::record;

/// Arguments of `dtr explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A requirement (DTR-6.5.1-07), question (C-02), property (S1), trace (fork-C-02=A-…),
    /// probe (probe-…) or rule for clients (client-…); or `requirements`, `questions`, `properties`, `probes`, `rules`
    /// for a list
    #[arg(value_name = "ID")]
    id: String,
    /// Edition of the text whose requirements are meant
    #[arg(long, value_parser = edition, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Edition,
}

pub(super) fn explain(args: &Args) -> Result<Exit, Trouble> {
    let id = args.id.as_str();
    match id {
        "questions" => catalogue()
            .iter()
            .for_each(|q| println!("{}  {}", q.id, q.title)),
        "properties" => Property::ALL
            .iter()
            .for_each(|p| println!("{:<8} {}", p.id(), p.text())),
        "probes" => probe::all().for_each(|p| println!("{:<30} {}", p.id, p.does)),
        "rules" => rule::all().for_each(|r| println!("{:<36} {}", r.id, r.does)),
        "requirements" => args
            .draft
            .rows()
            .iter()
            .for_each(|r| println!("{:<15} {}", r.id, r.text)),
        _ => one(id, args.draft)?,
    }
    Ok(Exit::Pass)
}

fn one(id: &str, ledger: &Edition) -> Result<(), Trouble> {
    let named = |t: &Trace| t.id == id;
    // A reading is told with its question, to which the others belong.
    let (choice, _) = id.split_once(['/', '=']).unwrap_or((id, ""));
    if let Some(entry) = named_entry(choice) {
        question::explain(entry);
    } else if let Some(property) = Property::named(id) {
        println!("{} {}", property.bold(), property.text());
        let origin = Origin::Danger(id.to_owned());
        example("The shortest way to put it to the test:", |t| {
            t.origin == origin
        });
    } else if let Some(row) = ledger.row(id) {
        requirement::explain(row, ledger);
    } else if let Some(other) = editions()
        .iter()
        .rev()
        .find(|other| other.row(id).is_some())
    {
        return Err(Trouble::new(format!(
            "`{id}` is no row of {}, but of {}: say `--draft {}`",
            ledger.id(),
            other.id(),
            other.id()
        )));
    } else if let Some(probe) = probe::named(id) {
        explain_probe(probe);
    } else if let Some(rule) = rule::named(id) {
        println!("{} A client {}.", rule.id.bold(), rule.does);
        match rule.rows {
            [] => println!("No row asks for it: it is advice."),
            rows => println!("It is asked by: {}.", rows.join(", ")),
        }
        println!("Run it: dtr client --draft DRAFT -- PROGRAM");
    } else if let Some(trace) = record::traces(Draft::DEFAULT)
        .iter()
        .chain(&suite::recorded(Draft::DEFAULT))
        .chain(&suite::races(Draft::DEFAULT))
        .find(|t| named(t))
    {
        println!("{}", diagram::of_trace(trace));
    } else {
        return Err(Trouble::new(format!(
            "`{id}` is no requirement, question, property, trace, probe or rule; `dtr explain questions` lists the questions, `dtr vectors list` the traces"
        )));
    }
    Ok(())
}

fn explain_probe(probe: &Probe) {
    println!("{} {}.", probe.id.bold(), probe.does);
    if !probe.rows.is_empty() {
        println!("It puts to the test: {}.", probe.rows.join(", "));
    }
    if !probe.questions.is_empty() {
        println!(
            "It tells readings apart of: {}.",
            probe.questions.join(", ")
        );
    }
    println!("Run it: dtr run --select {}", probe.id);
}

fn example(caption: &str, fits: impl Fn(&Trace) -> bool) {
    if let Some(trace) = suite::recorded(Draft::DEFAULT).iter().find(|t| fits(t)) {
        println!();
        println!("{caption} {}", trace.id);
        println!("{}", diagram::of_trace(trace));
    }
}
