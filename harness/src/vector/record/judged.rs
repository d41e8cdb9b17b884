//! What a lawful server may answer at each event of a trace, and whether the
//! events that follow are judged the same after it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::event::{Answer, Event};
use dtr_model::generate::Situation;
use dtr_model::question::{Question, Readings};
use dtr_model::terms::Terms;
use dtr_model::trace::Allowed;

use crate::oracle::{Oracle, Ruling};

/// The errors that may stand for a refusal by the originating grant's own rules.
const REFUSALS: [Answer; 5] = [
    Answer::GrantError,
    Answer::AccessDenied,
    Answer::InvalidGrant,
    Answer::InvalidRequest,
    Answer::UnauthorizedClient,
];

/// One answer that is allowed.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The answer, and whether the trace goes on after it.
    pub(super) allowed: Allowed,
    /// Whether a server at the pins answers so.
    pub(super) pinned: bool,
    /// The questions it narrows, with the lawful readings it leaves.
    pub(super) readings: BTreeMap<String, Vec<String>>,
}

/// An event of a trace, judged.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// What happens.
    pub(super) event: Event,
    /// Where a server at the pins is when it happens.
    pub(super) situation: Situation,
    /// What may be answered.
    pub(super) choices: Vec<Choice>,
}

/// Judges every event of `trace`.
///
/// # Errors
/// When the trace cannot be followed by the oracle: a server at the pins would
/// be judged to be wrong, which is a mistake of the model.
pub(super) fn judge(trace: &Trace) -> Result<Vec<Judged>, NotLawful> {
    let path = Path::of(trace)?;
    let mut judged: Vec<Judged> = path.steps.iter().map(Step::judged).collect();
    // From the end: whether an answer lets the trace go on depends on which
    // later ones do.
    for at in (0..judged.len()).rev() {
        judged[at].choices = path.choices(at, &judged);
    }
    Ok(judged)
}

/// A trace that the pins do not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{id}: the oracle does not allow `{answer}` to `{event}`, which is what the pins answer")]
pub struct NotLawful {
    id: String,
    event: String,
    answer: String,
}

/// The way of a server at the pins, and what is believed of it at each event.
struct Path<'a> {
    trace: &'a Trace,
    steps: Vec<Step>,
    /// Whether what follows is judged the same, by place and beliefs. Ways that
    /// part often meet again, so without this their number grows exponentially.
    known: RefCell<HashMap<(usize, String), bool>>,
}

struct Step {
    event: Event,
    situation: Situation,
    pinned: Answer,
    before: Oracle,
    allowed: BTreeSet<Answer>,
}

impl Step {
    fn judged(&self) -> Judged {
        Judged {
            event: self.event,
            situation: self.situation,
            choices: Vec::new(),
        }
    }

    /// Whether this answer brings a deferral code that nobody knew before.
    fn brings_code(&self, answer: Answer) -> bool {
        !self.situation.known && matches!(answer, Answer::Deferred { .. })
    }
}

/// What a server at the pins answers, as precisely as it is known. A code
/// verifier that does not fit is `invalid_grant` (RFC 7636 Section 4.6).
fn concrete_pin(event: Event, answer: Answer, terms: &Terms) -> Answer {
    match (event, answer) {
        (Event::Request(request), Answer::GrantError) if terms.one_time && !request.sound => {
            Answer::InvalidGrant
        }
        // An error by which grants refuse, and not the one that polls have as well.
        (_, Answer::Refusal) => Answer::GrantError,
        _ => answer,
    }
}

impl Path<'_> {
    fn of(trace: &Trace) -> Result<Path<'_>, NotLawful> {
        let mut oracle = Oracle::new(trace.terms, trace.terms.draft.lawful());
        let mut situation = Situation::START;
        let mut steps = Vec::with_capacity(trace.events.len());
        for event in trace.events.iter().copied() {
            let (after, answer) = situation.after(event, &trace.terms);
            let pinned = concrete_pin(event, answer, &trace.terms);
            let before = oracle.clone();
            if oracle.observe(event, pinned) != Ruling::Allowed {
                return Err(NotLawful {
                    id: trace.id.clone(),
                    event: event.to_string(),
                    answer: pinned.to_string(),
                });
            }
            let allowed = before.allowed(event);
            steps.push(Step {
                event,
                situation,
                pinned,
                before,
                allowed,
            });
            situation = after;
        }
        Ok(Path {
            trace,
            steps,
            known: RefCell::default(),
        })
    }

    fn choices(&self, at: usize, judged: &[Judged]) -> Vec<Choice> {
        let step = &self.steps[at];
        let answers = concrete(&step.allowed).into_iter();
        let choices = answers.map(|answer| {
            let mut after = step.before.clone();
            after.observe(step.event, answer);
            let pinned = answer == step.pinned;
            Choice {
                pinned,
                readings: narrowed(self.trace.terms.draft, &step.before, &after),
                allowed: Allowed {
                    answer,
                    goes_on: pinned || self.goes_on(at, answer, &after, judged),
                },
            }
        });
        choices.collect()
    }

    /// Whether all that follows is judged the same after `answer` as after the
    /// pinned one.
    fn goes_on(&self, at: usize, answer: Answer, after: &Oracle, judged: &[Judged]) -> bool {
        let step = &self.steps[at];
        let rest = self.trace.events.len() - at - 1;
        let without_code = step.brings_code(step.pinned) && !step.brings_code(answer);
        let strange_code = step.brings_code(answer) && is_other(answer) && !is_other(step.pinned);
        rest == 0 || (!without_code && !strange_code && self.same_from(at + 1, after, judged))
    }

    fn same_from(&self, at: usize, oracle: &Oracle, judged: &[Judged]) -> bool {
        let Some(step) = self.steps.get(at) else {
            return true;
        };
        let key = (at, format!("{oracle:?}"));
        if let Some(same) = self.known.borrow().get(&key) {
            return *same;
        }
        let same = self.same_at(at, step, oracle, judged);
        self.known.borrow_mut().insert(key, same);
        same
    }

    fn same_at(&self, at: usize, step: &Step, oracle: &Oracle, judged: &[Judged]) -> bool {
        if oracle.allowed(step.event) != step.allowed {
            return false;
        }
        let mut ways = judged[at].choices.iter().filter(|c| c.allowed.goes_on);
        ways.all(|choice| {
            let mut after = oracle.clone();
            after.observe(step.event, choice.allowed.answer) == Ruling::Allowed
                && self.same_from(at + 1, &after, judged)
        })
    }
}

/// Another code beside the first: the trace is not about it.
fn is_other(answer: Answer) -> bool {
    use dtr_model::event::Code;
    matches!(
        answer,
        Answer::Deferred {
            code: Code::Other,
            ..
        }
    )
}

/// The answers as they can be told apart from outside.
fn concrete(allowed: &BTreeSet<Answer>) -> BTreeSet<Answer> {
    let mut all = allowed.clone();
    if allowed.contains(&Answer::GrantError) {
        all.extend(REFUSALS);
    }
    if all.remove(&Answer::Refusal) {
        all.extend([Answer::GrantError, Answer::InvalidGrant]);
    }
    all
}

/// The questions of which `after` leaves fewer readings than `before` did, with
/// the lawful ones of them.
fn narrowed(draft: &Draft, before: &Oracle, after: &Oracle) -> BTreeMap<String, Vec<String>> {
    let lawful = draft.lawful();
    let (before, after) = (possible(before, &lawful), possible(after, &lawful));
    let questions = Question::ALL.iter().copied();
    let fewer = questions.filter(|q| after.of(*q).count() < before.of(*q).count());
    fewer
        .map(|q| {
            let left = after.of(q).filter(|r| lawful.allows(q, *r));
            (q.to_string(), left.map(|r| r.to_string()).collect())
        })
        .collect()
}

/// The readings that some lawful case leaves.
fn possible(oracle: &Oracle, lawful: &Readings) -> Readings {
    let cases = oracle.cases().into_iter();
    let lawful = cases.filter(|case| case.meet(lawful).is_some());
    lawful
        .reduce(|all, case| all.union(&case))
        .unwrap_or_else(Readings::open)
}

#[cfg(test)]
mod tests;
