//! Approvals that have an end (AROP Section 7.4): nothing that comes of one outlives it.
//!
//! That an approval is over is found like a consent that lapsed, by the poll that would get a token for it: a denial
//! from then on. Whoever polls first when the lifetime is over as well learns of that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Deferral, Opening, State};
use crate::config::readings::C48;
use crate::digest;
use crate::secret::DeferralCode;

/// An approval that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The code of the request that was approved.
    pub code: DeferralCode,
    /// First second at which it is over, and with it every token that rests on it.
    pub until: u64,
}

impl Approval {
    /// What tokens call it, who say nothing of the code and of how long it is good.
    pub(crate) fn name(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::of([self.code.expose()]))
    }
}

/// What a deferral knows of the end of its approval.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    code: DeferralCode,
    /// Seconds from the decision, unless that says otherwise.
    usual: u64,
    /// Once there is one.
    pub(super) approval: Option<Approval>,
}

impl Deferral {
    /// The same, in an edition whose approvals end: `usual` seconds after the decision, unless that says otherwise.
    #[must_use]
    pub fn bounded(mut self, code: &DeferralCode, usual: u64) -> Self {
        self.bound = Some(Bound {
            code: code.clone(),
            usual,
            approval: None,
        });
        self
    }

    /// An approval at `now`, for so many seconds.
    pub(super) fn begin_approval(&mut self, seconds: Option<u64>, now: u64) {
        if let Some(bound) = &mut self.bound {
            bound.approval = Some(Approval {
                code: bound.code.clone(),
                until: now.saturating_add(seconds.unwrap_or(bound.usual)),
            });
        }
    }

    /// The approval, if there is one that ends.
    pub(super) fn approval(&self) -> Option<&Approval> {
        self.bound.as_ref()?.approval.as_ref()
    }

    /// Whether there was an approval that is over.
    pub(super) fn outlived_its_approval(&self, now: u64) -> bool {
        self.approval()
            .is_some_and(|approval| now >= approval.until)
    }

    /// Whether the preconditions hold of what rests on the approval and is to be renewed or exchanged: the same as before
    /// the token (Section 11.7). That the approval is over is known without asking.
    pub fn stands(&self) -> bool {
        self.consent || self.terms.readings.c48 == C48::B
    }

    /// What [`opening`](Self::opening) says, if a token can still come of the code (AROP Section 7.2).
    pub fn standing(&mut self, now: u64) -> Option<Opening> {
        let opening = self.opening(now)?;
        let alive = match self.state {
            State::Pending { .. } => true,
            State::Approved { .. } => !self.outlived_its_approval(now),
            _ => false,
        };
        alive.then_some(opening)
    }
}
