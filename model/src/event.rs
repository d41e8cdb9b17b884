//! What happens to an authorization server, and what it says back. Abstract: no
//! strings off the wire, no clock but ticks.

use serde::{Deserialize, Serialize};

use crate::draft::{Interaction, Rules};

/// Who sends a request about a deferral code (Section 6.5.1 step 2, Section 11.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The client the code was issued to, with the bound key if there is one.
    Owner,
    /// The same client identity without the bound key: the owner's mistake, or
    /// an attacker who knows a public client's id.
    OtherKey,
    /// Another registered client, properly authenticated as itself.
    OtherClient,
    /// Somebody who names the owner's `client_id` and has all that the owner
    /// has, the key included, but not its credentials (Section 6.5.1 step 1).
    /// Only of a client that has credentials.
    Impostor,
    /// The owner without the code verifier that the first poll has to show
    /// (pull request 47).
    NoVerifier,
    /// The owner with another verifier: somebody slipped the code into a session
    /// that did not ask for it (pull request 47).
    OtherVerifier,
}

/// What the control hook asks the server's policy to do with a token request.
/// The server keeps its discretion (Section 5.3): this only says which of the
/// allowed answers a server that listens to the hook gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steer {
    /// Defer if the client lets you.
    Defer,
    /// Defer, and interaction is already known to be needed.
    Interact,
    /// Answer at once with a token.
    Complete,
    /// Refuse: no approval could lift the denial (AROP Section 7.1).
    Refuse,
}

/// The initial token request (Section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenRequest {
    /// `completion_mode` contains `deferred` (Section 5.1).
    pub opted_in: bool,
    /// It contains `deferred_interactive`, too (pull request 71).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interactive: bool,
    /// The preceding request carried the hint (Section 5.2).
    pub hinted: bool,
    /// A DPoP proof came with it, so the code will be bound (Section 11.1).
    pub keyed: bool,
    /// Valid as a request of its originating grant (Section 6.3.1).
    pub sound: bool,
    /// What the policy is asked to do.
    pub steer: Steer,
    /// The answer is lost on its way.
    pub lost: bool,
}

impl TokenRequest {
    /// A sound request that opts in with a proof and is deferred.
    pub const PLAIN: TokenRequest = TokenRequest {
        opted_in: true,
        interactive: false,
        hinted: false,
        keyed: true,
        sound: true,
        steer: Steer::Defer,
        lost: false,
    };

    /// The same without any opt-in.
    #[must_use]
    pub fn without_opt_in(self) -> TokenRequest {
        TokenRequest {
            opted_in: false,
            interactive: false,
            ..self
        }
    }
}

/// What an approver, or the interaction, does to a deferred request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Granted as requested.
    Approve,
    /// Granted in part (Section 4.1 item 1 allows only less).
    Narrow,
    /// Refused.
    Deny,
    /// External interaction has become necessary (Section 6.6).
    NeedInteraction,
    /// The interaction took place; the request is pending again.
    InteractionDone,
    /// The server sees that the interaction has begun (pull request 68).
    InteractionBegun,
}

impl Decision {
    /// All of them.
    pub const ALL: [Decision; 6] = [
        Decision::Approve,
        Decision::Narrow,
        Decision::Deny,
        Decision::NeedInteraction,
        Decision::InteractionDone,
        Decision::InteractionBegun,
    ];

    /// Whether a text with these rules knows what this is about.
    pub fn is_known_to(self, rules: &Rules) -> bool {
        match self {
            Decision::Approve | Decision::Narrow | Decision::Deny => true,
            Decision::NeedInteraction | Decision::InteractionDone => {
                rules.interaction != Interaction::Unknown
            }
            Decision::InteractionBegun => rules.interaction_pending,
        }
    }
}

/// What has to hold when a token is issued (Section 11.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precondition {
    /// The resource owner's consent.
    Consent,
    /// The client's registration: a disabled client has lapsed.
    Client,
}

/// What becomes of a callback attempt on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The endpoint answers 204.
    Delivered,
    /// The endpoint answers 503, or nothing gets through.
    Lost,
}

/// How a client gets another token for the one that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By the refresh token that came with it (RFC 6749 Section 6).
    Refresh,
    /// By token exchange (RFC 8693).
    Exchange,
}

/// Something that happens to one deferral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The initial token request; for a one-time credential that was presented
    /// before, the same request again.
    Request(TokenRequest),
    /// A poll (Section 6.5); `lost` when the answer does not arrive.
    Poll {
        /// Who polls.
        by: Caller,
        /// The answer is lost on its way.
        lost: bool,
    },
    /// A revocation of the deferral code (Section 8).
    Revoke {
        /// Who revokes.
        by: Caller,
    },
    /// A decision about the request.
    Decide(Decision),
    /// A precondition ceases to hold.
    Lapse(Precondition),
    /// It holds again.
    Return(Precondition),
    /// The client's default scope grows beyond what the request stood for (C-48).
    Widen,
    /// Time passes by one tick.
    Tick,
    /// The server has its occasion to make a callback attempt that is due
    /// (Section 7), and the network does this to it.
    Callback(Fate),
    /// The transport reports that the token response just written was lost.
    ResponseLost,
    /// The owner asks for another token in place of the one that came of the
    /// request; silence if it has nothing to ask by (AROP Section 7.4).
    Renew(Way),
    /// The token that came last is presented where nobody asks the server about
    /// it: what counts is how long it says it is good for (AROP Section 4).
    Present,
}

impl Event {
    /// A poll by the client that the deferral belongs to; its answer arrives.
    pub const POLL: Event = Event::Poll {
        by: Caller::Owner,
        lost: false,
    };
    /// A revocation by that client.
    pub const REVOKE: Event = Event::Revoke { by: Caller::Owner };
}

/// How much a token allows, against what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All that was requested.
    Whole,
    /// Less.
    Narrowed,
    /// More: never allowed (Section 4.1 item 1).
    Wider,
}

/// Which deferral code an answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A new one, for a request that had none.
    New,
    /// The one already issued for this request (C-45/C).
    Same,
    /// Another one beside the first.
    Other,
    /// A new one, which the authorization endpoint hands out itself (pull
    /// request 47).
    Direct,
}

/// What the server says back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing: the event calls for no answer, the answer was lost, or no
    /// callback was attempted.
    Silence,
    /// 200 with an access token (Section 6.5.2).
    Token {
        /// Against what was requested.
        scope: Scope,
        /// The identical response was seen before.
        again: bool,
    },
    /// The deferred response (Section 6.4).
    Deferred {
        /// It opens with `interaction_required` instead of `authorization_pending`.
        interaction: bool,
        /// Which code it carries.
        code: Code,
    },
    /// A pending poll.
    AuthorizationPending,
    /// A pending poll that waits for interaction.
    InteractionRequired,
    /// A pending poll while the interaction is under way (pull request 68).
    InteractionPending,
    /// Polled too fast.
    SlowDown,
    /// Denied, cancelled, or a precondition lapsed.
    AccessDenied,
    /// The deferral code's lifetime is over.
    ExpiredToken,
    /// Unknown, foreign or redeemed code; spent credential.
    InvalidGrant,
    /// Malformed, inconsistent with a hint, or locked out.
    InvalidRequest,
    /// Client authentication failed.
    InvalidClient,
    /// The client may not do this.
    UnauthorizedClient,
    /// Proof of possession missing or by another key.
    InvalidDpopProof,
    /// The same, as 401 with a DPoP challenge (C-51/B).
    DpopChallenge,
    /// Any error by the originating grant's own rules (Section 6.3.1).
    GrantError,
    /// Any error by which the originating grant refuses what no approval could
    /// allow, and none that polls are answered with (AROP Section 7.1).
    Refusal,
    /// 200 at the revocation endpoint.
    Revoked,
    /// A callback attempt arrived (Section 7.1).
    Called {
        /// With the client notification token as Bearer.
        bearer: bool,
    },
    /// A token that is presented is good by its own word.
    TokenGood,
    /// It says itself that its time is over.
    TokenOver,
}

impl Answer {
    /// Whether seeing `seen` is seeing this answer. The errors of an originating
    /// grant are its own business: any refusal that is not DTR's counts, or, where
    /// a profile asks for the grant's own, any that is.
    pub fn covers(self, seen: Answer) -> bool {
        let refusal = matches!(
            seen,
            Answer::GrantError
                | Answer::AccessDenied
                | Answer::InvalidGrant
                | Answer::InvalidRequest
                | Answer::UnauthorizedClient
        );
        let native = matches!(seen, Answer::GrantError | Answer::InvalidGrant);
        self == seen
            || (self == Answer::GrantError && refusal)
            || (self == Answer::Refusal && native)
    }

    /// Whether a poll answered so leaves the request pending (Section 6.6).
    pub fn is_pending(self) -> bool {
        matches!(
            self,
            Answer::AuthorizationPending
                | Answer::InteractionRequired
                | Answer::InteractionPending
                | Answer::SlowDown
        )
    }
}
