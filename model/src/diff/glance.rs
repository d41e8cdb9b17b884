//! Requests that one look at the answer is enough for, whatever came before.

use crate::draft::{Draft, Rules};

/// Something to ask a server once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Glance {
    /// The metadata of a server that defers and publishes metadata.
    Metadata,
    /// A token request that opts in, at a server that announces nothing.
    OptInUnannounced,
    /// A token request with a value for opting in that nobody defined.
    UnknownValue,
    /// A token request that opts in with a `client_notification_token` of four
    /// characters.
    WeakToken,
}

impl Glance {
    /// All of them.
    pub const ALL: [Glance; 4] = [
        Glance::Metadata,
        Glance::OptInUnannounced,
        Glance::UnknownValue,
        Glance::WeakToken,
    ];

    /// What is asked.
    pub fn text(self) -> &'static str {
        match self {
            Glance::Metadata => "metadata of a server that defers",
            Glance::OptInUnannounced => "opt-in at a server that announces nothing",
            Glance::UnknownValue => "opt-in with a value that nobody defined",
            Glance::WeakToken => "a secret for callbacks of four characters",
        }
    }

    /// What a server may do under these rules.
    pub fn allowed(self, rules: &Rules) -> &'static [&'static str] {
        match self {
            Glance::Metadata if rules.announces => &["support is announced"],
            Glance::Metadata => &["support is announced", "nothing is said of it"],
            Glance::OptInUnannounced if rules.opt_in_refusable => {
                &["answered as if it were not there", "refused for it"]
            }
            Glance::OptInUnannounced => &["answered as if it were not there"],
            Glance::UnknownValue if rules.unknown_value_refused => &["refused"],
            Glance::UnknownValue => &["ignored"],
            Glance::WeakToken if rules.weak_token_refusable => {
                &["taken", "refused with `invalid_request`"]
            }
            Glance::WeakToken => &["taken"],
        }
    }
}

/// A request that two texts have answered differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glimpsed {
    /// The request.
    pub glance: Glance,
    /// What the one text allows.
    pub one: &'static [&'static str],
    /// What the other allows.
    pub other: &'static [&'static str],
}

/// Every request that two texts have answered differently.
pub(super) fn glimpsed(one: &Draft, other: &Draft) -> Vec<Glimpsed> {
    let all = Glance::ALL.into_iter().map(|glance| Glimpsed {
        glance,
        one: glance.allowed(&one.rules),
        other: glance.allowed(&other.rules),
    });
    all.filter(|g| g.one != g.other).collect()
}
