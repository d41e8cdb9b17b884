//! Questions: places where the text allows more than one behaviour.
//!
//! [`catalogue()`] lists them all as data, each with its readings. [`Question`]
//! names one of those that the relation consults, and [`Readings`] is a choice
//! about these: the set of readings still possible for each. A pinned question
//! has one, an unchosen one has all.

mod catalogue;
mod readings;

pub use catalogue::{Entry, Place, ReadingEntry, Severity, catalogue, named_entry};
pub use readings::{ParseReadingError, Readings};

use serde::{Deserialize, Serialize};

/// One behaviour the text can be read to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reading {
    /// First reading of the catalogue.
    A,
    /// Second.
    B,
    /// Third.
    C,
    /// Fourth. No question of the relation has one: there, a match that ends
    /// with the third ends with both.
    D,
}

impl Reading {
    /// In the catalogue's order.
    pub const ALL: [Reading; 4] = [Reading::A, Reading::B, Reading::C, Reading::D];

    /// The one-bit set that holds only this reading.
    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

macro_rules! questions {
    ($($name:ident = $id:literal),* $(,)?) => {
        /// A question the relation consults. The number is the catalogue's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is described by its entry in the catalogue")]
        pub enum Question { $($name),* }

        impl Question {
            /// Every question, in the catalogue's order.
            pub const ALL: &'static [Question] = &[$(Question::$name),*];

            /// The catalogue's id, e.g. `C-02`.
            pub const fn id(self) -> &'static str {
                match self { $(Question::$name => $id),* }
            }
        }
    };
}

questions! {
    C01 = "C-01", C02 = "C-02", C03 = "C-03", C04 = "C-04", C05 = "C-05", C06 = "C-06",
    C07 = "C-07", C08 = "C-08", C10 = "C-10", C11 = "C-11", C13 = "C-13", C14 = "C-14",
    C15 = "C-15", C16 = "C-16", C20 = "C-20", C24 = "C-24", C28 = "C-28", C36 = "C-36",
    C42 = "C-42", C45 = "C-45", C48 = "C-48", C51 = "C-51", C52 = "C-52", C54 = "C-54",
    C58 = "C-58", C59 = "C-59", C65 = "C-65", C68 = "C-68", C69 = "C-69", C70 = "C-70",
    C71 = "C-71", C72 = "C-72",
}

impl Question {
    /// The question's entry in the catalogue.
    pub fn entry(self) -> &'static Entry {
        catalogue::of_the_relation()[self as usize]
    }

    /// Its default reading.
    pub fn pin(self) -> Reading {
        let pin = self.entry().pin;
        pin.expect("the catalogue pins every question of the relation")
    }

    /// Its readings, in order.
    pub fn readings(self) -> impl Iterator<Item = Reading> {
        Reading::ALL.into_iter().take(self.entry().readings.len())
    }

    /// The question called `id`, as in `C-02`.
    pub fn named(id: &str) -> Option<Question> {
        Question::ALL.iter().copied().find(|q| q.id() == id)
    }
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}
