//! The ledger of each submitted text.
//!
//! That of ietf-01 is written out, in `ledger/ietf-01.json`; that of an older text is written as its [`Difference`] from
//! the text that followed it. A sentence has one id in all texts that have it, given by the youngest of them: `DTR-…` and
//! `K-…` by ietf-01, `DTR00-…` by ietf-00, `GER00-…` by gerber-00. Its section, level and wording are each text's own.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Requirement;
use super::difference::Difference;

/// The ledger of one text.
#[derive(Debug)]
pub struct Edition {
    id: &'static str,
    rows: Vec<Requirement>,
    by_id: HashMap<&'static str, usize>,
}

impl Edition {
    /// Short name of the text, as given to `--draft`: `ietf-00`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Every row, in the order of the text.
    pub fn rows(&self) -> &[Requirement] {
        &self.rows
    }

    /// The row with this id, as this text has it.
    pub fn row(&self, id: &str) -> Option<&Requirement> {
        self.by_id.get(id).map(|at| &self.rows[*at])
    }

    /// Whether this text has the row with this id.
    pub fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    fn new(id: &'static str, rows: Vec<Requirement>) -> Edition {
        let places = rows.iter().enumerate();
        let by_id = places.map(|(at, row)| (row.id, at)).collect();
        Edition { id, rows, by_id }
    }

    /// The ledger of the text that came before this one.
    fn preceding(&self, id: &'static str, difference: &Difference) -> Edition {
        Edition::new(id, difference.applied_to(&self.rows))
    }
}

/// The oldest first.
static EDITIONS: LazyLock<[Edition; 3]> = LazyLock::new(|| {
    let rows = serde_json::from_str(include_str!("ledger/ietf-01.json"));
    let ietf_01 = Edition::new("ietf-01", rows.expect("a test reads the same file"));
    let ietf_00 = ietf_01.preceding("ietf-00", &Difference::of_ietf_00());
    let gerber_00 = ietf_00.preceding("gerber-00", &Difference::of_gerber_00());
    [gerber_00, ietf_00, ietf_01]
});

/// The ledgers there are, that of the oldest text first.
pub fn editions() -> &'static [Edition] {
    &*EDITIONS
}

/// The ledger of the text called `id`, if there is one.
pub fn edition(id: &str) -> Option<&'static Edition> {
    editions().iter().find(|edition| edition.id == id)
}

/// The ledger of ietf-01, the default.
pub(super) fn youngest() -> &'static Edition {
    let [.., ietf_01] = &*EDITIONS;
    ietf_01
}
