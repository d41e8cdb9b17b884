//! One edition of the text, as a value: its names on the wire and its limits.
//!
//! Nothing else in the project spells a DTR name. Another edition is another
//! `Draft`, not another branch.

/// An edition of the Deferred Token Response draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// Short name, as given to `--draft` and used under `vectors/`.
    pub id: &'static str,
    /// `grant_type` of a poll (Section 6.5).
    pub deferred_grant: &'static str,
    /// `token_type_hint` that names a deferral code (Section 8.1).
    pub deferral_code_type: &'static str,
    /// The opt-in parameter (Section 5.1) …
    pub completion_mode: &'static str,
    /// … and its one value.
    pub deferred: &'static str,
    /// The member that carries the deferral code (Section 6.4).
    pub deferral_code: &'static str,
    /// The error that opens a deferral and answers a pending poll (Section 6.6).
    pub pending: &'static str,
    /// The other pending error, which carries an `interaction_uri` (Section 6.6).
    pub interaction_required: &'static str,
    /// The member that goes with it (Section 6.4).
    pub interaction_uri: &'static str,
    /// The bearer secret for callbacks (Section 6.3).
    pub client_notification_token: &'static str,
    /// RFC 8414 member that announces support (Section 5.1).
    pub supported_member: &'static str,
    /// RFC 8414 member that lists revocable token types (Section 8.4).
    pub revocable_member: &'static str,
    /// Least entropy of a deferral code, in bits (Section 6.4).
    pub min_code_bits: u32,
    /// Least raise of the interval upon `slow_down`, in seconds (Section 6.5).
    pub min_raise: u64,
}

impl Draft {
    /// draft-ietf-oauth-deferred-token-response-01, the default.
    pub const IETF_01: Draft = Draft {
        id: "ietf-01",
        deferred_grant: "urn:ietf:params:oauth:grant-type:deferred",
        deferral_code_type: "urn:ietf:params:oauth:token-type:deferral-code",
        completion_mode: "completion_mode",
        deferred: "deferred",
        deferral_code: "deferral_code",
        pending: "authorization_pending",
        interaction_required: "interaction_required",
        interaction_uri: "interaction_uri",
        client_notification_token: "client_notification_token",
        supported_member: "deferred_token_response_supported",
        revocable_member: "revocation_endpoint_token_type_values_supported",
        min_code_bits: 128,
        min_raise: 5,
    };

    /// Every edition known here.
    pub const ALL: &'static [Draft] = &[Draft::IETF_01];

    /// The edition called `id`.
    ///
    /// # Errors
    /// `UnknownDraft`, which lists the editions there are.
    pub fn named(id: &str) -> Result<Draft, UnknownDraft> {
        Draft::ALL
            .iter()
            .copied()
            .find(|d| d.id == id)
            .ok_or_else(|| UnknownDraft(id.to_owned()))
    }
}

/// A `--draft` that names no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown draft `{0}`; known: {known}", known = Draft::ALL.iter().map(|d| d.id).collect::<Vec<_>>().join(", "))]
pub struct UnknownDraft(pub String);
