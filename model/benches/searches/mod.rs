//! The searches compared, all of the same world: the one at the pins.

#![allow(dead_code, reason = "each benchmark uses some of them")]

use std::collections::VecDeque;

use dtr_model::check::{Case, STATE_LIMIT, second_opinion};
use dtr_model::draft::Draft;
use dtr_model::explore::{Explored, Space};
use dtr_model::question::Readings;
use dtr_model::world::{Setting, Tabled, World};
use rustc_hash::FxHashSet;
use stateright::{Checker, Model};

/// Unique states of the world at the pins; every search must find as many.
pub(crate) const STATES: usize = 550_240;

/// The world at the pins.
pub(crate) fn setting() -> Setting {
    Setting::new(Draft::DEFAULT, Readings::pins())
}

/// What `dtr check` does with a case: search, test for vacuity, counterexamples.
pub(crate) fn ours() {
    let found = Case::pins(Draft::DEFAULT)
        .check()
        .expect("the search is exhaustive");
    assert_eq!(found.states, STATES);
}

/// Our explorer with every step worked out anew, as the others have it.
pub(crate) fn ours_without_table() {
    let found = Explored::all(&setting(), STATE_LIMIT, |_| {});
    assert_eq!(found.expect("within the limit").states().len(), STATES);
}

/// A plain breadth-first search over packed states: `FxHashSet` and `VecDeque`
/// of `u128`, no parents, no labels, nothing to show for it but the count.
fn plain(space: &impl Space<State = World>) {
    let start = space.start().into_bits();
    let mut seen = FxHashSet::from_iter([start]);
    let mut queue = VecDeque::from([start]);
    while let Some(state) = queue.pop_front() {
        space.moves(World::from_bits(state), |_, next| {
            if seen.insert(next.into_bits()) {
                queue.push_back(next.into_bits());
            }
        });
    }
    assert_eq!(seen.len(), STATES);
}

/// The plain search, with steps looked up as ours are.
pub(crate) fn plain_with_table() {
    plain(&Tabled::new(&setting()));
}

/// The plain search, with every step worked out anew.
pub(crate) fn plain_without_table() {
    plain(&setting());
}

/// Stateright, breadth first.
pub(crate) fn stateright_bfs(threads: usize) {
    let found = second_opinion(&setting(), threads);
    assert!(found.finished);
    assert_eq!(found.states, STATES);
}

/// Stateright, depth first.
pub(crate) fn stateright_dfs() {
    let checker = setting().checker().threads(1).spawn_dfs().join();
    assert!(checker.is_done());
    assert_eq!(checker.unique_state_count(), STATES);
}
