//! What tells two texts, or two ways of reading one, apart.
//!
//! | file | what |
//! |---|---|
//! | `name.rs` | differences in what things are called on the wire |
//! | `glance.rs` | differences that one request shows, whatever came before |
//! | `search.rs` | differences in behaviour: the two relations side by side |
//! | `side.rs` | the two things compared |
//! | `lineage.rs` | the changes that people noted, and by what each is found here |

mod glance;
mod lineage;
mod name;
mod search;
mod side;

pub use glance::{Glance, Glimpsed};
pub use lineage::{Change, Shows, changes};
pub use name::{Renamed, Role};
pub use search::{Fork, Searched, search};
pub use side::{ParseSideError, Side};

use std::collections::HashSet;

use crate::generate::SETTINGS;
use crate::question::{Question, Reading};
use crate::terms::Terms;

/// Pairs of sets of states that one setting may take. With every question read
/// in one way a few thousand exhaust it.
pub const PAIR_LIMIT: usize = 100_000;

/// Everything that tells two sides apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What is called differently.
    pub names: Vec<Renamed>,
    /// What one request shows.
    pub glances: Vec<Glimpsed>,
    /// Questions that one text answers and the other leaves open.
    pub settled: Vec<Settled>,
    /// What is answered differently after the same history, one of each kind,
    /// shortest first.
    pub forks: Vec<Fork>,
    /// How far behaviour was searched, setting by setting.
    pub searched: Vec<Searched>,
}

/// A question that one text answers and the other leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The question.
    pub question: Question,
    /// The answer of the text that answers it.
    pub reading: Reading,
    /// Whether that is the first text.
    pub by_one: bool,
}

/// Compares two sides.
pub fn diff(one: &Side, other: &Side) -> Difference {
    let settings = SETTINGS.iter().chain([&Terms::PACED]);
    // What differs between two settings may be nothing that either text has.
    let mut known = HashSet::new();
    let differing =
        settings.filter(|terms| known.insert([one, other].map(|side| terms.under(side.draft))));
    let searched: Vec<Searched> = differing
        .map(|terms| search(*terms, one, other, PAIR_LIMIT))
        .collect();
    let mut forks: Vec<Fork> = Vec::new();
    for fork in searched.iter().flat_map(|s| &s.forks) {
        match forks.iter_mut().find(|known| known.kind() == fork.kind()) {
            Some(known) => known.alike += fork.alike + 1,
            None => forks.push(fork.clone()),
        }
    }
    forks.sort_by_key(|fork| fork.history.len());
    Difference {
        names: name::renamed(one.draft, other.draft),
        glances: glance::glimpsed(one.draft, other.draft),
        settled: settled(one, other),
        forks,
        searched,
    }
}

fn settled(one: &Side, other: &Side) -> Vec<Settled> {
    let mine = one.draft.settles.iter().map(|s| (s, true));
    let theirs = other.draft.settles.iter().map(|s| (s, false));
    let all = mine.chain(theirs);
    all.filter(|((question, _), _)| one.draft.settles(*question) != other.draft.settles(*question))
        .map(|((question, reading), by_one)| Settled {
            question: *question,
            reading: *reading,
            by_one,
        })
        .collect()
}

impl Difference {
    /// Whether nothing tells the two apart.
    pub fn is_none(&self) -> bool {
        let Difference {
            names,
            glances,
            settled,
            forks,
            searched: _,
        } = self;
        names.is_empty() && glances.is_empty() && settled.is_empty() && forks.is_empty()
    }

    /// Whether all of behaviour was compared, and not only histories up to a length.
    pub fn is_exhaustive(&self) -> bool {
        self.searched.iter().all(|s| s.cut.is_none())
    }
}

#[cfg(test)]
mod tests;
