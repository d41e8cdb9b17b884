//! Rules about a single response: status, header fields, members. What a response *should have been* is not judged
//! here; that takes the state of the deferral and is the oracle's part.

pub(super) mod approvals;
pub(super) mod callback;
pub(super) mod deferred;
pub(super) mod error;
pub(super) mod interaction;
pub(super) mod poll;
pub(super) mod siblings;
pub(super) mod token;
