//! A vector while it is written.

use dtr_model::draft::Draft;
use dtr_model::question;

use super::DRAFT;
use super::ask::Ask;
use super::choice::{self, Choice};
use crate::target::bundled::TICK_SECONDS;
use crate::vector::format::{
    Action, AwaitCallback, ClientKind, Control, Decision, GrantType, Origin, Policy, Proof, Setup,
    Step, Until, Vector, Visit,
};
use crate::vector::record::distinct;
use crate::vector::record::glossary::Glossary;

/// The placeholder of the deferral code.
pub(super) const CODE: &str = "{deferral_code}";
/// The placeholder of the notification token that goes with it.
pub(super) const NOTIFICATION_TOKEN: &str = "{client_notification_token}";

/// A vector while it is written: steps, one after the other, each with the answers it allows.
pub(super) struct Sheet {
    id: &'static str,
    purpose: &'static str,
    setup: Setup,
    now: u64,
    steps: Vec<(Step, Vec<Choice>)>,
}

impl Sheet {
    /// One about a confidential client that may use the Client Credentials Grant.
    pub(super) fn with_credentials(id: &'static str, purpose: &'static str) -> Sheet {
        let (grant_type, client) = (GrantType::ClientCredentials, ClientKind::Confidential);
        Sheet::new(id, purpose, grant_type, client)
    }

    /// One about a public client that may use the Authorization Code Grant.
    pub(super) fn with_code(id: &'static str, purpose: &'static str) -> Sheet {
        let (grant_type, client) = (GrantType::AuthorizationCode, ClientKind::Public);
        Sheet::new(id, purpose, grant_type, client)
    }

    /// One about a confidential client that asks at an endpoint of its own.
    pub(super) fn polling(id: &'static str, purpose: &'static str) -> Sheet {
        Sheet::new(id, purpose, GrantType::Polling, ClientKind::Confidential)
    }

    fn new(
        id: &'static str,
        purpose: &'static str,
        grant_type: GrantType,
        client: ClientKind,
    ) -> Sheet {
        Sheet {
            id,
            purpose,
            setup: Setup {
                grant_type,
                client,
                callback_endpoint: false,
                key: false,
                nonces: false,
                interval: TICK_SECONDS,
                lifetime: 3 * TICK_SECONDS,
                seconds_per_tick: TICK_SECONDS,
                supplies: Vec::new(),
            },
            now: 0,
            steps: Vec::new(),
        }
    }

    /// The same with a callback endpoint.
    pub(super) fn called(mut self) -> Sheet {
        self.setup.callback_endpoint = true;
        self
    }

    /// The same at a server that insists on nonces.
    pub(super) fn challenged(mut self) -> Sheet {
        self.setup.nonces = true;
        self
    }

    /// Sends a request. The first of the answers allowed is the pinned one.
    pub(super) fn ask(
        self,
        does: &str,
        rows: &[&str],
        request: Ask,
        allowed: impl IntoIterator<Item = Choice>,
    ) -> Sheet {
        self.step(does, rows, Action::Request(request.done()), allowed)
    }

    /// Obtains the authorization code of this number.
    pub(super) fn authorize(self, does: &str, number: usize, request: Ask) -> Sheet {
        let allowed = [choice::authorization_code(number), choice::refused().stop()];
        self.ask(does, &[], request, allowed)
    }

    /// Has a request deferred, whatever the grant. With a callback endpoint there is a notification token in it.
    pub(super) fn deferred(self) -> Sheet {
        let (sheet, request) = self.opted_in();
        let request = match sheet.setup.callback_endpoint {
            true => request.with(DRAFT.client_notification_token, NOTIFICATION_TOKEN),
            false => request,
        };
        sheet.deferred_by("a request that is to be deferred", request)
    }

    /// Has this request deferred.
    pub(super) fn deferred_by(self, does: &str, request: Ask) -> Sheet {
        let others = [
            choice::token_at_once().stop(),
            choice::interaction_at_once().stop(),
            choice::refusal().stop(),
        ];
        let allowed = std::iter::once(choice::deferred()).chain(others);
        self.ask(does, &[], request.policy(Policy::Defer), allowed)
    }

    /// Has a request deferred that needs interaction from the start. `{interaction_uri}` is its link.
    pub(super) fn interacting(self) -> Sheet {
        let (sheet, request) = self.opted_in();
        let link = choice::interaction_at_once().captures("interaction_uri", "interaction_uri");
        let others = [
            choice::deferred().stop(),
            choice::token_at_once().stop(),
            choice::refusal().stop(),
        ];
        let allowed = std::iter::once(link).chain(others);
        let request = request.policy(Policy::Interact);
        sheet.ask("a request that needs interaction", &[], request, allowed)
    }

    /// An opted-in request by the grant of this vector, after what precedes it.
    pub(super) fn opted_in(self) -> (Sheet, Ask) {
        match self.setup.grant_type {
            // Vectors of other texts than the default bring their own requests.
            GrantType::ClientCredentials | GrantType::Polling => {
                (self, Ask::credentials().opted_in())
            }
            GrantType::AuthorizationCode => {
                let preceding = Ask::authorization(1);
                let sheet = self.authorize("authorization request", 1, preceding);
                (sheet, Ask::code(1).opted_in())
            }
        }
    }

    /// Polls the code as its owner.
    pub(super) fn poll(
        self,
        does: &str,
        rows: &[&str],
        allowed: impl IntoIterator<Item = Choice>,
    ) -> Sheet {
        self.ask(does, rows, Ask::poll(), allowed)
    }

    /// Lets an interval pass, and more than that if it is said how many.
    pub(super) fn wait(mut self, intervals: u64) -> Sheet {
        self.now += intervals * self.setup.interval;
        self
    }

    /// Decides about the request.
    pub(super) fn decide(self, does: &str, decision: Decision) -> Sheet {
        self.decide_about(does, CODE, decision)
    }

    /// The same about another one.
    pub(super) fn decide_about(self, does: &str, code: &str, decision: Decision) -> Sheet {
        let decide = Control::Decide {
            approved_for: None,
            deferral_code: code.to_owned(),
            decision,
            scope: None,
        };
        self.step(does, &[], Action::Control(decide), [])
    }

    /// Takes the request a step further.
    pub(super) fn progress(self, does: &str) -> Sheet {
        let progress = Control::Progress {
            deferral_code: CODE.to_owned(),
        };
        self.step(does, &[], Action::Control(progress), [])
    }

    /// Gives the server its occasion for a callback about `code`, which is answered with `status` and perhaps a text.
    pub(super) fn callback(
        self,
        does: &str,
        rows: &[&str],
        code: &str,
        (status, text): (u16, Option<&str>),
        allowed: impl IntoIterator<Item = Choice>,
    ) -> Sheet {
        let awaited = AwaitCallback {
            deferral_code: code.to_owned(),
            endpoint_replies: status,
            endpoint_says: text.map(str::to_owned),
        };
        self.step(does, rows, Action::AwaitCallback(awaited), allowed)
    }

    /// Goes to the interaction URI of this placeholder.
    pub(super) fn visit(
        self,
        does: &str,
        rows: &[&str],
        until: Until,
        allowed: impl IntoIterator<Item = Choice>,
    ) -> Sheet {
        let visit = Visit {
            interaction_uri: "{interaction_uri}".to_owned(),
            until,
        };
        self.step(does, rows, Action::Visit(visit), allowed)
    }

    fn step(
        mut self,
        does: &str,
        rows: &[&str],
        action: Action,
        allowed: impl IntoIterator<Item = Choice>,
    ) -> Sheet {
        let step = Step {
            at: self.now,
            does: does.to_owned(),
            action,
            needs: Vec::new(),
            requirements: rows.iter().map(ToString::to_string).collect(),
            expect: Vec::new(),
        };
        self.steps.push((step, allowed.into_iter().collect()));
        self
    }

    /// The vector as it is under `draft`, unless that has nothing of what it shows; the answers it names are defined in
    /// the glossary.
    pub(super) fn vector(mut self, draft: &Draft, glossary: &mut Glossary) -> Option<Vector> {
        if !self.is_about(draft) {
            return None;
        }
        let mut setup = self.setup;
        for (step, allowed) in &mut self.steps {
            let checks = step.requirements.iter();
            let rows = checks.flat_map(|check| draft.ledger().asking(check));
            step.requirements = distinct(rows.map(|row| row.id.to_owned()));
            allowed.retain(|choice| choice.is_allowed_by(draft));
        }
        let steps = self.steps.into_iter().map(|(step, allowed)| {
            let expect = allowed.into_iter().enumerate();
            let expect = expect.map(|(at, choice)| choice.under(draft).expected(at == 0, glossary));
            Step {
                expect: expect.collect(),
                ..step
            }
        });
        let steps: Vec<Step> = steps.collect();
        setup.key = steps.iter().any(proves);
        Some(Vector {
            id: self.id.to_owned(),
            draft: draft.id.to_owned(),
            origin: Origin::Probe,
            purpose: self.purpose.to_owned(),
            requirements: distinct(steps.iter().flat_map(|s| s.requirements.clone())),
            questions: questions(&steps),
            setup,
            steps,
        })
    }

    /// Whether some step shows a row of this text, or tells the readings of a question that it leaves open. Where no step
    /// names a row, answers do.
    fn is_about(&self, draft: &Draft) -> bool {
        let mut rows = self.steps.iter().flat_map(|(step, _)| &step.requirements);
        let unnamed = rows.clone().next().is_none();
        let mut choices = self.steps.iter().flat_map(|(_, allowed)| allowed);
        unnamed
            || rows.any(|id| draft.ledger().has(id))
            || choices.any(|choice| choice.tells(draft))
    }
}

fn proves(step: &Step) -> bool {
    matches!(&step.action, Action::Request(request) if request.proof != Proof::None)
}

/// The questions that some answer gives away the reading of, in the catalogue's order.
fn questions(steps: &[Step]) -> Vec<String> {
    let expected = || steps.iter().flat_map(|step| &step.expect);
    let told = |id: &str| expected().any(|expected| expected.readings.contains_key(id));
    let ids = question::catalogue().iter().map(|entry| entry.id);
    ids.filter(|id| told(id)).map(str::to_owned).collect()
}
