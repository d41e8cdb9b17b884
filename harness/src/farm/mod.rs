//! The farm: authorization servers that are wrong on purpose, and some that are only of another mind.
//!
//! Whether the suite is a good judge is seen by what it makes of servers whose verdict is known. Each [`Fault`] is the
//! reference decorated at one of its seams, wrong in one way; judged as a foreign server it has to be caught. Each
//! [mind](minds) is decorated as well, and lawful; it has to pass. Nothing of this is in a build without the feature
//! `farm`, and nothing in the reference knows of it.
//!
//! | module | what it is |
//! |---|---|
//! | [`fault`] | what a fault is, and how it has to show |
//! | [`faults`] | all of them, a seam a file |
//! | [`minds`] | correct servers that differ from the reference |
//! | `decorated`, `exchange`, `known`, `store`, `hasty`, `sockets` | how a server is decorated |
//! | [`judge`] | a decorated server before the suite |
//! | [`wild`] | which of them were seen elsewhere |
//! | [`matrix`] | fault against check, as `harness/KILLS.md` |
//! | [`clients`] | clients that are wrong on purpose |
//! | [`siblings`] | the faults at servers of RFC 8628 and CIBA |
//! | `written` | the written vectors before faults and minds: tests only |

pub mod clients;
mod decorated;
mod exchange;
pub mod fault;
pub mod faults;
mod hasty;
pub mod judge;
mod known;
pub mod matrix;
pub mod minds;
pub mod siblings;
mod sockets;
mod store;
pub mod wild;
#[cfg(test)]
mod written;

pub use decorated::Decorated;
pub use fault::{Fault, Seam, Shown};
