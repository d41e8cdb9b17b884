//! What the state machine of one edition does and that of another does not.

/// The rules of an edition that the relation consults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rules {
    /// Who may be told that interaction is needed (Section 6.6).
    pub interaction: Interaction,
    /// Whether interaction that has begun has an answer of its own (pull request 68).
    pub interaction_pending: bool,
    /// Where it is decided that a request is deferred.
    pub opening: Opening,
    /// Whether codes are bound to keys (Section 11.1).
    pub sender_constrained: bool,
    /// Whether a client can cancel (Section 8).
    pub cancellable: bool,
    /// Who is called back (Section 7).
    pub callbacks: Callbacks,
    /// Whether clients without credentials may ask.
    pub public_clients: bool,
    /// Whether consent and the client's standing are looked at again before a
    /// token is issued (Section 11.7).
    pub rechecks: bool,
    /// Whether a client that polls too fast for too long may be refused
    /// (Section 6.6).
    pub persistence_refusable: bool,
    /// Whether a revocation of another client's code fails, rather than succeed
    /// without effect (Section 8.2 clause 2).
    pub foreign_revocation_fails: bool,
    /// Whether a server that publishes metadata has to announce itself there
    /// (Section 5.1).
    pub announces: bool,
    /// Whether a server that announces nothing may refuse a request because it
    /// opts in (Section 5.1).
    pub opt_in_refusable: bool,
    /// Whether an opt-in with an unknown value is refused (Section 5.1).
    pub unknown_value_refused: bool,
    /// Whether a server may refuse a `client_notification_token` that is too
    /// weak (ietf-00 Section 6.3.1).
    pub weak_token_refusable: bool,
    /// Whether an approval has an end of its own, which bounds all that comes of it
    /// (AROP Section 7.4).
    pub approvals_expire: bool,
    /// Whether a request like one that waits is that one (AROP Section 7.2).
    pub idempotent: bool,
    /// Whether a denial that no approval can lift is told in the words of the
    /// originating grant (AROP Section 7.1).
    pub refuses_natively: bool,
    /// Whether what opens a deferral is a challenge that somebody else signed, and a
    /// token may come of it at once (Transaction Challenge Section 5.2).
    pub challenged: bool,
}

/// Who may be told that interaction is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interaction {
    /// Nobody: the text knows no such state, and a request that waits for a
    /// person is pending like any other.
    Unknown,
    /// Every client that opted in to be deferred.
    Anybody,
    /// Clients that opted in to that (pull request 71).
    OptedIn,
}

/// Where it is decided that a request is deferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Opening {
    /// At the token endpoint, by the server (Section 5.3).
    TokenEndpoint,
    /// Before, at the authorization endpoint: whoever comes to the token
    /// endpoint with what it handed out is deferred.
    AuthorizationEndpoint,
    /// Nowhere: whoever comes to the endpoint there is for it is deferred (RFC
    /// 8628 Section 3.2, CIBA Core Section 7.3).
    OwnEndpoint,
    /// At either: the authorization endpoint may answer a hint with the deferral
    /// code itself. Where it hands out an authorization code instead, it is the
    /// token endpoint's turn (pull request 47).
    Either,
}

/// Who is called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Callbacks {
    /// Nobody.
    Nobody,
    /// Clients that registered an endpoint.
    Registered,
    /// Every client.
    Everybody,
}
