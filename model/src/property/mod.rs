//! The properties: what must never happen (S), and what must not fail to
//! happen, as safety with a deadline (L).
//!
//! A property is judged on one transition at a time, with a little memory of
//! what went before ([`Watch`]). [`judge()`] says which properties the transition
//! breaks, and which it *exercises*: a property that nothing exercises holds
//! vacuously, and the checker refuses to count it.

mod judge;
mod watch;

pub use judge::{Judgement, judge};
pub use watch::{Told, Watch};

use serde::{Deserialize, Serialize};

macro_rules! properties {
    ($($name:ident = $id:literal, $text:literal;)*) => {
        /// An invariant or a liveness claim.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is described by `text`")]
        pub enum Property { $($name),* }

        impl Property {
            /// Every property, safety first.
            pub const ALL: &'static [Property] = &[$(Property::$name),*];

            /// Its id, e.g. `S1` or `L2-late`.
            pub const fn id(self) -> &'static str {
                match self { $(Property::$name => $id),* }
            }

            /// What it claims.
            pub const fn text(self) -> &'static str {
                match self { $(Property::$name => $text),* }
            }
        }
    };
}

properties! {
    S1 = "S1", "at most one token response is issued for a code";
    S2 = "S2", "no token after a cancellation took effect";
    S3 = "S3", "no token once the code's lifetime is over";
    S4 = "S4", "no token without an approval in time and preconditions that still hold";
    S5 = "S5", "only the bound client with the bound key redeems or destroys a request";
    S6 = "S6", "no deferral without opt-in";
    S7 = "S7", "unknown and foreign codes cannot be told apart";
    S8 = "S8", "a terminal answer stays, until the code is disposed of after its lifetime";
    S9 = "S9", "every callback is authenticated";
    S10 = "S10", "after a callback the next poll is final; none is early, or after expiry or cancellation";
    S11 = "S11", "no token beyond the originating request";
    S12 = "S12", "one originating credential feeds one deferral";
    S13 = "S13", "no token outlives its approval";
    S14 = "S14", "once the approval is over, nothing is refreshed or exchanged, and the error is `invalid_grant`";
    S15 = "S15", "a request like one that waits is that one";
    S16 = "S16", "what no approval can lift is refused at once, by an error that no poll is answered with";
    L1 = "L1", "a client at the legal pace learns the outcome by about the lifetime's end";
    L2 = "L2", "an approval in time reaches the client that polls in time";
    L2Late = "L2-late", "an approval in time reaches the client whose legal poll comes after the lifetime";
    L2Lost = "L2-lost", "a response lost in transit can be had again";
    L3 = "L3", "a cancellation takes effect";
    L4 = "L4", "a client at the announced pace is never slowed down";
    L5 = "L5", "a registered callback is sent unless the client cancelled";
    L5Late = "L5-late", "a callback due before the lifetime's end is sent even if it is delayed past it";
}

impl std::fmt::Display for Property {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

impl Property {
    /// What AROP promises (Sections 7.1 to 7.4 there), or relies on, beyond what every text does.
    pub const OF_APPROVALS: [Property; 6] = [
        Property::S6,
        Property::S11,
        Property::S13,
        Property::S14,
        Property::S15,
        Property::S16,
    ];

    /// The property called `id`.
    pub fn named(id: &str) -> Option<Property> {
        Property::ALL.iter().copied().find(|p| p.id() == id)
    }
}

/// A set of properties.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Properties(u32);

const _: () = assert!(Property::ALL.len() <= 24, "the world has room for so many");

impl Properties {
    /// None.
    pub const NONE: Properties = Properties(0);
    /// All there are.
    pub const ALL: Properties = Properties((1 << Property::ALL.len()) - 1);

    /// Adds `property` if `condition` holds.
    pub(crate) fn add(&mut self, property: Property, condition: bool) {
        self.0 |= u32::from(condition) << property as u32;
    }

    /// Whether `property` is in the set.
    pub fn contains(self, property: Property) -> bool {
        self.0 & (1 << property as u32) != 0
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Properties(self.0 | other.0)
    }

    /// What is in `self` and not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Properties(self.0 & !other.0)
    }

    /// The members, in order.
    pub fn iter(self) -> impl Iterator<Item = Property> {
        Property::ALL
            .iter()
            .copied()
            .filter(move |p| self.contains(*p))
    }

    /// As bits, for packing.
    pub(crate) const fn into_bits(self) -> u32 {
        self.0
    }

    /// From bits.
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Properties(bits)
    }
}

impl std::fmt::Debug for Properties {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set()
            .entries(self.iter().map(Property::id))
            .finish()
    }
}
