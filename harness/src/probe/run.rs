//! All probes at a target.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use dtr_model::draft::Draft;
use tokio::task::{JoinError, JoinSet};

use super::{Halt, Probe, Scene, Shown};
use crate::driver::{Exchange, Finding, Session};
use crate::engine::OUT_OF_TIME;
use crate::target::{Lease, Target};

/// What came of a probe.
#[derive(Debug)]
pub struct Probed {
    /// Which.
    pub probe: &'static Probe,
    /// What was written down of it.
    pub notes: Notes,
    /// Why it came to no end, if it did not.
    pub halt: Option<Halt>,
}

/// What is written down of a probe.
#[derive(Debug)]
pub struct Notes {
    /// The text whose rows are meant.
    pub draft: &'static Draft,
    /// What was done.
    pub steps: Vec<Step>,
    /// What was broken, or not followed.
    pub findings: Vec<Finding>,
    /// The rows that held, once for each time.
    pub observed: Vec<&'static str>,
    /// The readings that it showed.
    pub shown: Vec<Shown>,
}

/// A step of a probe.
#[derive(Debug, Clone)]
pub struct Step {
    /// When: ticks since it began.
    pub tick: u64,
    /// What was done.
    pub what: String,
    /// What came.
    pub seen: String,
    /// The exchanges it took.
    pub exchanges: Vec<Exchange>,
}

/// What became of a probe: what it found, or why it was not begun.
type Outcome = Result<Probed, (&'static Probe, String)>;

/// When no further probe is begun.
#[derive(Debug, Clone, Copy)]
pub struct Until<'a> {
    /// Once this is set.
    pub stop: &'a AtomicBool,
    /// From then on.
    pub deadline: Option<Instant>,
}

/// Runs the probes: one after the other where the clock can be moved, which moves it for all, otherwise at the same time,
/// as far as there are clients. `done` hears of each that ended.
pub async fn run(
    target: &Arc<Target>,
    probes: &[&'static Probe],
    until: Until<'_>,
    mut done: impl FnMut(),
) -> Vec<Outcome> {
    let width = match target.wall_pace() {
        Some(_) => probes.len(),
        None => 1,
    };
    let mut outcomes = Vec::new();
    let mut running = JoinSet::new();
    for probe in probes.iter().copied() {
        if until.stop.load(Ordering::Relaxed) {
            break;
        }
        if until.deadline.is_some_and(|end| Instant::now() >= end) {
            outcomes.push(Err((probe, OUT_OF_TIME.to_owned())));
            done();
            continue;
        }
        let target = Arc::clone(target);
        running.spawn(async move { one(&target, probe).await });
        if running.len() >= width {
            outcomes.extend(ended(running.join_next().await));
            done();
        }
    }
    while let Some(outcome) = running.join_next().await {
        outcomes.extend(ended(Some(outcome)));
        done();
    }
    // In the order of their ids, so that a run says the same each time.
    outcomes.sort_by_key(|outcome| match outcome {
        Ok(probed) => probed.probe.id,
        Err((probe, _)) => probe.id,
    });
    outcomes
}

/// A panic in a probe is ours, and ends the run as it would have without tasks.
fn ended(joined: Option<Result<Outcome, JoinError>>) -> Option<Outcome> {
    match joined? {
        Ok(outcome) => Some(outcome),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

async fn one(target: &Arc<Target>, probe: &'static Probe) -> Outcome {
    let terms = probe.terms(target).map_err(|why| (probe, why))?;
    let none = || {
        (
            probe,
            "every client of the kind it takes is spoilt".to_owned(),
        )
    };
    let lease: Lease = target.acquire(&terms).await.ok_or_else(none)?;
    let session = Session::new(Arc::clone(target), lease, terms);
    let mut scene = Scene::new(Arc::clone(target), session);
    let halt = (probe.steps)(&mut scene).await.err();
    Ok(Probed {
        probe,
        notes: scene.finish().await,
        halt,
    })
}

impl Notes {
    /// Nothing yet, by this text.
    pub(super) fn by(draft: &'static Draft) -> Notes {
        Notes {
            draft,
            steps: Vec::new(),
            findings: Vec::new(),
            observed: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// What breaks a requirement, as opposed to a recommendation.
    pub fn breaks(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| self.is_absolute(f))
    }

    /// The recommendations that were not followed.
    pub fn slights(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| !self.is_absolute(f))
    }

    fn is_absolute(&self, finding: &Finding) -> bool {
        let row = self.draft.ledger().row(finding.requirement);
        row.is_none_or(|row| row.level.is_absolute())
    }
}
