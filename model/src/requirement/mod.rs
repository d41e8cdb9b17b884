//! The ledger: every normative sentence of the draft, and what becomes of it here.
//!
//! A row keeps the id under which the draft's sentence is known everywhere else in the project. `DTR-…` rows carry a
//! BCP 14 keyword, or are a step or a bullet under one; `K-…` rows state a fact. `ledger/` holds them section by section,
//! one a line; which step of a trace bears on which rows is in [`bearing()`]. Every submitted text has a ledger, an
//! [`Edition`], and so have the siblings, RFC 8628 and CIBA; where nothing else is said, that of ietf-01 is meant.

mod bearing;
mod difference;
mod edition;
mod profile;
#[cfg(test)]
mod tests;

pub use bearing::bearing;
pub use edition::{Edition, edition, editions};

use serde::{Deserialize, Serialize};

/// One requirement of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Stable id, e.g. `DTR-6.5.1-04`.
    pub id: &'static str,
    /// Section, with the step, clause, item or bullet where there is one.
    pub section: &'static str,
    /// Its keyword.
    pub level: Level,
    /// Who has to do as it says.
    pub actor: Actor,
    /// Where it shows whether they do.
    pub seen: Seen,
    /// What it asks, in our words.
    pub text: &'static str,
    /// What puts it to the test.
    pub binding: Binding,
    /// In the ledger of a sibling: the rows of ietf-01 that ask the same. What keeps or breaks their checks is reported
    /// under this row.
    #[serde(rename = "as", default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<&'static str>,
}

/// The keyword of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// MUST.
    #[serde(rename = "MUST")]
    Must,
    /// MUST NOT.
    #[serde(rename = "MUST NOT")]
    MustNot,
    /// REQUIRED.
    #[serde(rename = "REQUIRED")]
    Required,
    /// SHOULD.
    #[serde(rename = "SHOULD")]
    Should,
    /// SHOULD NOT.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// RECOMMENDED.
    #[serde(rename = "RECOMMENDED")]
    Recommended,
    /// NOT RECOMMENDED.
    #[serde(rename = "NOT RECOMMENDED")]
    NotRecommended,
    /// MAY.
    #[serde(rename = "MAY")]
    May,
    /// OPTIONAL.
    #[serde(rename = "OPTIONAL")]
    Optional,
    /// Stated as a fact, without a keyword.
    #[serde(rename = "FACT")]
    Fact,
}

impl Level {
    /// Whether breaking the row is a failure rather than a warning.
    pub fn is_absolute(self) -> bool {
        matches!(
            self,
            Level::Must | Level::MustNot | Level::Required | Level::Fact
        )
    }

    /// Whether the row only permits something: not to see it is no gap.
    pub fn is_licence(self) -> bool {
        matches!(self, Level::May | Level::Optional)
    }
}

/// Who has to do as a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The authorization server.
    #[serde(rename = "server")]
    Server,
    /// The client.
    #[serde(rename = "client")]
    Client,
    /// Both.
    #[serde(rename = "server and client")]
    ServerAndClient,
    /// A document that extends the draft (Section 4.2).
    #[serde(rename = "profile")]
    Profile,
    /// A server, and whatever profile it follows.
    #[serde(rename = "server and profile")]
    ServerAndProfile,
}

/// Where it shows whether a row is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// In answers to what any client can ask.
    Wire,
    /// In answers, once somebody decides or time passes.
    Control,
    /// At a callback endpoint.
    Callback,
    /// In what a client does.
    Client,
    /// Nowhere outside.
    Nowhere,
}

/// What puts a row to the test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// A check under its id: of its own, or of the rows of ietf-01 that ask the same.
    Check,
    /// The checks of other rows, which say the same or all of its parts.
    #[serde(borrow)]
    Through(Vec<&'static str>),
    /// No check of servers: it is for clients, and shows in what they do, if anywhere.
    Client,
    /// Nothing at all, for this reason.
    #[serde(borrow)]
    Excluded(&'static str),
    /// Nothing yet; this would.
    #[serde(borrow)]
    Open(&'static str),
}

impl Requirement {
    /// The section's number alone, to group by: `8.2` for `8.2 clause 1`.
    pub fn section_number(&self) -> &'static str {
        self.section
            .split([' ', ','])
            .next()
            .unwrap_or(self.section)
    }

    /// Whether there is a check under the row's own id.
    pub fn is_checked(&self) -> bool {
        self.binding == Binding::Check
    }
}

/// Every row of ietf-01, in the order of the text.
pub fn all() -> &'static [Requirement] {
    edition::youngest().rows()
}

/// The rows of ietf-01 with a check of their own.
pub fn checks() -> impl Iterator<Item = &'static Requirement> {
    all().iter().filter(|row| row.is_checked())
}

/// The row of ietf-01 with this id.
pub fn named(id: &str) -> Option<&'static Requirement> {
    edition::youngest().row(id)
}
