//! What follows from what was counted: the verdicts, and how the open points
//! are read.

use std::collections::BTreeMap;

use dtr_model::question::{Question, Reading, named_entry};
use dtr_model::requirement::Requirement;

use super::{Check, Document, Observed, SkippedDocument, Verdict, keyword};
use crate::engine::{Evidence, Fingerprint, fingerprint};

impl Document {
    /// Draws every conclusion anew. What a baseline changed is forgotten.
    pub(in crate::report) fn conclude(&mut self, evidence: &Evidence) {
        let seen = fingerprint(evidence, self.draft);
        let questions = Question::ALL.iter();
        self.readings = questions.filter_map(|q| observed(*q, &seen)).collect();
        for (question, readings) in &self.shown {
            let probed = probed(question, readings);
            self.readings.insert(question.clone(), probed);
        }
        self.baseline = None;
        let rows = self.draft.ledger().rows().iter();
        let checked = rows.filter(|row| row.is_checked());
        self.checks = checked.map(|r| self.check(r)).collect();
        let counts = self.requirements.values();
        self.counts.observations = counts.map(|c| c.held + c.broken).sum();
        self.verdict = self.judged();
    }

    /// The verdict that follows from the checks as they stand.
    pub(in crate::report) fn judged(&self) -> Verdict {
        let known = |id: &str| {
            let check = self.checks.iter().find(|c| c.id == id);
            check.is_some_and(|c| c.verdict == Verdict::Known)
        };
        let mut counts = self.requirements.iter();
        let broken = counts.any(|(id, count)| count.broken > 0 && !known(id));
        let stale = self.baseline.as_ref().is_some_and(|b| !b.stale.is_empty());
        let unread = self.metadata.iter().any(|r| r.requirement.is_none());
        let open = !self.inconclusive.is_empty() || self.interrupted;
        match () {
            () if broken || stale || self.counts.unattributed > 0 => Verdict::Fail,
            () if open || unread || self.counts.traces + self.counts.probes == 0 => {
                Verdict::Inconclusive
            }
            () => Verdict::Pass,
        }
    }

    fn check(&self, row: &Requirement) -> Check {
        let count = self.requirements.get(row.id);
        let (held, broken, slighted) = count.map_or((0, 0, 0), |c| (c.held, c.broken, c.slighted));
        let verdict = match () {
            () if broken > 0 => Verdict::Fail,
            () if slighted > 0 => Verdict::Warn,
            () if held > 0 => Verdict::Pass,
            () => Verdict::Unobserved,
        };
        let breaking = |f: &&super::FailureDocument| f.requirements.iter().any(|id| id == row.id);
        Check {
            id: row.id.to_owned(),
            requirements: vec![row.id.to_owned()],
            level: keyword(row.level).to_owned(),
            verdict,
            why: (verdict == Verdict::Unobserved).then(|| self.why_unobserved(row)),
            trace: self.failures.iter().find(breaking).map(|f| f.trace.clone()),
        }
    }

    /// Why nothing put this row to the test.
    fn why_unobserved(&self, row: &Requirement) -> String {
        let bears = |u: &&super::Unfinished| u.requirements.iter().any(|id| id == row.id);
        let open = self.inconclusive.iter().filter(bears).count();
        let first = self.inconclusive.iter().find(bears);
        match first {
            Some(first) => format!(
                "{open} traces that bear on it came to no verdict: {}",
                first.why
            ),
            None if let Some(why) = self.why_skipped(row) => why,
            None if self.counts.traces == 0 => "no trace was run".to_owned(),
            None if self.interrupted => "the run was stopped before anything bore on it".to_owned(),
            None if !self.is_whole() => {
                "nothing in this part of the suite puts it to the test".to_owned()
            }
            None if row.level.is_licence() => "it is permitted, and was not seen".to_owned(),
            None => "no answer of this run bears on it".to_owned(),
        }
    }

    /// The reason for which most traces were skipped that bear on a row.
    fn why_skipped(&self, row: &Requirement) -> Option<String> {
        let bears = |(_, s): &(&String, &SkippedDocument)| s.requirements.contains(row.id);
        let most = self.skipped.iter().filter(bears);
        let (why, skipped) = most.max_by_key(|(_, s)| s.traces)?;
        Some(format!("{} traces skipped, because {why}", skipped.traces))
    }
}

fn observed(question: Question, seen: &Fingerprint) -> Option<(String, Observed)> {
    let (readings, _) = seen.readings.get(&question)?;
    let conflict = seen.conflicts.iter().find(|c| c.question == question);
    let observed = Observed {
        observed: readings.iter().map(Reading::to_string).collect(),
        pin: question.pin().to_string(),
        conflict: conflict.map(|c| [c.earlier.1.clone(), c.later.1.clone()]),
    };
    Some((question.id().to_owned(), observed))
}

/// Two probes that saw two readings do not agree.
fn probed(question: &str, readings: &BTreeMap<String, String>) -> Observed {
    let mut probes = readings.values().cloned();
    let conflict = match (probes.next(), probes.next()) {
        (Some(one), Some(other)) => Some([one, other]),
        _ => None,
    };
    Observed {
        observed: readings.keys().cloned().collect(),
        pin: named_entry(question)
            .and_then(|entry| entry.pin)
            .map_or_else(String::new, |pin| pin.to_string()),
        conflict,
    }
}
