//! The catalogue: all 82 questions, their readings, and where each shows.
//!
//! The numbers, readings and pins are those of the project's list of
//! ambiguities; the wording here says what a *server* does under each reading,
//! or a client where the question is about clients. One file a group, in the
//! order of the list.

mod callback;
mod cancellation;
mod credential;
mod diagnostics;
mod interaction;
mod lifetime;
mod opt_in;
mod order;
mod rate;
mod sender;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use super::{Question, Reading};
use crate::draft::Draft;
use crate::property::Property;

/// A question of the catalogue, with its readings.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its number, e.g. `C-02`.
    pub id: &'static str,
    /// A line that names the conflict.
    pub title: &'static str,
    /// The sections that collide.
    pub sections: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where its readings can be told apart.
    pub place: Place,
    /// The default reading, which the reference follows; none where nothing
    /// depends on it.
    pub pin: Option<Reading>,
    /// Its readings, from `A` on.
    pub readings: &'static [ReadingEntry],
    /// What to do, in a line, to see which reading holds; none where nothing
    /// shows it.
    pub experiment: Option<&'static str>,
}

/// A reading as the catalogue describes it.
#[derive(Debug, Clone, Copy)]
pub struct ReadingEntry {
    /// What an authorization server that reads it so does.
    pub text: &'static str,
    /// The requirement with a MUST that it breaks outright, if any: observed in
    /// a server, such a reading is a failure and not merely a habit.
    pub breaks: Option<&'static str>,
    /// The properties that it gives up and another reading keeps. For a
    /// question of the relation these are what `dtr check` finds, for any other
    /// they are the catalogue's judgement.
    pub costs: &'static [Property],
}

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

/// Where the readings of a question can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the state machine of one deferral: the relation asks it.
    Relation(Question),
    /// In an experiment outside the state machine: a probe.
    Probe,
    /// Nowhere, for this reason.
    Nowhere(&'static str),
}

/// All questions, in the order of their numbers.
pub fn catalogue() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let groups = [
            lifetime::ENTRIES,
            order::ENTRIES,
            rate::ENTRIES,
            shape::ENTRIES,
            interaction::ENTRIES,
            opt_in::ENTRIES,
            credential::ENTRIES,
            sender::ENTRIES,
            callback::ENTRIES,
            cancellation::ENTRIES,
            diagnostics::ENTRIES,
        ];
        groups.concat()
    });
    &ENTRIES
}

/// The entry called `id`, as in `C-40`.
pub fn named_entry(id: &str) -> Option<&'static Entry> {
    catalogue().iter().find(|entry| entry.id == id)
}

/// The entries of the questions that the relation asks, each at the index of its
/// variant: the relation's tools look them up all the time.
pub(super) fn of_the_relation() -> &'static [&'static Entry] {
    static ENTRIES: LazyLock<Vec<&Entry>> = LazyLock::new(|| {
        let asked = |entry: &&Entry| matches!(entry.place, Place::Relation(_));
        catalogue().iter().filter(asked).collect()
    });
    &ENTRIES
}

impl Entry {
    /// Its readings with their letters, in order.
    pub fn lettered(&self) -> impl Iterator<Item = (Reading, &'static ReadingEntry)> + use<> {
        Reading::ALL.into_iter().zip(self.readings)
    }

    /// Whether it arises only in a text that knows of interaction.
    pub fn is_about_interaction(&self) -> bool {
        interaction::ENTRIES.iter().any(|entry| entry.id == self.id)
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
        })
    }
}

/// Why nothing tells the readings of a question about clients.
const CLIENT: &str = "a client's behaviour, and no client is under test";

/// A reading that breaks no requirement outright.
const fn fine(text: &'static str) -> ReadingEntry {
    ReadingEntry {
        text,
        breaks: None,
        costs: &[],
    }
}

/// A reading that breaks an absolute requirement.
const fn breaks(requirement: &'static str, text: &'static str) -> ReadingEntry {
    ReadingEntry {
        breaks: Some(requirement),
        ..fine(text)
    }
}

impl ReadingEntry {
    /// The rows of this text that it breaks outright.
    pub fn forbidden_by(&self, draft: &Draft) -> impl Iterator<Item = &'static str> + use<> {
        let asking = self.breaks.into_iter();
        let ledger = draft.ledger();
        asking.flat_map(|id| ledger.asking(id)).map(|row| row.id)
    }

    /// The same reading, which gives these properties up.
    const fn costing(self, costs: &'static [Property]) -> ReadingEntry {
        ReadingEntry { costs, ..self }
    }
}
