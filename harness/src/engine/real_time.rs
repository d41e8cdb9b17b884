//! Traces on the wall clock: each waits for itself, and all wait at the same time, so that a run takes about as long as
//! its longest trace.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use dtr_model::Trace;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::judge::{Report, Running, Verdict};
use super::timing::Timing;
use super::{Engine, NO_CLIENT, Outcome};

/// Traces that may be on their way to their first wait. More would delay those that woke up.
const STARTING: usize = 32;
/// How often a trace is tried that fell behind its clock.
const ATTEMPTS: usize = 3;
/// How often a waiting trace looks whether the run was stopped.
const LOOK_UP: Duration = Duration::from_millis(200);

impl Engine {
    /// Runs every trace on the wall clock. Without enough time left, a trace is skipped.
    pub(super) async fn in_real_time(
        &self,
        traces: Vec<Trace>,
        mut done: impl FnMut(u64),
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let starting = Arc::new(Semaphore::new(STARTING));
        let mut running = JoinSet::new();
        for trace in traces {
            // Never closed; in turn, so that what says most begins first.
            let Ok(permit) = Arc::clone(&starting).acquire_owned().await else {
                break;
            };
            while let Some(ended) = running.try_join_next() {
                take(&mut outcome, ended, &mut done);
            }
            if self.stop.load(Ordering::Relaxed) {
                outcome.stopped = true;
                break;
            }
            if !self.has_time_for(&trace) {
                outcome.skip(&trace, super::OUT_OF_TIME);
                done(1);
                continue;
            }
            let engine = self.clone();
            running.spawn(async move {
                let mut permit = Some(permit);
                let mut reports = Vec::new();
                let began = Instant::now();
                for _ in 0..ATTEMPTS {
                    let (verdict, report) = engine.one(trace.clone(), permit.take()).await;
                    reports.push(report);
                    if !matches!(verdict, Verdict::Late(_)) {
                        return (verdict, reports, began.elapsed());
                    }
                }
                let why =
                    format!("answers took so long that it fell behind its clock {ATTEMPTS} times");
                (Verdict::Inconclusive(trace, why), reports, began.elapsed())
            });
        }
        while let Some(ended) = running.join_next().await {
            take(&mut outcome, ended, &mut done);
        }
        outcome.stopped |= self.stop.load(Ordering::Relaxed);
        outcome
    }

    /// Whether a trace can end before the time is up.
    fn has_time_for(&self, trace: &Trace) -> bool {
        let (Some(deadline), Some(pace)) = (self.deadline, self.target.pace) else {
            return true;
        };
        let timing = Timing::new(pace, self.target.limits, trace);
        let needed = timing.estimate().unwrap_or_default();
        Instant::now() + needed <= deadline
    }

    /// One trace, from its first event to its verdict. `starting` is given back at the first wait.
    async fn one<P>(&self, trace: Trace, mut starting: Option<P>) -> (Verdict, Report) {
        let target = Arc::clone(&self.target);
        let Some(lease) = target.acquire_for(&trace).await else {
            let verdict = Verdict::Inconclusive(trace, NO_CLIENT.to_owned());
            return (verdict, Report::default());
        };
        let mut running = Running::new(target, lease, self.accepted, trace);
        loop {
            running.until_tick().await;
            if !running.waits() {
                break;
            }
            drop(starting.take());
            let Some(tick) = running.next_tick() else {
                break;
            };
            if !self.sleep(tick).await {
                break;
            }
            // What came meanwhile came before the time was over, as far as anybody can tell.
            running.heed_callbacks(Duration::ZERO).await;
            running.tick();
        }
        running.finish().await
    }

    /// Waits; false when the run was stopped meanwhile.
    async fn sleep(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            tokio::time::sleep(left.min(LOOK_UP)).await;
        }
    }
}

fn take(
    outcome: &mut Outcome,
    ended: Result<(Verdict, Vec<Report>, Duration), tokio::task::JoinError>,
    done: &mut impl FnMut(u64),
) {
    let (verdict, reports, took) = ended.expect("a trace's task neither panics nor is cancelled");
    outcome.longest = outcome.longest.max(took);
    let mut reports = reports.into_iter().rev();
    outcome.take(verdict, reports.next().unwrap_or_default());
    reports.for_each(|report| outcome.count(&report));
    done(1);
}
