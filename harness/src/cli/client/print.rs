//! The report about a client for people.

use owo_colors::OwoColorize as _;

use super::document::{Document, Played};
use crate::cli::out::println;
use crate::client::rule;
use crate::report::document::{Check, Verdict};
use crate::report::terminal::mark;

/// Lines of a long exchange that are told from its beginning, and from its end.
const TOLD: usize = 30;

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
    let lines = &played.exchange;
    let left_out = lines.len().saturating_sub(2 * TOLD);
    for (index, line) in lines.iter().enumerate() {
        match index.checked_sub(TOLD) {
            Some(0) if left_out > 0 => println!("            … {left_out} more lines"),
            Some(place) if place < left_out => {}
            _ => println!("  {}", plain(line)),
        }
    }
    let ended = played.ended.as_deref().map(plain);
    match (ended, lines.is_empty()) {
        (Some(ended), true) => {
            println!("  No request for a token came, and the client ended: {ended}")
        }
        (None, true) => println!("  No request for a token came"),
        (Some(ended), false) => println!("            the client ended: {ended}"),
        (None, false) => println!("            the client was stopped"),
    }
    for check in broken {
        let why = plain(check.why.as_deref().unwrap_or_default());
        match check.verdict {
            Verdict::Fail => println!("  {} {}: {why}", "✗".red(), check.id),
            _ => println!("  {} {}: {why}", "!".yellow(), check.id),
        }
    }
}

/// What others wrote, on one line and without what a terminal obeys.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let joined = lines.join(" / ");
    joined.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_terminal_obeys_nothing_that_a_client_says() {
        let said = "gone\u{1b}[2J\n  pass: everything held";
        assert_eq!(plain(said), "gone\u{fffd}[2J / pass: everything held");
    }
}
