//! Many traces in step with a clock that is set by hand.
//!
//! Time belongs to the target, not to a trace: a tick happens to all traces in flight. So each goes on until its next
//! tick and waits there; when all wait, the clock is advanced once ([`Ticks`]). Between ticks they are concurrent, and
//! in the place of one that ended another begins.
//!
//! ```text
//! trace 1  request poll poll ─┐ tick ┌ poll ─────────┐ tick ┌ …
//! trace 2  request approve ───┤      ├ poll revoke ──┤      ├ …
//! trace 3  request ───────────┘      └ lapse poll    │      │
//! trace 4                              request poll ─┘      └ …
//! ```

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use dtr_model::Trace;
use tokio::sync::mpsc::{self, UnboundedSender};

use super::judge::{Report, Running, Verdict};
use super::ticks::Ticks;
use super::{Engine, NO_CLIENT, OUT_OF_TIME, Outcome};

/// What the places of traces have in common.
struct Shared {
    engine: Engine,
    ticks: Ticks,
    left: Mutex<VecDeque<Trace>>,
    outcome: Mutex<Outcome>,
}

impl Engine {
    pub(super) async fn in_lockstep(
        &self,
        traces: Vec<Trace>,
        mut done: impl FnMut(u64),
    ) -> Outcome {
        let places = self.width.min(traces.len());
        let shared = Arc::new(Shared {
            engine: self.clone(),
            ticks: Ticks::new(Arc::clone(&self.target)),
            left: Mutex::new(traces.into()),
            outcome: Mutex::default(),
        });
        let (ended, mut endings) = mpsc::unbounded_channel();
        let places: Vec<_> = (0..places)
            .map(|_| tokio::spawn(Arc::clone(&shared).place(ended.clone())))
            .collect();
        drop(ended);
        while endings.recv().await.is_some() {
            done(1);
        }
        for place in places {
            place
                .await
                .expect("a trace's task neither panics nor is cancelled");
        }
        let mut outcome = std::mem::take(&mut *shared.outcome());
        outcome.stopped = self.stop.load(Ordering::Relaxed);
        outcome
    }
}

impl Shared {
    /// One trace after the other, until none is left.
    async fn place(self: Arc<Self>, ended: UnboundedSender<()>) {
        while let Some(trace) = self.next_trace() {
            let deadline = self.engine.deadline;
            if deadline.is_some_and(|end| Instant::now() >= end) {
                self.outcome().skip(&trace, OUT_OF_TIME);
            } else {
                self.run(trace).await;
            }
            // Who listens waits for the last of us.
            let _ = ended.send(());
        }
    }

    /// Runs a trace and takes in its verdict. Whoever waits for a client holds nobody up: it may be held by one that
    /// waits for a tick.
    async fn run(&self, trace: Trace) {
        let target = Arc::clone(&self.engine.target);
        let Some(lease) = target.acquire_for(&trace).await else {
            let without = (trace, NO_CLIENT.to_owned());
            self.outcome().inconclusive.push(without);
            return;
        };
        self.ticks.join().await;
        let running = Running::new(target, lease, self.engine.accepted, trace);
        let (verdict, report) = self.to_its_end(running).await;
        self.ticks.leave().await;
        self.outcome().take(verdict, report);
    }

    async fn to_its_end(&self, mut running: Running) -> (Verdict, Report) {
        loop {
            running.until_tick().await;
            if !running.waits() || self.engine.stop.load(Ordering::Relaxed) {
                return running.finish().await;
            }
            match self.ticks.next().await {
                Ok(()) => running.tick(),
                Err(error) => {
                    running.give_up(format!("the clock could not be advanced: {error}"));
                }
            }
        }
    }

    fn next_trace(&self) -> Option<Trace> {
        if self.engine.stop.load(Ordering::Relaxed) {
            return None;
        }
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.pop_front()
    }

    fn outcome(&self) -> std::sync::MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
