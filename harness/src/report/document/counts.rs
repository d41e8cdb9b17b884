//! How much was done, what was left open, and where the deferrals went.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::{Deed, Place};

/// What is wrong with the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// The requirement it breaks; absent when nothing could be judged.
    pub requirement: Option<String>,
    /// What was seen.
    pub detail: String,
}

/// A trace without a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unfinished {
    /// The trace.
    pub trace: String,
    /// Why.
    pub why: String,
    /// The requirements it was to put to the test.
    pub requirements: Vec<String>,
}

/// Traces and probes that were not begun for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedDocument {
    /// How many.
    pub traces: u64,
    /// The requirements they were to put to the test.
    pub requirements: BTreeSet<String>,
}

/// How often something led from one place of a deferral's life to another.
/// Counted where the answers leave no doubt about either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitCount {
    /// Where the deferral was.
    pub from: Place,
    /// What happened.
    pub by: Deed,
    /// Where it was afterwards.
    pub to: Place,
    /// How often.
    pub times: u64,
}

/// How much was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Traces run to a verdict.
    pub traces: u64,
    /// Probes run to a verdict.
    pub probes: u64,
    /// Those of both that failed. `failures` tells each kind once, and not every kind.
    pub failed: u64,
    /// Those of the failed that break no row of the ledger: no baseline can name them.
    pub unattributed: u64,
    /// Requests to the server's own endpoints.
    pub requests: u64,
    /// Requests to its control API.
    pub controls: u64,
    /// Callbacks received.
    pub callbacks: u64,
    /// Milliseconds that the longest trace took, where time has to be waited for.
    pub longest_ms: u64,
    /// Single observations of requirements.
    pub observations: u64,
}

impl Counts {
    /// Adds the counts of another partition. `observations` follow from the
    /// requirements and are counted anew.
    pub fn add(&mut self, other: &Counts) {
        self.traces += other.traces;
        self.probes += other.probes;
        self.failed += other.failed;
        self.unattributed += other.unattributed;
        self.requests += other.requests;
        self.controls += other.controls;
        self.callbacks += other.callbacks;
        self.longest_ms = self.longest_ms.max(other.longest_ms);
    }
}
