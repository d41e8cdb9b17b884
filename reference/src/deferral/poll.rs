//! Polls (Section 6.5.1), with the gaps of the text closed: who asks, proof, verifier (pr-47), terminal states, pace,
//! pending.

use std::sync::Arc;

use super::redemption::{Issued, Redemption};
use super::{Caller, Deferral, FrozenRequest, PollAnswer, State};
use crate::config::readings::{C01, C05, C08, C10, C11, C13, C15, C48};
use crate::dpop::Thumbprint;
use crate::scope::Scope;

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
        if let Some(refusal) = self.refuse_poll(caller, now) {
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
        // C-66/B, as at a node that has not heard of the outcome; by default there is none (C-66/A).
        let outcome = match std::mem::take(&mut self.lags) {
            true => None,
            false => self.outcome(caller, now),
        };
        if outcome.is_none()
            && pace_comes == C10::B
            && let Some(complaint) = self.complain_about_pace(now)
        {
            return complaint;
        }
        self.pace.answered(now);
        outcome.unwrap_or_else(|| PollAnswer::Pending(self.waiting(now)))
    }

    /// A poll whose token is ready to go out: finds what [`poll`](Self::poll) finds, but for the pace, and burns the
    /// code if that is an approval. Of any number of simultaneous calls one is `Ready` (C-14/A).
    pub fn redeem(&mut self, caller: &Caller<'_>, issued: &Issued, now: u64) -> PollAnswer {
        self.lapse(now);
        if let Some(refusal) = self.refuse_poll(caller, now) {
            return refusal;
        }
        let outcome = self.outcome(caller, now);
        let answer = outcome.unwrap_or_else(|| PollAnswer::Pending(self.waiting(now)));
        if let PollAnswer::Ready(request) = &answer {
            let scope = request.scope.clone();
            self.redemption = Some(Redemption::new(scope, issued, now, &self.terms.readings));
            self.state = State::Redeemed;
        }
        answer
    }

    /// What does not come from the bound client, with the bound key, in the session that asked.
    fn refuse_poll(&mut self, caller: &Caller<'_>, now: u64) -> Option<PollAnswer> {
        self.refuse(caller, now)
            .or_else(|| self.complain_about_verifier(caller))
    }

    /// Step 2, and the proof of Section 11.1. Ownership comes first, so that a foreign code looks like an unknown one
    /// (C-11/B).
    pub(super) fn refuse(&self, caller: &Caller<'_>, now: u64) -> Option<PollAnswer> {
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
                Some(self.reconsider(caller, scope, now))
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
    /// back later (C-15/A). An approval that is over (AROP Section 7.4) does not come back, however that is read.
    fn reconsider(&mut self, caller: &Caller<'_>, scope: Scope, now: u64) -> PollAnswer {
        if self.outlived_its_approval(now) {
            self.state = State::Denied;
            return PollAnswer::Denied;
        }
        let readings = self.terms.readings;
        if (self.consent && caller.enabled) || readings.c48 == C48::B {
            return PollAnswer::Ready(FrozenRequest {
                scope,
                approval: self.approval().cloned(),
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
            return Some(self.reconsider(caller, scope, now));
        }
        let window = self.terms.repeat_window;
        let at_once = readings.c01 == C01::C && now <= redemption.at.saturating_add(window);
        let in_time = readings.c13 == C13::B && now < self.expires_at();
        let response = redemption.response.as_ref()?;
        (at_once || in_time).then(|| PollAnswer::Again(Arc::clone(response)))
    }
}
