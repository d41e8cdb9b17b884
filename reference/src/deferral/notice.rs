//! The callback owed for a deferred request (Section 7).
//!
//! A notice is *open* until the request is resolved, then *owed* until an attempt succeeds, attempts run out, the
//! client cancels or the code expires (C-65/C); then it is *closed*. The notification token goes with it (Section 11.6,
//! C-58/A: not before the last attempt, which has to carry it).

use std::sync::Arc;

use super::Deferral;
use crate::config::readings::{C58, C59, C61, C66};
use crate::secret::NotificationToken;

/// Where the callback of one deferral stands.
#[derive(Debug, Clone)]
pub struct Notice {
    token: Option<NotificationToken>,
    delivery: Delivery,
    terms: NoticeTerms,
}

/// When callbacks are attempted; seconds on the server's clock.
#[derive(Debug, Clone, Copy)]
pub struct NoticeTerms {
    /// From the resolution to the first attempt.
    pub delay: u64,
    /// From the first attempt to the second; doubled each time.
    pub backoff: u64,
    /// Attempts in all.
    pub attempts: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Open,
    Owed {
        due_at: u64,
        made: u32,
        under_way: bool,
    },
    Closed,
    /// Not even of a cancellation.
    Never,
}

/// One attempt to deliver a callback.
#[derive(Debug, Clone)]
pub struct CallbackAttempt {
    /// Whose endpoint to call. The endpoint is the one registered now (C-67).
    pub client_id: Arc<str>,
    /// The bearer value to present, if the client supplied one (Section 7.1).
    pub token: Option<NotificationToken>,
}

impl Notice {
    /// The notice of a request that was just deferred.
    pub fn new(token: Option<NotificationToken>, terms: NoticeTerms) -> Self {
        Self {
            token,
            delivery: Delivery::Open,
            terms,
        }
    }

    /// The notice of a request whose client could not say where to send the notification token (pr-47): nothing is called
    /// back.
    pub fn never(terms: NoticeTerms) -> Self {
        Self {
            token: None,
            delivery: Delivery::Never,
            terms,
        }
    }

    /// The request was resolved at `now`: the callback is owed.
    pub(super) fn owe(&mut self, now: u64, token_is: C58) {
        if self.delivery == Delivery::Open {
            if token_is == C58::B {
                self.token = None;
            }
            let due_at = now.saturating_add(self.terms.delay);
            self.delivery = Delivery::Owed {
                due_at,
                made: 0,
                under_way: false,
            };
        }
    }

    /// The request was cancelled at `now`, and that is called back too (C-59), whatever was before.
    pub(super) fn owe_once_more(&mut self, now: u64, token_is: C58) {
        if self.delivery != Delivery::Never {
            self.delivery = Delivery::Open;
        }
        self.owe(now, token_is);
    }

    pub(super) fn is_owed(&self) -> bool {
        matches!(self.delivery, Delivery::Owed { .. })
    }

    pub(super) fn was_attempted(&self) -> bool {
        matches!(self.delivery, Delivery::Owed { made: 1.., .. })
    }

    /// No callback from here on; the token is forgotten.
    pub(super) fn close(&mut self) {
        if self.delivery != Delivery::Never {
            self.delivery = Delivery::Closed;
        }
        self.token = None;
    }
}

/// What a store that is wrong on purpose does to a notice.
#[cfg(feature = "laid-open")]
impl Notice {
    /// Makes the callback owed, whatever happened before.
    pub fn owe_anyway(&mut self, now: u64) {
        self.owe_once_more(now, C58::A);
    }

    /// Drops the callback.
    pub fn drop_it(&mut self) {
        self.delivery = Delivery::Closed;
    }

    /// Whether no callback will come any more.
    pub fn is_closed(&self) -> bool {
        matches!(self.delivery, Delivery::Closed | Delivery::Never)
    }

    /// Forgets the notification token.
    pub fn forget_token(&mut self) {
        self.token = None;
    }
}

impl Deferral {
    /// When the next attempt is due, if one is owed and none is under way.
    pub fn callback_due_at(&self) -> Option<u64> {
        match self.notice.delivery {
            Delivery::Owed {
                due_at,
                under_way: false,
                ..
            } => Some(due_at),
            _ => None,
        }
    }

    /// Starts an attempt, if one may be made at `now`. `early` lifts the waiting time only: lifetime and cancellation
    /// are tested at every attempt (C-65/C).
    pub fn begin_callback(&mut self, now: u64, early: bool) -> Option<CallbackAttempt> {
        self.lapse(now);
        let Delivery::Owed {
            due_at,
            made,
            under_way: false,
        } = self.notice.delivery
        else {
            return None;
        };
        if now < due_at && !early {
            return None;
        }
        self.notice.delivery = Delivery::Owed {
            due_at,
            made: made + 1,
            under_way: true,
        };
        self.lags = self.terms.readings.c66 == C66::B;
        Some(CallbackAttempt {
            client_id: Arc::clone(&self.request.client_id),
            token: self.notice.token.clone(),
        })
    }

    /// Ends an attempt. An undelivered callback becomes due again, later each time, until attempts run out (C-61/B).
    pub fn end_callback(&mut self, now: u64, delivered: bool) {
        let Delivery::Owed { made, .. } = self.notice.delivery else {
            return; // cancelled or expired meanwhile
        };
        let attempts = match self.terms.readings.c61 {
            C61::A => 1,
            C61::B => self.notice.terms.attempts,
        };
        if delivered || made >= attempts {
            match self.terms.readings.c59 {
                // Another may follow, and needs the token.
                C59::A if self.is_live(now) => self.notice.delivery = Delivery::Open,
                _ => self.notice.close(),
            }
            return;
        }
        let wait = self
            .notice
            .terms
            .backoff
            .saturating_mul(1 << made.saturating_sub(1).min(32));
        let due_at = now.saturating_add(wait);
        self.notice.delivery = Delivery::Owed {
            due_at,
            made,
            under_way: false,
        };
    }
}
