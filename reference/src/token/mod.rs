//! The token endpoint: initial requests of every grant, and polls. Where an edition has an endpoint for transactions,
//! that is another door to the same place.
//!
//! Each grant is one file with the same two steps: `parse`, which judges the shape of the request alone, and `answer`,
//! which is called once the client is authenticated. That is also the order of evaluation: shape, client, the rest
//! (C-25: a malformed request touches nothing). A further grant is a further file and a further arm.

mod approved;
mod assertion;
mod authorization_code;
mod challenge;
mod client_credentials;
mod defer;
mod deferred;
mod device;
mod endpoint;
mod exchange;
mod initial;
mod issue;
mod no_token;
mod on_its_way;
mod one_time;
mod polled;
mod refresh;
mod refusal;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response};

use crate::client::Client;
use crate::config::Config;
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::form::Form;
use crate::server::Context;
use crate::wire;

use assertion::AssertionRequest;
use authorization_code::AuthorizationCodeRequest;
use challenge::ChallengeRequest;
use client_credentials::ClientCredentialsRequest;
use deferred::PollRequest;
use device::DeviceTokenRequest;
use exchange::ExchangeRequest;
pub(crate) use initial::key;
pub(crate) use issue::first_renewal;
use refresh::RefreshRequest;
use refusal::refusal;

/// A token request of any grant, well-formed.
enum TokenRequest {
    ClientCredentials(ClientCredentialsRequest),
    AuthorizationCode(AuthorizationCodeRequest),
    Device(DeviceTokenRequest),
    Refresh(RefreshRequest),
    Assertion(AssertionRequest),
    Exchange(ExchangeRequest),
    Deferred(PollRequest),
    Challenge(ChallengeRequest),
}

impl TokenRequest {
    /// The grant that polls is asked for first: in some editions it is one that elsewhere originates.
    fn parse(form: &Form, config: &Config) -> Result<Self, OAuthError> {
        let readings = &config.readings;
        match form.require("grant_type", "grant_type is missing")? {
            grant if Some(grant) == config.draft.polling_grant => {
                PollRequest::parse(form, config).map(Self::Deferred)
            }
            wire::GRANT_CLIENT_CREDENTIALS => {
                ClientCredentialsRequest::parse(form, readings).map(Self::ClientCredentials)
            }
            wire::GRANT_AUTHORIZATION_CODE => {
                AuthorizationCodeRequest::parse(form, readings).map(Self::AuthorizationCode)
            }
            wire::GRANT_REFRESH_TOKEN => RefreshRequest::parse(form, readings).map(Self::Refresh),
            wire::GRANT_JWT_BEARER => AssertionRequest::parse(form, readings).map(Self::Assertion),
            wire::GRANT_DEVICE_CODE => DeviceTokenRequest::parse(form, readings).map(Self::Device),
            wire::GRANT_TOKEN_EXCHANGE => {
                ExchangeRequest::parse(form, readings).map(Self::Exchange)
            }
            _ => Err(OAuthError::unsupported_grant_type()),
        }
    }

    /// Of a transaction: what begins it, or a poll; the one endpoint takes both, and no request is both
    /// (draft-rosomakho-oauth-txn-challenge Sections 5.1 and 5.3).
    fn parse_transaction(form: &Form, config: &Config) -> Result<Self, OAuthError> {
        let begins = form.get("transaction_challenge").is_some();
        match form.get(config.draft.code.name) {
            Some(_) if begins => Err(OAuthError::invalid_request(
                "transaction_challenge and transaction_authorization_id exclude each other",
            )),
            Some(_) => PollRequest::parse(form, config).map(Self::Deferred),
            None => ChallengeRequest::parse(form).map(Self::Challenge),
        }
    }

    async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        match self {
            Self::ClientCredentials(request) => request.answer(context, client, proof).await,
            Self::AuthorizationCode(request) => request.answer(context, client, proof).await,
            Self::Refresh(request) => request.answer(context, client, proof).await,
            Self::Assertion(request) => request.answer(context, client, proof).await,
            Self::Device(request) => request.answer(context, client, proof).await,
            Self::Exchange(request) => request.answer(context, client, proof).await,
            Self::Deferred(request) => request.answer(context, client, proof).await,
            Self::Challenge(request) => request.answer(context, client, proof).await,
        }
    }
}

/// `POST /token`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    endpoint::TOKEN.respond(&context, request).await
}

/// `POST /txn-authorization`.
pub(crate) async fn transaction_authorization(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    let endpoint = endpoint::TRANSACTION_AUTHORIZATION;
    endpoint.respond(&context, request).await
}
