//! What the page says, in the order it says it.

use std::collections::BTreeMap;

use dtr_model::question::{self, Entry};
use dtr_model::requirement::Edition;
use serde::Serialize;

use super::graph::Graph;
use super::sequence::Sequence;
use crate::report::document::{Check, Document, FailureDocument, Observed, Verdict};
use crate::report::sections;

/// Traces that are named for one reason.
const NAMED: usize = 5;

/// The page.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    document: &'a Document,
    verdict: &'static str,
    tallies: Vec<Tally>,
    sections: Vec<Section<'a>>,
    readings: Vec<Reading<'a>>,
    graph: Graph,
    failures: Vec<Failure<'a>>,
    /// Failing traces of kinds that are not told.
    untold: u64,
    open: Vec<Open<'a>>,
    /// Traces that were not begun.
    skipped: u64,
    untested: Vec<Row<'a>>,
}

/// How many checks came to something.
#[derive(Serialize)]
struct Tally {
    class: &'static str,
    word: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct Section<'a> {
    number: &'a str,
    counts: Vec<Tally>,
    rows: Vec<Row<'a>>,
}

/// A check.
#[derive(Serialize)]
struct Row<'a> {
    check: &'a Check,
    class: &'static str,
    word: &'static str,
    asks: &'static str,
    times: u64,
    /// Number of the failure that tells of it.
    failure: Option<usize>,
}

/// How a question is read.
#[derive(Serialize)]
struct Reading<'a> {
    id: &'static str,
    title: &'static str,
    observed: &'a Observed,
    /// What the readings left are about.
    texts: Vec<&'static str>,
    as_pinned: bool,
}

#[derive(Serialize)]
struct Failure<'a> {
    told: &'a FailureDocument,
    requirements: Vec<Requirement<'a>>,
    sequence: Sequence<'a>,
    exchanges: usize,
}

#[derive(Serialize)]
struct Requirement<'a> {
    id: &'a str,
    section: &'static str,
    text: &'static str,
}

/// Traces without a verdict, for one reason.
#[derive(Serialize)]
struct Open<'a> {
    why: &'a str,
    count: usize,
    named: Vec<&'a str>,
}

impl<'a> Page<'a> {
    pub(super) fn of(document: &'a Document) -> Page<'a> {
        let ledger = document.draft.ledger();
        let told_by = |told| failure(told, ledger);
        let rows = document.checks.iter().map(|c| row(document, c));
        let told: u64 = document.failures.iter().map(|f| f.times).sum();
        Page {
            document,
            verdict: words(document.verdict).0,
            tallies: tallies(document.checks.iter()),
            sections: sections::sections(document)
                .into_iter()
                .map(|s| Section {
                    number: s.number,
                    counts: tallies(s.checks.iter().copied()),
                    rows: s.checks.iter().map(|c| row(document, c)).collect(),
                })
                .collect(),
            readings: question::catalogue()
                .iter()
                .filter_map(|entry| reading(document, entry))
                .collect(),
            graph: Graph::of(&document.visits, document.draft),
            failures: document.failures.iter().map(told_by).collect(),
            untold: document.counts.failed.saturating_sub(told),
            open: open(document),
            skipped: document.skipped.values().map(|s| s.traces).sum(),
            untested: rows
                .filter(|r| r.check.verdict == Verdict::Unobserved)
                .collect(),
        }
    }
}

/// The class and the word for a verdict.
fn words(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Pass => ("pass", "held"),
        Verdict::Unobserved => ("unobserved", "not tested"),
        Verdict::Warn => ("warn", "warning"),
        Verdict::Known => ("known", "known"),
        Verdict::Inconclusive => ("inconclusive", "open"),
        Verdict::Fail => ("fail", "broken"),
    }
}

fn tallies<'c>(checks: impl Iterator<Item = &'c Check>) -> Vec<Tally> {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for check in checks {
        *counts.entry(check.verdict).or_default() += 1;
    }
    // The worst first.
    let counts = counts.into_iter().rev();
    counts
        .map(|(verdict, count)| {
            let (class, word) = words(verdict);
            Tally { class, word, count }
        })
        .collect()
}

fn row<'a>(document: &'a Document, check: &'a Check) -> Row<'a> {
    let (class, word) = words(check.verdict);
    let mut failures = document.failures.iter();
    Row {
        check,
        class,
        word,
        asks: sections::asks(document, check),
        times: sections::times(document, check),
        failure: failures
            .position(|f| f.requirements.contains(&check.id))
            .map(|at| at + 1),
    }
}

fn reading<'a>(document: &'a Document, entry: &'static Entry) -> Option<Reading<'a>> {
    let observed = document.readings.get(entry.id)?;
    let left = entry.lettered();
    let left = left.filter(|(r, _)| observed.observed.contains(&r.to_string()));
    Some(Reading {
        id: entry.id,
        title: entry.title,
        texts: left.map(|(_, e)| e.text).collect(),
        as_pinned: observed.observed.contains(&observed.pin),
        observed,
    })
}

fn failure<'a>(told: &'a FailureDocument, ledger: &'static Edition) -> Failure<'a> {
    let requirements = told.requirements.iter().map(|id| {
        let row = ledger.row(id);
        Requirement {
            id,
            section: row.map_or("", |r| r.section),
            text: row.map_or("", |r| r.text),
        }
    });
    Failure {
        told,
        requirements: requirements.collect(),
        sequence: Sequence::of(told),
        exchanges: told.exchanges(),
    }
}

fn open(document: &Document) -> Vec<Open<'_>> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for trace in &document.inconclusive {
        reasons.entry(&trace.why).or_default().push(&trace.trace);
    }
    let reasons = reasons.into_iter();
    reasons
        .map(|(why, traces)| Open {
            why,
            count: traces.len(),
            named: traces.into_iter().take(NAMED).collect(),
        })
        .collect()
}
