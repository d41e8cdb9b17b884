//! The vectors: fresh, readable, linted and replayed, and each rule seen to fail.

#[path = "vectors/fresh.rs"]
mod fresh;
#[path = "vectors/linted.rs"]
mod linted;
#[path = "vectors/readable.rs"]
mod readable;
#[path = "vectors/replayed.rs"]
mod replayed;
#[path = "vectors/support.rs"]
mod support;
