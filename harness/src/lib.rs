//! The harness behind the `dtr` binary: it runs generated traces against an
//! authorization server, judges what comes back, and records test vectors.
//!
//! | module | what it does |
//! |---|---|
//! | [`suite`] | which traces a run consists of |
//! | [`target`] | the server under test, the bundled one among them |
//! | [`doctor`] | whether a setup is right, before any verdict |
//! | [`driver`] | events into requests, responses into answers, and the rules of a single response |
//! | [`oracle`] | what may be answered, given what was answered before |
//! | [`engine`] | traces in lockstep with the target's clock; verdicts; shrinking |
//! | [`probe`] | experiments outside the state machine |
//! | [`report`] | what people and programs are told |
//! | [`client`] | clients under test: what the text asks of them, and a server that watches |
//! | [`vector`] | traces written down for others to replay |
//! | [`failures`] | what failed last time, to be run first |
//! | `farm` | servers that are wrong on purpose (feature `farm`) |
//! | [`cli`] | the verbs |
//!
//! An event goes down through `engine`, `driver` and `target` to the server; its
//! answer comes up through `driver` to `oracle`, and the verdict through `engine`
//! to `report`.

pub mod cli;
pub mod client;
pub mod doctor;
pub mod driver;
pub mod engine;
mod entropy;
mod exchange;
pub mod failures;
#[cfg(feature = "farm")]
pub mod farm;
mod json;
mod jwt;
pub mod oracle;
mod position;
pub mod probe;
pub mod report;
pub mod suite;
pub mod target;
pub mod vector;
