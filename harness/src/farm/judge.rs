//! A decorated server before the suite, as a server that nobody here knows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::question::{Question, Reading};

use super::Decorated;
use super::fault::{Fault, Shown};
use crate::driver::check_metadata;
use crate::engine::{Engine, Failure, Outcome, fingerprint, minimise};
use crate::probe::{self, Probe, Until};
use crate::report::document::{Document, RequirementCount, Setting, Verdict};
use crate::suite;
use crate::target::bundled::TICK_SECONDS;
use crate::target::{Bundled, Limits, SetupError, TransportKind};

/// What the suite makes of a server.
#[derive(Debug)]
pub struct Judged {
    /// The verdict of the run.
    pub verdict: Verdict,
    /// Requirements broken.
    pub broken: Vec<&'static str>,
    /// Requirements with a SHOULD that was not followed.
    pub slighted: Vec<&'static str>,
    /// The readings that its answers leave possible: `C-20/A`.
    pub readings: Vec<String>,
    /// One of the shortest failures, made as short as it fails.
    pub shortest: Option<Failure>,
    /// The probes that broke something: id, and what they saw.
    pub probes: Vec<(&'static str, String)>,
    /// Traces without a verdict: one of the reasons, and how many.
    pub unfinished: Option<(String, usize)>,
}

/// Runs `traces` and `probes` against the server and judges it by every lawful reading of a text.
///
/// # Errors
/// [`SetupError`]: the server could not be started.
pub async fn judge(
    draft: &'static Draft,
    server: &dyn Fn() -> Decorated,
    traces: &[Trace],
    probes: &[&'static Probe],
    seed: u64,
    kind: TransportKind,
) -> Result<Judged, SetupError> {
    let mut outcome = Outcome::default();
    let mut shortest: Option<Failure> = None;
    for (index, (limits, traces)) in suite::by_limits(traces.to_vec()).enumerate() {
        let decorated = server();
        let bundled = Bundled::start_decorated(kind, limits, seed, draft, &decorated).await?;
        let target = Arc::clone(bundled.target());
        if index == 0 {
            outcome.take_in(check_metadata(&target).await);
        }
        let stop = Arc::new(AtomicBool::new(false));
        if limits == Limits::USUAL {
            let until = Until {
                stop: &stop,
                deadline: None,
            };
            outcome.take_in_probes(probe::run(&target, probes, until, || {}).await);
        }
        let engine = Engine::new(target, draft.lawful(), stop);
        let part = engine.run(traces, |_| {}).await;
        let key = |f: &Failure| (f.trace.events.len(), f.trace.id.clone());
        if let Some(found) = part.failures.iter().min_by_key(|f| key(f)) {
            let found = minimise(&engine, found.clone()).await;
            if shortest
                .as_ref()
                .is_none_or(|known| key(&found) < key(known))
            {
                shortest = Some(found);
            }
        }
        outcome.add(part);
        bundled.shutdown().await;
    }
    Ok(Judged::of(draft, &outcome, shortest, seed))
}

impl Judged {
    fn of(
        draft: &'static Draft,
        outcome: &Outcome,
        shortest: Option<Failure>,
        seed: u64,
    ) -> Judged {
        let seen = fingerprint(&outcome.tally.evidence, draft);
        let left = Question::ALL.iter().flat_map(|q| {
            let settled = seen.readings.get(q).map(|(left, _)| left.clone());
            let left = settled.unwrap_or_else(|| q.readings().collect());
            left.into_iter()
                .map(move |reading| format!("{q}/{reading}"))
        });
        let setting = Setting {
            draft,
            target: "a server of the farm".to_owned(),
            tick_seconds: TICK_SECONDS,
            seed,
            ..Setting::default()
        };
        let document = Document::new(outcome, &[], setting);
        let which = |wanted: fn(&RequirementCount) -> bool| {
            let rows = draft.ledger().rows().iter().filter(|row| row.is_checked());
            let rows = rows.map(|row| row.id);
            rows.filter(|id| document.requirements.get(*id).is_some_and(wanted))
                .collect()
        };
        let why = document.inconclusive.iter().map(|u| u.why.clone()).min();
        Judged {
            verdict: document.verdict,
            broken: which(|count| count.broken > 0),
            slighted: which(|count| count.slighted > 0),
            readings: left.chain(shown(outcome)).collect(),
            shortest,
            probes: probes(outcome),
            unfinished: why.map(|why| (why, document.inconclusive.len())),
        }
    }

    /// Whether the report shows the fault as it has to.
    pub fn shows(&self, fault: &'static Fault, draft: &Draft) -> bool {
        let rows = fault.breaks(draft);
        // A text may only recommend what another asks.
        let absolute = |row: &&str| {
            let row = draft.ledger().row(row);
            row.is_none_or(|row| row.level.is_absolute())
        };
        let fails = match (self.verdict, rows.iter().any(absolute)) {
            (Verdict::Fail, _) => true,
            (verdict, absolute) => verdict == Verdict::Pass && !absolute,
        };
        let mut rows = rows.iter();
        // What a row only recommends is slighted, where it takes another to fail.
        let seen = |row: &&str| self.broken.contains(row) || self.slighted.contains(row);
        match fault.shown {
            Shown::Broken(_) => fails && rows.all(seen),
            Shown::Raced(_) => {
                self.verdict == Verdict::Fail && rows.any(|row| self.broken.contains(row))
            }
            Shown::Warned(_) => {
                self.verdict == Verdict::Pass && rows.all(|row| self.slighted.contains(row))
            }
            Shown::Read(reading) => {
                self.verdict == Verdict::Pass && self.readings.iter().any(|r| r == reading)
            }
            Shown::Inconclusive => self.verdict == Verdict::Inconclusive,
        }
    }
}

/// The readings that probes saw.
fn shown(outcome: &Outcome) -> Vec<String> {
    let shown = outcome.tally.shown.iter();
    let of = |(question, readings): (&&str, &BTreeMap<Reading, &str>)| {
        let readings = readings.keys();
        readings
            .map(|reading| format!("{question}/{reading}"))
            .collect::<Vec<_>>()
    };
    shown.flat_map(of).collect()
}

fn probes(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let told = outcome.probed.iter().map(|probed| {
        let first = probed.notes.breaks().next();
        let detail = first.map(|finding| finding.detail.clone());
        (probed.probe.id, detail.unwrap_or_default())
    });
    told.collect()
}

impl Fault {
    /// A server of this text with this fault.
    pub fn server(&self, draft: &'static Draft) -> Decorated {
        Decorated::new(self.how, draft)
    }
}
