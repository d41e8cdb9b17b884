//! What has to be remembered of a deferral's past to judge its properties.

use bitfield_struct::{bitenum, bitfield};

use crate::deferral::{Deferral, Phase};
use crate::terms::Terms;

/// The class of the terminal answer the client was last given.
#[bitenum]
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// None so far.
    #[fallback]
    Nothing = 0,
    /// A token.
    Token = 1,
    /// `access_denied`.
    Denied = 2,
    /// `expired_token`.
    Expired = 3,
    /// `invalid_grant`.
    Gone = 4,
}

/// The memory beside one deferral. The server does not have it; the judge does.
#[bitfield(u16)]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Watch {
    /// Last terminal class the owner was given.
    #[bits(3)]
    pub told: Told,
    /// Distinct token responses issued, up to 3.
    #[bits(2)]
    pub tokens: u8,
    /// A cancellation of the live request was answered.
    pub cancelled: bool,
    /// Approved in time, and neither cancelled nor denied since.
    pub granted: bool,
    /// A callback reached the client.
    pub called: bool,
    /// The client received the deferral code.
    pub known: bool,
    /// A token response was lost and none has arrived since.
    pub missed: bool,
    /// Ticks since the owner's last poll answered otherwise than `slow_down`,
    /// up to the interval.
    #[bits(3)]
    pub pace: u8,
    /// Ticks that the approval still lasts, where it has an end of its own.
    #[bits(2)]
    pub approval: u8,
    /// It was granted in part.
    pub narrow: bool,
}

impl Watch {
    /// Forgets what no property can ask about any more.
    pub(super) fn settled(self, deferral: Deferral, terms: &Terms) -> Self {
        match deferral.phase() {
            Phase::Absent | Phase::Synchronous => return Watch::new(),
            _ => {}
        }
        let paced = self.told() == Told::Nothing && !self.cancelled();
        let pace = if paced { self.pace() } else { terms.interval };
        let granted = self.granted() && !self.cancelled() && deferral.phase() != Phase::Denied;
        // What came of an approval is bounded by it, whatever becomes of the request.
        let bounding = self.approval() > 0 && (granted || self.tokens() > 0);
        self.with_pace(pace)
            .with_granted(granted)
            .with_approval(if bounding { self.approval() } else { 0 })
            .with_narrow(self.narrow() && bounding)
            .with_missed(self.missed() && !self.cancelled() && !deferral.is_expired(terms))
    }
}
