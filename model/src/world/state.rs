//! The state of the world in 128 bits.

use bitfield_struct::{bitenum, bitfield};

use super::Which;
use crate::deferral::Deferral;
use crate::property::{Properties, Watch};

/// A message on its way. The number is the code it is about.
#[bitenum]
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// A free place.
    #[fallback]
    None = 0,
    /// The owner's poll, not yet processed.
    Poll0 = 1,
    /// The same about the second code.
    Poll1 = 2,
    /// The owner's revocation, not yet processed.
    Revoke0 = 3,
    /// The same about the second code.
    Revoke1 = 4,
    /// A poll that has seen an approval and not yet committed (only C-14/B).
    Seen0 = 5,
    /// The same about the second code.
    Seen1 = 6,
    /// A token response, not yet arrived.
    Token0 = 7,
    /// The same about the second code.
    Token1 = 8,
    /// A callback, not yet arrived.
    Ring0 = 9,
    /// The same about the second code.
    Ring1 = 10,
}

/// What a message is, apart from the code it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Poll,
    Revoke,
    Seen,
    Token,
    Ring,
}

impl Message {
    pub(super) fn new(kind: Kind, which: Which) -> Message {
        Message::from_bits(1 + 2 * kind as u8 + which as u8)
    }

    pub(super) fn parts(self) -> Option<(Kind, Which)> {
        let index = self.into_bits().checked_sub(1)?;
        let kind = [
            Kind::Poll,
            Kind::Revoke,
            Kind::Seen,
            Kind::Token,
            Kind::Ring,
        ][usize::from(index / 2)];
        Some((kind, Which::ALL[usize::from(index % 2)]))
    }
}

/// Two deferrals with the judge's memory of each, and the network.
#[bitfield(u128, debug = false)]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct World {
    #[bits(32)]
    deferral0: Deferral,
    #[bits(32)]
    deferral1: Deferral,
    #[bits(16)]
    watch0: Watch,
    #[bits(16)]
    watch1: Watch,
    #[bits(4)]
    message0: Message,
    #[bits(4)]
    message1: Message,
    /// What the last move broke.
    #[bits(24)]
    pub broken: Properties,
}

impl World {
    /// The deferral of this code.
    pub fn deferral(self, which: Which) -> Deferral {
        match which {
            Which::First => self.deferral0(),
            Which::Second => self.deferral1(),
        }
    }

    /// The judge's memory of it.
    pub fn watch(self, which: Which) -> Watch {
        match which {
            Which::First => self.watch0(),
            Which::Second => self.watch1(),
        }
    }

    /// The two places of the network.
    pub fn messages(self) -> [Message; 2] {
        [self.message0(), self.message1()]
    }

    #[must_use]
    pub(super) fn with_code(self, which: Which, deferral: Deferral, watch: Watch) -> Self {
        match which {
            Which::First => self.with_deferral0(deferral).with_watch0(watch),
            Which::Second => self.with_deferral1(deferral).with_watch1(watch),
        }
    }

    /// Messages have no order: they are kept sorted, so that two worlds that
    /// differ only in places are one.
    #[must_use]
    pub(super) fn with_messages(self, [a, b]: [Message; 2]) -> Self {
        self.with_message0(a.max(b)).with_message1(a.min(b))
    }

    pub(super) fn has_room(self) -> bool {
        self.message1() == Message::None
    }
}
