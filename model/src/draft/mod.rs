//! Editions of the text, as values: names on the wire, limits, and rules.
//!
//! Nothing else in the project spells a DTR name or asks which edition it is:
//! another edition is another [`Draft`], not another branch.
//!
//! | file | what |
//! |---|---|
//! | `editions.rs` | the values, one for each text of the family's youngest |
//! | `siblings.rs` | the values of RFC 8628 and of CIBA, whose polling it generalises |
//! | `approvals.rs` | the values of AROP, a profile of this draft, of CIBA and of another |
//! | `rules.rs` | what the state machine does differently |
//! | `scope.rs` | what can happen at all under a text, and what it leaves open |

mod approvals;
mod editions;
mod rules;
mod scope;
mod siblings;

pub use rules::{Callbacks, Interaction, Opening, Rules};

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::event::TokenRequest;
use crate::question::{Question, Reading, Readings};
use crate::requirement::{self, Edition};

/// An edition of the Deferred Token Response draft, one of its ancestors, or an
/// open proposal laid over an edition. Two are the same if their ids are.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Short name, as given to `--draft` and used under `vectors/`.
    pub id: &'static str,
    /// What it is, and of when.
    pub title: &'static str,
    /// The submitted text whose ledger says what is asked of whom: its own; of
    /// the text that a proposal is laid over; of the first one, for what came before.
    pub ledger: &'static str,
    /// `grant_type` of a poll (Section 6.5), empty where polls go to the endpoint
    /// that opens deferrals and need none.
    pub deferred_grant: &'static str,
    /// `token_type_hint` that names a deferral code (Section 8.1).
    pub deferral_code_type: &'static str,
    /// The RFC 8414 member that names the endpoint where requests are deferred
    /// without being asked, if there is one.
    pub own_endpoint: Option<&'static str>,
    /// The parameter by which a request at that endpoint says whom it is about, where it has to; its scope is OpenID's then
    /// (CIBA Core Section 7.1).
    pub user_hint: Option<&'static str>,
    /// The errors that a request can be refused with by no other specification.
    pub own_refusals: &'static [&'static str],
    /// HTTP status of an initial request that is refused with `access_denied`, besides 400.
    pub denied_status: u16,
    /// The opt-in parameter (Section 5.1), empty where there is none …
    pub completion_mode: &'static str,
    /// … and the value that opts in …
    pub deferred: &'static str,
    /// … and the one that opts in to interaction besides, if there is one.
    pub deferred_interactive: Option<&'static str>,
    /// HTTP status of the deferred response (Section 6.4).
    pub deferred_status: u16,
    /// The member of it that carries the deferral code.
    pub deferred_member: &'static str,
    /// The parameter of a poll, and the member of a callback, that carries it.
    pub deferral_code: &'static str,
    /// The error that opens a deferral and answers a pending poll (Section 6.6).
    pub pending: &'static str,
    /// The pending error that comes with an `interaction_uri` (Section 6.6), if
    /// there is one.
    pub interaction_required: Option<&'static str>,
    /// The pending error while the interaction is under way, if there is one.
    pub interaction_pending: Option<&'static str>,
    /// The member that says where to interact (Section 6.4).
    pub interaction_uri: &'static str,
    /// The bearer secret for callbacks (Section 6.3).
    pub client_notification_token: &'static str,
    /// The client metadata member that names the callback endpoint (Section 7.2).
    pub callback_endpoint: &'static str,
    /// Where a deferral is cancelled (Section 8).
    pub cancellation: Cancellation,
    /// RFC 8414 member that announces support (Section 5.1).
    pub supported_member: &'static str,
    /// RFC 8414 member that announces deferral at the authorization endpoint, if
    /// there is such a thing.
    pub direct_member: Option<&'static str>,
    /// RFC 8414 member that lists revocable token types (Section 8.4).
    pub revocable_member: &'static str,
    /// Least entropy of a deferral code, in bits (Section 6.4).
    pub min_code_bits: u32,
    /// The interval, in seconds, where the deferred response may leave it out.
    pub default_interval: Option<u64>,
    /// Least raise of the interval upon `slow_down`, in seconds (Section 6.5).
    pub min_raise: u64,
    /// What the state machine does differently.
    pub rules: Rules,
    /// Questions that this text answers, where the default edition leaves them open.
    pub settles: &'static [(Question, Reading)],
}

/// Where a deferral is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// At the revocation endpoint (RFC 7009).
    Revocation,
    /// At an endpoint of its own.
    OwnEndpoint,
    /// Nowhere: the handle is no token that could be revoked.
    Nowhere,
}

impl Draft {
    /// The edition called `id`.
    ///
    /// # Errors
    /// `UnknownDraft`, which lists the editions there are.
    pub fn named(id: &str) -> Result<&'static Draft, UnknownDraft> {
        Draft::ALL
            .iter()
            .find(|d| d.id == id)
            .ok_or_else(|| UnknownDraft(id.to_owned()))
    }

    /// Every question at its default reading, but as this text settles it.
    pub fn pins(&self) -> Readings {
        self.settled(Readings::pins())
    }

    /// Every reading of this text that breaks no explicit MUST of it.
    pub fn lawful(&self) -> Readings {
        self.settled(Readings::lawful_under(self))
    }

    /// Every reading of this text.
    pub fn open(&self) -> Readings {
        self.settled(Readings::open())
    }

    /// The rows of this text.
    pub fn ledger(&self) -> &'static Edition {
        requirement::edition(self.ledger).expect("a test looks up the ledger of every edition")
    }

    /// Whether requests and responses look alike in both texts, so that what is
    /// written in the names of the one can be read as the other's.
    pub fn has_names_of(&self, other: &Draft) -> bool {
        let names = |d: &Draft| {
            let parameters = [d.completion_mode, d.deferred, d.deferral_code, d.pending];
            let members = [d.deferred_member, d.supported_member, d.revocable_member];
            let others = [
                d.deferred_grant,
                d.deferral_code_type,
                d.client_notification_token,
            ];
            (
                parameters,
                members,
                others,
                d.deferred_status,
                d.cancellation,
            )
        };
        names(self) == names(other)
    }

    /// The value by which a request opts in (Section 5.1); `None` if it does not.
    pub fn opt_in(&self, request: TokenRequest) -> Option<String> {
        let deferred = request.opted_in.then_some(self.deferred);
        let interactive = self.deferred_interactive.filter(|_| request.interactive);
        let values: Vec<&str> = deferred.into_iter().chain(interactive).collect();
        (!values.is_empty()).then(|| values.join(" "))
    }

    /// Whether it knows of interaction.
    pub fn has_interaction(&self) -> bool {
        self.rules.interaction != Interaction::Unknown
    }

    /// Whether `error` says that the request is still undecided (Section 6.6).
    pub fn is_pending(&self, error: &str) -> bool {
        let interaction = [self.interaction_required, self.interaction_pending];
        error == self.pending || interaction.contains(&Some(error))
    }

    fn settled(&self, readings: Readings) -> Readings {
        let settle = |readings: Readings, (q, r): &(Question, Reading)| readings.with(*q, *r);
        self.settles.iter().fold(readings, settle)
    }
}

impl PartialEq for Draft {
    fn eq(&self, other: &Draft) -> bool {
        self.id == other.id
    }
}

impl Eq for Draft {}

impl PartialOrd for Draft {
    fn partial_cmp(&self, other: &Draft) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Draft {
    fn cmp(&self, other: &Draft) -> Ordering {
        self.id.cmp(other.id)
    }
}

impl Hash for Draft {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl Default for &'static Draft {
    fn default() -> Self {
        Draft::DEFAULT
    }
}

impl Serialize for Draft {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.id)
    }
}

impl<'de> Deserialize<'de> for &'static Draft {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let id = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Draft::named(&id).map_err(D::Error::custom)
    }
}

/// A `--draft` that names no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown draft `{0}`; known: {known}", known = Draft::ALL.iter().map(|d| d.id).collect::<Vec<_>>().join(", "))]
pub struct UnknownDraft(pub String);
