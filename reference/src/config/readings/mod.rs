//! How the server reads the open points of the draft. In TOML:
//!
//! ```
//! use dtr_reference::Config;
//! use dtr_reference::config::readings::C02;
//!
//! let text = "issuer = \"https://as.example\"\n[readings]\n\"C-02\" = \"A\"";
//! let config = Config::from_toml(text)?;
//! assert_eq!(config.readings.c02, C02::A);
//! # Ok::<(), dtr_reference::ConfigError>(())
//! ```
//!
//! The questions are in `table.rs`; here is what can be done with any of them.

use std::collections::BTreeMap;

use crate::edition::Settled;

/// Makes the type of each question, the struct of all of them, and the same as data.
macro_rules! readings {
    ($(
        $name:ident $field:ident $id:literal $title:literal, default $default:ident {
            $($letter:ident $(breaks $row:literal)?: $text:literal;)+
        }
    )+) => {
        $(
            #[doc = concat!($id, ": ", $title)]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $name {
                $(#[doc = $text] $letter,)+
            }
        )+

        /// A reading of every question that this server can read in more than one way.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
        #[serde(try_from = "std::collections::BTreeMap<String, String>")]
        pub struct Readings {
            $(#[doc = concat!($id, ": ", $title)] pub $field: $name,)+
            /// Which of them somebody set, in the order of [`QUESTIONS`](Self::QUESTIONS).
            pub(super) by_hand: [bool; Readings::QUESTIONS.len()],
        }

        impl Default for Readings {
            fn default() -> Self {
                Self { $($field: $name::$default,)+ by_hand: [false; Readings::QUESTIONS.len()] }
            }
        }

        impl Readings {
            /// The questions, in the catalogue's order.
            pub const QUESTIONS: &[Question] = &[$(Question {
                id: $id,
                title: $title,
                default: stringify!($default),
                readings: &[$(Reading {
                    letter: stringify!($letter),
                    text: $text,
                    breaks: broken!($($row)?),
                },)+],
            },)+];

            /// Reads the question `id` as `letter`, as in `("C-02", "A")`.
            ///
            /// # Errors
            /// [`UnknownReading`] when there is no such question, or no such reading of it.
            pub fn set(&mut self, id: &str, letter: &str) -> Result<(), UnknownReading> {
                match (id, letter) {
                    $($(($id, stringify!($letter)) => self.$field = $name::$letter,)+)+
                    _ => return Err(UnknownReading::of(id, letter)),
                }
                for (question, by_hand) in Self::QUESTIONS.iter().zip(&mut self.by_hand) {
                    *by_hand |= question.id == id;
                }
                Ok(())
            }

            /// The letter of every question, in the order of [`QUESTIONS`](Self::QUESTIONS).
            pub fn letters(&self) -> Vec<&'static str> {
                vec![$(match self.$field { $($name::$letter => stringify!($letter),)+ },)+]
            }
        }
    };
}

macro_rules! broken {
    () => {
        None
    };
    ($row:literal) => {
        Some($row)
    };
}

mod table;
#[cfg(test)]
mod tests;

pub use table::*;

/// A place where the draft can be read in more than one way.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Its number in the project's catalogue, such as `C-02`.
    pub id: &'static str,
    /// What is open, with the sections.
    pub title: &'static str,
    /// The letter of the reading that holds unless another is set.
    pub default: &'static str,
    /// What this server can do, by letter.
    pub readings: &'static [Reading],
}

/// One way to read a question.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Its letter in the catalogue.
    pub letter: &'static str,
    /// What the server does.
    pub text: &'static str,
    /// The sentence with a MUST that this breaks: such a reading is unsafe, and for experiments only.
    pub breaks: Option<&'static str>,
}

impl Readings {
    /// How the question `id` is read; `None` when there is no such question.
    pub fn letter(&self, id: &str) -> Option<&'static str> {
        let mut chosen = Self::QUESTIONS.iter().zip(self.letters());
        let (_, letter) = chosen.find(|(question, _)| question.id == id)?;
        Some(letter)
    }

    /// How the question `id` is to be read by somebody's wish, the default included.
    pub(crate) fn wished(&self, id: &str) -> Option<&'static str> {
        let mut chosen = Self::QUESTIONS.iter().zip(self.letters()).zip(self.by_hand);
        let ((question, letter), by_hand) = chosen.find(|((question, _), _)| question.id == id)?;
        (by_hand || letter != question.default).then_some(letter)
    }

    /// The same readings, but for what an edition settles.
    pub(crate) fn settled(mut self, settled: &[Settled]) -> Self {
        for settled in settled {
            self.set(settled.question, settled.reading)
                .expect("a test settles what every edition settles");
        }
        self
    }

    /// The unsafe ones among these readings: each with the question it belongs to.
    pub fn breaking(&self) -> impl Iterator<Item = (&'static Question, &'static Reading)> {
        let chosen = Self::QUESTIONS.iter().zip(self.letters());
        chosen.filter_map(|(question, letter)| {
            let mut readings = question.readings.iter();
            let reading = readings.find(|reading| reading.letter == letter)?;
            reading.breaks.map(|_| (question, reading))
        })
    }
}

/// A question or a reading that this server does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReading {
    /// No question of that number.
    #[error("readings.{id}: there is no such question; use one of {known}")]
    Question {
        /// What was asked for.
        id: String,
        /// All there are.
        known: String,
    },
    /// No reading of that letter.
    #[error("readings.{id}: there is no reading `{letter}`; use {known}")]
    Letter {
        /// The question.
        id: &'static str,
        /// What was asked for.
        letter: String,
        /// All there are.
        known: String,
    },
}

impl UnknownReading {
    fn of(id: &str, letter: &str) -> Self {
        let mut questions = Readings::QUESTIONS.iter();
        match questions.find(|question| question.id == id) {
            Some(question) => {
                let letters: Vec<_> = question.readings.iter().map(|r| r.letter).collect();
                Self::Letter {
                    id: question.id,
                    letter: letter.into(),
                    known: letters.join(" or "),
                }
            }
            None => {
                let ids: Vec<_> = Readings::QUESTIONS.iter().map(|q| q.id).collect();
                Self::Question {
                    id: id.into(),
                    known: ids.join(", "),
                }
            }
        }
    }
}

impl TryFrom<BTreeMap<String, String>> for Readings {
    type Error = UnknownReading;

    fn try_from(set: BTreeMap<String, String>) -> Result<Self, UnknownReading> {
        let mut readings = Self::default();
        for (id, letter) in &set {
            readings.set(id, letter)?;
        }
        Ok(readings)
    }
}
