//! Questions: places where the text allows more than one behaviour.
//!
//! [`Question`] names one, [`Question::entry`] holds its readings as data
//! (`table.rs`), and [`Readings`] is a choice: a set of readings still possible
//! for each question. A pinned question has one, an unchosen one has all.

mod readings;
mod table;

pub use readings::{ParseReadingError, Readings};

use serde::{Deserialize, Serialize};

/// How much a question matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Editorial, or hard to reach.
    Low,
    /// Interoperability.
    Medium,
    /// Tokens, keys or termination.
    High,
}

/// One behaviour the text can be read to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reading {
    /// First reading of the catalogue.
    A,
    /// Second.
    B,
    /// Third.
    C,
}

impl Reading {
    /// In the catalogue's order.
    pub const ALL: [Reading; 3] = [Reading::A, Reading::B, Reading::C];

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

/// A reading as the catalogue describes it.
#[derive(Debug, Clone, Copy)]
pub struct ReadingEntry {
    /// What an authorization server that reads it so does.
    pub text: &'static str,
    /// The requirement with a MUST that it breaks outright, if any: observed in
    /// a server, such a reading is a failure and not merely a habit.
    pub breaks: Option<&'static str>,
}

/// A question of the catalogue, with its readings.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Which question this is.
    pub question: Question,
    /// A line that names the conflict.
    pub title: &'static str,
    /// The sections that collide.
    pub sections: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What the reference does: the default reading.
    pub pin: Reading,
    /// Its readings, from `A` on.
    pub readings: &'static [ReadingEntry],
}

macro_rules! questions {
    ($($name:ident = $id:literal),* $(,)?) => {
        /// A question the relation consults. The number is the catalogue's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is described by its entry in table.rs")]
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
        &table::TABLE[self as usize]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_every_question_at_its_own_index() {
        for q in Question::ALL {
            assert_eq!(q.entry().question, *q);
            assert!(q.entry().readings.len() >= 2, "{q} has no alternative");
            assert!((q.entry().pin as usize) < q.entry().readings.len());
        }
        assert_eq!(table::TABLE.len(), Question::ALL.len());
    }

    #[test]
    fn what_a_reading_breaks_is_a_must_of_the_ledger() {
        for q in Question::ALL {
            for id in q.entry().readings.iter().filter_map(|r| r.breaks) {
                let row =
                    crate::requirement::named(id).unwrap_or_else(|| panic!("{q}: no row {id}"));
                assert!(row.level.is_absolute(), "{q}: {id} is no MUST");
            }
        }
    }
}
