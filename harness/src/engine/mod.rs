//! The engine: runs traces against a target, many at a time, in step with its
//! clock.
//!
//! Time belongs to the target, not to a trace: a tick happens to all traces in
//! flight. So traces run in batches, and within a batch in *lockstep*: each
//! trace goes on until its next tick and waits there; when all wait, the clock
//! is advanced once. Between ticks the traces of a batch are concurrent.
//!
//! ```text
//! trace 1  request poll poll ─┐ tick ┌ poll ─────────┐ tick ┌ …
//! trace 2  request approve ───┤      ├ poll revoke ──┤      ├ …
//! trace 3  request ───────────┘      └ lapse poll ───┘      └ …
//! ```

mod fingerprint;
mod judge;
mod minimise;
mod real_time;
mod tally;
mod timing;
mod visit;

pub use fingerprint::{Conflict, Evidence, Fingerprint, fingerprint};
pub use judge::{Failure, StepRecord};
pub use minimise::minimise;
pub use tally::{Count, Served, Tally};
pub use visit::{Deed, Place, Visit};

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dtr_model::Trace;
use dtr_model::event::Event;
use dtr_model::question::Readings;
use dtr_model::trace::Origin;

use crate::driver::{Finding, Observation, Seen};
use crate::probe::{Halt, Probe, Probed};
use crate::suite;
use crate::target::Target;
use judge::{Running, Verdict};

/// Traces in flight at a time. Fewer leave the server idle while the last ones before a tick are waited for.
const WIDTH: usize = 256;

/// How traces are run.
#[derive(Debug, Clone)]
pub struct Engine {
    target: Arc<Target>,
    accepted: Readings,
    stop: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

/// Why a trace cannot begin.
const NO_CLIENT: &str = "the target has no client for these terms, or other limits";

/// Why a trace was not begun any more.
pub(crate) const OUT_OF_TIME: &str = "the time budget is used up";

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Requirement by requirement, and what was read out of the answers.
    pub tally: Tally,
    /// Traces that failed, as run.
    pub failures: Vec<Failure>,
    /// Traces that could not be finished, and why.
    pub inconclusive: Vec<(Trace, String)>,
    /// Traces run to a verdict.
    pub traces: u64,
    /// Requests sent to the server's own endpoints.
    pub requests: u64,
    /// Requests sent to its control API.
    pub controls: u64,
    /// Callbacks received.
    pub callbacks: u64,
    /// How long the longest trace took, on the wall clock.
    pub longest: Duration,
    /// What the metadata breaks.
    pub metadata: Vec<Finding>,
    /// Why the metadata could not be judged.
    pub unread: Option<String>,
    /// What probes came to that broke something.
    pub probed: Vec<Probed>,
    /// Probes that could not be finished, and why.
    pub unprobed: Vec<(&'static Probe, String)>,
    /// Probes run to a verdict.
    pub probes: u64,
    /// Traces that were not begun, by reason.
    pub skipped: BTreeMap<String, Skipped>,
    /// Whether the run was stopped before its end.
    pub stopped: bool,
}

/// Traces that were not begun for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub traces: u64,
    /// The requirements they were to put to the test.
    pub requirements: BTreeSet<&'static str>,
}

impl Engine {
    /// Runs traces against `target`, accepting what the readings in `accepted`
    /// allow; `stop` ends the run early.
    pub fn new(target: Arc<Target>, accepted: Readings, stop: Arc<AtomicBool>) -> Engine {
        Engine {
            target,
            accepted,
            stop,
            deadline: None,
        }
    }

    /// The same, but no trace is begun that would not end before `deadline`.
    pub fn until(self, deadline: Option<Instant>) -> Engine {
        Engine { deadline, ..self }
    }

    /// Runs every trace and judges it; `done` hears of how many ended.
    pub async fn run(&self, mut traces: Vec<Trace>, done: impl FnMut(u64)) -> Outcome {
        // Traces that last equally long share a batch, so that none waits for
        // another's ticks. The sort is stable: what says most stays first. With
        // little time that alone counts.
        match self.deadline {
            None => traces.sort_by_key(Trace::ticks),
            Some(_) => traces.sort_by_key(|t| (informative(t), t.ticks())),
        }
        match self.target.wall_pace() {
            Some(_) => self.in_real_time(traces, done).await,
            None => self.in_lockstep(traces, done).await,
        }
    }

    async fn in_lockstep(&self, traces: Vec<Trace>, mut done: impl FnMut(u64)) -> Outcome {
        let mut outcome = Outcome::default();
        let mut traces = VecDeque::from(traces);
        while let Some(first) = traces.pop_front() {
            if self.stop.load(Ordering::Relaxed) {
                outcome.stopped = true;
                break;
            }
            if self.deadline.is_some_and(|end| Instant::now() >= end) {
                outcome.skip(&first, OUT_OF_TIME);
                done(1);
                continue;
            }
            let before = traces.len() + 1;
            let running = self.assemble(first, &mut traces, &mut outcome).await;
            self.batch(running, &mut outcome).await;
            done((before - traces.len()) as u64);
        }
        outcome
    }

    /// A batch: the first trace, and as many of the next as find clients at
    /// once. To wait for a client that the batch itself holds would be forever.
    async fn assemble(
        &self,
        first: Trace,
        traces: &mut VecDeque<Trace>,
        outcome: &mut Outcome,
    ) -> Vec<Running> {
        let mut running = Vec::with_capacity(WIDTH);
        let mut next = Some(first);
        while let Some(trace) = next.take() {
            let target = Arc::clone(&self.target);
            let lease = match running.is_empty() {
                true => target.acquire_for(&trace).await,
                false => target.lease_for(&trace),
            };
            match lease {
                Some(lease) => running.push(Running::new(target, lease, self.accepted, trace)),
                None if running.is_empty() => {
                    outcome.inconclusive.push((trace, NO_CLIENT.to_owned()));
                }
                None => {
                    traces.push_front(trace);
                    break;
                }
            }
            if running.len() < WIDTH {
                next = traces.pop_front();
            }
        }
        running
    }

    async fn batch(&self, mut running: Vec<Running>, outcome: &mut Outcome) {
        loop {
            running = in_parallel(running).await;
            if !running.iter().any(Running::waits) || self.stop.load(Ordering::Relaxed) {
                break;
            }
            if let Err(error) = self.target.advance(1).await {
                for trace in &mut running {
                    trace.give_up(format!("the clock could not be advanced: {error}"));
                }
                break;
            }
            running.iter_mut().for_each(Running::tick);
        }
        outcome.stopped |= self.stop.load(Ordering::Relaxed);
        for trace in running {
            let (verdict, report) = trace.finish().await;
            outcome.take(verdict, report);
        }
    }
}

/// Lets every trace go on until its next tick, each on its own task.
async fn in_parallel(running: Vec<Running>) -> Vec<Running> {
    let tasks: Vec<_> = running
        .into_iter()
        .map(|mut trace| {
            tokio::spawn(async move {
                trace.until_tick().await;
                trace
            })
        })
        .collect();
    let mut back = Vec::with_capacity(tasks.len());
    for task in tasks {
        back.push(
            task.await
                .expect("a trace's task neither panics nor is cancelled"),
        );
    }
    back
}

/// What a trace is for, the most informative first: what tells readings and
/// properties apart, then races, then what covers, then what wanders.
fn informative(trace: &Trace) -> u8 {
    match trace.origin {
        Origin::Danger(_) => 0,
        Origin::Fork(_) => 1,
        Origin::Race => 2,
        Origin::Edge => 3,
        Origin::Walk(_) => 4,
        Origin::Pair => 5,
    }
}

impl Outcome {
    /// Counts a trace that is not run.
    pub fn skip(&mut self, trace: &Trace, why: &str) {
        let skipped = self.skipped.entry(why.to_owned()).or_default();
        skipped.traces += 1;
        skipped
            .requirements
            .extend(suite::bearing(trace).into_keys());
    }

    /// Takes in what probes came to, or why they were not begun.
    pub fn take_in_probes(&mut self, outcomes: Vec<Result<Probed, (&'static Probe, String)>>) {
        for outcome in outcomes {
            match outcome {
                Ok(probed) => self.take_in_probe(probed),
                Err((probe, why)) => self.skip_probe(probe, why),
            }
        }
    }

    fn skip_probe(&mut self, probe: &'static Probe, why: String) {
        let skipped = self.skipped.entry(why).or_default();
        skipped.traces += 1;
        skipped.requirements.extend(probe.rows);
    }

    fn take_in_probe(&mut self, probed: Probed) {
        let notes = &probed.notes;
        for exchange in notes.steps.iter().flat_map(|step| &step.exchanges) {
            match exchange.control {
                true => self.controls += 1,
                false => self.requests += 1,
            }
        }
        notes.observed.iter().for_each(|id| self.tally.held(id));
        notes
            .breaks()
            .for_each(|f| self.tally.broken(f.requirement));
        notes
            .slights()
            .for_each(|f| self.tally.slighted(f.requirement));
        for (question, reading) in &notes.shown {
            self.tally.show(question, *reading, probed.probe.id);
        }
        let broke = notes.breaks().next().is_some();
        match &probed.halt {
            _ if broke => {}
            Some(Halt::Elsewhere(why)) => {
                let why = why.clone();
                return self.skip_probe(probed.probe, why);
            }
            Some(Halt::Failed(failure)) => {
                self.unprobed.push((probed.probe, failure.to_string()));
                return;
            }
            Some(Halt::Strange(what)) => {
                self.unprobed.push((probed.probe, what.clone()));
                return;
            }
            None => {}
        }
        self.probes += 1;
        if broke {
            self.probed.push(probed);
        }
    }

    fn count(&mut self, report: &judge::Report) {
        self.requests += report.requests;
        self.controls += report.controls;
        self.callbacks += report.callbacks;
    }

    fn take(&mut self, verdict: Verdict, report: judge::Report) {
        self.count(&report);
        self.tally.add(report.tally);
        match verdict {
            Verdict::Pass => self.traces += 1,
            Verdict::Fail(failure) => {
                self.traces += 1;
                self.failures.push(*failure);
            }
            Verdict::Inconclusive(trace, why) => self.inconclusive.push((trace, why)),
            Verdict::Late(trace) => {
                let why = "answers took so long that it fell behind its clock";
                self.inconclusive.push((trace, why.to_owned()));
            }
        }
    }

    /// Takes in an observation that belongs to no trace: of the metadata.
    pub fn take_in(&mut self, observation: Observation) {
        self.requests += observation.exchanges.len() as u64;
        observation
            .observed
            .iter()
            .for_each(|id| self.tally.held(id));
        observation
            .findings
            .iter()
            .for_each(|f| self.tally.broken(f.requirement));
        self.unread = match observation.answer {
            Seen::Answer(_) => self.unread.take(),
            Seen::Strange(what) => Some(what),
            Seen::Failed(failure) => Some(failure.to_string()),
        };
        for finding in observation.findings {
            if !self.metadata.contains(&finding) {
                self.metadata.push(finding);
            }
        }
    }

    /// Adds what another run came to.
    pub fn add(&mut self, other: Outcome) {
        self.tally.add(other.tally);
        self.failures.extend(other.failures);
        self.inconclusive.extend(other.inconclusive);
        self.traces += other.traces;
        self.requests += other.requests;
        self.controls += other.controls;
        self.callbacks += other.callbacks;
        self.longest = self.longest.max(other.longest);
        self.metadata.extend(other.metadata);
        self.probed.extend(other.probed);
        self.unprobed.extend(other.unprobed);
        self.probes += other.probes;
        self.unread = self.unread.take().or(other.unread);
        for (why, skipped) in other.skipped {
            let mine = self.skipped.entry(why).or_default();
            mine.traces += skipped.traces;
            mine.requirements.extend(skipped.requirements);
        }
        self.stopped |= other.stopped;
    }
}

/// Whether time passes with this event.
fn is_tick(event: &Event) -> bool {
    *event == Event::Tick
}
