//! A failure, told in full.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exchange::ExchangeDocument;
use super::run::Counted;
use crate::driver::Finding;
use crate::engine::StepRecord;
use crate::probe::{Probed, Step};
use crate::report::{curl, diagram};

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailureDocument {
    /// Id of the shortest trace that fails so, or of the probe; `dtr run --select ID` repeats it.
    pub trace: String,
    /// How many traces failed alike.
    pub times: u64,
    /// The requirements broken.
    pub requirements: Vec<String>,
    /// The readings that the server follows and should not.
    pub readings: Vec<String>,
    /// What is wrong.
    pub detail: String,
    /// What might have been answered at the failing step.
    pub allowed: Vec<String>,
    /// The steps up to the failing one.
    pub steps: Vec<StepDocument>,
    /// The same as a sequence diagram in text.
    pub diagram: String,
    /// The same as a shell script.
    pub script: String,
}

/// A step of a failing trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepDocument {
    /// Seconds since the trace began.
    pub at: u64,
    /// Who acts: `client`, `stranger`, `control`, `network`, `AS` or `time`.
    pub actor: String,
    /// What was done.
    pub event: String,
    /// What came.
    pub seen: String,
    /// What went over the wire for it, in order.
    pub exchanges: Vec<ExchangeDocument>,
}

impl FailureDocument {
    /// The text of a failure.
    pub fn of(counted: &Counted, tick_seconds: u64) -> FailureDocument {
        let failure = &counted.failure;
        let texts = |ids: &[&'static str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let readings = failure.readings.iter();
        FailureDocument {
            trace: failure.trace.id.clone(),
            times: counted.times,
            requirements: texts(&failure.requirements),
            readings: readings.map(|(q, r)| format!("{q}/{r}")).collect(),
            detail: failure.detail.clone(),
            allowed: failure.allowed_in_words(),
            steps: failure
                .steps
                .iter()
                .map(|s| step(s, tick_seconds))
                .collect(),
            diagram: diagram::of_failure(failure, tick_seconds),
            script: curl::script(failure, tick_seconds),
        }
    }

    /// The text of a probe that broke something.
    pub fn of_probe(probed: &Probed, tick_seconds: u64) -> FailureDocument {
        let broken: Vec<&Finding> = probed.notes.breaks().collect();
        let mut requirements: Vec<String> = Vec::new();
        for finding in &broken {
            if !requirements
                .iter()
                .any(|known| known == finding.requirement)
            {
                requirements.push(finding.requirement.to_owned());
            }
        }
        let detail = broken.first().map_or("", |finding| &finding.detail);
        FailureDocument {
            trace: probed.probe.id.to_owned(),
            times: 1,
            requirements,
            readings: Vec::new(),
            detail: detail.to_owned(),
            allowed: Vec::new(),
            steps: probed
                .notes
                .steps
                .iter()
                .map(|s| probe_step(s, tick_seconds))
                .collect(),
            diagram: diagram::of_probe(probed, detail, tick_seconds),
            script: curl::of_probe(probed, detail, tick_seconds),
        }
    }

    /// Two failures of one kind need not be told twice: the same requirements,
    /// the same last step.
    pub fn is_like(&self, other: &FailureDocument) -> bool {
        let last = |f: &FailureDocument| f.steps.last().map(|s| (s.event.clone(), s.seen.clone()));
        self.requirements == other.requirements && last(self) == last(other)
    }

    /// How many exchanges there are to look at.
    pub fn exchanges(&self) -> usize {
        self.steps.iter().map(|s| s.exchanges.len()).sum()
    }
}

fn probe_step(step: &Step, tick_seconds: u64) -> StepDocument {
    StepDocument {
        at: step.tick * tick_seconds,
        actor: "client".to_owned(),
        event: step.what.clone(),
        seen: step.seen.clone(),
        exchanges: step.exchanges.iter().map(ExchangeDocument::of).collect(),
    }
}

fn step(record: &StepRecord, tick_seconds: u64) -> StepDocument {
    StepDocument {
        at: record.tick * tick_seconds,
        actor: diagram::actor(record.event).to_owned(),
        event: record.event.to_string(),
        seen: record.seen.clone(),
        exchanges: record.exchanges.iter().map(ExchangeDocument::of).collect(),
    }
}
