//! The editions of the text that this server can serve, each as a value, and their siblings: older texts whose polling
//! the draft makes general (RFC 8628, CIBA Core 1.0), and a profile that is bound to three of them (AROP: AuthZEN Access
//! Request OAuth Profile, Draft 1).
//!
//! The rest of this crate cites draft-ietf-oauth-deferred-token-response-01. What another edition changes on the wire
//! is in its value here, and nothing else asks for an edition by name. What an edition leaves open is read as the
//! [readings](crate::config::readings) say; what it does not, it [settles](Edition::settled).

mod settled;

use serde::de::{Deserialize, Deserializer, Error as _};

use crate::deferral::Told;
use crate::wire;

pub use settled::Settled;

/// An edition of the text: what it has the server do that another has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Its short name, as in `draft = "gerber-00"`.
    pub id: &'static str,
    /// What opens a deferral.
    pub opened_by: OpenedBy,
    /// The `grant_type` of a poll (Section 6.5); none where polls have an endpoint of their own.
    pub polling_grant: Option<&'static str>,
    /// What the code is called: in the response that opens a deferral, in a poll, in a callback.
    pub code: Code,
    /// Whether the code is bound to the key of the request that opened its deferral (Section 11.1). Otherwise it is bound
    /// to none, and the access token to that of the poll that brings it (RFC 9449 Section 5).
    pub binds_code: bool,
    /// Whether a client can cancel its request, at the revocation endpoint (Section 8).
    pub cancellation: bool,
    /// Whether there are callbacks (Section 7), and as what a client registers its endpoint for them.
    pub callbacks: Option<&'static str>,
    /// Whether an ID token comes with the access token (CIBA Core Section 10.1.1).
    pub id_token: bool,
    /// What a client is told of interaction (Sections 6.4 and 6.6).
    pub told: Told,
    /// Whether `completion_mode` has a second value, `deferred_interactive`: as good an opt-in as `deferred`, and without
    /// it a client is told nothing of interaction.
    pub interactive_mode: bool,
    /// Whether the authorization endpoint defers a request that asks for it there, and hands out the deferral code in
    /// place of an authorization code.
    pub defers_directly: bool,
    /// Whether it licenses the server to refuse a `client_notification_token` that is too short for 128 bits.
    pub weak_tokens_refused: bool,
    /// Whether an approval has an end, which nothing that comes of it outlives (AROP Section 7.4).
    pub approvals_expire: bool,
    /// Whether the same request again brings the same code, while it waits or its token was not collected (AROP Section
    /// 7.2).
    pub requests_idempotent: bool,
    /// Whether what no approval can lift is refused with an error that names what was asked for (AROP Section 7.1), at
    /// endpoints that open deferrals too.
    pub refuses_natively: bool,
    /// The questions that it does not leave open.
    pub settled: &'static [Settled],
}

/// The name of a code on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The member or parameter.
    pub name: &'static str,
    /// What a poll without it is told.
    pub missing: &'static str,
}

/// What opens a deferral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenedBy {
    /// A token request that opts in, if policy wants it reviewed (Section 6.3).
    TokenRequest,
    /// Every device authorization request (RFC 8628 Section 3.1).
    DeviceAuthorization,
    /// Every authentication request (CIBA Core Section 7.1).
    Authentication,
    /// Every challenge of a protected resource that a client presents (draft-rosomakho-oauth-txn-challenge Section 5.1).
    TransactionAuthorization,
}

impl Edition {
    /// draft-gerber-oauth-deferred-token-response-00. Every unresolved request is `authorization_pending` (its Section
    /// 5.6), and there is no `interaction_uri`. Section 5.3.1 has the server look at the entropy of a notification token.
    pub const GERBER_00: Self = Self {
        id: "gerber-00",
        told: Told::Nothing,
        weak_tokens_refused: true,
        settled: settled::GERBER_00,
        ..Self::IETF_01
    };

    /// draft-ietf-oauth-deferred-token-response-00. Its Section 6.3.1 still has the check of gerber-00.
    pub const IETF_00: Self = Self {
        id: "ietf-00",
        weak_tokens_refused: true,
        ..Self::IETF_01
    };

    /// draft-ietf-oauth-deferred-token-response-01, the default.
    pub const IETF_01: Self = Self {
        id: "ietf-01",
        opened_by: OpenedBy::TokenRequest,
        polling_grant: Some(wire::GRANT_DEFERRED),
        code: Code {
            name: "deferral_code",
            missing: "deferral_code is missing",
        },
        binds_code: true,
        cancellation: true,
        callbacks: Some("deferred_client_notification_endpoint"),
        id_token: false,
        told: Told::Need,
        interactive_mode: false,
        defers_directly: false,
        weak_tokens_refused: false,
        approvals_expire: false,
        requests_idempotent: false,
        refuses_natively: false,
        settled: &[],
    };

    /// ietf-01 with pull request 47: whoever has `completion_mode=deferred` in an authorization request may be answered
    /// with a deferral code there, and shows the PKCE verifier with the first poll.
    pub const PR_47: Self = Self {
        id: "pr-47",
        defers_directly: true,
        ..Self::IETF_01
    };

    /// ietf-01 with pull request 67: a code that is bound to a key is revoked with a proof by that key or not at all, in
    /// silence (its Section 8.2), and a refresh token is bound as the access token beside it (its Section 11.1).
    pub const PR_67: Self = Self {
        id: "pr-67",
        settled: settled::PR_67,
        ..Self::IETF_01
    };

    /// ietf-01 with pull request 68: `interaction_pending`, where the server sees that the interaction has begun (its
    /// Section 6.6).
    pub const PR_68: Self = Self {
        id: "pr-68",
        told: Told::Progress,
        ..Self::IETF_01
    };

    /// ietf-01 with pull request 71: a client that can show an `interaction_uri` to somebody says so by
    /// `deferred_interactive` (its Section 5.1).
    pub const PR_71: Self = Self {
        id: "pr-71",
        interactive_mode: true,
        ..Self::IETF_01
    };

    /// RFC 8628, the device authorization grant: a device code is opened by a request of its own, its user decides, the
    /// device polls.
    pub const RFC_8628: Self = Self {
        id: "rfc8628",
        opened_by: OpenedBy::DeviceAuthorization,
        polling_grant: Some(wire::GRANT_DEVICE_CODE),
        code: Code {
            name: "device_code",
            missing: "device_code is missing",
        },
        binds_code: false,
        cancellation: false,
        callbacks: None,
        told: Told::Nothing,
        settled: settled::SIBLINGS,
        ..Self::IETF_01
    };

    /// CIBA Core 1.0 with poll mode: a client asks about a user who is elsewhere, and polls until that user has
    /// authenticated and decided.
    pub const CIBA_POLL: Self = Self {
        id: "ciba-poll",
        opened_by: OpenedBy::Authentication,
        polling_grant: Some(wire::GRANT_CIBA),
        code: Code {
            name: "auth_req_id",
            missing: "auth_req_id is missing",
        },
        id_token: true,
        ..Self::RFC_8628
    };

    /// CIBA Core 1.0 with ping mode besides, for clients that registered an endpoint (its Section 10.2).
    pub const CIBA_PING: Self = Self {
        id: "ciba-ping",
        callbacks: Some("backchannel_client_notification_endpoint"),
        ..Self::CIBA_POLL
    };

    /// AROP over gerber-00, which it cites (its Section 9.1).
    pub const AROP_DTR: Self = Self {
        id: "arop-dtr",
        settled: settled::AROP_DTR,
        ..Self::GERBER_00.profiled()
    };

    /// AROP over CIBA with poll mode (its Section 9.2). A proof with the authentication request binds the code (its
    /// Section 12).
    pub const AROP_CIBA: Self = Self {
        id: "arop-ciba",
        binds_code: true,
        settled: settled::AROP_CIBA,
        ..Self::CIBA_POLL.profiled()
    };

    /// AROP over transaction authorization challenges (its Section 9.3; draft-rosomakho-oauth-txn-challenge): a protected
    /// resource says what it wants approved, its client takes that to an endpoint, and polls there.
    pub const AROP_TXN: Self = Self {
        id: "arop-txn",
        opened_by: OpenedBy::TransactionAuthorization,
        polling_grant: None,
        code: Code {
            name: "transaction_authorization_id",
            missing: "transaction_authorization_id is missing",
        },
        binds_code: true,
        settled: settled::AROP_TXN,
        ..Self::RFC_8628.profiled()
    };

    /// What AROP adds to whatever it is bound to (its Section 7).
    const fn profiled(self) -> Self {
        Self {
            approvals_expire: true,
            requests_idempotent: true,
            refuses_natively: true,
            ..self
        }
    }

    /// Every edition that is served, in the order of the texts, then their siblings, then the profile.
    pub const ALL: &'static [Self] = &[
        Self::GERBER_00,
        Self::IETF_00,
        Self::IETF_01,
        Self::PR_47,
        Self::PR_67,
        Self::PR_68,
        Self::PR_71,
        Self::RFC_8628,
        Self::CIBA_POLL,
        Self::CIBA_PING,
        Self::AROP_DTR,
        Self::AROP_CIBA,
        Self::AROP_TXN,
    ];

    /// The edition called `id`.
    ///
    /// # Errors
    /// [`UnknownEdition`], which lists those that are served.
    pub fn named(id: &str) -> Result<Self, UnknownEdition> {
        let mut all = Self::ALL.iter().copied();
        all.find(|edition| edition.id == id)
            .ok_or_else(|| UnknownEdition(id.into()))
    }
}

impl Default for Edition {
    fn default() -> Self {
        Self::IETF_01
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(name: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(name)?).map_err(D::Error::custom)
    }
}

/// The name of an edition that this server does not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("draft: `{0}` is not served; use one of {known}", known = known())]
pub struct UnknownEdition(pub String);

fn known() -> String {
    let ids: Vec<_> = Edition::ALL.iter().map(|edition| edition.id).collect();
    ids.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn every_edition_is_found_by_its_own_name() {
        for edition in Edition::ALL {
            assert_eq!(Edition::named(edition.id), Ok(*edition));
        }
        let error = Edition::named("gerber").unwrap_err().to_string();
        let known = "use one of gerber-00, ietf-00, ietf-01, pr-47, pr-67, pr-68, pr-71, rfc8628, ciba-poll, ciba-ping, \
                     arop-dtr, arop-ciba, arop-txn";
        assert!(error.contains("`gerber`"), "{error}");
        assert!(error.ends_with(known), "{error}");
    }

    #[test]
    fn the_configuration_names_it() {
        let read = |line| Config::from_toml(&format!("issuer = \"https://as.example\"\n{line}"));
        assert_eq!(read("").unwrap().draft, Edition::IETF_01);
        assert_eq!(
            read("draft = \"gerber-00\"").unwrap().draft,
            Edition::GERBER_00
        );
        let error = read("draft = \"gerber\"").unwrap_err().to_string();
        assert!(error.contains("line 2: draft: `gerber`"), "{error}");
        assert!(error.contains("pr-71"), "{error}");
    }
}
