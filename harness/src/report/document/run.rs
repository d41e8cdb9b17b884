//! The document of a run.

use std::collections::BTreeMap;

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::question::Reading;
use dtr_model::requirement::Edition;

use super::{
    Counts, Document, FailureDocument, Remark, RequirementCount, SkippedDocument, Unfinished,
    Verdict, VisitCount, evidence,
};
use crate::engine::{Count, Failure, Outcome, Served, Skipped, Tally};
use crate::probe::Probe;
use crate::report::partition::Partition;
use crate::suite;

/// A failure made short, and how many traces failed alike.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The shortest.
    pub failure: Failure,
    /// How many.
    pub times: u64,
}

/// What a document needs besides the outcome.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The edition judged by.
    pub draft: &'static Draft,
    /// The server, for people, the same in every run against it.
    pub target: String,
    /// Seconds in a tick.
    pub tick_seconds: u64,
    /// Seed of the random walks.
    pub seed: u64,
    /// Wall time in seconds.
    pub elapsed: f64,
    /// What of the suite was selected.
    pub select: Option<String>,
    /// Which part of the traces was run.
    pub partition: Option<Partition>,
}

impl Document {
    /// The document of an outcome.
    pub fn new(outcome: &Outcome, failures: &[Counted], setting: Setting) -> Document {
        let told = failures.iter();
        let probed = outcome.probed.iter();
        let mut document = Document {
            verdict: Verdict::Inconclusive,
            draft: setting.draft,
            target: setting.target,
            select: setting.select,
            partition: setting.partition,
            interrupted: outcome.stopped,
            checks: Vec::new(),
            readings: BTreeMap::new(),
            shown: shown(&outcome.tally),
            requirements: requirements(&outcome.tally, setting.draft.ledger()),
            failures: told
                .map(|f| FailureDocument::of(f, setting.tick_seconds))
                .chain(probed.map(|p| FailureDocument::of_probe(p, setting.tick_seconds)))
                .collect(),
            metadata: remarks(outcome),
            inconclusive: outcome
                .inconclusive
                .iter()
                .map(unfinished)
                .chain(outcome.unprobed.iter().map(|u| unprobed(u, setting.draft)))
                .collect(),
            skipped: skipped(outcome, setting.draft.ledger()),
            baseline: None,
            visits: visits(&outcome.tally),
            evidence: match setting.partition {
                Some(_) => evidence::written(&outcome.tally.evidence),
                None => Vec::new(),
            },
            counts: counts(outcome),
            seed: setting.seed,
            elapsed: setting.elapsed,
        };
        document.heed_refusals(outcome.tally.opted_in);
        document.inconclusive.sort_by(|a, b| a.trace.cmp(&b.trace));
        document.conclude(&outcome.tally.evidence);
        document
    }
}

impl Document {
    /// Single refusals are at the server's discretion. To serve nobody at all shows nothing about it, and to serve
    /// only those who hinted is forbidden (Section 5.2).
    fn heed_refusals(&mut self, [hinted, unhinted, other]: [Served; 3]) {
        let refused = hinted.refused + unhinted.refused + other.refused;
        if hinted.served + unhinted.served + other.served == 0 && refused > 0 {
            self.inconclusive.push(Unfinished {
                trace: "all".to_owned(),
                why: format!(
                    "the server neither deferred nor granted anything: {refused} sound requests that opted in were refused"
                ),
                requirements: Vec::new(),
            });
        }
        if unhinted.never() && hinted.served > 0 {
            let ledger = self.draft.ledger();
            for row in ledger.asking("DTR-5.2-02") {
                let count = self.requirements.entry(row.id.to_owned());
                let count =
                    count.or_insert_with(|| RequirementCount::of(row.id, ledger, Count::default()));
                count.broken += unhinted.refused;
            }
        }
    }
}

fn requirements(tally: &Tally, ledger: &Edition) -> BTreeMap<String, RequirementCount> {
    let counts = tally.requirements.iter();
    counts
        .map(|(id, count)| ((*id).to_owned(), RequirementCount::of(id, ledger, *count)))
        .collect()
}

fn remarks(outcome: &Outcome) -> Vec<Remark> {
    let broken = outcome.metadata.iter().map(|finding| Remark {
        requirement: Some(finding.requirement.to_owned()),
        detail: finding.detail.clone(),
    });
    let unread = outcome.unread.iter().map(|why| Remark {
        requirement: None,
        detail: format!("the metadata could not be judged: {why}"),
    });
    broken.chain(unread).collect()
}

fn unfinished((trace, why): &(Trace, String)) -> Unfinished {
    Unfinished {
        trace: trace.id.clone(),
        why: why.clone(),
        requirements: suite::bearing(trace)
            .into_keys()
            .map(str::to_owned)
            .collect(),
    }
}

fn unprobed((probe, why): &(&'static Probe, String), draft: &Draft) -> Unfinished {
    let rows = probe.rows_of(draft);
    Unfinished {
        trace: probe.id.to_owned(),
        why: why.clone(),
        requirements: rows.map(|row| row.id.to_owned()).collect(),
    }
}

fn shown(tally: &Tally) -> BTreeMap<String, BTreeMap<String, String>> {
    let of = |readings: &BTreeMap<Reading, &'static str>| {
        let readings = readings.iter();
        readings
            .map(|(reading, probe)| (reading.to_string(), (*probe).to_owned()))
            .collect()
    };
    let shown = tally.shown.iter();
    shown
        .map(|(question, readings)| ((*question).to_owned(), of(readings)))
        .collect()
}

fn skipped(outcome: &Outcome, ledger: &Edition) -> BTreeMap<String, SkippedDocument> {
    let of = |(why, skipped): (&String, &Skipped)| {
        let checks = skipped.requirements.iter();
        let rows = checks.flat_map(|id| ledger.asking(id));
        let skipped = SkippedDocument {
            traces: skipped.traces,
            requirements: rows.map(|row| row.id.to_owned()).collect(),
        };
        (why.clone(), skipped)
    };
    outcome.skipped.iter().map(of).collect()
}

fn visits(tally: &Tally) -> Vec<VisitCount> {
    let of = |(visit, times): (&crate::engine::Visit, &u64)| VisitCount {
        from: visit.from,
        by: visit.by,
        to: visit.to,
        times: *times,
    };
    tally.visits.iter().map(of).collect()
}

fn counts(outcome: &Outcome) -> Counts {
    let nameless = outcome
        .failures
        .iter()
        .filter(|f| f.requirements.is_empty());
    Counts {
        traces: outcome.traces,
        failed: (outcome.failures.len() + outcome.probed.len()) as u64,
        unattributed: nameless.count() as u64,
        requests: outcome.requests,
        controls: outcome.controls,
        callbacks: outcome.callbacks,
        probes: outcome.probes,
        longest_ms: outcome.longest.as_millis() as u64,
        observations: 0,
    }
}
