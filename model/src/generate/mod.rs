//! Generation: which traces are worth running.
//!
//! The pinned graph of one deferral (`graph.rs`) has a node for every state a
//! server at the pins can be in, and an edge for every event there. From it come
//! traces that cover every edge and every pair of adjacent edges (`cover.rs`),
//! the shortest way to each property's danger zone (`danger.rs`), and the
//! shortest experiment that tells two readings apart (`fork.rs`), and what happens
//! at the same time although its order matters (`race.rs`).

mod cover;
mod danger;
mod fork;
mod graph;
mod race;

pub use cover::{Cover, edges, pairs};
pub use danger::dangers;
pub use fork::{Experiment, experiment, forks};
pub(crate) use graph::hints;
pub use graph::{Graph, Situation, events};
pub use race::races;

use crate::draft::Draft;
use crate::terms::Terms;

/// The terms that traces are generated for: each combination of grant and
/// client that the core machine treats differently.
pub const SETTINGS: &[Terms] = &[Terms::CREDENTIALS, Terms::CODE];

/// The same under another text, each once.
pub fn settings(draft: &'static Draft) -> Vec<Terms> {
    let mut settings: Vec<Terms> = SETTINGS.iter().map(|terms| terms.under(draft)).collect();
    settings.dedup();
    settings
}

#[cfg(test)]
mod tests;
