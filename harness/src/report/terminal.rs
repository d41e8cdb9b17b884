//! The report for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use dtr_model::draft::Draft;
use dtr_model::question;
use owo_colors::OwoColorize;

use super::document::{Check, Document, FailureDocument, StepDocument, Verdict};
use super::sections;

/// How much of the tree is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every section, and below it the checks that call for attention.
    WhatMatters,
    /// Every check.
    Everything,
}

/// The whole report, coloured; print it through something that strips colour
/// where it is not wanted.
pub fn render(document: &Document, detail: Detail) -> String {
    let mut text = String::new();
    tree(&mut text, document, detail);
    readings(&mut text, document);
    for failure in &document.failures {
        describe(&mut text, failure, document.draft);
    }
    untold(&mut text, document);
    metadata(&mut text, document);
    unfinished(&mut text, document);
    skipped(&mut text, document);
    baseline(&mut text, document);
    summary(&mut text, document);
    text
}

/// The checks, under the sections of the text. A section is as good as its
/// worst check.
fn tree(text: &mut String, document: &Document, detail: Detail) {
    for section in sections::sections(document) {
        let worst = section.checks.iter().map(|c| c.verdict).max();
        // One that was not put to the test does not spoil those that held.
        let worst = match (worst, section.count(Verdict::Pass)) {
            (Some(Verdict::Unobserved), 1..) => Verdict::Pass,
            (worst, _) => worst.unwrap_or(Verdict::Unobserved),
        };
        let counts = TOLD.iter().filter_map(|(verdict, word)| {
            let count = section.count(*verdict);
            (count > 0).then(|| format!("{count} {word}"))
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        let title = format!("Section {}", section.number);
        let _ = writeln!(
            text,
            "{} {:<15} {}",
            mark(worst),
            title.bold(),
            counts.dimmed()
        );
        for check in section.checks {
            let matters = matches!(
                check.verdict,
                Verdict::Fail | Verdict::Known | Verdict::Warn
            );
            if matters || detail == Detail::Everything {
                leaf(text, document, check);
            }
        }
    }
}

/// The words of a section's counts.
const TOLD: [(Verdict, &str); 5] = [
    (Verdict::Fail, "broken"),
    (Verdict::Known, "broken as known"),
    (Verdict::Warn, "with a warning"),
    (Verdict::Pass, "held"),
    (Verdict::Unobserved, "not put to the test"),
];

fn leaf(text: &mut String, document: &Document, check: &Check) {
    let times = sections::times(document, check);
    let _ = writeln!(
        text,
        "  {} {:<14} {} {} {}",
        mark(check.verdict),
        check.id,
        sections::asks(document, check),
        check.level.dimmed(),
        format!("×{times}").dimmed()
    );
    if let Some(why) = &check.why {
        let word = match check.verdict {
            Verdict::Known => "known: ",
            _ => "",
        };
        let _ = writeln!(text, "    {}", format!("{word}{why}").dimmed());
    }
}

/// The sign of a verdict, coloured.
pub fn mark(verdict: Verdict) -> String {
    match verdict {
        Verdict::Pass => "✓".green().to_string(),
        Verdict::Fail => "✗".red().bold().to_string(),
        Verdict::Known => "✗".yellow().to_string(),
        Verdict::Warn => "!".yellow().to_string(),
        Verdict::Inconclusive => "?".yellow().to_string(),
        Verdict::Unobserved => "·".dimmed().to_string(),
    }
}

/// How the server reads the open points.
fn readings(text: &mut String, document: &Document) {
    let decided: BTreeMap<_, _> = document.readings.iter().collect();
    let _ = writeln!(text, "\n{}", "How the server reads the open points".bold());
    for entry in question::catalogue() {
        let Some(observed) = decided.get(&entry.id.to_owned()) else {
            continue;
        };
        let is = observed.observed.join(" or ");
        let pin = match observed.observed == [observed.pin.clone()] {
            true => String::new(),
            false => format!(" (the reference reads {})", observed.pin),
        };
        let (id, title) = (entry.id, entry.title);
        let _ = writeln!(text, "  {id} {}  {title}{}", is.bold(), pin.dimmed());
        if let Some([earlier, later]) = &observed.conflict {
            let _ = writeln!(
                text,
                "       {} it is read in two ways: see {earlier} and {later}",
                "!".yellow()
            );
        }
    }
}

fn describe(text: &mut String, failure: &FailureDocument, draft: &Draft) {
    let ids = match failure.requirements.is_empty() {
        true => failure.readings.join(", "),
        false => failure.requirements.join(", "),
    };
    let _ = writeln!(text, "\n{} {}", "✗".red().bold(), ids.red().bold());
    for id in &failure.requirements {
        if let Some(row) = draft.ledger().row(id) {
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
    if let Some(step) = failure.steps.last() {
        wire(text, step);
    }
    let _ = writeln!(text, "\n  As a script:\n");
    for line in failure.script.lines() {
        let _ = writeln!(text, "    {line}");
    }
    let again = match draft == Draft::DEFAULT {
        true => String::new(),
        false => format!(" --draft {}", draft.id),
    };
    let _ = writeln!(text, "\n  Again: dtr run{again} --select {}", failure.trace);
}

/// What came over the wire at the failing step; the other steps' exchanges are
/// in the JSON and HTML reports.
fn wire(text: &mut String, step: &StepDocument) {
    let last = step.exchanges.iter().rfind(|e| !e.control);
    let Some(response) = last.and_then(|e| e.response.as_ref()) else {
        return;
    };
    let _ = writeln!(text, "\n  Over the wire at last:\n");
    let headers = response.headers.iter().map(String::as_str);
    let body = response.body.lines();
    let lines = std::iter::once(&*response.line)
        .chain(headers)
        .chain([""])
        .chain(body);
    for line in lines.take(WIRE_LINES) {
        let _ = writeln!(text, "    {}", plain(line));
    }
}

/// Lines of a response that are shown.
const WIRE_LINES: usize = 24;

/// What a server says must not steer the terminal.
fn plain(line: &str) -> String {
    let told: String = line.chars().take(200).collect();
    told.replace(char::is_control, "\u{fffd}")
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

/// What was not run, and why. It is no part of any pass.
fn skipped(text: &mut String, document: &Document) {
    if document.skipped.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{} skipped, because", "-".dimmed());
    for (why, skipped) in &document.skipped {
        let _ = writeln!(text, "  {why}: {} traces", skipped.traces);
    }
}

/// What the baseline has to say, stale entries above all.
fn baseline(text: &mut String, document: &Document) {
    let Some(applied) = &document.baseline else {
        return;
    };
    for stale in &applied.stale {
        let _ = writeln!(
            text,
            "\n{} stale in the baseline, line {}: {}: {}",
            "✗".red().bold(),
            stale.line,
            stale.check.bold(),
            stale.why
        );
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
        document.target, document.draft.id
    );
    let known = match tally(Verdict::Known) {
        0 => String::new(),
        known => format!("{known} broken as known, "),
    };
    let _ = writeln!(
        text,
        "  {} requirements held, {} broken, {known}{} with a warning, {} not put to the test",
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
    if counts.longest_ms > 0 {
        let longest = counts.longest_ms as f64 / 1000.0;
        let _ = writeln!(text, "  the longest trace took {longest:.1} s");
    }
}
