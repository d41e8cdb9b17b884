//! The deferral state machine of OAuth's Deferred Token Response, written down
//! once as a relation and put to three uses: checked, judged with, generated from.
//!
//! No I/O, no HTTP, no clock but the one in the state.
//!
//! | module | what it holds |
//! |---|---|
//! | [`draft`] | editions of the text as values: names, limits, rules |
//! | [`requirement`] | the ledger of each submitted text: every normative sentence, what puts it to the test, and which bear on a step |
//! | [`question`] | where the text allows more than one behaviour; [`question::Readings`] |
//! | [`event`] | what happens ([`event::Event`]) and what is said back ([`event::Answer`]) |
//! | [`deferral`] | **the relation**: [`step`] |
//! | [`property`] | S1 to S12 and L1 to L5, judged a transition at a time |
//! | [`world`] | two codes, two clients, an attacker, a network, a clock |
//! | [`explore`], [`check`] | exhaustive search, twice; shortest counterexamples |
//! | [`export`] | what a server may do about one code, for the tools of others |
//! | [`generate`], [`trace`] | traces worth running |
//! | [`diff`] | what tells two texts, or two readings, apart |
//! | [`finding`] | what the open points do to servers and clients, for those who write the text |
//!
//! Start with [`deferral`]; the rest is what is done with it.

pub mod check;
mod choice;
pub mod deferral;
pub mod diff;
pub mod draft;
pub mod event;
pub mod explore;
pub mod export;
pub mod finding;
pub mod generate;
pub mod property;
pub mod question;
pub mod requirement;
pub mod terms;
pub mod trace;
mod words;
pub mod world;

pub use deferral::{Deferral, Outcome, step};
pub use terms::Terms;
pub use trace::Trace;
