//! Our own explorer: breadth first, each state kept once, shortest paths free.
//!
//! States live in a vector in the order they were found, which is also the
//! queue; the index is a raw hash table of positions into it, and the parent of
//! a state is a position. So a state costs its own size plus ten to fifteen bytes,
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
        // A state's moves are collected before the first is looked up, so that
        // the look-ups, each a miss of the cache, overlap.
        let mut found = Vec::new();
        while next < states.len() {
            let from = states[next];
            found.clear();
            space.moves(from, |label, state| {
                moves += 1;
                seen(&label);
                if state != from {
                    found.push((hasher.hash_one(state), state));
                }
            });
            for (hash, state) in &found {
                let entry = index.entry(
                    *hash,
                    |i| states[*i as usize] == *state,
                    |i| hasher.hash_one(states[*i as usize]),
                );
                if let hashbrown::hash_table::Entry::Vacant(vacant) = entry {
                    vacant.insert(states.len() as u32);
                    states.push(*state);
                    parents.push(next as u32);
                }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks on a square of side `side`, east or north, from its corner.
    struct Square {
        side: u8,
    }

    impl Space for Square {
        type State = (u8, u8);
        type Label = &'static str;

        fn start(&self) -> (u8, u8) {
            (0, 0)
        }

        fn moves(&self, (x, y): (u8, u8), mut found: impl FnMut(&'static str, (u8, u8))) {
            found("stay", (x, y));
            found("east", ((x + 1).min(self.side - 1), y));
            found("north", (x, (y + 1).min(self.side - 1)));
        }
    }

    #[test]
    fn every_state_is_found_once_and_every_move_shown() {
        let mut shown = 0;
        let found = Explored::all(&Square { side: 10 }, 100, |_| shown += 1).unwrap();
        assert_eq!(found.states().len(), 100);
        assert_eq!((found.moves(), shown), (300, 300));
        let mut states = found.states().to_vec();
        states.sort_unstable();
        states.dedup();
        assert_eq!(states.len(), 100);
    }

    #[test]
    fn paths_are_shortest_and_lead_where_they_say() {
        let space = Square { side: 6 };
        let found = Explored::all(&space, 100, |_| {}).unwrap();
        for (position, (x, y)) in found.states().iter().enumerate() {
            let path = found.path(&space, position);
            assert_eq!(path.len(), usize::from(x + y));
            let east = path.iter().filter(|(label, _)| *label == "east").count();
            assert_eq!(east, usize::from(*x));
            let end = path.last().map_or((0, 0), |(_, state)| *state);
            assert_eq!(end, (*x, *y));
        }
    }

    #[test]
    fn one_state_too_many_is_an_error() {
        let space = Square { side: 10 };
        assert!(Explored::all(&space, 100, |_| {}).is_ok());
        let cut = Explored::all(&space, 99, |_| {});
        assert_eq!(cut.err(), Some(TooLarge { limit: 99 }));
    }
}
