//! The texts whose polling the youngest generalises, as values of the same kind.
//!
//! The handle of each plays the part of the deferral code: a device code (RFC
//! 8628), an authentication request id (OpenID Connect Client-Initiated
//! Backchannel Authentication Core 1.0, here CIBA).

use super::{Callbacks, Cancellation, Draft, Interaction, Opening, Rules};
use crate::question::{Question, Reading};

/// `slow_down` raises the interval for all polls that follow (RFC 8628 Section 3.5,
/// CIBA Core Section 11).
const RAISED: (Question, Reading) = (Question::C20, Reading::B);

impl Draft {
    /// RFC 8628: a client asks at an endpoint of its own, a person decides at a
    /// page, and the client polls. No callback, no cancellation, no bound code.
    pub const RFC_8628: Draft = Draft {
        id: "rfc8628",
        title: "RFC 8628, OAuth 2.0 Device Authorization Grant, August 2019",
        ledger: "rfc8628",
        deferred_grant: "urn:ietf:params:oauth:grant-type:device_code",
        deferral_code_type: "",
        own_endpoint: Some("device_authorization_endpoint"),
        user_hint: None,
        own_refusals: &[],
        denied_status: 400,
        completion_mode: "",
        deferred: "",
        deferred_interactive: None,
        deferred_status: 200,
        deferred_member: "device_code",
        deferral_code: "device_code",
        pending: "authorization_pending",
        interaction_required: None,
        interaction_pending: None,
        interaction_uri: "verification_uri",
        client_notification_token: "",
        callback_endpoint: "",
        cancellation: Cancellation::Nowhere,
        supported_member: "device_authorization_endpoint",
        direct_member: None,
        revocable_member: "",
        // Section 5.2 wants very much entropy, and says no number.
        min_code_bits: 0,
        default_interval: Some(5),
        min_raise: 5,
        rules: Rules {
            interaction: Interaction::Unknown,
            interaction_pending: false,
            opening: Opening::OwnEndpoint,
            sender_constrained: false,
            cancellable: false,
            callbacks: Callbacks::Nobody,
            public_clients: true,
            rechecks: false,
            persistence_refusable: false,
            foreign_revocation_fails: false,
            announces: false,
            opt_in_refusable: false,
            unknown_value_refused: false,
            weak_token_refusable: false,
            approvals_expire: false,
            idempotent: false,
            refuses_natively: false,
            challenged: false,
        },
        settles: &[RAISED],
    };

    /// CIBA in poll mode: a client that authenticates asks about a user it names.
    pub const CIBA_POLL: Draft = Draft {
        id: "ciba-poll",
        title: "OpenID Connect CIBA Core 1.0, poll mode, September 2021",
        ledger: "ciba-poll",
        deferred_grant: "urn:openid:params:grant-type:ciba",
        own_endpoint: Some("backchannel_authentication_endpoint"),
        user_hint: Some("login_hint"),
        // Section 13, which has 403 for a request that is denied at once.
        own_refusals: &[
            "expired_login_hint_token",
            "invalid_binding_message",
            "invalid_user_code",
            "missing_user_code",
            "unknown_user_id",
        ],
        denied_status: 403,
        deferred_member: "auth_req_id",
        deferral_code: "auth_req_id",
        supported_member: "backchannel_authentication_endpoint",
        min_code_bits: 128,
        rules: Rules {
            public_clients: false,
            persistence_refusable: true,
            announces: true,
            ..Draft::RFC_8628.rules
        },
        ..Draft::RFC_8628
    };

    /// CIBA in ping mode: besides, the client is told when to poll, always with
    /// its `client_notification_token` (Section 10.2).
    pub const CIBA_PING: Draft = Draft {
        id: "ciba-ping",
        title: "OpenID Connect CIBA Core 1.0, ping mode, September 2021",
        ledger: "ciba-ping",
        client_notification_token: "client_notification_token",
        callback_endpoint: "backchannel_client_notification_endpoint",
        rules: Rules {
            callbacks: Callbacks::Everybody,
            ..Draft::CIBA_POLL.rules
        },
        settles: &[RAISED, (Question::C58, Reading::A)],
        ..Draft::CIBA_POLL
    };
}
