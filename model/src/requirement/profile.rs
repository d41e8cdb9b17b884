//! The rows of a profile, of which some are about one of the texts only that it is laid over.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Requirement;

/// The rows of AROP, as their file in `ledger/` has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// By the id of a profiled text: the rows that are about it, and not about each of the others.
    #[serde(borrow)]
    pub(super) only: BTreeMap<&'static str, Vec<&'static str>>,
    /// All rows, in the order of the profile.
    pub(super) rows: Vec<Requirement>,
}

impl Profile {
    /// AROP.
    pub(super) fn of_arop() -> Profile {
        let read = serde_json::from_str(include_str!("ledger/arop.json"));
        read.expect("a test reads the same file")
    }

    /// The rows that are about the text called `id`.
    pub(super) fn rows_over(&self, id: &str) -> impl Iterator<Item = &Requirement> {
        let named = |rows: &Vec<&str>, row: &Requirement| rows.contains(&row.id);
        self.rows.iter().filter(move |row| {
            let everywhere = !self.only.values().any(|rows| named(rows, row));
            everywhere || self.only.get(id).is_some_and(|rows| named(rows, row))
        })
    }
}
