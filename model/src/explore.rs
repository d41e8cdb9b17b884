//! Our own explorer: breadth first, each state kept once, shortest paths free.
//!
//! States live in a vector in the order they were found, which is also the
//! queue; the index is a raw hash table of positions into it, and the parent of
//! a state is a position. So a state costs its own size plus about ten bytes,
//! and a path back to the start is read off the parents.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// Something with a start and moves.
pub trait Space {
    /// A state: small, compared and hashed as a whole.
    type State: Copy + Eq + Hash;
    /// What leads from one state to the next.
    type Label: Copy;

    /// Where it begins.
    fn start(&self) -> Self::State;

    /// Hands every move from `state` to `found`, in a fixed order.
    fn moves(&self, state: Self::State, found: impl FnMut(Self::Label, Self::State));
}

/// The reachable states of a space.
pub struct Explored<S: Space> {
    states: Vec<S::State>,
    parents: Vec<u32>,
    moves: u64,
}

impl<S: Space> Explored<S> {
    /// Visits every reachable state, and shows `seen` every label met.
    ///
    /// # Errors
    /// [`TooLarge`] when more than `limit` states are found: an unfinished
    /// search is no search.
    pub fn all(space: &S, limit: u32, mut seen: impl FnMut(&S::Label)) -> Result<Self, TooLarge> {
        let hasher = FxBuildHasher;
        let start = space.start();
        let mut states = vec![start];
        let mut parents = vec![0];
        let mut index: HashTable<u32> = HashTable::new();
        index.insert_unique(hasher.hash_one(start), 0, |_| 0);
        let (mut next, mut moves) = (0, 0);
        while next < states.len() {
            space.moves(states[next], |label, state| {
                moves += 1;
                seen(&label);
                if state == states[next] {
                    return;
                }
                let hash = hasher.hash_one(state);
                let entry = index.entry(
                    hash,
                    |i| states[*i as usize] == state,
                    |i| hasher.hash_one(states[*i as usize]),
                );
                if let hashbrown::hash_table::Entry::Vacant(vacant) = entry {
                    vacant.insert(states.len() as u32);
                    states.push(state);
                    parents.push(next as u32);
                }
            });
            if states.len() > limit as usize {
                return Err(TooLarge { limit });
            }
            next += 1;
        }
        Ok(Explored {
            states,
            parents,
            moves,
        })
    }

    /// The states, nearest first.
    pub fn states(&self) -> &[S::State] {
        &self.states
    }

    /// How many moves were tried.
    pub fn moves(&self) -> u64 {
        self.moves
    }

    /// A shortest way to the state at `position`, as labels with the states
    /// they lead to.
    pub fn path(&self, space: &S, position: usize) -> Vec<(S::Label, S::State)> {
        let mut path = Vec::new();
        let mut at = position;
        while at != 0 {
            let parent = self.parents[at] as usize;
            let mut step = None;
            space.moves(self.states[parent], |label, state| {
                if step.is_none() && state == self.states[at] {
                    step = Some((label, state));
                }
            });
            path.push(step.expect("a parent has a move to its child"));
            at = parent;
        }
        path.reverse();
        path
    }
}

/// The space has more states than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {limit} states: the search was not finished and says nothing")]
pub struct TooLarge {
    /// The bound that was exceeded.
    pub limit: u32,
}
