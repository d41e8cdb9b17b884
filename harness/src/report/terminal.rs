//! The report for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use dtr_model::question::Question;
use dtr_model::requirement;
use owo_colors::OwoColorize;

use super::document::{Check, Document, FailureDocument, Verdict};

/// The whole report, coloured; print it through something that strips colour
/// where it is not wanted.
pub fn render(document: &Document) -> String {
    let mut text = String::new();
    sections(&mut text, document);
    readings(&mut text, document);
    for failure in &document.failures {
        describe(&mut text, failure);
    }
    untold(&mut text, document);
    metadata(&mut text, document);
    unfinished(&mut text, document);
    summary(&mut text, document);
    text
}

/// The checks, under the sections of the text.
fn sections(text: &mut String, document: &Document) {
    let mut by_section: Vec<(&str, Vec<&Check>)> = Vec::new();
    for check in &document.checks {
        let section = requirement::named(&check.id).map_or("", |r| r.section_number());
        match by_section.iter_mut().find(|(s, _)| *s == section) {
            Some((_, checks)) => checks.push(check),
            None => by_section.push((section, vec![check])),
        }
    }
    for (section, checks) in by_section {
        let _ = writeln!(text, "{}", format!("Section {section}").bold());
        for check in checks {
            let row = document.requirements.get(&check.id);
            let says = requirement::named(&check.id).map_or("", |r| r.text);
            let times = row.map_or(0, |r| r.held + r.broken + r.slighted);
            let level = check.level.dimmed();
            let _ = writeln!(
                text,
                "  {} {:<14} {says} {level} {}",
                mark(check.verdict),
                check.id,
                format!("×{times}").dimmed()
            );
        }
    }
}

fn mark(verdict: Verdict) -> String {
    match verdict {
        Verdict::Pass => "✓".green().to_string(),
        Verdict::Fail => "✗".red().bold().to_string(),
        Verdict::Warn => "!".yellow().to_string(),
        Verdict::Inconclusive => "?".yellow().to_string(),
        Verdict::Unobserved => "·".dimmed().to_string(),
    }
}

/// How the server reads the open points.
fn readings(text: &mut String, document: &Document) {
    let decided: BTreeMap<_, _> = document.readings.iter().collect();
    let _ = writeln!(text, "\n{}", "How the server reads the open points".bold());
    for question in Question::ALL {
        let Some(observed) = decided.get(&question.id().to_owned()) else {
            continue;
        };
        let is = observed.observed.join(" or ");
        let pin = match observed.observed == [observed.pin.clone()] {
            true => String::new(),
            false => format!(" (the reference reads {})", observed.pin),
        };
        let title = question.entry().title;
        let _ = writeln!(text, "  {question} {}  {title}{}", is.bold(), pin.dimmed());
        if let Some([earlier, later]) = &observed.conflict {
            let _ = writeln!(
                text,
                "       {} it is read in two ways: see {earlier} and {later}",
                "!".yellow()
            );
        }
    }
}

fn describe(text: &mut String, failure: &FailureDocument) {
    let ids = match failure.requirements.is_empty() {
        true => failure.readings.join(", "),
        false => failure.requirements.join(", "),
    };
    let _ = writeln!(text, "\n{} {}", "✗".red().bold(), ids.red().bold());
    for id in &failure.requirements {
        if let Some(row) = requirement::named(id) {
            let _ = writeln!(text, "  {id} (section {}): {}", row.section, row.text);
        }
    }
    let alike = match failure.times {
        0 | 1 => String::new(),
        times => format!(", the shortest of {times} that fail alike"),
    };
    let _ = writeln!(text, "  {} steps{alike}:\n", failure.steps.len());
    for line in failure.diagram.lines() {
        let _ = writeln!(text, "  {line}");
    }
    let _ = writeln!(text, "\n  As a script:\n");
    for line in failure.script.lines() {
        let _ = writeln!(text, "    {line}");
    }
    let _ = writeln!(text, "\n  Again: dtr run --select {}", failure.trace);
}

/// Failing traces of kinds that there was no room for.
fn untold(text: &mut String, document: &Document) {
    let told: u64 = document.failures.iter().map(|f| f.times).sum();
    let rest = document.counts.failed.saturating_sub(told);
    if rest > 0 {
        let mark = "✗".red().bold().to_string();
        let _ = writeln!(text, "\n{mark} {rest} more traces fail in other ways");
    }
}

fn metadata(text: &mut String, document: &Document) {
    for remark in &document.metadata {
        let (mark, id) = match &remark.requirement {
            Some(id) => ("✗".red().bold().to_string(), format!("{id}: ")),
            None => ("?".yellow().to_string(), String::new()),
        };
        let _ = writeln!(text, "\n{mark} metadata: {id}{}", remark.detail);
    }
}

fn unfinished(text: &mut String, document: &Document) {
    const SHOWN: usize = 5;
    let _ = match document.inconclusive.len() {
        0 => Ok(()),
        n => writeln!(text, "\n{} {n} traces without a verdict", "?".yellow()),
    };
    for trace in document.inconclusive.iter().take(SHOWN) {
        let _ = writeln!(text, "  {}: {}", trace.trace, trace.why);
    }
}

fn summary(text: &mut String, document: &Document) {
    let counts = &document.counts;
    let tally = |wanted| {
        document
            .checks
            .iter()
            .filter(|c| c.verdict == wanted)
            .count()
    };
    let verdict = match document.verdict {
        Verdict::Pass => "pass".green().bold().to_string(),
        Verdict::Fail => "fail".red().bold().to_string(),
        _ => "inconclusive".yellow().bold().to_string(),
    };
    let _ = writeln!(
        text,
        "\n{verdict}: {}, judged by {}",
        document.target, document.draft
    );
    let _ = writeln!(
        text,
        "  {} requirements held, {} broken, {} with a warning, {} not put to the test",
        tally(Verdict::Pass),
        tally(Verdict::Fail),
        tally(Verdict::Warn),
        tally(Verdict::Unobserved)
    );
    let _ = writeln!(
        text,
        "  {} traces, {} requests, {} callbacks, {} control calls, {} observations in {:.1} s; seed {}",
        counts.traces,
        counts.requests,
        counts.callbacks,
        counts.controls,
        counts.observations,
        document.elapsed,
        document.seed
    );
}
