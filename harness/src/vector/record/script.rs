//! The events of a trace as steps that can be carried out.

mod expect;
mod renew;
mod request;

use dtr_model::draft::{Draft, Opening};
use dtr_model::event::{self, Answer, Event, Fate, Precondition};
use dtr_model::requirement;
use dtr_model::terms::Terms;

use super::answers::{Context, Place};
use super::glossary::Glossary;
use super::judged::Judged;
use crate::target::bundled::TICK_SECONDS;
use crate::vector::format::{self, Action, AwaitCallback, Control, Decision, Expected, Step};

/// The placeholder of the deferral code.
const CODE: &str = "{deferral_code}";
/// What the owner's requests stand for that name no scope.
pub(super) const DEFAULT_SCOPE: &str = "{default_scope}";
/// A part of it, for a narrowed approval.
const NARROWED_SCOPE: &str = "{narrowed_scope}";
/// What such requests stand for once the client's defaults have grown.
pub(super) const WIDENED_SCOPE: &str = "{widened_scope}";
/// Status of a callback endpoint that takes a callback, and of one that does not.
const TAKEN: u16 = 204;
const NOT_TAKEN: u16 = 503;

/// Writes the steps of judged events down, and defines the answers they name.
pub(super) fn script(
    judged: &[Judged],
    terms: Terms,
    draft: &Draft,
    tick: u64,
    glossary: &mut Glossary,
) -> Result<Vec<Step>, NotRecordable> {
    let mut scribe = Scribe::new(terms, draft, glossary);
    for moment in judged {
        match moment.event {
            Event::Tick => scribe.now += tick,
            _ => scribe.write(moment)?,
        }
    }
    Ok(scribe.steps)
}

/// An event that nobody outside the server can cause, or that a vector has no form for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is nothing that a step can do")]
pub struct NotRecordable(String);

/// What has been written, and what the next step has to know of it.
struct Scribe<'a> {
    terms: Terms,
    draft: &'a Draft,
    now: u64,
    steps: Vec<Step>,
    glossary: &'a mut Glossary,
    credential: Option<request::Credential>,
    credentials: usize,
    notification_tokens: usize,
    /// The client's defaults have grown.
    widened: bool,
    /// What went with the deferral code.
    captured: Captured,
}

/// What went with the request that the deferral code was issued for.
#[derive(Default)]
struct Captured {
    scope: String,
    notification_token: Option<String>,
    bound: bool,
}

impl<'a> Scribe<'a> {
    fn new(terms: Terms, draft: &'a Draft, glossary: &'a mut Glossary) -> Scribe<'a> {
        Scribe {
            terms,
            draft,
            now: 0,
            steps: Vec::new(),
            glossary,
            credential: None,
            credentials: 0,
            notification_tokens: 0,
            widened: false,
            captured: Captured::default(),
        }
    }

    fn write(&mut self, moment: &Judged) -> Result<(), NotRecordable> {
        let action = match moment.event {
            // The format knows two steps of an authorization code grant, of which the first may be the last here.
            Event::Request(request)
                if request.hinted && self.draft.rules.opening == Opening::Either =>
            {
                return Err(NotRecordable(moment.event.to_string()));
            }
            Event::Request(request) => return self.request(moment, request),
            Event::Poll { by, lost } => {
                self.about_code(
                    moment,
                    Place::Poll,
                    request::poll(self.draft, by, lost, self.captured.bound),
                );
                return Ok(());
            }
            Event::Revoke { by } => {
                self.about_code(
                    moment,
                    Place::Revocation,
                    request::revocation(self.draft, by, self.captured.bound),
                );
                return Ok(());
            }
            Event::Callback(fate) => {
                let endpoint_replies = match fate {
                    Fate::Delivered => TAKEN,
                    Fate::Lost => NOT_TAKEN,
                };
                let action = AwaitCallback {
                    deferral_code: CODE.to_owned(),
                    endpoint_replies,
                    endpoint_says: None,
                };
                let expect = self.expected(moment, Place::Callback);
                self.step(moment, Action::AwaitCallback(action), expect);
                return Ok(());
            }
            Event::Renew(way) => {
                self.renew(moment, way);
                return Ok(());
            }
            Event::Present => {
                self.present_token(moment);
                return Ok(());
            }
            Event::Decide(decision) => decide(decision, self.terms),
            Event::Lapse(precondition) => precondition_holds(precondition, false),
            Event::Return(precondition) => precondition_holds(precondition, true),
            Event::Widen => {
                self.widened = true;
                Control::DefaultScope {
                    scope: WIDENED_SCOPE.to_owned(),
                }
            }
            Event::Tick | Event::ResponseLost => {
                return Err(NotRecordable(moment.event.to_string()));
            }
        };
        self.step(moment, Action::Control(action), Vec::new());
        Ok(())
    }

    /// A request about the deferral code.
    fn about_code(&mut self, moment: &Judged, place: Place, request: format::Request) {
        let expect = self.expected(moment, place);
        self.step(moment, Action::Request(request), expect);
    }

    fn expected(&mut self, moment: &Judged, place: Place) -> Vec<Expected> {
        let context = Context {
            draft: self.draft,
            place,
            scope: &self.captured.scope,
            bound: self.captured.bound,
            known: moment.situation.known,
            notification_token: self.captured.notification_token.as_deref(),
        };
        expect::expected(&moment.choices, &context, self.glossary)
    }

    fn step(&mut self, moment: &Judged, action: Action, expect: Vec<Expected>) {
        let d = moment.situation.deferral;
        let rows = requirement::bearing(d, moment.event, &self.terms);
        self.steps.push(Step {
            at: self.now,
            does: self.in_words(moment.event),
            action,
            needs: Vec::new(),
            requirements: rows.iter().map(ToString::to_string).collect(),
            expect,
        });
    }

    /// At an endpoint of its own a request has no more about it than whether it is as it should be.
    fn in_words(&self, event: Event) -> String {
        match (event, self.draft.own_endpoint) {
            (Event::Request(request), Some(_)) => {
                let sound = if request.sound { "" } else { "invalid " };
                let lost = if request.lost { " [answer lost]" } else { "" };
                format!("{sound}request{lost}")
            }
            _ => event.to_string(),
        }
    }

    /// A step that prepares the next one.
    fn prepare(&mut self, does: &str, action: Action, expect: Vec<Expected>) {
        self.steps.push(Step {
            at: self.now,
            does: does.to_owned(),
            action,
            needs: Vec::new(),
            requirements: Vec::new(),
            expect,
        });
    }

    fn default_scope(&self) -> String {
        if self.widened {
            WIDENED_SCOPE
        } else {
            DEFAULT_SCOPE
        }
        .to_owned()
    }
}

fn decide(decision: event::Decision, terms: Terms) -> Control {
    let (decision, scope) = match decision {
        event::Decision::Approve => (Decision::Approve, None),
        event::Decision::Narrow => (Decision::Approve, Some(NARROWED_SCOPE.to_owned())),
        event::Decision::Deny => (Decision::Deny, None),
        event::Decision::NeedInteraction => (Decision::NeedInteraction, None),
        event::Decision::InteractionDone => (Decision::InteractionDone, None),
        event::Decision::InteractionBegun => (Decision::InteractionBegun, None),
    };
    let ends = terms.approval > 0 && decision == Decision::Approve;
    Control::Decide {
        deferral_code: CODE.to_owned(),
        decision,
        scope,
        approved_for: ends.then(|| u64::from(terms.approval) * TICK_SECONDS),
    }
}

fn precondition_holds(precondition: Precondition, holds: bool) -> Control {
    match precondition {
        Precondition::Consent => Control::Consent {
            deferral_code: CODE.to_owned(),
            valid: holds,
        },
        Precondition::Client => Control::Client { enabled: holds },
    }
}

/// Whether the answer brings a deferral code that was not known.
fn brings_code(answer: Answer, known: bool) -> bool {
    !known && matches!(answer, Answer::Deferred { .. })
}
