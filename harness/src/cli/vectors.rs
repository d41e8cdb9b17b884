//! `dtr vectors`.
use super::{Exit, Trouble};
/// Arguments of `dtr vectors`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}
pub(super) fn vectors(_: &Args) -> Result<Exit, Trouble> {
    Err(Trouble::new("being written"))
}
