//! What can go wrong, by whose hand: the peer ([`OAuthError`]), the operator ([`SetupError`],
//! [`ConfigError`]) or a back-end ([`StoreError`]).

use axum::body::Body;
use axum::response::IntoResponse;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::config::ConfigError;
use crate::config::readings::C16;
use crate::dpop::NonceNeeded;
use crate::reply;
use crate::store::StoreError;

/// Why an authorization server could not be set up. Nothing the network says causes one of these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The configuration does not hold together.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The signing key could not be made.
    #[error("cannot generate the token signing key: {0}")]
    SigningKey(String),
    /// The HTTP client for callbacks could not be built.
    #[error("cannot set up callbacks: {0}")]
    Callbacks(#[from] reqwest::Error),
    /// [`AuthorizationServer::new`](crate::AuthorizationServer::new) was called outside a tokio runtime.
    #[error("an authorization server has background work: create it inside a tokio runtime")]
    NoRuntime,
}

/// An error response (RFC 6749 Section 5.2, and Section 6.6 of the draft).
///
/// Descriptions are fixed texts, so none can carry what a peer sent or what a person is called (Section 9.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
    challenge: Option<&'static str>,
}

impl OAuthError {
    const fn new(status: StatusCode, error: &'static str, description: &'static str) -> Self {
        Self {
            status,
            error,
            description,
            challenge: None,
        }
    }

    pub(crate) const fn invalid_request(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// RFC 9101 Section 6: the object is not signed by the client, or not for this server.
    pub(crate) const fn invalid_request_object(description: &'static str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_request_object",
            description,
        )
    }

    /// RFC 9101 Section 6.1: the reference leads nowhere, or not for this client.
    pub(crate) const fn invalid_request_uri() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_request_uri",
            "request_uri is not one this server gave to this client, or was used already",
        )
    }

    pub(crate) const fn body_unreadable() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "the body is too large, too slow or cut short",
        )
    }

    pub(crate) const fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "this endpoint takes POST",
        )
    }

    /// The one answer for every failed client authentication, by default also of a disabled client (C-16/A).
    pub(crate) const fn invalid_client() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "client authentication failed",
        )
    }

    /// CIBA Core Section 13.
    pub(crate) const fn unknown_user_id() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unknown_user_id",
            "the hint names no user of this server",
        )
    }

    /// CIBA Core Section 13.
    pub(crate) const fn invalid_binding_message() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_binding_message",
            "binding_message has to be plain text of at most 64 characters",
        )
    }

    pub(crate) const fn invalid_grant(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    pub(crate) const fn invalid_scope(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", description)
    }

    /// RFC 8707 Section 2.
    pub(crate) const fn invalid_target(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_target", description)
    }

    /// RFC 9396 Section 5.
    pub(crate) const fn invalid_authorization_details(description: &'static str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_authorization_details",
            description,
        )
    }

    /// What a disabled client is told where it is not served.
    pub(crate) const fn disabled_client(told: C16) -> Self {
        match told {
            C16::A => Self::invalid_client(),
            C16::B => Self::access_denied(),
            C16::C => Self::new(
                StatusCode::BAD_REQUEST,
                "unauthorized_client",
                "the client is disabled",
            ),
        }
    }

    pub(crate) const fn unauthorized_client() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unauthorized_client",
            "the client may not use this grant",
        )
    }

    pub(crate) const fn unsupported_grant_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "this grant type is not supported",
        )
    }

    pub(crate) const fn unsupported_response_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_response_type",
            "only response_type=code is supported",
        )
    }

    /// A proof that is missing, broken, or by another key.
    pub(crate) const fn invalid_dpop_proof() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_dpop_proof",
            "a DPoP proof by the right key is needed",
        )
    }

    /// RFC 9449 Section 8; the nonce itself goes into a header field.
    pub(crate) const fn use_dpop_nonce() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "use_dpop_nonce",
            "the DPoP proof needs the nonce of the DPoP-Nonce header field",
        )
    }

    pub(crate) const fn access_denied() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "access_denied",
            "the request was denied or cancelled",
        )
    }

    pub(crate) const fn expired_token() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "expired_token",
            "the code has expired",
        )
    }

    /// RFC 8628 Section 3.5: about a device code, so without a deferral code (C-44/A).
    pub(crate) const fn user_pending() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "authorization_pending",
            "the user of the device has not decided",
        )
    }

    pub(crate) const fn user_denied() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "access_denied",
            "the user of the device denied the request",
        )
    }

    pub(crate) const fn device_code_expired() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "expired_token",
            "the device code has expired",
        )
    }

    pub(crate) const fn slow_down() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "slow_down",
            "wait for the interval between two polls",
        )
    }

    /// A fault of ours that a retry may outlive; the deferred request stays as it is (C-18).
    pub(crate) const fn temporarily_unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "try again later",
        )
    }

    /// Adds `WWW-Authenticate: Basic`, for a client that tried that scheme (RFC 6749 Section 5.2).
    pub(crate) const fn with_basic_challenge(mut self) -> Self {
        self.challenge = Some("Basic realm=\"oauth\"");
        self
    }

    /// Makes it a 401 with `WWW-Authenticate: DPoP`, as at a resource server (RFC 9449 Section 7.1).
    pub(crate) const fn with_dpop_challenge(mut self) -> Self {
        self.status = StatusCode::UNAUTHORIZED;
        self.challenge = Some("DPoP algs=\"ES256\"");
        self
    }

    pub(crate) const fn error(&self) -> &'static str {
        self.error
    }

    pub(crate) const fn description(&self) -> &'static str {
        self.description
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response<Body> {
        #[derive(Serialize)]
        struct Members {
            error: &'static str,
            error_description: &'static str,
        }
        let members = Members {
            error: self.error,
            error_description: self.description,
        };
        let mut response = reply::json(self.status, &members);
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            );
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}

/// C-56/A: the challenge comes before anything is asked about a code, so it is no poll, and says nothing about one.
impl From<NonceNeeded> for OAuthError {
    fn from(NonceNeeded: NonceNeeded) -> Self {
        Self::use_dpop_nonce()
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::temporarily_unavailable()
    }
}
