//! The kill matrix: which check catches which fault, as `harness/KILLS.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dtr_model::draft::Draft;
use dtr_model::requirement::{self, Requirement};

use super::clients::Clients;
use super::fault::{Fault, Shown};
use super::judge::Judged;
use super::siblings::Siblings;
use super::wild::PATTERNS;
use crate::engine::Failure;

/// What the suite makes of every fault.
#[derive(Debug, Default)]
pub struct Matrix(Vec<(&'static Fault, Judged)>, Siblings, Clients);

impl Matrix {
    /// Adds a fault.
    pub fn add(&mut self, fault: &'static Fault, judged: Judged) {
        self.0.push((fault, judged));
    }

    /// Adds a fault at a server of a sibling.
    pub fn add_under(&mut self, draft: &'static Draft, fault: &'static Fault, judged: Judged) {
        self.1.add(draft, fault, judged);
    }

    /// Sets what became of clients that are wrong.
    pub fn set_clients(&mut self, clients: Clients) {
        self.2 = clients;
    }

    /// Faults that do not show as they have to.
    pub fn survivors(&self) -> impl Iterator<Item = (&'static Fault, &Judged)> {
        let own = self.0.iter().map(|(fault, judged)| (*fault, judged));
        own.filter(|(fault, judged)| !judged.shows(fault, Draft::DEFAULT))
    }

    /// The same at servers of the siblings.
    pub fn survivors_under(
        &self,
    ) -> impl Iterator<Item = (&'static Draft, &'static Fault, &Judged)> {
        self.1.survivors()
    }

    /// Requirements whose breach is a failure, and that no fault was seen to break.
    pub fn unseen(&self) -> impl Iterator<Item = &'static Requirement> + use<> {
        let absolute = requirement::checks().filter(|r| r.level.is_absolute());
        let seen = self.by_check();
        absolute.filter(move |r| seen.get(r.id).is_none_or(Vec::is_empty))
    }

    /// How many of what.
    pub fn totals(&self) -> String {
        let seen = self.by_check();
        format!(
            "{} faults, {} of them shown as they have to be; {} checks seen to fail, {} never.",
            self.0.len(),
            self.0.len() - self.survivors().count(),
            seen.values().filter(|faults| !faults.is_empty()).count(),
            self.unseen().count(),
        )
    }

    /// The document.
    pub fn document(&self) -> String {
        let mut text = INTRODUCTION.to_owned();
        let checks = self.by_check();
        let _ = writeln!(text, "{}\n", self.totals());
        self.survived(&mut text);
        seen_in_the_wild(&mut text);
        text.push_str("## Faults\n");
        let mut seam = None;
        for (fault, judged) in &self.0 {
            if seam != Some(fault.seam) {
                seam = Some(fault.seam);
                let _ = writeln!(text, "\n### {}\n", fault.seam.name());
                text.push_str("| fault | what the server does | shown by | shortest trace |\n|---|---|---|---|\n");
            }
            row(&mut text, fault, judged);
        }
        self.1.write(&mut text);
        self.2.write(&mut text);
        text.push_str("\n## Checks\n\n| check | level | faults that break it |\n|---|---|---|\n");
        for (requirement, faults) in
            requirement::checks().filter_map(|r| Some((r, checks.get(r.id)?)))
        {
            let level = crate::report::document::keyword(requirement.level);
            let faults: Vec<String> = faults.iter().map(|id| format!("`{id}`")).collect();
            let _ = writeln!(
                text,
                "| {} | {level} | {} |",
                requirement.id,
                faults.join(", ")
            );
        }
        text
    }

    fn survived(&self, text: &mut String) {
        for (fault, judged) in self.survivors() {
            let _ = writeln!(
                text,
                "* **survivor** `{}`: {:?} with {:?} broken, not {:?}{}",
                fault.id,
                judged.verdict,
                judged.broken,
                fault.shown,
                judged
                    .unfinished
                    .as_ref()
                    .map(|(why, _)| format!("; {why}"))
                    .unwrap_or_default(),
            );
        }
        for requirement in self.unseen() {
            let _ = writeln!(
                text,
                "* **no fault** for {}: {}",
                requirement.id, requirement.text
            );
        }
    }

    /// For each check the faults that break it, or for a SHOULD slight it.
    fn by_check(&self) -> BTreeMap<&'static str, Vec<&'static str>> {
        let mut checks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for requirement in requirement::checks().filter(|r| r.level.is_absolute()) {
            checks.insert(requirement.id, Vec::new());
        }
        for (fault, judged) in &self.0 {
            // What else a race breaks is chance, and not told.
            if matches!(fault.shown, Shown::Raced(_)) {
                continue;
            }
            for id in judged.broken.iter().chain(&judged.slighted) {
                let faults = checks.entry(id).or_default();
                if !faults.contains(&fault.id) {
                    faults.push(fault.id);
                }
            }
        }
        checks
    }
}

const INTRODUCTION: &str = "# Kill matrix

What the suite makes of servers that are wrong on purpose. Each is the reference, decorated at one of its seams to be
wrong in one way (`harness/src/farm/faults/`), and judged as a foreign server by every lawful reading. This file is
written by `dtr farm matrix`; CI fails when it is stale, when a fault survives, and when a check has no fault.

A fault that the text allows does not fail: it shows as a warning where there is a SHOULD, or as a reading in the
fingerprint. A server that neither defers nor grants anything shows nothing, so its run is inconclusive.

";

fn seen_in_the_wild(text: &mut String) {
    text.push_str("## Seen in the wild\n\n| pattern | faults |\n|---|---|\n");
    for (pattern, ids) in PATTERNS {
        let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(text, "| {pattern} | {} |", ids.join(", "));
    }
    text.push('\n');
}

fn row(text: &mut String, fault: &Fault, judged: &Judged) {
    let shown = match fault.shown {
        Shown::Broken(_) => judged.broken.join(", "),
        Shown::Raced(rows) => format!("in a race: one of {}", rows.join(", ")),
        Shown::Warned(row) => format!("warning: {row}"),
        Shown::Read(reading) => format!("passes: the text allows it, as {reading}"),
        Shown::Inconclusive => "inconclusive".to_owned(),
    };
    let told = judged
        .shortest
        .as_ref()
        .filter(|_| !matches!(fault.shown, Shown::Raced(_)));
    let trace = match (told, judged.probes.first()) {
        (Some(failure), _) => in_words(failure),
        (None, Some((probe, saw))) if !matches!(fault.shown, Shown::Raced(_)) => {
            format!("`{probe}` → {}", in_a_cell(saw))
        }
        (None, _) => String::new(),
    };
    let _ = writeln!(
        text,
        "| `{}` | {} | {shown} | {trace} |",
        fault.id, fault.does
    );
}

/// A trace in a line.
fn in_words(failure: &Failure) -> String {
    let steps: Vec<String> = failure
        .trace
        .events
        .iter()
        .map(ToString::to_string)
        .collect();
    let seen = failure
        .steps
        .last()
        .map(|step| step.seen.as_str())
        .unwrap_or_default();
    format!("{} → {}", steps.join("; "), in_a_cell(seen))
}

/// The beginning of a text, fit for a table.
fn in_a_cell(text: &str) -> String {
    let beginning = text.chars().take(60);
    beginning.map(|c| if c == '|' { '/' } else { c }).collect()
}
