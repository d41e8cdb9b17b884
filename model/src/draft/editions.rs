//! The values, one for each text.

use super::{Callbacks, Cancellation, Draft, Interaction, Opening, Rules};
use crate::question::{Question, Reading};

impl Draft {
    /// draft-ietf-oauth-deferred-token-response-01, the default.
    pub const IETF_01: Draft = Draft {
        id: "ietf-01",
        title: "draft-ietf-oauth-deferred-token-response-01, 30 September 2026",
        ledger: "ietf-01",
        deferred_grant: "urn:ietf:params:oauth:grant-type:deferred",
        deferral_code_type: "urn:ietf:params:oauth:token-type:deferral-code",
        completion_mode: "completion_mode",
        deferred: "deferred",
        deferred_interactive: None,
        deferred_status: 400,
        deferred_member: "deferral_code",
        deferral_code: "deferral_code",
        pending: "authorization_pending",
        interaction_required: Some("interaction_required"),
        interaction_pending: None,
        interaction_uri: "interaction_uri",
        client_notification_token: "client_notification_token",
        cancellation: Cancellation::Revocation,
        supported_member: "deferred_token_response_supported",
        direct_member: None,
        revocable_member: "revocation_endpoint_token_type_values_supported",
        own_endpoint: None,
        user_hint: None,
        own_refusals: &[],
        denied_status: 400,
        callback_endpoint: "deferred_client_notification_endpoint",
        min_code_bits: 128,
        default_interval: None,
        min_raise: 5,
        rules: Rules {
            interaction: Interaction::Anybody,
            interaction_pending: false,
            opening: Opening::TokenEndpoint,
            sender_constrained: true,
            cancellable: true,
            callbacks: Callbacks::Registered,
            public_clients: true,
            rechecks: true,
            persistence_refusable: true,
            foreign_revocation_fails: false,
            announces: true,
            opt_in_refusable: false,
            unknown_value_refused: false,
            weak_token_refusable: false,
            approvals_expire: false,
            idempotent: false,
            refuses_natively: false,
            challenged: false,
        },
        settles: &[],
    };

    /// draft-ietf-oauth-deferred-token-response-00. What -01 took away is the
    /// leave to refuse a weak `client_notification_token` (Section 6.3.1).
    pub const IETF_00: Draft = Draft {
        id: "ietf-00",
        title: "draft-ietf-oauth-deferred-token-response-00, 16 September 2026",
        ledger: "ietf-00",
        rules: Rules {
            weak_token_refusable: true,
            ..Draft::IETF_01.rules
        },
        ..Draft::IETF_01
    };

    /// draft-gerber-oauth-deferred-token-response-00: no interaction, and
    /// weaker words about who announces what (Section 4.1).
    pub const GERBER_00: Draft = Draft {
        id: "gerber-00",
        title: "draft-gerber-oauth-deferred-token-response-00, 23 June 2026",
        ledger: "gerber-00",
        interaction_required: None,
        rules: Rules {
            interaction: Interaction::Unknown,
            announces: false,
            opt_in_refusable: true,
            ..Draft::IETF_00.rules
        },
        ..Draft::IETF_00
    };

    /// ietf-01 with pull request 47: the authorization endpoint of a server that
    /// announces it may hand out the deferral code itself, in place of an
    /// authorization code. It is bound to the PKCE challenge, and by `dpop_jkt` to
    /// the key of a public client; no callback tells of it.
    ///
    /// What the proposal leaves open is read so that whoever saw the code on its
    /// way through the browser can neither use nor destroy it, and a client can
    /// get over a lost answer:
    ///
    /// * The *first poll*, which has to carry the `code_verifier`, is the first
    ///   whose verifier was right; what was lost, refused or not authenticated on
    ///   the way does not count. The client repeats the verifier until it has an
    ///   answer, and repeating the right one harms nothing.
    /// * Client authentication and proof of possession come first: another
    ///   verifier ends the request with `invalid_grant`, which only the client
    ///   itself must be able to bring about.
    /// * A poll without a verifier, before, is `invalid_request` and changes
    ///   nothing: it shows a mistake, and no attack that ending the request would
    ///   stop. So is another verifier afterwards.
    /// * Approval need not wait for the first poll; the token does.
    pub const PR_47: Draft = Draft {
        id: "pr-47",
        title: "ietf-01 with pull request 47, deferral at the authorization endpoint",
        direct_member: Some("deferred_authorization_endpoint_supported"),
        rules: Rules {
            opening: Opening::Either,
            ..Draft::IETF_01.rules
        },
        ..Draft::IETF_01
    };

    /// ietf-01 with pull request 67: a revocation without the right proof is
    /// answered like one of a foreign code, and changes nothing.
    pub const PR_67: Draft = Draft {
        id: "pr-67",
        title: "ietf-01 with pull request 67, sender-constrained revocation",
        settles: &[(Question::C52, Reading::B)],
        ..Draft::IETF_01
    };

    /// ietf-01 with pull request 68: a third pending error.
    pub const PR_68: Draft = Draft {
        id: "pr-68",
        title: "ietf-01 with pull request 68, `interaction_pending`",
        interaction_pending: Some("interaction_pending"),
        rules: Rules {
            interaction_pending: true,
            ..Draft::IETF_01.rules
        },
        ..Draft::IETF_01
    };

    /// ietf-01 with pull request 71: interaction has an opt-in of its own.
    pub const PR_71: Draft = Draft {
        id: "pr-71",
        title: "ietf-01 with pull request 71, `deferred_interactive`",
        deferred_interactive: Some("deferred_interactive"),
        rules: Rules {
            interaction: Interaction::OptedIn,
            ..Draft::IETF_01.rules
        },
        ..Draft::IETF_01
    };

    /// The editor's build of 16 May 2026: deferred with 200, the handle where an
    /// access token is, and a boolean opt-in.
    pub const MAY_16: Draft = Draft {
        id: "may-16",
        title: "the editor's build of 16 May 2026, before the first submission",
        deferral_code_type: "urn:ietf:params:oauth:token-type:deferral-token",
        completion_mode: "deferrable",
        deferred: "true",
        deferred_status: 200,
        deferred_member: "access_token",
        deferral_code: "deferral_token",
        rules: Rules {
            foreign_revocation_fails: true,
            unknown_value_refused: true,
            ..Draft::GERBER_00.rules
        },
        settles: &[(Question::C36, Reading::B)],
        ..Draft::GERBER_00
    };

    /// OpenID Connect Deferred Token Response 1.0, draft 00: the authorization
    /// endpoint hands out a one-time code, the token endpoint changes it for the
    /// handle, and cancellation has an endpoint of its own. Expiry is looked at
    /// before anything else (Section 8.2 step 3).
    pub const OIDC_00: Draft = Draft {
        id: "oidc-00",
        title: "OpenID Connect Deferred Token Response 1.0, draft 00",
        deferred_grant: "urn:openid:params:grant-type:deferred",
        deferral_code_type: "deferred_auth_id",
        completion_mode: "response_type",
        deferred: "deferred_code",
        deferred_status: 200,
        deferred_member: "deferred_auth_id",
        deferral_code: "deferred_auth_id",
        client_notification_token: "deferred_notification_token",
        cancellation: Cancellation::OwnEndpoint,
        supported_member: "response_types_supported",
        rules: Rules {
            opening: Opening::AuthorizationEndpoint,
            unknown_value_refused: true,
            weak_token_refusable: false,
            ..Draft::GERBER_00.rules
        },
        settles: &[
            (Question::C02, Reading::B),
            (Question::C04, Reading::B),
            (Question::C06, Reading::B),
            (Question::C07, Reading::B),
        ],
        ..Draft::GERBER_00
    };

    /// The one meant where nothing else is said.
    pub const DEFAULT: &'static Draft = &Draft::IETF_01;

    /// What was submitted to the IETF, in order.
    pub const SUBMITTED: &'static [Draft] = &[Draft::GERBER_00, Draft::IETF_00, Draft::IETF_01];

    /// Every edition known here, oldest first; proposals after what they are laid
    /// over, then the siblings, and a profile of both last.
    pub const ALL: &'static [Draft] = &[
        Draft::OIDC_00,
        Draft::MAY_16,
        Draft::GERBER_00,
        Draft::IETF_00,
        Draft::IETF_01,
        Draft::PR_47,
        Draft::PR_67,
        Draft::PR_68,
        Draft::PR_71,
        Draft::RFC_8628,
        Draft::CIBA_POLL,
        Draft::CIBA_PING,
        Draft::AROP_DTR,
        Draft::AROP_CIBA,
        Draft::AROP_TXN,
    ];
}
