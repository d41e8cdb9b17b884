//! Revocation of a deferral code by its client (Section 8.2).

use super::{Caller, Cancellation, Deferral, State};
use crate::config::readings::{C52, C59, C68, C69, C70, C71, C73};

impl Deferral {
    /// Cancels the request, if that is for this caller to do and there is something left to cancel.
    pub fn cancel(&mut self, caller: &Caller<'_>, now: u64) -> Cancellation {
        let readings = self.terms.readings;
        if caller.client_id != &*self.request.client_id {
            return match readings.c73 {
                C73::A => Cancellation::Void, // clause 2: foreign
                C73::B => Cancellation::Foreign,
            };
        }
        self.lapse(now);
        if !self.accepts(caller.proof) {
            match readings.c52 {
                C52::A if self.is_live(now) => return Cancellation::ProofRefused,
                C52::A => return Cancellation::Void,
                C52::B => return Cancellation::Void, // without the key, no effect and no error
                C52::C => {}
            }
        }
        if !self.can_be_cancelled(now) {
            return Cancellation::Void;
        }
        let called_back = self.is_live(now) && readings.c59 == C59::A;
        self.state = match self.state {
            State::Approved { .. } if readings.c70 == C70::B => State::Forgotten,
            _ => State::Cancelled,
        };
        match called_back {
            true => self.notice.owe_once_more(now, readings.c58),
            false => self.notice.close(), // C-59/B
        }
        Cancellation::Applied
    }

    fn can_be_cancelled(&self, now: u64) -> bool {
        let readings = self.terms.readings;
        match self.state {
            // Clause 1, and clause 4 for an approval nobody collected (C-70/A).
            State::Pending { .. } | State::Approved { .. } if self.is_live(now) => true,
            State::Redeemed if self.lost_its_token() && readings.c71 == C71::B => true,
            // A denial's callback still goes out (C-69/A).
            State::Denied => readings.c69 == C69::B,
            // Clause 2, which clause 1 does not swallow (C-68/A).
            State::Pending { .. } | State::Approved { .. } => readings.c68 == C68::B,
            State::Redeemed | State::Expired => readings.c68 == C68::B,
            State::Cancelled | State::Forgotten => false,
        }
    }

    /// Whether a token may still come of it.
    pub(super) fn is_live(&self, now: u64) -> bool {
        match self.state {
            State::Pending { .. } => now < self.expires_at(),
            State::Approved { .. } => true,
            _ => false,
        }
    }
}
