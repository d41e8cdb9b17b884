//! Recording: traces into vectors.
//!
//! ```text
//! trace ── judged.rs ──> each event with the answers allowed ── script.rs ──> steps
//!             │ oracle, every lawful reading                       │ answers.rs: on the wire
//! ```
//!
//! What no trace can show is written down by hand, in `written`.

mod answers;
mod glossary;
mod judged;
mod purpose;
mod script;
mod written;

use std::collections::BTreeSet;

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::event::{Caller, Event};
use dtr_model::generate::{self, Graph, Situation};
use dtr_model::question::Question;
use dtr_model::terms::Terms;

use super::format::{Action, Answers, ClientKind, GrantType, Origin, Proof, Setup, Step, Vector};
use super::placeholder;
use crate::target::bundled::TICK_SECONDS;
use glossary::Glossary;

pub use judged::NotLawful;
pub use script::NotRecordable;

/// Events in a trace that covers edges. A vector is read by people, so it is
/// shorter than what `dtr run` walks.
const EDGE_LENGTH: usize = 18;

/// The traces that vectors of `draft` are recorded from: forks, danger zones,
/// edge cover.
///
/// Each fork and each danger zone has its own, under its own id, even where two
/// of them do the same.
pub fn traces(draft: &'static Draft) -> Vec<Trace> {
    let settings = generate::settings(draft);
    let mut traces = Vec::new();
    for terms in &settings {
        traces.extend(generate::dangers(*terms));
        traces.extend(forks(*terms));
    }
    // Longer waits only where they tell apart what shorter ones do not.
    let known: BTreeSet<_> = traces.iter().map(|t| t.origin.clone()).collect();
    let paced = forks(Terms::PACED.under(draft));
    traces.extend(paced.filter(|t| !known.contains(&t.origin)));
    for terms in settings {
        let edges = generate::edges(&Graph::of(terms), EDGE_LENGTH).traces;
        traces.extend(edges.into_iter().map(closed));
    }
    let mut ids = BTreeSet::new();
    traces.retain(|trace| ids.insert(trace.id.clone()));
    traces
}

fn forks(terms: Terms) -> impl Iterator<Item = Trace> {
    generate::forks(terms)
        .into_iter()
        .map(|(_, _, trace)| trace)
}

/// A trace that ends with a decision or the like says nothing about its effect:
/// a poll at the end does.
fn closed(trace: Trace) -> Trace {
    let mut situation = Situation::START;
    for event in &trace.events {
        situation = situation.after(*event, &trace.terms).0;
    }
    let answered = |event: &Event| {
        matches!(
            event,
            Event::Request(_)
                | Event::Poll { .. }
                | Event::Revoke { .. }
                | Event::Callback(_)
                | Event::Renew(_)
                | Event::Present
        )
    };
    if trace.events.last().is_some_and(answered) || !situation.known {
        return trace;
    }
    let mut events = trace.events;
    events.push(Event::Poll {
        by: Caller::Owner,
        lost: false,
    });
    Trace::new(trace.origin, trace.terms, events)
}

/// The vectors of `draft` and the answers they name.
///
/// # Errors
/// [`RecordError`]: the generator and the oracle contradict each other.
pub fn vectors(draft: &'static Draft) -> Result<(Vec<Vector>, Answers), RecordError> {
    record(&traces(draft), draft)
}

/// Traces of `draft` as vectors, in their order, then the written ones, and the answers they name.
///
/// # Errors
/// [`RecordError`].
pub fn record(
    traces: &[Trace],
    draft: &'static Draft,
) -> Result<(Vec<Vector>, Answers), RecordError> {
    let mut glossary = Glossary::by(draft);
    let vectors = traces
        .iter()
        .map(|trace| vector(trace, draft, &mut glossary));
    let mut vectors = vectors.collect::<Result<Vec<_>, _>>()?;
    vectors.extend(written::vectors(draft, &mut glossary));
    let answers = Answers {
        draft: draft.id.to_owned(),
        answers: glossary.finish().map_err(RecordError::Ambiguous)?,
    };
    for vector in &mut vectors {
        vector.setup.supplies = placeholder::supplied(vector, &answers);
    }
    Ok((vectors, answers))
}

fn vector(trace: &Trace, draft: &Draft, glossary: &mut Glossary) -> Result<Vector, RecordError> {
    let origin = purpose::origin(trace).ok_or_else(|| RecordError::Origin(trace.id.clone()))?;
    let judged = judged::judge(trace)?;
    let steps =
        script::script(&judged, trace.terms, draft, TICK_SECONDS, glossary).map_err(|cause| {
            RecordError::Event {
                id: trace.id.clone(),
                cause,
            }
        })?;
    Ok(Vector {
        id: trace.id.clone(),
        draft: draft.id.to_owned(),
        purpose: purpose::purpose(trace, &origin),
        requirements: distinct(steps.iter().flat_map(|s| s.requirements.clone())),
        questions: questions(&origin, &steps),
        setup: setup(trace.terms, &steps),
        origin,
        steps,
    })
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
    /// Two answers that look different go by the same name.
    #[error("two answers are called `{0}`")]
    Ambiguous(String),
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
        grant_type: match (terms.draft.own_endpoint, terms.one_time) {
            (Some(_), _) => GrantType::Polling,
            (None, true) => GrantType::AuthorizationCode,
            (None, false) => GrantType::ClientCredentials,
        },
        client: match terms.public {
            true => ClientKind::Public,
            false => ClientKind::Confidential,
        },
        callback_endpoint: terms.callback,
        key: steps.iter().any(proven),
        nonces: false,
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
