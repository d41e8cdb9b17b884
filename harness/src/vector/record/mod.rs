//! Recording: traces into vectors.
//!
//! ```text
//! trace ── judged.rs ──> each event with the answers allowed ── script.rs ──> steps
//!             │ oracle, every lawful reading                       │ answers.rs: on the wire
//! ```

mod answers;
mod judged;
mod purpose;
mod script;

use std::collections::BTreeSet;

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::generate::{self, Graph, SETTINGS};
use dtr_model::question::Question;
use dtr_model::terms::Terms;
use dtr_model::trace;

use super::format::{Action, ClientKind, GrantType, Origin, Proof, Setup, Step, Vector};
use super::placeholder;
use crate::suite;
use crate::target::bundled::TICK_SECONDS;

pub use judged::NotLawful;
pub use script::NotRecordable;

/// Events in a trace that covers edges. A vector is read by people, so it is
/// shorter than what `dtr run` walks.
const EDGE_LENGTH: usize = 14;

/// The traces that vectors are recorded from: forks, danger zones, edge cover.
pub fn traces() -> Vec<Trace> {
    let mut traces = suite::recorded();
    traces.retain(|t| t.origin != trace::Origin::Edge);
    for terms in SETTINGS {
        traces.extend(generate::edges(&Graph::of(*terms), EDGE_LENGTH).traces);
    }
    suite::unique(traces)
}

/// The vectors of `draft`, in the order of [`traces`].
///
/// # Errors
/// [`RecordError`]: the generator and the oracle contradict each other.
pub fn vectors(draft: &Draft) -> Result<Vec<Vector>, RecordError> {
    traces().iter().map(|trace| vector(trace, draft)).collect()
}

/// One trace as a vector.
///
/// # Errors
/// [`RecordError`].
pub fn vector(trace: &Trace, draft: &Draft) -> Result<Vector, RecordError> {
    let origin = purpose::origin(trace).ok_or_else(|| RecordError::Origin(trace.id.clone()))?;
    let judged = judged::judge(trace)?;
    let script = script::script(&judged, trace.terms, draft, TICK_SECONDS).map_err(|cause| {
        RecordError::Event {
            id: trace.id.clone(),
            cause,
        }
    })?;
    let steps = script.steps;
    let mut vector = Vector {
        id: trace.id.clone(),
        draft: draft.id.to_owned(),
        purpose: purpose::purpose(trace, &origin),
        requirements: distinct(steps.iter().flat_map(|s| s.requirements.clone())),
        questions: questions(&origin, &steps),
        setup: setup(trace.terms, &steps),
        answers: script.answers,
        origin,
        steps,
    };
    vector.setup.supplies = placeholder::supplied(&vector);
    Ok(vector)
}

/// Why a trace cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The oracle does not allow what the pins answer.
    #[error(transparent)]
    NotLawful(#[from] NotLawful),
    /// An event that nobody outside the server can cause.
    #[error("{id}: {cause}")]
    Event {
        /// The trace.
        id: String,
        /// What is in it.
        cause: NotRecordable,
    },
    /// Of an origin that is not recorded.
    #[error("{0}: only forks, danger zones and edge cover are recorded")]
    Origin(String),
}

/// The questions that some answer gives away the reading of, in the catalogue's order.
fn questions(origin: &Origin, steps: &[Step]) -> Vec<String> {
    let given_away = steps
        .iter()
        .flat_map(|s| &s.expect)
        .flat_map(|e| e.readings.keys().cloned());
    let mut all: BTreeSet<String> = given_away.collect();
    if let Origin::Fork(choice) = origin {
        all.extend(
            choice
                .split_once('=')
                .map(|(question, _)| question.to_owned()),
        );
    }
    let ids = Question::ALL.iter().map(|q| q.id().to_owned());
    ids.filter(|id| all.contains(id)).collect()
}

fn setup(terms: Terms, steps: &[Step]) -> Setup {
    let proven = |step: &Step| matches!(&step.action, Action::Request(r) if r.proof != Proof::None);
    Setup {
        grant_type: match terms.one_time {
            true => GrantType::AuthorizationCode,
            false => GrantType::ClientCredentials,
        },
        client: match terms.public {
            true => ClientKind::Public,
            false => ClientKind::Confidential,
        },
        callback_endpoint: terms.callback,
        key: steps.iter().any(proven),
        interval: u64::from(terms.interval) * TICK_SECONDS,
        lifetime: u64::from(terms.lifetime) * TICK_SECONDS,
        seconds_per_tick: TICK_SECONDS,
        supplies: Vec::new(),
    }
}

fn distinct(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    ids.filter(|id| seen.insert(id.clone())).collect()
}
