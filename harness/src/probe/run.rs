//! All probes at a target, one after the other where the clock can be moved, otherwise at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dtr_model::requirement;

use super::{Halt, Probe, Scene, Shown};
use crate::driver::{Exchange, Finding, Session};
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
#[derive(Debug, Default)]
pub struct Notes {
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

/// Runs the probes; `done` hears of each that ended.
pub async fn run(
    target: &Arc<Target>,
    probes: &[&'static Probe],
    stop: &AtomicBool,
    mut done: impl FnMut(),
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for probe in probes {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        outcomes.push(one(target, probe).await);
        done();
    }
    outcomes
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
    /// What breaks a requirement, as opposed to a recommendation.
    pub fn breaks(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| is_absolute(f.requirement))
    }

    /// The recommendations that were not followed.
    pub fn slights(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| !is_absolute(f.requirement))
    }
}

fn is_absolute(id: &str) -> bool {
    requirement::named(id).is_none_or(|row| row.level.is_absolute())
}
