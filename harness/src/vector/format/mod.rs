//! The format of a vector, as types. The published JSON Schema is generated from
//! them, so what their comments say is what a consumer reads.
//!
//! | file | part |
//! |---|---|
//! | `mod.rs` | [`Vector`], [`Setup`], and what all vectors share: [`Answers`], [`Index`] |
//! | `step.rs` | [`Step`]: what to do, and which answers are allowed |
//! | `answer.rs` | [`Answer`]: what an answer looks like on the wire |

mod answer;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use answer::{
    Answer, Callback, Characters, Header, Member, MemberType, Presence, Presented, Redirect,
    Response, ScopeRelation, ScopeRule, Visited,
};
pub use step::{
    Action, AwaitCallback, Control, Decision, Endpoint, Expected, Policy, Present, Proof, Request,
    Role, Step, Then, Until, Visit,
};

/// One conformance vector for an authorization server that supports the Deferred
/// Token Response: a setting, timed steps, and the answers allowed at each.
///
/// Together with the edition's [`Answers`] it is complete: a consumer needs
/// neither the model nor the oracle that it was recorded from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Stable id, also the file's name: what the vector is for, and for those that were not written by hand a digest of what
    /// it does.
    pub id: String,
    /// The edition of the draft it tests, e.g. `ietf-01`.
    pub draft: String,
    /// Why it exists.
    pub origin: Origin,
    /// The same in one sentence.
    pub purpose: String,
    /// Ids of the requirements that some step bears on.
    pub requirements: Vec<String>,
    /// Ids of the open questions that some answer gives away the server's reading of.
    pub questions: Vec<String>,
    /// What has to be in place before the first step.
    pub setup: Setup,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

impl Vector {
    /// How many seconds it lasts.
    pub fn seconds(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.at)
    }

    /// Ids of the requirements that its pinned answers carry out by what they look like.
    pub fn carried_out(&self, answers: &Answers) -> BTreeSet<String> {
        let expected = self.steps.iter().flat_map(|step| &step.expect);
        let pinned = expected.filter(|expected| expected.pinned);
        let looks = pinned.filter_map(|expected| answers.answers.get(&expected.answer));
        let rows = looks.filter_map(Answer::requirements).flatten();
        rows.map(|(id, _)| id.clone()).collect()
    }
}

/// Why a vector exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It covers transitions of one deferral code.
    Edge,
    /// It leads by the shortest way to where this property is put to the test.
    Danger(String),
    /// It tells this reading of a question from the pinned one by the shortest way, e.g. `C-02=A`.
    Fork(String),
    /// It shows what no transition of a deferral code does.
    Probe,
}

impl Origin {
    /// The directory its vectors are in.
    pub fn kind(&self) -> &'static str {
        match self {
            Origin::Edge => "edge",
            Origin::Danger(_) => "danger",
            Origin::Fork(_) => "fork",
            Origin::Probe => "probe",
        }
    }
}

/// What has to be in place before the first step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The originating grant that the owner is registered for.
    pub grant_type: GrantType,
    /// What sort of client the owner is (RFC 6749 Section 2.1). The other client is confidential.
    pub client: ClientKind,
    /// Whether the owner registered a callback endpoint (Section 7).
    pub callback_endpoint: bool,
    /// Whether some step proves possession of a key, so that the owner needs one.
    pub key: bool,
    /// Whether the server insists on nonces in DPoP proofs (RFC 9449 Section 8).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nonces: bool,
    /// The server's least number of seconds between two polls (`interval`, Section 6.4).
    pub interval: u64,
    /// The server's lifetime of a deferral code in seconds (`expires_in`, Section 6.4).
    pub lifetime: u64,
    /// Every `at` is a multiple of this many seconds; a server may need less for everything that happens at one time.
    pub seconds_per_tick: u64,
    /// Placeholders that the consumer fills in, apart from those captured from answers.
    pub supplies: Vec<String>,
}

/// An originating grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 Section 4.1, with PKCE S256.
    AuthorizationCode,
    /// RFC 6749 Section 4.4.
    ClientCredentials,
    /// None: the owner asks at an endpoint that is there for requests that wait, and is registered for the grant that its
    /// polls name (RFC 8628, CIBA Core).
    Polling,
}

/// A sort of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// It authenticates.
    Confidential,
    /// It only names itself.
    Public,
}

/// What the answers that vectors of one edition name look like on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The edition.
    pub draft: String,
    /// The answers, by name.
    pub answers: BTreeMap<String, Answer>,
}

/// Every vector of one edition of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The edition.
    pub draft: String,
    /// How many vectors there are.
    pub count: usize,
    /// The vectors, by id.
    pub vectors: BTreeMap<String, Entry>,
}

/// A vector, as the index has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where it is, from the index.
    pub file: String,
    /// How many steps it has.
    pub steps: usize,
    /// How many seconds it lasts.
    pub seconds: u64,
    /// Its requirements.
    pub requirements: Vec<String>,
    /// The requirements that its pinned answers carry out by what they look like.
    pub carried_out: Vec<String>,
    /// Its questions.
    pub questions: Vec<String>,
}
