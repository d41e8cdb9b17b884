//! A comparison for people.

use owo_colors::OwoColorize;

use super::document::{Document, Experiment};
use crate::cli::out::println;

pub(super) fn print(document: &Document) {
    let [one, other] = &document.sides;
    for (side, title) in document.sides.iter().zip(document.titles) {
        println!("{}  {title}", side.bold());
    }
    if !document.names.is_empty() {
        println!();
        println!("{}", "Called differently".bold());
        for name in &document.names {
            let [was, is] = name
                .names
                .each_ref()
                .map(|n| n.as_deref().unwrap_or("none"));
            println!("  {}: {was} → {is}{}", name.what, noted(&name.changes));
        }
    }
    if !document.glances.is_empty() {
        println!();
        println!("{}", "Seen in one answer".bold());
        for glance in &document.glances {
            println!("  {}{}", glance.request, noted(&glance.changes));
            for (side, allowed) in document.sides.iter().zip(glance.allowed) {
                println!("    {side}: {}", allowed.join(", or "));
            }
        }
    }
    if !document.settled.is_empty() {
        println!();
        println!("{}", "Answered by one text, left open by the other".bold());
        for settled in &document.settled {
            let (question, reading, title) = (settled.question, &settled.reading, settled.title);
            let changes = noted(&settled.changes);
            println!(
                "  {question}, {title}: {} says {reading}{changes}",
                settled.by
            );
        }
    }
    println!();
    match document.forks.is_empty() {
        true => println!("{}", "Nothing is answered differently".bold()),
        false => println!("{}", "Answered differently after the same history".bold()),
    }
    for fork in &document.forks {
        print_fork(fork, [one, other]);
    }
    println!();
    for search in &document.searched {
        let extent = match search.cut {
            None => "all there are".to_owned(),
            Some(length) => format!("all histories of up to {length} events, and no further"),
        };
        println!(
            "Compared with a {}: {} pairs of sets of states, {extent}.",
            search.setting, search.pairs
        );
    }
    print_hidden(document);
}

fn print_fork(fork: &Experiment, sides: [&String; 2]) {
    println!();
    for (at, step) in fork.steps.iter().enumerate() {
        match &step.answer {
            Some(answer) => println!("  {:>2}. {} → {answer}", at + 1, step.event),
            None => println!("  {:>2}. {}{}", at + 1, step.event, noted(&fork.changes)),
        }
    }
    for (side, only) in sides.into_iter().zip(&fork.only) {
        if !only.is_empty() {
            println!("      only {side}: {}", only.join("; "));
        }
    }
    if !fork.both.is_empty() {
        println!("      both: {}", fork.both.join("; "));
    }
    if fork.alike > 0 {
        println!("      and after {} more histories", fork.alike);
    }
}

/// The changes that people noted and that do not show here.
fn print_hidden(document: &Document) {
    let hidden: Vec<_> = document.changes.iter().filter(|c| !c.shows).collect();
    if hidden.is_empty() {
        return;
    }
    println!();
    println!("{}", "Noted changes that do not show here".bold());
    for change in hidden {
        let why = change
            .why_not
            .unwrap_or("a later change undoes it, or only with --lawful it shows");
        println!("  {}: {} ({why})", change.id, change.text);
    }
}

fn noted(changes: &[&str]) -> String {
    match changes.is_empty() {
        true => String::new(),
        false => format!("  [{}]", changes.join(", ")),
    }
}
