//! The report as one JSON document. `dtr schema report` prints its schema.

use std::collections::BTreeMap;

use dtr_model::question::{Question, Reading};
use dtr_model::requirement::{self, Level};
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::{Failure, Fingerprint, Outcome, fingerprint};
use crate::report::{curl, diagram};

/// The three outcomes, and for a single check also what is less than a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It held whenever it was put to the test.
    Pass,
    /// Nothing in this run put it to the test.
    Unobserved,
    /// A SHOULD was not followed.
    Warn,
    /// It cannot be said.
    Inconclusive,
    /// It was broken.
    Fail,
}

/// What a run found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Document {
    /// pass, fail or inconclusive.
    pub verdict: Verdict,
    /// The edition judged by.
    pub draft: String,
    /// The server under test.
    pub target: String,
    /// One check a requirement of the ledger.
    pub checks: Vec<Check>,
    /// For each question that the answers say something about, the readings left.
    pub readings: BTreeMap<String, Observed>,
    /// Requirement by requirement, how often it was observed.
    pub requirements: BTreeMap<String, RequirementCount>,
    /// What failed, each kind once and as short as it fails.
    pub failures: Vec<FailureDocument>,
    /// What the metadata says that it should not, or why it could not be read.
    pub metadata: Vec<Remark>,
    /// Traces without a verdict, and why.
    pub inconclusive: Vec<Unfinished>,
    /// How much was done.
    pub counts: Counts,
    /// Seed of the random walks.
    pub seed: u64,
    /// Wall time in seconds.
    pub elapsed: f64,
}

/// The verdict on one requirement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Check {
    /// Stable id.
    pub id: String,
    /// What it checks.
    pub requirements: Vec<String>,
    /// The keyword.
    pub level: String,
    /// The verdict.
    pub verdict: Verdict,
    /// A trace that breaks it.
    pub trace: Option<String>,
}

/// How a question is read, as far as the answers tell.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Observed {
    /// The readings that remain; one, where the answers decide.
    pub observed: Vec<String>,
    /// The reference's reading.
    pub pin: String,
    /// Where the server reads the question in two ways: two traces that do not agree.
    pub conflict: Option<[String; 2]>,
}

/// A requirement's observations.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RequirementCount {
    /// Section, with step or clause.
    pub section: String,
    /// What it asks.
    pub text: String,
    /// Observations in which it held.
    pub held: u64,
    /// Observations that break it.
    pub broken: u64,
    /// Observations in which a SHOULD was not followed.
    pub slighted: u64,
}

/// A failure.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FailureDocument {
    /// Id of the shortest trace that fails so; `dtr run --select ID` repeats it.
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
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepDocument {
    /// Seconds since the trace began.
    pub at: u64,
    /// What was done.
    pub event: String,
    /// What came.
    pub seen: String,
}

/// What is wrong with the metadata.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Remark {
    /// The requirement it breaks; absent when nothing could be judged.
    pub requirement: Option<String>,
    /// What was seen.
    pub detail: String,
}

/// A trace without a verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unfinished {
    /// The trace.
    pub trace: String,
    /// Why.
    pub why: String,
}

/// How much was done.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Counts {
    /// Traces run to a verdict.
    pub traces: u64,
    /// Those of them that failed. `failures` tells each kind once, and not every kind.
    pub failed: u64,
    /// Requests to the server's own endpoints.
    pub requests: u64,
    /// Requests to its control API.
    pub controls: u64,
    /// Callbacks received.
    pub callbacks: u64,
    /// Single observations of requirements.
    pub observations: u64,
}

/// A failure made short, and how many traces failed alike.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The shortest.
    pub failure: Failure,
    /// How many.
    pub times: u64,
}

/// What a document needs besides the outcome.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The edition judged by.
    pub draft: &'static str,
    /// The server, for people.
    pub target: String,
    /// Seconds in a tick.
    pub tick_seconds: u64,
    /// Seed of the random walks.
    pub seed: u64,
    /// Wall time in seconds.
    pub elapsed: f64,
}

impl Document {
    /// The document of an outcome.
    pub fn new(outcome: &Outcome, failures: &[Counted], setting: Setting) -> Document {
        let tally = &outcome.tally;
        let seen = fingerprint(&tally.evidence);
        let checks: Vec<Check> = requirement::ALL
            .iter()
            .map(|r| check(r, outcome, failures))
            .collect();
        let requirements = tally.requirements.iter().map(|(id, count)| {
            let row = requirement::named(id);
            let count = RequirementCount {
                section: row.map_or("", |r| r.section).to_owned(),
                text: row.map_or("", |r| r.text).to_owned(),
                held: count.held,
                broken: count.broken,
                slighted: count.slighted,
            };
            ((*id).to_owned(), count)
        });
        Document {
            verdict: verdict(outcome),
            draft: setting.draft.to_owned(),
            target: setting.target,
            checks,
            readings: Question::ALL
                .iter()
                .filter_map(|q| observed(*q, &seen))
                .collect(),
            requirements: requirements.collect(),
            failures: failures
                .iter()
                .map(|f| failure(f, setting.tick_seconds))
                .collect(),
            metadata: remarks(outcome),
            inconclusive: outcome
                .inconclusive
                .iter()
                .map(|(trace, why)| Unfinished {
                    trace: trace.id.clone(),
                    why: why.clone(),
                })
                .collect(),
            counts: Counts {
                traces: outcome.traces,
                failed: outcome.failures.len() as u64,
                requests: outcome.requests,
                controls: outcome.controls,
                callbacks: outcome.callbacks,
                observations: tally.requirements.values().map(|c| c.held + c.broken).sum(),
            },
            seed: setting.seed,
            elapsed: setting.elapsed,
        }
    }
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

fn verdict(outcome: &Outcome) -> Verdict {
    let broken = outcome.tally.requirements.values().any(|c| c.broken > 0);
    let nothing = outcome.traces == 0 || outcome.unread.is_some();
    match () {
        () if !outcome.failures.is_empty() || broken => Verdict::Fail,
        () if !outcome.inconclusive.is_empty() || outcome.stopped || nothing => {
            Verdict::Inconclusive
        }
        () => Verdict::Pass,
    }
}

fn check(row: &requirement::Requirement, outcome: &Outcome, failures: &[Counted]) -> Check {
    let count = outcome
        .tally
        .requirements
        .get(row.id)
        .copied()
        .unwrap_or_default();
    let breaking = failures
        .iter()
        .find(|f| f.failure.requirements.contains(&row.id));
    Check {
        id: row.id.to_owned(),
        requirements: vec![row.id.to_owned()],
        level: keyword(row.level).to_owned(),
        verdict: match () {
            () if count.broken > 0 => Verdict::Fail,
            () if count.slighted > 0 => Verdict::Warn,
            () if count.held > 0 => Verdict::Pass,
            () => Verdict::Unobserved,
        },
        trace: breaking.map(|f| f.failure.trace.id.clone()),
    }
}

/// The keyword as BCP 14 writes it; a fact has none.
pub fn keyword(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::MustNot => "MUST NOT",
        Level::Required => "REQUIRED",
        Level::Should => "SHOULD",
        Level::May => "MAY",
        Level::Optional => "OPTIONAL",
        Level::Fact => "fact",
    }
}

fn observed(question: Question, seen: &Fingerprint) -> Option<(String, Observed)> {
    let (readings, _) = seen.readings.get(&question)?;
    let conflict = seen.conflicts.iter().find(|c| c.question == question);
    let observed = Observed {
        observed: readings.iter().map(Reading::to_string).collect(),
        pin: question.entry().pin.to_string(),
        conflict: conflict.map(|c| [c.earlier.1.clone(), c.later.1.clone()]),
    };
    Some((question.id().to_owned(), observed))
}

fn failure(counted: &Counted, tick_seconds: u64) -> FailureDocument {
    let failure = &counted.failure;
    let steps = failure.steps.iter().map(|s| StepDocument {
        at: s.tick * tick_seconds,
        event: s.event.to_string(),
        seen: s.seen.clone(),
    });
    FailureDocument {
        trace: failure.trace.id.clone(),
        times: counted.times,
        requirements: failure
            .requirements
            .iter()
            .map(|id| (*id).to_owned())
            .collect(),
        readings: failure
            .readings
            .iter()
            .map(|(q, r)| format!("{q}/{r}"))
            .collect(),
        detail: failure.detail.clone(),
        allowed: failure.allowed.iter().map(ToString::to_string).collect(),
        steps: steps.collect(),
        diagram: diagram::of_failure(failure, tick_seconds),
        script: curl::script(failure, tick_seconds),
    }
}
