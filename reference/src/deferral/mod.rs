//! The state of one deferral code, and every way it can change.
//!
//! Nothing here does input or output: a store runs these functions on its record, one at a time per code, and that is
//! all the atomicity the draft asks for (Section 8.2 clause 1, C-14/A, C-72/A). What the draft leaves open is a `match`
//! on the [readings](crate::config::readings); the comments name the one that holds by default.
//!
//! - this file: the record, its clock-driven end, decisions;
//! - `approval`: the end of an approval, in an edition where it has one;
//! - `poll`: polls and redemption, in the order of Section 6.5.1 with its gaps closed;
//! - `pace`: how often polls may come;
//! - `pending`: what polls are told meanwhile, and the link to somebody who may decide;
//! - `cancel`: revocation by the client;
//! - `verifier`: what the first poll shows of a code from the authorization endpoint;
//! - `redemption`: the token response on its way and afterwards;
//! - `words`: what it is asked and what it answers;
//! - [`notice`]: the callback that is owed once the request is resolved.

mod approval;
mod cancel;
#[cfg(feature = "laid-open")]
pub mod laid_open;
pub mod notice;
mod pace;
mod pending;
mod poll;
mod redemption;
mod verifier;
mod words;

use std::sync::Arc;

use crate::config::readings::{C02, C03, C04, C06, C07, C08, C13, C53, C65};
use crate::dpop::{Proof, Thumbprint};
use crate::scope::Scope;

pub use approval::Approval;
use approval::Bound;
use notice::Notice;
use pace::Pace;
use redemption::Redemption;
pub use redemption::{Issued, Receipt};
use verifier::Challenge;
pub(crate) use verifier::code_challenge;
pub use words::{
    Caller, Cancellation, Decided, Decision, FrozenRequest, Opening, PollAnswer, Renewal, Repeated,
    State, Step, Terms, Told, Waiting, WaitsFor,
};

/// One deferred request.
#[derive(Debug, Clone)]
pub struct Deferral {
    request: FrozenRequest,
    terms: Terms,
    issued_at: u64,
    state: State,
    /// Approved after the lifetime (C-03/A only), which therefore does not end it.
    approved_late: bool,
    /// How the code was redeemed, if it was.
    redemption: Option<Redemption>,
    /// Whether the preconditions of the request still hold (Section 11.7).
    consent: bool,
    /// The link to show now (C-31/C: replaced when somebody has opened it).
    interaction_uri: Arc<str>,
    /// Whether interaction was ever needed (C-29/B).
    needed_interaction: bool,
    /// Whether somebody has begun to interact.
    interaction_begun: bool,
    /// Whether the next poll does not know of the outcome yet (C-66/B).
    lags: bool,
    /// What polls are told about progress, where somebody said so; otherwise which of the pending answers it is.
    step: Option<Step>,
    pace: Pace,
    notice: Notice,
    /// What the first poll has to show, if the authorization endpoint handed out the code.
    challenge: Option<Challenge>,
    /// When its approval ends, in an edition where approvals do (AROP Section 7.4).
    bound: Option<Bound>,
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
            approved_late: false,
            redemption: None,
            consent: true,
            interaction_uri,
            needed_interaction: interaction,
            interaction_begun: false,
            lags: false,
            step: None,
            pace: Pace::new(now, terms.readings.c21),
            notice,
            challenge: None,
            bound: None,
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
    /// lifetime only (C-05/A, C-06/C), any other longer (C-08/C): its owner shall learn how it ended, and what rests on its
    /// approval asks after that.
    pub fn forget_at(&self) -> u64 {
        let readings = &self.terms.readings;
        let with_its_lifetime = match self.state {
            State::Approved { .. } => readings.c02 == C02::C,
            State::Denied => readings.c04 == C04::C,
            State::Cancelled => readings.c06 == C06::C && !self.pace.is_locked(),
            State::Forgotten if self.notice.is_owed() => true,
            State::Forgotten => return self.issued_at,
            State::Pending { .. } | State::Redeemed | State::Expired => false,
        };
        match with_its_lifetime {
            true => self.expires_at(),
            false => self
                .expires_at()
                .saturating_add(self.terms.lifetime.max(self.terms.tombstone))
                .max(self.approval().map_or(0, |approval| approval.until)),
        }
    }

    /// Ends what the lifetime ends. Only a request without an outcome, or with one nobody collected, expires (C-02/B,
    /// C-03/B); denied and redeemed stay what they are (C-04/A, C-07/A). No callback goes out after that (Section 7).
    pub fn lapse(&mut self, now: u64) {
        self.take_back_what_was_lost();
        if now < self.expires_at() {
            return;
        }
        let readings = self.terms.readings;
        let expires = match self.state {
            State::Pending { .. } => readings.c03 == C03::B,
            State::Approved { .. } => readings.c02 == C02::B && !self.approved_late,
            State::Denied => readings.c04 == C04::B,
            State::Cancelled => readings.c06 == C06::B,
            State::Redeemed => readings.c07 == C07::B,
            State::Expired | State::Forgotten => false,
        };
        if expires {
            self.state = State::Expired;
        }
        let silenced = match readings.c65 {
            C65::A => !self.notice.is_owed(),
            C65::B => !self.notice.was_attempted(),
            C65::C => true,
        };
        if silenced {
            self.notice.close();
        }
    }

    /// C-13/C: a token that the transport never took was not handed out.
    fn take_back_what_was_lost(&mut self) {
        let lost = self.lost_its_token() && self.terms.readings.c13 == C13::C;
        if let Some(redemption) = self.redemption.take_if(|_| lost) {
            self.state = State::Approved {
                scope: redemption.scope,
            };
        }
    }

    /// Whether the code is redeemed and the token response known to be lost.
    fn lost_its_token(&self) -> bool {
        let redemption = self.redemption.as_ref();
        self.state == State::Redeemed && redemption.is_some_and(|known| known.receipt.is_lost())
    }

    /// A decision about the request. Only a pending request can be decided, and only within its lifetime (C-03/B).
    pub fn decide(&mut self, decision: &Decision, now: u64) -> Decided {
        if let Decision::Approve(Some(scope)) | Decision::ApproveFor(Some(scope), _) = decision
            && !scope.is_within(&self.request.scope)
        {
            return Decided::TooWide;
        }
        self.lapse(now);
        if !matches!(self.state, State::Pending { .. }) {
            return Decided::Void;
        }
        match decision {
            Decision::Approve(narrowed) => self.approve(narrowed.clone(), None, now),
            Decision::ApproveFor(narrowed, seconds) => {
                self.approve(narrowed.clone(), Some(*seconds), now)
            }
            Decision::ApproveAs(owner) => {
                self.request.subject = Arc::clone(owner);
                self.approve(None, None, now);
            }
            Decision::Deny => self.resolve(State::Denied, now),
            // Both directions, as often as it takes (Section 6.6).
            Decision::Interaction(needed) => {
                self.needed_interaction |= needed;
                self.interaction_begun = false;
                self.state = State::Pending {
                    interaction: *needed,
                }
            }
            Decision::InteractionBegun => self.interaction_begun = true,
        }
        Decided::Applied
    }

    fn approve(&mut self, narrowed: Option<Scope>, seconds: Option<u64>, now: u64) {
        let scope = narrowed.unwrap_or_else(|| self.request.scope.clone());
        self.begin_approval(seconds, now);
        self.approved_late = now >= self.expires_at();
        self.resolve(State::Approved { scope }, now);
    }

    /// A decision for good, which is called back.
    fn resolve(&mut self, outcome: State, now: u64) {
        self.notice.owe(now, self.terms.readings.c58);
        self.state = match self.terms.readings.c08 {
            C08::A | C08::C => outcome,
            C08::B => State::Forgotten,
        };
    }

    /// Records whether the preconditions of the request hold. Judged when a token would be issued (Section 11.7).
    pub fn set_consent(&mut self, valid: bool) {
        self.consent = valid;
    }

    /// The deferred response, now or once more: the same code, the time it has left (C-45/C). `None` once the code is
    /// redeemed, cancelled or past its lifetime.
    pub fn opening(&mut self, now: u64) -> Option<Opening> {
        self.lapse(now);
        let interaction_uri = match self.state {
            State::Redeemed | State::Cancelled | State::Expired | State::Forgotten => return None,
            State::Pending { interaction: true } if self.terms.told != Told::Nothing => {
                Some(Arc::clone(&self.interaction_uri))
            }
            State::Pending { .. } | State::Approved { .. } | State::Denied => None,
        };
        let expires_in = self.expires_at().saturating_sub(now);
        (expires_in > 0).then_some(Opening {
            interaction_uri,
            expires_in,
            interval: self.terms.interval,
        })
    }

    /// Section 11.1: a bound code needs a proof by its key. An unbound one needs none, but a broken proof is still
    /// broken. Under C-53/B any certificate of the client will do, for it authenticated with it.
    fn accepts(&self, proof: &Proof) -> bool {
        match (&self.request.key, proof) {
            (Some(Thumbprint::Certificate(_)), Proof::By(Thumbprint::Certificate(_)))
                if self.terms.readings.c53 == C53::B =>
            {
                true
            }
            (Some(bound), Proof::By(key)) => bound == key,
            (Some(_), Proof::Absent | Proof::Invalid) => false,
            (None, Proof::Absent | Proof::By(_)) => true,
            (None, Proof::Invalid) => false,
        }
    }
}

#[cfg(test)]
mod tests;
