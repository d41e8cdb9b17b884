//! States per second: our explorer, a plain search and stateright on one world.
//!
//! ```text
//! cargo bench -p dtr-model --bench world
//! ```

mod searches;

use std::sync::atomic::{AtomicUsize, Ordering};

use divan::counter::ItemsCount;
use dtr_model::check::Case;
use dtr_model::draft::Draft;
use searches::STATES;

fn main() {
    divan::main();
}

/// Runs `search` so often at once.
fn at_once(threads: usize, search: fn()) {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(search);
        }
    });
}

macro_rules! compare {
    ($($(#[$doc:meta])* $name:ident($states:expr) = $search:expr;)*) => {
        $($(#[$doc])*
        #[divan::bench(sample_count = 7, sample_size = 1, counters = [ItemsCount::new($states)])]
        fn $name() {
            $search;
        })*
    };
}

compare! {
    a_plain_with_table(STATES) = searches::plain_with_table();
    b_plain_without_table(STATES) = searches::plain_without_table();
    c_ours(STATES) = searches::ours();
    d_ours_without_table(STATES) = searches::ours_without_table();
    /// Two cases, one on each thread: how `dtr check` uses two cores.
    e_ours_2_threads(2 * STATES) = at_once(2, searches::ours);
    f_stateright_bfs(STATES) = searches::stateright_bfs(1);
    g_stateright_bfs_2_threads(STATES) = searches::stateright_bfs(2);
    h_stateright_dfs(STATES) = searches::stateright_dfs();
}

/// Every case on two threads: the whole of `dtr check` but for its printing.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn i_every_case_2_threads() -> usize {
    let (cases, next, states) = (
        Case::all(Draft::DEFAULT),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = case.check().expect("the search is exhaustive");
                    states.fetch_add(found.states, Ordering::Relaxed);
                }
            });
        }
    });
    states.into_inner()
}
