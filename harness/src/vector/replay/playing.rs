//! One vector: step by step, until its end or its verdict.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::came::{Came, Shape};
use super::matching::{Context, Difference, Mismatch, differs};
use super::values::Values;
use super::{Failure, Played, Verdict};
use crate::jwt::good_until;
use crate::target::client::Client;
use crate::target::control::Name;
use crate::target::{Callbacks, Lease, Target};
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
    /// What came of each step so far, as far as a later one may be like it.
    shapes: Vec<Option<Shape>>,
    /// The server's time, in seconds, until which the token that came last is good.
    good_until: Option<u64>,
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
        let supplied = Values::supply(&vector.setup.supplies, owner, &target, &mut random);
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
            shapes: Vec::new(),
            good_until: None,
            next: 0,
            unpinned: 0,
            verdict,
        }
    }

    /// At which tick its next step is, if it has one.
    pub(super) fn waits_for(&self) -> Option<u64> {
        let tick = self.vector.setup.seconds_per_tick.max(1);
        match self.verdict {
            None => {
                let step = self.vector.steps.get(self.next)?;
                Some(step.at.div_ceil(tick))
            }
            Some(_) => None,
        }
    }

    /// Carries out every step up to the tick `now`.
    pub(super) async fn until(&mut self, now: u64) {
        let vector = Arc::clone(&self.vector);
        while self.waits_for().is_some_and(|at| at <= now) {
            let step = &vector.steps[self.next];
            self.next += 1;
            self.verdict = match self.unbidden() {
                Some(callback) => Some(self.failed(step, &[], &callback)),
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
            Role::Owner | Role::Impostor | Role::Nameless => &self.lease.pair().owner,
            Role::Other => &self.lease.pair().other,
        }
    }

    /// Carries a step out and judges what came; a verdict ends the vector.
    async fn step(&mut self, step: &Step) -> Option<Verdict> {
        let known = |name: &String| self.values.is_known(name);
        if !step.needs.iter().all(known) {
            self.shapes.push(None);
            return self.judged(step, &Came::Silence);
        }
        let came = match self.perform(&step.action).await {
            Ok(came) => came,
            Err(why) => {
                return Some(Verdict::Inconclusive(format!(
                    "step {}, {}: {why}",
                    self.next, step.does
                )));
            }
        };
        self.shapes.push(came.shape());
        self.judged(step, &came)
    }

    fn judged(&mut self, step: &Step, came: &Came) -> Option<Verdict> {
        if step.expect.is_empty() {
            return None;
        }
        match self.fitting(step, came) {
            Ok(expected) => self.take_in(expected, came),
            Err(reasons) => Some(self.failed(step, &reasons, came)),
        }
    }

    /// What a resource server makes of the token that came last; nothing where nobody says how long it is good.
    pub(super) fn show_token(&self) -> Came {
        match self.good_until {
            Some(until) => Came::Presented(self.target.time.now() < until),
            None => Came::Silence,
        }
    }

    /// Notes how long a token that came is good: by its own word, or by that of its response.
    fn note_lifetime(&mut self, came: &Came) {
        let members = came.members();
        if members.get("access_token").is_some_and(Value::is_string) {
            self.good_until = good_until(&members, self.target.time.now());
        }
    }

    /// The allowed answer that came, or for each why it is not what came.
    fn fitting<'a>(&self, step: &'a Step, came: &Came) -> Result<&'a Expected, Vec<Reason<'a>>> {
        let mut reasons = Vec::with_capacity(step.expect.len());
        for expected in &step.expect {
            match self.fits(expected, came) {
                Ok(()) => return Ok(expected),
                Err(why) => reasons.push((expected.answer.as_str(), why)),
            }
        }
        Err(reasons)
    }

    fn fits(&self, expected: &Expected, came: &Came) -> Result<(), Mismatch> {
        let context = Context {
            values: &self.values,
            thumbprint: self.lease.pair().keys[0].thumbprint(),
        };
        let answer = self.answers.answers.get(&expected.answer);
        differs(
            answer.ok_or(Mismatch::Sort("it is not defined"))?,
            came,
            &context,
        )?;
        let Some(like) = expected.like else {
            return Ok(());
        };
        match self.shapes.get(like.saturating_sub(1)) {
            Some(Some(shape)) if Some(shape) == came.shape().as_ref() => Ok(()),
            _ => Err(Mismatch::Sort(
                "it is not like the answer it should resemble",
            )),
        }
    }

    fn take_in(&mut self, expected: &Expected, came: &Came) -> Option<Verdict> {
        for (member, name) in &expected.captures {
            match came.text(member) {
                Some(value) => self.values.capture(name, &value),
                // A token response need not have all that later steps could use.
                None if came.text("access_token").is_some() => {}
                None => return Some(Verdict::Inconclusive(format!("no {member} to capture"))),
            }
        }
        self.values.remember(&came.members());
        self.note_lifetime(came);
        self.unpinned += usize::from(!expected.pinned);
        let ends = expected.then == Then::Stop && self.next < self.vector.steps.len();
        ends.then(|| Verdict::StoppedEarly {
            step: self.next,
            answer: expected.answer.clone(),
        })
    }

    fn failed(&self, step: &Step, reasons: &[Reason<'_>], came: &Came) -> Verdict {
        let mut requirements = step.requirements.clone();
        for id in self.broken(reasons) {
            if !requirements.contains(&id) {
                requirements.push(id);
            }
        }
        Verdict::Failed(Box::new(Failure {
            step: self.next,
            at: step.at,
            does: step.does.clone(),
            requirements,
            expected: reasons
                .iter()
                .map(|(answer, why)| ((*answer).to_owned(), why.to_string()))
                .collect(),
            came: came.in_words(),
        }))
    }

    /// The requirements that what came would have carried out if it were the answers that it resembles most: those from
    /// which it differs in the fewest rules, and not in the error if there are such.
    fn broken(&self, reasons: &[Reason<'_>]) -> BTreeSet<String> {
        let rules = reasons.iter().filter_map(|(answer, why)| match why {
            Mismatch::Rules(differences) => Some((*answer, differences)),
            Mismatch::Sort(_) => None,
        });
        let distance = |differences: &[Difference]| {
            let another = differences.iter().any(|one| one.what == "error");
            (another, differences.len())
        };
        let least = rules.clone().map(|(_, all)| distance(all)).min();
        let nearest = rules.filter(|(_, all)| Some(distance(all)) == least);
        nearest
            .flat_map(|(answer, all)| self.carried_out(answer, all))
            .collect()
    }

    /// The requirements of an answer that these rules carry out.
    fn carried_out(&self, answer: &str, rules: &[Difference]) -> Vec<String> {
        let answer = self.answers.answers.get(answer);
        let requirements = answer.and_then(|answer| answer.requirements());
        let one_of_them = |named: &String| {
            rules.iter().any(|d| match named.split_once('/') {
                None => *named == d.what,
                Some((what, rule)) => what == d.what && rule == d.rule,
            })
        };
        let some = requirements.into_iter().flatten();
        some.filter(|(_, named)| named.iter().any(one_of_them))
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// A callback that came although none was awaited, from a server that makes them on demand only.
    fn unbidden(&self) -> Option<Came> {
        if self.target.callbacks != Callbacks::Held {
            return None;
        }
        let inbox = self.lease.pair().inbox.as_ref()?;
        let callback = inbox.take().into_iter().next()?;
        Some(Came::Callback(Box::new(callback)))
    }

    async fn restore(&self) -> Result<(), String> {
        let owner = self.client(Role::Owner);
        if self.changes.disabled {
            self.tell_of_owner(Name::EnableClient, "").await?;
        }
        if self.changes.widened {
            self.tell_of_owner(Name::RestoreScope, &owner.scopes.whole)
                .await?;
        }
        Ok(())
    }
}

/// An allowed answer, and why what came is another.
type Reason<'a> = (&'a str, Mismatch);
