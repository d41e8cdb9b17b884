//! The pace of polls (Sections 6.5 and 11.3), and what becomes of those who do not keep it.

use super::{Caller, Deferral, PollAnswer, State};
use crate::config::readings::{C20, C21, C24, C25, C56, C59};

/// Seconds that `slow_down` adds to the interval at a server that keeps count (RFC 8628 Section 3.5; C-20/B, C-30/C).
const RAISE: u64 = 5;

/// What the rate test remembers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// When a poll was last answered with anything but a complaint about its pace. The first poll is free (C-21/A).
    pub(super) last_answered: Option<u64>,
    /// Early polls since then.
    early: u32,
    /// Seconds that the interval was raised by (C-20/B, C-30/C).
    raised: u64,
    /// No poll is answered any more (C-24/C, C-25/A).
    locked: bool,
}

impl Pace {
    /// The pace of a code issued at `now`.
    pub(super) fn new(now: u64, first_poll: C21) -> Self {
        Self {
            last_answered: match first_poll {
                C21::A => None,
                C21::B => Some(now),
            },
            early: 0,
            raised: 0,
            locked: false,
        }
    }

    /// A poll at `now` got an answer.
    pub(super) fn answered(&mut self, now: u64) {
        self.last_answered = Some(now);
        self.early = 0;
    }

    /// Seconds between two polls, of `interval` announced.
    pub(super) fn interval(&self, interval: u64) -> u64 {
        interval.saturating_add(self.raised)
    }

    /// Makes the interval longer, once and for all (C-30/C).
    pub(super) fn raise_once(&mut self) {
        self.raised = self.raised.max(RAISE);
    }

    /// Whether the client was locked out for good. Such a code is not forgotten early: its polls are to be refused.
    pub(super) fn is_locked(&self) -> bool {
        self.locked
    }
}

impl Deferral {
    /// Section 11.3. Early means: sooner than the announced interval after the last poll that got an answer (C-20/A).
    pub(super) fn complain_about_pace(&mut self, now: u64) -> Option<PollAnswer> {
        let last = self.pace.last_answered?;
        if now >= last.saturating_add(self.pace.interval(self.terms.interval)) {
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

    /// A malformed poll by this caller: it touches nothing (C-25/B), or is the last that its owner makes.
    pub fn malformed(&mut self, caller: &Caller<'_>, now: u64) {
        let owner = self.refuse(caller, now).is_none();
        self.pace.locked |= owner && self.terms.readings.c25 == C25::A;
    }

    /// A poll by this client was answered with a nonce challenge: it was none (C-56/A), or counts like any other.
    pub fn challenged(&mut self, client_id: &str, now: u64) {
        let owner = *client_id == *self.request.client_id;
        if owner && self.terms.readings.c56 == C56::B {
            self.pace.answered(now);
        }
    }
}
