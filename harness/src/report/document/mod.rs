//! The report as one JSON document. `dtr schema report` prints its schema.
//!
//! What was counted comes from the run ([`run`]) or from the documents of its
//! partitions ([`super::merge`]); what follows from it is drawn in one place
//! (`conclude`), so that the two cannot differ.

pub mod check;
mod conclude;
pub mod counts;
pub mod evidence;
pub mod exchange;
pub mod failure;
pub mod run;

pub use check::{Check, Observed, RequirementCount, keyword};
pub use counts::{Counts, Remark, SkippedDocument, Unfinished, VisitCount};
pub use evidence::EvidenceDocument;
pub use exchange::ExchangeDocument;
pub use failure::{FailureDocument, StepDocument};
pub use run::{Counted, Setting};

use std::collections::BTreeMap;

use dtr_model::draft::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::baseline::Applied;
use super::partition::Partition;
use crate::engine::OUT_OF_TIME;

/// The three outcomes, and for a single check also what is less than a verdict.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It held whenever it was put to the test.
    Pass,
    /// Nothing in this run put it to the test.
    Unobserved,
    /// A SHOULD was not followed.
    Warn,
    /// It was broken, as the baseline says.
    Known,
    /// It cannot be said.
    Inconclusive,
    /// It was broken.
    Fail,
}

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// pass, fail or inconclusive.
    pub verdict: Verdict,
    /// The edition judged by.
    #[schemars(with = "String")]
    pub draft: &'static Draft,
    /// The server under test.
    pub target: String,
    /// What of the suite was selected; absent for all of it.
    pub select: Option<String>,
    /// Which part of the traces this is; absent for all of them.
    pub partition: Option<Partition>,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// One for each row of the ledger with a check of its own.
    pub checks: Vec<Check>,
    /// For each question that the answers say something about, the readings left.
    pub readings: BTreeMap<String, Observed>,
    /// The readings that probes saw: by question, each reading with a probe that showed it.
    pub shown: BTreeMap<String, BTreeMap<String, String>>,
    /// Requirement by requirement, how often it was observed.
    pub requirements: BTreeMap<String, RequirementCount>,
    /// What failed, each kind once and as short as it fails.
    pub failures: Vec<FailureDocument>,
    /// What the metadata says that it should not, or why it could not be read.
    pub metadata: Vec<Remark>,
    /// Traces without a verdict, and why.
    pub inconclusive: Vec<Unfinished>,
    /// Traces that were not begun, by reason. What only they put to the test is unobserved, never passed.
    pub skipped: BTreeMap<String, SkippedDocument>,
    /// Which failures were expected, and which of these expectations are stale; absent without a baseline.
    pub baseline: Option<Applied>,
    /// The steps that were seen between the phases of a deferral, and how often.
    pub visits: Vec<VisitCount>,
    /// What `readings` follow from: each set of cases that some trace left possible. Only a
    /// partition's document holds it, for it is long, and of use only to be put together.
    pub evidence: Vec<EvidenceDocument>,
    /// How much was done.
    pub counts: Counts,
    /// Seed of the random walks.
    pub seed: u64,
    /// Wall time in seconds; of merged documents the sum.
    pub elapsed: f64,
}

impl Document {
    /// Whether everything was run that a run without options runs: only then
    /// does a check that passed not fail elsewhere.
    pub fn is_whole(&self) -> bool {
        let in_time = !self.skipped.contains_key(OUT_OF_TIME);
        self.select.is_none() && self.partition.is_none() && !self.interrupted && in_time
    }
}
