//! The state of one deferral code: 28 bits.

use bitfield_struct::{bitenum, bitfield};

use crate::terms::Terms;

/// How far a request has come. Expiry is not a phase: it is `age` having
/// reached the lifetime, and what that means is a matter of C-02 to C-07.
#[bitenum]
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// No deferral code yet.
    #[fallback]
    Absent = 0,
    /// Waiting for a decision.
    Pending = 1,
    /// Waiting for interaction.
    Interaction = 2,
    /// Granted in time, not delivered.
    Approved = 3,
    /// Granted after the lifetime (only under C-03/A).
    ApprovedLate = 4,
    /// Refused, by decision or by a lapse.
    Denied = 5,
    /// Cancelled.
    Cancelled = 6,
    /// A token response was issued.
    Redeemed = 7,
    /// The server has forgotten the code.
    Disposed = 8,
    /// The token request was answered at once; its credential is spent and
    /// there is no deferral code.
    Synchronous = 9,
    /// Waiting for interaction that has begun (only where it has an answer of
    /// its own).
    Interacting = 10,
}

/// Where the callback for a resolution stands.
#[bitenum]
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Callback {
    /// None is owed: not resolved, not registered, delivered, given up or
    /// suppressed.
    #[fallback]
    None = 0,
    /// Owed, not yet attempted.
    Due = 1,
    /// Attempted and lost; the server may try again.
    Retry = 2,
}

/// What polls have shown of the PKCE code verifier (RFC 7636), which a code from
/// the authorization endpoint is bound to (pull request 47).
#[bitenum]
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verifier {
    /// It is none of their business: the token endpoint issued the code.
    #[fallback]
    Unasked = 0,
    /// The first poll still has to show it.
    Awaited = 1,
    /// A poll has shown it.
    Shown = 2,
}

/// The state of one deferral code, packed.
#[bitfield(u32)]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Deferral {
    /// How far the request has come.
    #[bits(4)]
    pub phase: Phase,
    /// Ticks since the code was issued, no further than the lifetime.
    #[bits(3)]
    pub age: u8,
    /// Ticks since the last poll that counts for the rate (C-20), no further
    /// than the longest wait.
    #[bits(3)]
    pub since: u8,
    /// How often polls were slowed down, as far as it matters.
    #[bits(2)]
    pub slow_downs: u8,
    /// Bound to a key (Section 11.1).
    pub bound: bool,
    /// Locked for polls (C-24/C).
    pub locked: bool,
    /// Granted in part.
    pub narrow: bool,
    /// The resource owner's consent has lapsed (Section 11.7).
    pub consent_lapsed: bool,
    /// The client is disabled (Section 11.7).
    pub client_lapsed: bool,
    /// The client's defaults have grown since (C-48).
    pub widened: bool,
    /// Redeemed within this tick (C-01/C).
    pub fresh: bool,
    /// The token response was lost, and the server knows (C-71).
    pub lost: bool,
    /// The originating request was not valid (C-42/B).
    pub unsound: bool,
    /// The callback owed.
    #[bits(2)]
    pub callback: Callback,
    /// The client opted in to interaction, where that is an opt-in of its own.
    pub interactive: bool,
    /// What polls have shown of the code verifier.
    #[bits(2)]
    pub verifier: Verifier,
    /// Ticks that the approval still lasts, where it has an end of its own.
    #[bits(2)]
    pub approval: u8,
    #[bits(4)]
    __: u8,
}

impl Deferral {
    /// Nothing requested yet.
    pub const ABSENT: Deferral = Deferral::new();

    /// Whether the code's lifetime is over (Section 6.4).
    pub fn is_expired(self, terms: &Terms) -> bool {
        self.age() >= terms.lifetime
    }

    /// Whether the request awaits a decision.
    pub fn is_pending(self) -> bool {
        matches!(
            self.phase(),
            Phase::Pending | Phase::Interaction | Phase::Interacting
        )
    }

    /// Whether the server knows a code for this request.
    pub fn exists(self) -> bool {
        !matches!(
            self.phase(),
            Phase::Absent | Phase::Disposed | Phase::Synchronous
        )
    }

    /// Whether the authorization endpoint handed out the code itself, so that no
    /// other credential came before it (pull request 47).
    pub fn is_direct(self) -> bool {
        self.verifier() != Verifier::Unasked
    }

    /// Whether a callback tells how the request ended (Section 7). Nobody trusts
    /// the front channel with a `client_notification_token`.
    pub fn is_called_back(self, terms: &Terms) -> bool {
        terms.callback && !self.is_direct()
    }

    /// Whether the approval that was given has ended (AROP Section 7.4).
    pub fn is_approval_over(self, terms: &Terms) -> bool {
        terms.approval > 0 && self.approval() == 0
    }

    /// Whether a token may still come of it, as far as phases tell.
    pub fn is_live(self) -> bool {
        self.is_pending() || matches!(self.phase(), Phase::Approved | Phase::ApprovedLate)
    }
}
