//! What an older text has otherwise than the text that followed it; or poll mode otherwise than ping mode.

use serde::Deserialize;

use super::Requirement;

/// The difference of an older text from the one that followed it, as its file in `ledger/` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Difference {
    /// Rows that the older text does not have yet.
    #[serde(borrow)]
    pub(super) absent: Vec<&'static str>,
    /// Numbers of sections, there and here; what is below a section moves with it.
    #[serde(borrow)]
    pub(super) moved: Vec<(&'static str, &'static str)>,
    /// Rows that have another level or another wording here.
    pub(super) changed: Vec<Requirement>,
    /// Rows that the younger text no longer has.
    pub(super) own: Vec<Own>,
}

/// A row that only the older text has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Own {
    /// The row that it follows in the older text.
    pub(super) after: &'static str,
    /// The row.
    pub(super) row: Requirement,
}

impl Difference {
    /// Between ietf-00 and ietf-01.
    pub(super) fn of_ietf_00() -> Difference {
        let read = serde_json::from_str(include_str!("ledger/ietf-00.json"));
        read.expect("a test reads the same file")
    }

    /// Between gerber-00 and ietf-00.
    pub(super) fn of_gerber_00() -> Difference {
        let read = serde_json::from_str(include_str!("ledger/gerber-00.json"));
        read.expect("a test reads the same file")
    }

    /// Between the poll mode of CIBA and its ping mode.
    pub(super) fn of_ciba_poll() -> Difference {
        let read = serde_json::from_str(include_str!("ledger/ciba-poll.json"));
        read.expect("a test reads the same file")
    }

    /// The rows of the older text, given those of the younger.
    pub(super) fn applied_to(&self, younger: &[Requirement]) -> Vec<Requirement> {
        let kept = younger.iter().filter(|row| !self.absent.contains(&row.id));
        let mut rows: Vec<Requirement> = kept.map(|row| self.older(row)).collect();
        for own in &self.own {
            let before = rows.iter().position(|row| row.id == own.after);
            let before = before.expect("a test sees that every row has its place");
            rows.insert(before + 1, own.row.clone());
        }
        rows
    }

    /// A row of the younger text as the older one has it.
    fn older(&self, row: &Requirement) -> Requirement {
        match self.changed.iter().find(|changed| changed.id == row.id) {
            Some(changed) => changed.clone(),
            None => Requirement {
                section: self.section(row.section),
                ..row.clone()
            },
        }
    }

    /// `3, 5.4 bullet 1` for `3, 6.4 bullet 1`.
    fn section(&self, younger: &'static str) -> &'static str {
        let places = younger.split(", ").map(|place| {
            let end = place.find(' ').unwrap_or(place.len());
            let (number, within) = place.split_at(end);
            self.number(number) + within
        });
        let older = places.collect::<Vec<_>>().join(", ");
        // Made once and kept as long as the ledger: until the program ends.
        older.leak()
    }

    fn number(&self, younger: &str) -> String {
        let moved = self.moved.iter().find_map(|(there, here)| {
            let below = younger.strip_prefix(there)?;
            (below.is_empty() || below.starts_with('.')).then(|| format!("{here}{below}"))
        });
        moved.unwrap_or_else(|| younger.to_owned())
    }
}
