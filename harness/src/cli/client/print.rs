//! The report about a client for people.

use owo_colors::OwoColorize as _;

use super::document::{Document, Played};
use crate::cli::out::println;
use crate::client::rule;
use crate::report::document::{Check, Verdict};
use crate::report::terminal::mark;

pub(super) fn print(document: &Document, verbose: bool) {
    for check in &document.checks {
        line(check);
    }
    for played in &document.situations {
        let broken = |check: &&Check| check.trace.as_ref() == Some(&played.id);
        let broken: Vec<&Check> = document.checks.iter().filter(broken).collect();
        if verbose || !broken.is_empty() || played.exchange.is_empty() {
            tell(played, &broken);
        }
    }
    println!();
    println!("{}", document.summary());
}

fn line(check: &Check) {
    let does = rule::named(&check.id).map_or("", |rule| rule.does);
    println!(
        "{} {:<36} {does} {} {}",
        mark(check.verdict),
        check.id,
        check.level.dimmed(),
        check.requirements.join(" ").dimmed()
    );
}

/// What happened in a situation, and what is wrong with it.
fn tell(played: &Played, broken: &[&Check]) {
    println!();
    println!("{}: the server {}", played.id.bold(), played.does);
    for line in &played.exchange {
        println!("  {line}");
    }
    match (&played.ended, played.exchange.is_empty()) {
        (Some(ended), true) => println!("  The client made no request, and ended: {ended}"),
        (None, true) => println!("  The client made no request"),
        (Some(ended), false) => println!("            the client ended: {ended}"),
        (None, false) => println!("            the client was stopped"),
    }
    for check in broken {
        let why = check.why.as_deref().unwrap_or_default();
        match check.verdict {
            Verdict::Fail => println!("  {} {}: {why}", "✗".red(), check.id),
            _ => println!("  {} {}: {why}", "!".yellow(), check.id),
        }
    }
}
