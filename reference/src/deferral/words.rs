//! The words a deferral is asked and answers in.

use std::fmt;
use std::sync::Arc;

use crate::access_token::TokenResponse;
use crate::challenge::Transaction;
use crate::config::readings::Readings;
use crate::dpop::{Proof, Thumbprint};
use crate::scope::Scope;
use crate::secret::Credential;
use crate::targets::Targets;

use super::Approval;

/// What the originating request asked for, frozen when it was deferred (C-48/A). Nothing widens it later
/// (Section 4.1 items 1 and 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenRequest {
    /// The client the code is bound to.
    pub client_id: Arc<str>,
    /// Whom the token will be about.
    pub subject: Arc<str>,
    /// The scope, defaults already resolved.
    pub scope: Scope,
    /// The DPoP key or certificate the code is bound to, if the request was made with one (Section 11.1).
    pub key: Option<Thumbprint>,
    /// Resources and authorization details.
    pub targets: Targets,
    /// What the response calls the token, where the originating grant says so (Section 6.5.2).
    pub issued_token_type: Option<&'static str>,
    /// Whether a refresh token comes along.
    pub renewal: Renewal,
    /// The client's default scope, if it stands in for a scope that the request did not name (C-48/C).
    pub default_scope: Option<Scope>,
    /// The authorization code that success will use up. C-45/B only: otherwise the deferral used it up.
    pub credential: Option<Credential>,
    /// The approval it rests on, in an edition where approvals end (AROP Section 7.4).
    pub approval: Option<Approval>,
    /// The one transaction that the token is for (draft-rosomakho-oauth-txn-challenge Section 5.4).
    pub transaction: Option<Box<Transaction>>,
}

/// The refresh token that comes with an access token, at once or through a deferral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewal {
    /// None.
    None,
    /// The first one of a grant, for what is issued.
    First,
    /// One in place of another, with the other's scope (RFC 6749 Section 6).
    Of {
        /// The token that was presented: suspended meanwhile, replaced when the code is redeemed (C-46/A).
        token: Credential,
        /// Its scope.
        scope: Scope,
    },
}

/// The promises made in the deferred response, and the limits that go with them. All in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Announced as `interval`.
    pub interval: u64,
    /// Announced as `expires_in`.
    pub lifetime: u64,
    /// How long a dead code is remembered beyond its lifetime, at least.
    pub tombstone: u64,
    /// `slow_down` answers in a row before `invalid_request` (C-24); never when absent.
    pub escalate_after: Option<u32>,
    /// How long a lost token response can be had again (C-01/C).
    pub repeat_window: u64,
    /// What the client is told of interaction.
    pub told: Told,
    /// How the open points are read.
    pub readings: Readings,
}

/// How much a client is told of the interaction of others while its request is pending. Editions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing: it is `authorization_pending`, whatever it waits for.
    Nothing,
    /// That interaction is needed, and where: `interaction_required`.
    Need,
    /// The same, and that somebody has begun it: `interaction_pending`.
    Progress,
}

/// Where a deferred request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided. `interaction`: it cannot go on before somebody visits the `interaction_uri`.
    Pending {
        /// Whether external interaction is needed.
        interaction: bool,
    },
    /// Approved, and the token not yet collected.
    Approved {
        /// What was approved; no wider than what was asked for.
        scope: Scope,
    },
    /// Denied, or approved and then overtaken by a lapse of consent (C-15).
    Denied,
    /// Cancelled by the client.
    Cancelled,
    /// The one token response was handed out.
    Redeemed,
    /// The lifetime ended before anything was handed out.
    Expired,
    /// Disposed of: nobody can tell the code from an unknown one.
    Forgotten,
}

/// How far a pending request has come: an identifier that means something to the operator only (Section 9.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step(Arc<str>);

impl Step {
    /// Longest identifier, in octets.
    const LONGEST: usize = 32;

    /// Accepts up to 32 letters, digits, `-`, `_` and `.`: too little for a sentence about somebody.
    pub fn parse(text: &str) -> Option<Self> {
        let opaque = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
        let fits = (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(opaque);
        fits.then(|| Self(text.into()))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step={}", self.0)
    }
}

/// Who is asking about a code, already authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The authenticated client.
    pub client_id: &'a str,
    /// The proof of possession that came with the request.
    pub proof: &'a Proof,
    /// The PKCE code verifier that came with a poll (only in pr-47).
    pub code_verifier: Option<&'a str>,
    /// Whether the client's registration holds. Otherwise it gets no token (Section 11.7, C-16/B).
    pub enabled: bool,
}

/// What a poll finds (Section 6.5.1, Section 6.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollAnswer {
    /// `invalid_grant`: no such code, or another client's; nobody can tell which.
    Unknown,
    /// `invalid_dpop_proof`; not counted as a poll.
    ProofRefused,
    /// `invalid_request`: the first poll has to show the code verifier. Nothing has changed.
    VerifierMissing,
    /// `invalid_grant`: another verifier than was challenged. It ended the request.
    VerifierRefused,
    /// `invalid_request`: a verifier where none is asked for.
    VerifierUnwanted,
    /// `invalid_grant`: the owner learns that it was redeemed.
    Redeemed,
    /// `access_denied`.
    Denied,
    /// `expired_token`.
    Expired,
    /// The token response, for exactly this request.
    Ready(FrozenRequest),
    /// The same token response once more (C-01/C, C-13/B).
    Again(Arc<TokenResponse>),
    /// `slow_down`.
    SlowDown,
    /// `invalid_request`, after too many early polls, or a malformed one (C-25/A).
    TooManyEarlyPolls,
    /// `authorization_pending`, `interaction_required` or `interaction_pending`.
    Pending(Waiting),
}

/// What a poll is told of a request that nobody has decided (Section 6.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What for.
    pub waits_for: WaitsFor,
    /// How far it has come.
    pub step: Step,
    /// Where interaction is needed, begun or not; elsewhere under C-29/A and C-29/B.
    pub interaction_uri: Option<Arc<str>>,
    /// What the deferred response said of the code, as it stands now (C-30/B, C-30/C).
    pub repeated: Option<Repeated>,
}

/// What a pending request waits for, as far as its client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// Its decision: `authorization_pending`.
    Decision,
    /// Somebody at its `interaction_uri`: `interaction_required`.
    Interaction,
    /// The end of an interaction that somebody has begun: `interaction_pending`.
    InteractionEnd,
}

/// What the deferred response said of the code, once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated {
    /// Seconds the code has left.
    pub expires_in: u64,
    /// Seconds between two polls.
    pub interval: u64,
}

/// What became of a revocation (Section 8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// The request is cancelled by it.
    Applied,
    /// Nothing changed: clause 2.
    Void,
    /// Nothing changed for want of the right proof, and the client is told (C-52/A).
    ProofRefused,
    /// Nothing changed, for the code is another client's, and the client is told (C-73/B).
    Foreign,
}

/// What the deferred response says (Section 6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Present when the request waits for interaction (C-28/A, C-29: absent otherwise).
    pub interaction_uri: Option<Arc<str>>,
    /// Seconds the code has left.
    pub expires_in: u64,
    /// Seconds between two polls.
    pub interval: u64,
}

/// A decision about a pending request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Approve, possibly for less than was asked.
    Approve(Option<Scope>),
    /// The same for so many seconds, in an edition where approvals end (AROP Section 7.4).
    ApproveFor(Option<Scope>, u64),
    /// Approve by the resource owner in person: the token will be about them, whom the request could not name.
    ApproveAs(Arc<str>),
    /// Deny.
    Deny,
    /// Interaction has become necessary, or is no longer.
    Interaction(bool),
    /// Somebody has begun to interact.
    InteractionBegun,
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The request is now in the state the decision asked for.
    Applied,
    /// Too late: the request was no longer pending.
    Void,
    /// Refused: approval would exceed the originating request (Section 4.1 item 1).
    TooWide,
}
