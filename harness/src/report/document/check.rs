//! The verdict on a requirement, and how a question is read.

use dtr_model::requirement::{Edition, Level};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::Count;

/// The verdict on one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Stable id.
    pub id: String,
    /// What it checks.
    pub requirements: Vec<String>,
    /// The keyword.
    pub level: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was not put to the test, or why its failure is known.
    pub why: Option<String>,
    /// A trace that breaks it.
    pub trace: Option<String>,
}

/// How a question is read, as far as the answers tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observed {
    /// The readings that remain; one, where the answers decide.
    pub observed: Vec<String>,
    /// The reference's reading.
    pub pin: String,
    /// Where the server reads the question in two ways: two traces that do not agree.
    pub conflict: Option<[String; 2]>,
}

/// A requirement's observations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl RequirementCount {
    /// What was observed of the requirement with this id, as the text has it.
    pub fn of(id: &str, ledger: &Edition, count: Count) -> RequirementCount {
        let row = ledger.row(id);
        RequirementCount {
            section: row.map_or("", |r| r.section).to_owned(),
            text: row.map_or("", |r| r.text).to_owned(),
            held: count.held,
            broken: count.broken,
            slighted: count.slighted,
        }
    }
}

/// The keyword as BCP 14 writes it; a fact has none.
pub fn keyword(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::MustNot => "MUST NOT",
        Level::Required => "REQUIRED",
        Level::Should => "SHOULD",
        Level::ShouldNot => "SHOULD NOT",
        Level::Recommended => "RECOMMENDED",
        Level::NotRecommended => "NOT RECOMMENDED",
        Level::May => "MAY",
        Level::Optional => "OPTIONAL",
        Level::Fact => "fact",
    }
}
