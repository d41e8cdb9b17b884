//! Vectors that are written and not recorded: of what lies outside the state machine of a deferral code there are no
//! traces. Each shows some rows or tells the readings of a question; the answers allowed are those of every reading that
//! breaks no explicit MUST, as everywhere.
//!
//! | file | what it is |
//! |---|---|
//! | `sheet.rs` | a vector while it is written |
//! | `ask.rs` | requests |
//! | `choice.rs` | answers that are allowed |
//! | `opt_in.rs` | `completion_mode` in every shape (Sections 5.1 and 5.3) |
//! | `preceding.rs` | the preceding endpoint and its hint (Sections 5.2 and 6.1) |
//! | `polling.rs` | polls with more or less in them than they should have (Sections 4.1 and 6.5) |
//! | `beside.rs` | a deferral beside other requests, and what it is bound to (Sections 6.4, 9.3 and 11.1) |
//! | `words.rs` | what descriptions and statuses say (Sections 6.6 and 9.4) |
//! | `grants.rs` | grants besides those of traces: token exchange, refresh tokens |
//! | `interaction.rs`, `link.rs` | when there is an interaction URI, and what it is good for (Section 6.4) |
//! | `callback.rs` | how callbacks are made (Sections 7.1, 11.5 and 11.6) |
//! | `registration.rs` | what is announced, and what may be registered (Sections 5.1, 8.4, 11.4 and 11.5) |
//! | `own_endpoint.rs` | requests at the endpoints of RFC 8628 and CIBA, and pings: the only ones in the names of these texts |
//! | `revocation.rs` | revocations in every shape (Section 8.2) |

mod ask;
mod beside;
mod callback;
mod choice;
mod grants;
mod interaction;
mod link;
mod opt_in;
mod own_endpoint;
mod polling;
mod preceding;
mod registration;
mod revocation;
mod sheet;
mod words;

use dtr_model::draft::Draft;

use super::glossary::Glossary;
use crate::vector::format::Vector;
use sheet::Sheet;

/// The edition that most are written in the names of.
const DRAFT: &Draft = Draft::DEFAULT;

/// Every written vector that says something about `draft`, and the answers they name.
pub(super) fn vectors(draft: &'static Draft, glossary: &mut Glossary) -> Vec<Vector> {
    // What only probes show of a profile is in the vectors of what it is laid over, or about the profile's own tokens.
    if draft.is_profile() {
        return Vec::new();
    }
    if !draft.has_names_of(DRAFT) {
        let sheets = own_endpoint::sheets(draft).into_iter();
        let vectors = sheets.filter_map(|sheet| sheet.vector(draft, glossary));
        return vectors.collect();
    }
    let about_interaction: &[fn() -> Vec<Sheet>] = match draft.has_interaction() {
        true => &[interaction::sheets, link::sheets],
        false => &[],
    };
    let subjects: [fn() -> Vec<Sheet>; 9] = [
        opt_in::sheets,
        preceding::sheets,
        polling::sheets,
        beside::sheets,
        words::sheets,
        grants::sheets,
        callback::sheets,
        registration::sheets,
        revocation::sheets,
    ];
    let sheets = subjects.iter().chain(about_interaction);
    let sheets = sheets.flat_map(|sheets| sheets());
    let vectors = sheets.filter_map(|sheet| sheet.vector(draft, glossary));
    vectors.collect()
}
