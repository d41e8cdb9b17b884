//! A question of the catalogue: its readings, where they show, and for one that
//! the relation consults the shortest way to tell them apart.

use std::collections::BTreeSet;

use dtr_model::event::Answer;
use dtr_model::generate::{SETTINGS, experiment};
use dtr_model::question::{Entry, Place, Question, Reading, ReadingEntry, Readings};
use dtr_model::terms::Terms;
use dtr_model::trace::{Origin, Trace};
use owo_colors::OwoColorize;

use super::super::out::println;
use crate::probe;
use crate::report::diagram;

pub(super) fn explain(entry: &Entry) {
    println!(
        "{} {} (sections {}; severity {})",
        entry.id.bold(),
        entry.title,
        entry.sections,
        entry.severity
    );
    println!("{}", place(entry.id, entry.place));
    if let Some(experiment) = entry.experiment {
        println!("Experiment: {experiment}.");
    }
    for (letter, reading) in entry.lettered() {
        println!();
        println!(
            "{}/{letter}{}: {}",
            entry.id,
            remarks(entry, letter, reading),
            reading.text
        );
        if let Place::Relation(question) = entry.place
            && letter != question.pin()
        {
            print_experiment(question, letter);
        }
    }
}

fn place(id: &str, place: Place) -> String {
    match place {
        Place::Relation(_) => {
            "The relation consults it, and `dtr run` looks for the reading of a server.".to_owned()
        }
        Place::Probe => {
            let mut probes = probe::all().filter(|p| p.questions.contains(&id));
            let probe = probes.next().map_or("a probe", |probe| probe.id);
            format!("The relation does not consult it: {probe} sees how a server reads it.")
        }
        Place::Nowhere(why) => format!("Nothing here tells its readings apart: {why}."),
    }
}

/// `, the pin, breaks DTR-…, costs S1 and L2`, as far as it is so.
fn remarks(entry: &Entry, letter: Reading, reading: &ReadingEntry) -> String {
    let pin = (entry.pin == Some(letter)).then(|| "the pin".to_owned());
    let breaks = reading.breaks.map(|id| format!("breaks {id}"));
    let costs: Vec<&str> = reading.costs.iter().map(|p| p.id()).collect();
    let costs = (!costs.is_empty()).then(|| format!("costs {}", costs.join(" and ")));
    let remarks = [pin, breaks, costs].into_iter().flatten();
    remarks.map(|remark| format!(", {remark}")).collect()
}

/// The shortest experiment that tells a reading from the pin.
fn print_experiment(question: Question, reading: Reading) {
    let pins = Readings::pins();
    let other = pins.with(question, reading);
    // Longer waits only where shorter ones do not tell.
    let terms = SETTINGS.iter().chain([&Terms::PACED]);
    let found = terms.filter_map(|t| Some((*t, experiment(*t, &pins, &other)?)));
    let Some((terms, found)) = found.min_by_key(|(_, e)| !e.is_decisive()) else {
        println!("no sequence of requests about one code tells it from the pin");
        return;
    };
    let origin = Origin::Fork(format!("{question}={reading}"));
    let trace = Trace::new(origin, terms, found.events);
    println!("told from the pin by {}:", trace.id);
    println!("{}", diagram::of_trace(&trace));
    println!(
        "         the last is answered under {question}/{}: {}",
        question.pin(),
        listed(&found.first)
    );
    println!(
        "                         and under {question}/{reading}: {}",
        listed(&found.second)
    );
}

fn listed(answers: &BTreeSet<Answer>) -> String {
    let words: Vec<String> = answers.iter().map(Answer::to_string).collect();
    words.join(", or ")
}
