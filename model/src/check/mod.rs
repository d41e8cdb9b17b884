//! Checking: exhaustive, or failed.
//!
//! A [`Case`] is one choice of readings. [`Case::check`] visits its whole world
//! with our explorer, finds for each property the shortest way to break it, and
//! insists that every property was put to the test. [`second_opinion`] lets
//! stateright visit the same world and must agree on the number of states and
//! on what breaks. [`Expected`] is what the repository says should come out.

mod expected;
mod stateright_bfs;

pub use expected::{Deviation, Expected, ExpectedCase};
pub use stateright_bfs::{SecondOpinion, second_opinion};

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::draft::Draft;
use crate::explore::{Explored, TooLarge};
use crate::property::{Properties, Property};
use crate::question::{Question, Reading, Readings};
use crate::world::{Action, Setting, Tabled};

/// No world of ours comes near it; a search that reaches it has failed.
pub const STATE_LIMIT: u32 = 40_000_000;

/// One choice of readings to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `pins`, or what differs from them: `C-02=A`.
    pub name: String,
    /// The text.
    pub draft: &'static Draft,
    /// How it is read.
    pub readings: Readings,
}

impl Case {
    /// The pins of a text.
    pub fn pins(draft: &'static Draft) -> Case {
        Case {
            name: "pins".to_owned(),
            draft,
            readings: draft.pins(),
        }
    }

    /// One question read otherwise than its pin, the rest at their pins.
    pub fn reading(draft: &'static Draft, question: Question, reading: Reading) -> Case {
        Case {
            name: format!("{question}={reading}"),
            draft,
            readings: draft.pins().with(question, reading),
        }
    }

    /// The pins, then every other reading of every question that the text leaves open.
    pub fn all(draft: &'static Draft) -> Vec<Case> {
        let open = Question::ALL
            .iter()
            .filter(|q| draft.leaves_open(q.entry()));
        let others = open.flat_map(|q| {
            q.readings()
                .filter(|r| *r != q.pin())
                .map(|r| Case::reading(draft, *q, r))
        });
        std::iter::once(Case::pins(draft)).chain(others).collect()
    }

    /// Visits the whole world under these readings.
    ///
    /// # Errors
    /// When the search could not be finished, or, at the pins, some property was
    /// never put to the test and would hold vacuously.
    pub fn check(&self) -> Result<Checked, CheckError> {
        self.check_in(&Setting::new(self.draft, self.readings))
    }

    pub(crate) fn check_in(&self, setting: &Setting) -> Result<Checked, CheckError> {
        let began = Instant::now();
        let space = Tabled::new(setting);
        let mut exercised = Properties::NONE;
        let explored = Explored::all(&space, STATE_LIMIT, |(_, tested)| {
            exercised = exercised.union(*tested);
        })?;
        let untested = self.draft.properties().without(exercised);
        if !untested.is_empty() && *self == Case::pins(self.draft) {
            return Err(CheckError::Vacuous(untested));
        }
        Ok(Checked {
            name: self.name.clone(),
            states: explored.states().len(),
            moves: explored.moves(),
            broken: counterexamples(&space, &explored),
            untested,
            elapsed: began.elapsed(),
        })
    }
}

/// What an exhaustive search found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The case's name.
    pub name: String,
    /// Unique states of the world.
    pub states: usize,
    /// Moves tried.
    pub moves: u64,
    /// For each broken property a shortest counterexample. The rest hold.
    pub broken: BTreeMap<Property, Vec<Action>>,
    /// Properties about something that the text has, and that nothing puts to the
    /// test under these readings: they hold, but vacuously. At the pins there are none.
    pub untested: Properties,
    /// How long it took.
    pub elapsed: Duration,
}

/// Why a check says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The search was cut short.
    #[error(transparent)]
    Unfinished(#[from] TooLarge),
    /// Properties that no move put to the test.
    #[error("nothing in this world puts {0:?} to the test, so holding means nothing")]
    Vacuous(Properties),
}

/// The explorer finds the nearest states first, so the first state in which a
/// property broke ends a shortest counterexample.
fn counterexamples<'a>(
    space: &Tabled<'a>,
    explored: &Explored<Tabled<'a>>,
) -> BTreeMap<Property, Vec<Action>> {
    let mut broken = BTreeMap::new();
    let mut found = Properties::NONE;
    for (position, world) in explored.states().iter().enumerate() {
        for property in world.broken().without(found).iter() {
            let path = explored.path(space, position);
            broken.insert(property, path.into_iter().map(|((a, _), _)| a).collect());
        }
        found = found.union(world.broken());
    }
    broken
}

#[cfg(test)]
mod tests;
