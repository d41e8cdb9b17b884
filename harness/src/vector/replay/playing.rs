//! One vector: step by step, until its end or its verdict.

use std::sync::Arc;

use serde_json::{Value, json};

use super::matching::{Came, Context, differs};
use super::values::Values;
use super::{Failure, Played, Verdict};
use crate::target::client::Client;
use crate::target::{Lease, Target};
use crate::vector::format::{Answers, Expected, Role, Step, Then, Vector};

/// A vector in play.
pub(super) struct Playing {
    pub(super) target: Arc<Target>,
    pub(super) lease: Lease,
    pub(super) values: Values,
    pub(super) random: fastrand::Rng,
    pub(super) changes: Changes,
    answers: Arc<Answers>,
    vector: Arc<Vector>,
    next: usize,
    unpinned: usize,
    verdict: Option<Verdict>,
}

/// What the vector changed about its owner, to be undone in the end.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) disabled: bool,
    pub(super) widened: bool,
}

impl Playing {
    pub(super) fn new(
        target: Arc<Target>,
        lease: Lease,
        answers: Arc<Answers>,
        vector: Vector,
    ) -> Playing {
        let mut random = fastrand::Rng::with_seed(lease.seed());
        let owner = &lease.pair().owner;
        let supplied = Values::supply(&vector.setup.supplies, owner, &mut random);
        let (values, verdict) = match supplied {
            Ok(values) => (values, None),
            Err(why) => (Values::none(), Some(Verdict::Inconclusive(why))),
        };
        Playing {
            target,
            lease,
            values,
            random,
            changes: Changes::default(),
            answers,
            vector: Arc::new(vector),
            next: 0,
            unpinned: 0,
            verdict,
        }
    }

    /// When its next step is, if it has one.
    pub(super) fn waits_for(&self) -> Option<u64> {
        match self.verdict {
            None => self.vector.steps.get(self.next).map(|step| step.at),
            Some(_) => None,
        }
    }

    /// Carries out every step up to `now`.
    pub(super) async fn until(&mut self, now: u64) {
        let vector = Arc::clone(&self.vector);
        while self.waits_for().is_some_and(|at| at <= now) {
            let step = &vector.steps[self.next];
            self.next += 1;
            self.verdict = match self.unbidden() {
                Some(callback) => Some(self.failed(step, Vec::new(), &callback)),
                None => self.step(step).await,
            };
        }
    }

    /// Ends it without a verdict, unless it has one.
    pub(super) fn give_up(&mut self, why: String) {
        self.verdict.get_or_insert(Verdict::Inconclusive(why));
    }

    /// The verdict. Clients that cannot be restored are not lent again.
    pub(super) async fn finish(mut self) -> Played {
        let restored = self.restore().await;
        if let Some(inbox) = &self.lease.pair().inbox {
            inbox.take();
        }
        self.lease.set_dirty(restored.is_err());
        Played {
            id: self.vector.id.clone(),
            steps: self.next,
            verdict: self.verdict.unwrap_or(Verdict::Passed {
                unpinned: self.unpinned,
            }),
        }
    }

    /// The client in this role.
    pub(super) fn client(&self, role: Role) -> &Client {
        match role {
            Role::Owner | Role::Impostor => &self.lease.pair().owner,
            Role::Other => &self.lease.pair().other,
        }
    }

    /// Carries a step out and judges what came; a verdict ends the vector.
    async fn step(&mut self, step: &Step) -> Option<Verdict> {
        let came = match self.perform(&step.action).await {
            Ok(came) => came,
            Err(why) => {
                return Some(Verdict::Inconclusive(format!(
                    "step {}, {}: {why}",
                    self.next, step.does
                )));
            }
        };
        if step.expect.is_empty() {
            return None;
        }
        match self.fitting(step, &came) {
            Ok(expected) => self.take_in(expected, &came),
            Err(expected) => Some(self.failed(step, expected, &came)),
        }
    }

    /// The allowed answer that came, or for each why it is not what came.
    fn fitting<'a>(
        &self,
        step: &'a Step,
        came: &Came,
    ) -> Result<&'a Expected, Vec<(String, String)>> {
        let context = Context {
            values: &self.values,
            thumbprint: self.lease.pair().keys[0].thumbprint(),
        };
        let mut reasons = Vec::with_capacity(step.expect.len());
        for expected in &step.expect {
            let why = match self.answers.answers.get(&expected.answer) {
                Some(answer) => differs(answer, came, &context),
                None => Err("it is not defined".to_owned()),
            };
            match why {
                Ok(()) => return Ok(expected),
                Err(why) => reasons.push((expected.answer.clone(), why)),
            }
        }
        Err(reasons)
    }

    fn take_in(&mut self, expected: &Expected, came: &Came) -> Option<Verdict> {
        let members = came.members();
        for (member, name) in &expected.captures {
            match members.get(member).and_then(Value::as_str) {
                Some(value) => self.values.capture(name, value),
                None => return Some(Verdict::Inconclusive(format!("no {member} to capture"))),
            }
        }
        self.values.remember(&members);
        self.unpinned += usize::from(!expected.pinned);
        let ends = expected.then == Then::Stop && self.next < self.vector.steps.len();
        ends.then(|| Verdict::StoppedEarly {
            step: self.next,
            answer: expected.answer.clone(),
        })
    }

    fn failed(&self, step: &Step, expected: Vec<(String, String)>, came: &Came) -> Verdict {
        Verdict::Failed(Box::new(Failure {
            step: self.next,
            at: step.at,
            does: step.does.clone(),
            requirements: step.requirements.clone(),
            expected,
            came: came.in_words(),
        }))
    }

    /// A callback that came although none was awaited.
    fn unbidden(&self) -> Option<Came> {
        let inbox = self.lease.pair().inbox.as_ref()?;
        let callback = inbox.take().into_iter().next()?;
        Some(Came::Callback(Box::new(callback)))
    }

    async fn restore(&self) -> Result<(), String> {
        let owner = self.client(Role::Owner);
        let client_id = owner.client_id.to_string();
        if self.changes.disabled {
            self.ask("client", json!({ "client_id": client_id, "enabled": true }))
                .await?;
        }
        if self.changes.widened {
            let scope = owner.scopes.whole.clone();
            self.ask(
                "client",
                json!({ "client_id": client_id, "default_scope": scope }),
            )
            .await?;
        }
        Ok(())
    }
}
