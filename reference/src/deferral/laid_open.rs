//! The record of a deferral laid open, for servers that are wrong on purpose: a store that keeps it may then keep it
//! badly. Only with the feature `laid-open`; the server itself never looks at its record this way.

use super::notice::Notice;
use super::{Deferral, FrozenRequest, State, Terms};

/// Every part of the record, to be read and changed.
#[derive(Debug)]
pub struct LaidOpen<'a> {
    /// What was asked for.
    pub request: &'a mut FrozenRequest,
    /// Interval, lifetime and their kin.
    pub terms: &'a mut Terms,
    /// When the code was issued.
    pub issued_at: &'a mut u64,
    /// Where the request stands.
    pub state: &'a mut State,
    /// Whether the preconditions hold.
    pub consent: &'a mut bool,
    /// When a poll was last answered.
    pub last_poll: &'a mut Option<u64>,
    /// The callback owed.
    pub notice: &'a mut Notice,
    /// The end of the approval, once there is one that ends (AROP Section 7.4).
    pub approved_until: Option<&'a mut u64>,
}

impl Deferral {
    /// Lays the record open.
    pub fn laid_open(&mut self) -> LaidOpen<'_> {
        let approval = self.bound.as_mut();
        let approval = approval.and_then(|bound| bound.approval.as_mut());
        LaidOpen {
            request: &mut self.request,
            terms: &mut self.terms,
            issued_at: &mut self.issued_at,
            state: &mut self.state,
            consent: &mut self.consent,
            last_poll: &mut self.pace.last_answered,
            notice: &mut self.notice,
            approved_until: approval.map(|approval| &mut approval.until),
        }
    }
}
