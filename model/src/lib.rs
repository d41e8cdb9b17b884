//! stub
mod choice;
pub mod deferral;
pub mod draft;
pub mod event;
pub mod explore;
pub mod property;
pub mod question;
pub mod requirement;
pub mod terms;
pub mod world;
pub use deferral::{Deferral, Outcome, step};
pub use terms::Terms;
