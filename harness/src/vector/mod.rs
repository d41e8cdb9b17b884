//! Vectors: traces written down for others to replay, with the answers allowed
//! at each step, so that neither the model nor the oracle is needed to judge by
//! them.
//!
//! | module | what it does |
//! |---|---|
//! | [`mod@format`] | the format, as types; the JSON Schema comes from them |
//! | [`record`] | traces into vectors |
//! | [`store`] | vectors into files, and back |
//! | [`lint`] | are the files consistent, complete and where they belong? |
//! | [`replay`] | vectors against a server, without the model and the oracle |
//! | [`select`] | choosing among vectors |
//! | [`readable`] | vectors for people |

pub mod format;
mod json;
pub mod lint;
mod placeholder;
pub mod readable;
pub mod record;
pub mod replay;
pub mod select;
pub mod store;
