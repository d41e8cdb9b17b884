//! `dtr explain`: what an id stands for.

mod question;

use dtr_model::property::Property;
use dtr_model::question::{catalogue, named_entry};
use dtr_model::requirement::{self, Binding};
use dtr_model::trace::{Origin, Trace};
use owo_colors::OwoColorize;

use super::out::println;
use super::{Exit, Trouble};
use crate::report::diagram;
use crate::report::document::keyword;
use crate::suite;
use crate::vector::record;

/// Arguments of `dtr explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A requirement (DTR-6.5.1-07), question (C-02), property (S1) or trace
    /// (fork-C-02=A-…); or `requirements`, `questions`, `properties` for a list
    #[arg(value_name = "ID")]
    id: String,
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
        "requirements" => requirement::all()
            .iter()
            .for_each(|r| println!("{:<15} {}", r.id, r.text)),
        _ => one(id)?,
    }
    Ok(Exit::Pass)
}

fn one(id: &str) -> Result<(), Trouble> {
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
    } else if let Some(row) = requirement::named(id) {
        println!(
            "{} (section {}, {}) {}",
            row.id.bold(),
            row.section,
            keyword(row.level),
            row.text
        );
        match &row.binding {
            Binding::Check => {
                let bears = |t: &Trace| suite::bearing(t).contains_key(id);
                example("A trace that bears on it:", bears);
            }
            Binding::Through(others) => {
                println!("Other checks put it to the test: {}.", others.join(", "));
            }
            Binding::Client => println!("It is for clients, and none is under test."),
            Binding::Excluded(why) => println!("Nothing puts it to the test: {why}."),
            Binding::Open(what) => println!("Nothing puts it to the test yet; this would: {what}."),
        }
    } else if let Some(trace) = record::traces()
        .iter()
        .chain(&suite::recorded())
        .chain(&suite::races())
        .find(|t| named(t))
    {
        println!("{}", diagram::of_trace(trace));
    } else {
        return Err(Trouble::new(format!(
            "`{id}` is no requirement, question, property or trace; `dtr explain questions` lists the questions, `dtr vectors list` the traces"
        )));
    }
    Ok(())
}

fn example(caption: &str, fits: impl Fn(&Trace) -> bool) {
    if let Some(trace) = suite::recorded().iter().find(|t| fits(t)) {
        println!();
        println!("{caption} {}", trace.id);
        println!("{}", diagram::of_trace(trace));
    }
}
