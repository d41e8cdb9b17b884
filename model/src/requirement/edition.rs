//! The ledger of each submitted text, and of each sibling.
//!
//! That of ietf-01 is written out, in `ledger/ietf-01.json`; that of an older text is written as its [`Difference`] from
//! the text that followed it. A sentence has one id in all texts that have it, given by the youngest of them: `DTR-…` and
//! `K-…` by ietf-01, `DTR00-…` by ietf-00, `GER00-…` by gerber-00. Its section, level and wording are each text's own.
//!
//! The siblings have rows of their own, `DEV-…` in RFC 8628 and `CIBA-…` in CIBA Core 1.0, whose ledger is that of ping
//! mode, and as its difference that of poll mode. Where a sibling asks what ietf-01 asks too, its row says so (`as`): checks
//! have the ids that ietf-01 gives, and [`Edition::asking`] is where these become the rows that reports are about.
//!
//! AROP is a profile of three texts, and the ledger of each is that of the text and then the profile's `AROP-…`, those that
//! are about it. The third of these texts, the transaction challenge, has its `TXN-…` in `ledger/txn.json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Requirement;
use super::difference::Difference;
use super::profile::Profile;

/// The ledger of one text.
#[derive(Debug)]
pub struct Edition {
    id: &'static str,
    rows: Vec<Requirement>,
    /// Where the rows are that ask what the row with this id asks, in this text or in ietf-01.
    asking: HashMap<&'static str, Vec<usize>>,
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
        self.asking(id).find(|row| row.id == id)
    }

    /// The rows of this text that ask what the row with this id asks: that row itself, or, in a sibling, those that ask the
    /// same as a row of ietf-01.
    pub fn asking(&self, id: &str) -> impl Iterator<Item = &Requirement> {
        let places = self.asking.get(id).into_iter().flatten();
        places.map(|at| &self.rows[*at])
    }

    /// Whether this text asks what the row with this id asks.
    pub fn has(&self, id: &str) -> bool {
        self.asking.contains_key(id)
    }

    /// The checks that only a text with a profile over it has: those of the profile (`AROP-…`), and those of the
    /// transaction challenge (`TXN-…`), which has no ledger without it.
    pub fn checks_of_profile(&self) -> impl Iterator<Item = &Requirement> {
        self.rows.iter().filter(|row| {
            let new = row.id.starts_with("AROP-") || row.id.starts_with("TXN-");
            new && row.is_checked() && row.same_as.is_empty()
        })
    }

    fn new(id: &'static str, rows: Vec<Requirement>) -> Edition {
        let mut asking: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            for id in [row.id].into_iter().chain(row.same_as.iter().copied()) {
                asking.entry(id).or_default().push(at);
            }
        }
        Edition { id, rows, asking }
    }

    fn written_out(id: &'static str, file: &'static str) -> Edition {
        let rows = serde_json::from_str(file);
        Edition::new(id, rows.expect("a test reads the same file"))
    }

    /// The rows of this text, and then those of a profile of it.
    fn with_profile(&self, id: &'static str, profile: &Profile) -> Edition {
        let both = self.rows.iter().chain(profile.rows_over(id));
        Edition::new(id, both.cloned().collect())
    }

    /// The ledger that is this one but for a difference: of the text that came before, or of CIBA's other mode.
    fn preceding(&self, id: &'static str, difference: &Difference) -> Edition {
        Edition::new(id, difference.applied_to(&self.rows))
    }
}

/// Profiles first, then the oldest.
static EDITIONS: LazyLock<[Edition; 9]> = LazyLock::new(|| {
    let rfc_8628 = Edition::written_out("rfc8628", include_str!("ledger/rfc8628.json"));
    let ciba_ping = Edition::written_out("ciba-ping", include_str!("ledger/ciba-ping.json"));
    let ciba_poll = ciba_ping.preceding("ciba-poll", &Difference::of_ciba_poll());
    let ietf_01 = Edition::written_out("ietf-01", include_str!("ledger/ietf-01.json"));
    let ietf_00 = ietf_01.preceding("ietf-00", &Difference::of_ietf_00());
    let gerber_00 = ietf_00.preceding("gerber-00", &Difference::of_gerber_00());
    let txn = Edition::written_out("txn", include_str!("ledger/txn.json"));
    let arop = Profile::of_arop();
    let arop_dtr = gerber_00.with_profile("arop-dtr", &arop);
    let arop_ciba = ciba_poll.with_profile("arop-ciba", &arop);
    let arop_txn = txn.with_profile("arop-txn", &arop);
    [
        arop_dtr, arop_ciba, arop_txn, rfc_8628, ciba_poll, ciba_ping, gerber_00, ietf_00, ietf_01,
    ]
});

/// The ledgers there are: of the profiles, and then of the other texts, the oldest first.
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
