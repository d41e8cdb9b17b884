//! Polls (Section 6.5.1), with the gaps of the text closed: who asks, proof, terminal states, pace, pending.

use std::sync::Arc;

use super::redemption::{Issued, Redemption};
use super::{Caller, Deferral, FrozenRequest, PollAnswer, State};
use crate::config::readings::{C01, C05, C08, C10, C11, C13, C15, C20, C24, C48, C59};
use crate::dpop::Thumbprint;
use crate::scope::Scope;

/// Seconds that `slow_down` adds to the interval at a server that keeps count (RFC 8628 Section 3.5, C-20/B).
const RAISE: u64 = 5;

/// What the rate test remembers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// When a poll was last answered with anything but a complaint about its pace. The first poll is free (C-21).
    pub(super) last_answered: Option<u64>,
    /// Early polls since then.
    early: u32,
    /// Seconds that the interval was raised by (C-20/B).
    raised: u64,
    /// No poll is answered any more (C-24/C).
    locked: bool,
}

impl Pace {
    /// Whether the client was locked out for good. Such a code is not forgotten early: its polls are to be refused.
    pub(super) fn is_locked(&self) -> bool {
        self.locked
    }
}

impl Deferral {
    /// A poll. Changes nothing but the pace, and what time, lapsed consent and losses change anyway.
    pub fn poll(&mut self, caller: &Caller<'_>, now: u64) -> PollAnswer {
        self.lapse(now);
        if self.state == State::Forgotten {
            return PollAnswer::Unknown;
        }
        let pace_comes = self.terms.readings.c10;
        if pace_comes == C10::C
            && let Some(complaint) = self.complain_about_pace(now)
        {
            return complaint;
        }
        if let Some(refusal) = self.refuse(caller, now) {
            return refusal;
        }
        if pace_comes == C10::A
            && let Some(complaint) = self.complain_about_pace(now)
        {
            return complaint;
        }
        if self.pace.is_locked() {
            return PollAnswer::TooManyEarlyPolls;
        }
        let outcome = self.outcome(caller, now);
        if outcome.is_none()
            && pace_comes == C10::B
            && let Some(complaint) = self.complain_about_pace(now)
        {
            return complaint;
        }
        self.pace.last_answered = Some(now);
        self.pace.early = 0;
        outcome.unwrap_or_else(|| self.pending())
    }

    /// A poll whose token is ready to go out: finds what [`poll`](Self::poll) finds, but for the pace, and burns the
    /// code if that is an approval. Of any number of simultaneous calls one is `Ready` (C-14/A).
    pub fn redeem(&mut self, caller: &Caller<'_>, issued: &Issued, now: u64) -> PollAnswer {
        self.lapse(now);
        if let Some(refusal) = self.refuse(caller, now) {
            return refusal;
        }
        let outcome = self.outcome(caller, now);
        let answer = outcome.unwrap_or_else(|| self.pending());
        if let PollAnswer::Ready(request) = &answer {
            let scope = request.scope.clone();
            self.redemption = Some(Redemption::new(scope, issued, now, &self.terms.readings));
            self.state = State::Redeemed;
        }
        answer
    }

    /// Step 2, and the proof of Section 11.1. Ownership comes first, so that a foreign code looks like an unknown one
    /// (C-11/B).
    fn refuse(&self, caller: &Caller<'_>, now: u64) -> Option<PollAnswer> {
        let proven = self.accepts(caller.proof);
        let proof_comes = self.terms.readings.c11;
        if proof_comes == C11::A && !proven {
            return Some(self.proof_refused());
        }
        if caller.client_id != &*self.request.client_id {
            return Some(PollAnswer::Unknown);
        }
        match self.error(now) {
            _ if proven => None,
            Some(error) if proof_comes == C11::C => Some(error),
            _ => Some(self.proof_refused()),
        }
    }

    /// C-51/A for a key. C-53 for a certificate: bound to this one, and `invalid_grant` for any other, of the same client
    /// too.
    fn proof_refused(&self) -> PollAnswer {
        match self.request.key {
            Some(Thumbprint::Certificate(_)) => PollAnswer::Unknown,
            Some(Thumbprint::Key(_)) | None => PollAnswer::ProofRefused,
        }
    }

    /// Steps 3 to 5: what a request that is no longer pending answers; nothing while it is.
    fn outcome(&mut self, caller: &Caller<'_>, now: u64) -> Option<PollAnswer> {
        let token = match &self.state {
            State::Approved { scope } => {
                let scope = scope.clone();
                Some(self.reconsider(caller, scope))
            }
            State::Redeemed => self.token_again(caller, now),
            _ => None,
        };
        if token.is_some() {
            return token;
        }
        let error = self.error(now)?;
        if self.terms.readings.c08 == C08::A || error == PollAnswer::Unknown {
            self.state = State::Forgotten;
        }
        Some(error)
    }

    /// The error of a request that ended.
    fn error(&self, now: u64) -> Option<PollAnswer> {
        match self.state {
            State::Approved { .. } => None,
            State::Pending { .. } if now < self.expires_at() => None,
            State::Pending { .. } | State::Expired => Some(PollAnswer::Expired),
            State::Redeemed => Some(PollAnswer::Redeemed),
            State::Cancelled if self.terms.readings.c05 == C05::B => Some(PollAnswer::Unknown),
            State::Cancelled | State::Denied => Some(PollAnswer::Denied),
            State::Forgotten => Some(PollAnswer::Unknown),
        }
    }

    /// Section 11.7: an approval whose preconditions lapsed is a denial from the first look at it, even if they come
    /// back later (C-15/A).
    fn reconsider(&mut self, caller: &Caller<'_>, scope: Scope) -> PollAnswer {
        let readings = self.terms.readings;
        if (self.consent && caller.enabled) || readings.c48 == C48::B {
            return PollAnswer::Ready(FrozenRequest {
                scope,
                ..self.request.clone()
            });
        }
        if readings.c15 == C15::A {
            self.state = State::Denied;
        }
        PollAnswer::Denied
    }

    /// What readings other than C-01/B and C-13/A have for a redeemed code.
    fn token_again(&mut self, caller: &Caller<'_>, now: u64) -> Option<PollAnswer> {
        let readings = self.terms.readings;
        let redemption = self.redemption.as_ref()?;
        if readings.c01 == C01::A {
            let scope = redemption.scope.clone();
            return Some(self.reconsider(caller, scope));
        }
        let window = self.terms.repeat_window;
        let at_once = readings.c01 == C01::C && now <= redemption.at.saturating_add(window);
        let in_time = readings.c13 == C13::B && now < self.expires_at();
        let response = redemption.response.as_ref()?;
        (at_once || in_time).then(|| PollAnswer::Again(Arc::clone(response)))
    }

    /// The answer of a request that nobody has decided.
    fn pending(&self) -> PollAnswer {
        match self.state {
            State::Pending { interaction: true } => {
                PollAnswer::InteractionRequired(self.step("2"), Arc::clone(&self.interaction_uri))
            }
            _ => PollAnswer::Pending(self.step("1")),
        }
    }

    /// Section 11.3. Early means: sooner than the announced interval after the last poll that got an answer (C-20/A).
    fn complain_about_pace(&mut self, now: u64) -> Option<PollAnswer> {
        let interval = self.terms.interval.saturating_add(self.pace.raised);
        let last = self.pace.last_answered?;
        if now >= last.saturating_add(interval) {
            return None;
        }
        let limit = self.terms.escalate_after;
        if limit.is_some_and(|limit| self.pace.early >= limit) {
            self.lock_out(now);
            return Some(PollAnswer::TooManyEarlyPolls);
        }
        self.pace.early += 1;
        match self.terms.readings.c20 {
            C20::A => {}
            C20::B => self.pace.raised = self.pace.raised.saturating_add(RAISE),
            C20::C => self.pace.last_answered = Some(now),
        }
        Some(PollAnswer::SlowDown)
    }

    /// What too many early polls do to the request itself: nothing (C-24/A).
    fn lock_out(&mut self, now: u64) {
        let readings = self.terms.readings;
        let live = matches!(self.state, State::Pending { .. } | State::Approved { .. });
        match readings.c24 {
            C24::A => {}
            C24::B if live => {
                self.state = State::Cancelled;
                match readings.c59 {
                    C59::A | C59::B => self.notice.owe_once_more(now, readings.c58),
                    C59::C => self.notice.close(),
                }
            }
            C24::B => {}
            C24::C => self.pace.locked = true,
        }
    }
}
