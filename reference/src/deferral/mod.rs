//! The state of one deferral code, and every way it can change.
//!
//! Nothing here does input or output: a store runs these functions on its record, one at a time per code, and that is
//! all the atomicity the draft asks for (Section 8.2 clause 1, C-14/A, C-72/A). Order within a poll follows Section
//! 6.5.1 with its gaps closed: who asks, proof, terminal states, pace, pending.
//!
//! - this file: the record, its clock-driven end, polls, redemption, cancellation, decisions;
//! - `words`: what it is asked and what it answers;
//! - [`notice`]: the callback that is owed once the request is resolved.

#[cfg(feature = "laid-open")]
pub mod laid_open;
pub mod notice;
mod words;

use std::sync::Arc;

use crate::dpop::Proof;

use notice::Notice;
pub use words::{
    Caller, Decided, Decision, FrozenRequest, Opening, PollAnswer, Renewal, State, Step, Terms,
};

/// One deferred request.
#[derive(Debug, Clone)]
pub struct Deferral {
    request: FrozenRequest,
    terms: Terms,
    issued_at: u64,
    state: State,
    /// Whether the preconditions of the request still hold (Section 11.7).
    consent: bool,
    /// The link to show now (C-31/C: replaced when somebody has opened it).
    interaction_uri: Arc<str>,
    /// What polls are told about progress, where somebody said so; otherwise which of the pending answers it is.
    step: Option<Step>,
    pace: Pace,
    notice: Notice,
}

/// What the rate test remembers.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    /// When a poll was last answered with anything but a complaint about its pace. The first poll is free (C-21).
    last_answered: Option<u64>,
    /// Early polls since then.
    early: u32,
}

impl Deferral {
    /// A request deferred at `now`.
    pub fn new(
        request: FrozenRequest,
        terms: Terms,
        now: u64,
        interaction: bool,
        interaction_uri: Arc<str>,
        notice: Notice,
    ) -> Self {
        Self {
            request,
            terms,
            issued_at: now,
            state: State::Pending { interaction },
            consent: true,
            interaction_uri,
            step: None,
            pace: Pace::default(),
            notice,
        }
    }

    /// Where the request stands at `now`.
    pub fn state(&mut self, now: u64) -> &State {
        self.lapse(now);
        &self.state
    }

    /// The client the code was issued to.
    pub fn client_id(&self) -> &str {
        &self.request.client_id
    }

    /// First second at which the code is past its lifetime.
    pub fn expires_at(&self) -> u64 {
        self.issued_at.saturating_add(self.terms.lifetime)
    }

    /// First second at which nothing about the code need be known any more. A cancelled code is kept for its
    /// lifetime only (C-05/A, C-06/C), any other longer (C-08/C): its owner shall learn how it ended.
    pub fn forget_at(&self) -> u64 {
        match self.state {
            State::Cancelled => self.expires_at(),
            _ => self
                .expires_at()
                .saturating_add(self.terms.lifetime.max(self.terms.tombstone)),
        }
    }

    /// Ends what the lifetime ends. Only a request without an outcome, or with one nobody collected, expires (C-02/B,
    /// C-03/B); denied and redeemed stay what they are (C-04/A, C-07/A). No callback goes out after that (Section 7).
    pub fn lapse(&mut self, now: u64) {
        if now < self.expires_at() {
            return;
        }
        if matches!(self.state, State::Pending { .. } | State::Approved { .. }) {
            self.state = State::Expired;
        }
        self.notice.close();
    }

    /// A poll (Section 6.5.1). Changes nothing but the pace and what time and lapsed consent change anyway.
    pub fn poll(&mut self, caller: &Caller<'_>, now: u64) -> PollAnswer {
        // Step 2, and before the proof, so that a foreign code looks like an unknown one (C-11/B).
        if caller.client_id != &*self.request.client_id {
            return PollAnswer::Unknown;
        }
        if !self.accepts(caller.proof) {
            return PollAnswer::ProofRefused;
        }
        self.lapse(now);
        self.reconsider();
        match &self.state {
            // Terminal states are never subject to the pace (C-10/B).
            State::Redeemed => PollAnswer::Redeemed,
            State::Cancelled | State::Denied => PollAnswer::Denied,
            State::Expired => PollAnswer::Expired,
            State::Approved { scope } => PollAnswer::Ready(FrozenRequest {
                scope: scope.clone(),
                ..self.request.clone()
            }),
            State::Pending { interaction } => {
                let interaction = *interaction;
                if let Some(complaint) = self.complain_about_pace(now) {
                    complaint
                } else if interaction {
                    PollAnswer::InteractionRequired(
                        self.step("2"),
                        Arc::clone(&self.interaction_uri),
                    )
                } else {
                    PollAnswer::Pending(self.step("1"))
                }
            }
        }
    }

    /// A poll whose token is ready to go out: finds what [`poll`](Self::poll) finds, and burns the code if that is an
    /// approval. Of any number of simultaneous calls one is `Ready` (C-14/A).
    pub fn redeem(&mut self, caller: &Caller<'_>, now: u64) -> PollAnswer {
        let answer = self.poll(caller, now);
        if matches!(answer, PollAnswer::Ready(_)) {
            self.state = State::Redeemed;
        }
        answer
    }

    /// Revocation of the code by its client (Section 8.2); whether anything changed.
    pub fn cancel(&mut self, caller: &Caller<'_>, now: u64) -> bool {
        if caller.client_id != &*self.request.client_id {
            return false; // clause 2: foreign
        }
        if !self.accepts(caller.proof) {
            return false; // C-52/B: without the key, no effect and no error
        }
        self.lapse(now);
        match self.state {
            // Clause 1, and clause 4 for an approval nobody collected (C-70/A).
            State::Pending { .. } | State::Approved { .. } => {
                self.state = State::Cancelled;
                self.notice.close(); // C-59/B
                true
            }
            // Clause 2, which clause 1 does not swallow (C-68/A); a denial's callback still goes out (C-69/A).
            State::Denied | State::Cancelled | State::Redeemed | State::Expired => false,
        }
    }

    /// A decision about the request. Only a pending request can be decided, and only within its lifetime (C-03/B).
    pub fn decide(&mut self, decision: &Decision, now: u64) -> Decided {
        if let Decision::Approve(Some(scope)) = decision
            && !scope.is_within(&self.request.scope)
        {
            return Decided::TooWide;
        }
        self.lapse(now);
        if !matches!(self.state, State::Pending { .. }) {
            return Decided::Void;
        }
        match decision {
            Decision::Approve(narrowed) => {
                let scope = narrowed
                    .clone()
                    .unwrap_or_else(|| self.request.scope.clone());
                self.state = State::Approved { scope };
                self.notice.owe(now);
            }
            Decision::Deny => {
                self.state = State::Denied;
                self.notice.owe(now);
            }
            // Both directions, as often as it takes (Section 6.6).
            Decision::Interaction(needed) => {
                self.state = State::Pending {
                    interaction: *needed,
                }
            }
        }
        Decided::Applied
    }

    /// Sets what polls are told about progress from now on (Section 9.4).
    pub fn set_step(&mut self, step: Step) {
        self.step = Some(step);
    }

    fn step(&self, otherwise: &str) -> Step {
        let otherwise = || Step::parse(otherwise).expect("a digit is an identifier");
        self.step.clone().unwrap_or_else(otherwise)
    }

    /// Records whether the preconditions of the request hold. Judged when a token would be issued (Section 11.7).
    pub fn set_consent(&mut self, valid: bool) {
        self.consent = valid;
    }

    /// The request, while it waits for somebody at its `interaction_uri`; once that is over, the link is dead (C-34/B).
    pub fn awaits_interaction(&mut self, now: u64) -> Option<&FrozenRequest> {
        self.lapse(now);
        matches!(self.state, State::Pending { interaction: true }).then_some(&self.request)
    }

    /// Shows another link from the next answer on (C-31/C).
    pub fn replace_link(&mut self, interaction_uri: Arc<str>) {
        self.interaction_uri = interaction_uri;
    }

    /// The deferred response, now or once more: the same code, the time it has left (C-45/C). `None` once the code is
    /// redeemed, cancelled or past its lifetime.
    pub fn opening(&mut self, now: u64) -> Option<Opening> {
        self.lapse(now);
        let interaction_uri = match self.state {
            State::Redeemed | State::Cancelled | State::Expired => return None,
            State::Pending { interaction: true } => Some(Arc::clone(&self.interaction_uri)),
            State::Pending { interaction: false } | State::Approved { .. } | State::Denied => None,
        };
        let expires_in = self.expires_at().saturating_sub(now);
        (expires_in > 0).then_some(Opening {
            interaction_uri,
            expires_in,
            interval: self.terms.interval,
        })
    }

    /// Section 11.7: an approval whose preconditions lapsed is a denial from the first look at it, even if they come
    /// back later (C-15/A).
    fn reconsider(&mut self) {
        if matches!(self.state, State::Approved { .. }) && !self.consent {
            self.state = State::Denied;
        }
    }

    /// Section 11.1: a bound code needs a proof by its key. An unbound one needs none, but a broken proof is still
    /// broken.
    fn accepts(&self, proof: &Proof) -> bool {
        match (&self.request.key, proof) {
            (Some(bound), Proof::By(key)) => bound == key,
            (Some(_), Proof::Absent | Proof::Invalid) => false,
            (None, Proof::Absent | Proof::By(_)) => true,
            (None, Proof::Invalid) => false,
        }
    }

    /// Section 11.3. Early means: sooner than the announced interval after the last poll that got an answer (C-20/A).
    fn complain_about_pace(&mut self, now: u64) -> Option<PollAnswer> {
        let early = self
            .pace
            .last_answered
            .is_some_and(|last| now < last.saturating_add(self.terms.interval));
        if !early {
            self.pace = Pace {
                last_answered: Some(now),
                early: 0,
            };
            return None;
        }
        if self
            .terms
            .escalate_after
            .is_some_and(|limit| self.pace.early >= limit)
        {
            return Some(PollAnswer::TooManyEarlyPolls); // C-24: the request itself lives on
        }
        self.pace.early += 1;
        Some(PollAnswer::SlowDown)
    }
}

#[cfg(test)]
mod tests;
