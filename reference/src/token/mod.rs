//! The token endpoint: initial requests of every grant, and polls.
//!
//! Each grant is one file with the same two steps: `parse`, which judges the shape of the request alone, and `answer`,
//! which is called once the client is authenticated. That is also the order of evaluation: shape, client, the rest
//! (C-25: a malformed request touches nothing). A further grant is a further file and a further arm.

mod approved;
mod assertion;
mod authorization_code;
mod client_credentials;
mod defer;
mod deferred;
mod device;
mod exchange;
mod initial;
mod issue;
mod no_token;
mod on_its_way;
mod one_time;
mod polled;
mod refresh;
mod refusal;
mod repeated;

use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Request, Response};

use crate::certificate;
use crate::client::Client;
use crate::client_auth;
use crate::config::Config;
use crate::dpop::{NonceNeeded, Proof};
use crate::error::OAuthError;
use crate::form::Form;
use crate::server::Context;
use crate::service::AnsweredTo;
use crate::wire;

use assertion::AssertionRequest;
use authorization_code::AuthorizationCodeRequest;
use client_credentials::ClientCredentialsRequest;
use deferred::PollRequest;
use device::DeviceTokenRequest;
use exchange::ExchangeRequest;
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
        }
    }
}

/// `POST /token`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    let mut response = answer(&context, request)
        .await
        .unwrap_or_else(|error| refusal(error, &context.config.readings));
    context
        .proofs
        .offer_nonce(&mut response, context.clock.now());
    response
}

async fn answer(context: &Context, request: Request<Body>) -> Result<Response<Body>, OAuthError> {
    let readings = &context.config.readings;
    let (headers, body) = Form::posted_body(request).await?;
    let parsed = Form::parse(&body).and_then(|form| {
        let token_request = TokenRequest::parse(&form, &context.config)?;
        Ok((form, token_request))
    });
    let (form, token_request) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            polled::malformed(context, &headers, &Form::made_out(&body)).await?;
            return Err(error);
        }
    };
    let client = match polled::client_of_code(context, &headers, &form).await? {
        Some(client) => client,
        None => client_auth::authenticate(context, &headers, &form)?,
    };
    let proof = match proof(context, &headers, &client) {
        Ok(proof) => proof,
        Err(nonce_needed) => {
            polled::challenged(context, &client, &form).await?;
            return Err(nonce_needed.into());
        }
    };

    let mut response = token_request
        .answer(context, &client, &proof)
        .await
        .unwrap_or_else(|error| {
            tracing::debug!(client_id = %client.client_id, error = error.error(), "token request refused");
            refusal(error, readings)
        });
    response
        .extensions_mut()
        .insert(AnsweredTo(client.client_id.clone()));
    Ok(response)
}

/// What the request proves to possess: a key, or a certificate.
fn proof(context: &Context, headers: &HeaderMap, client: &Client) -> Result<Proof, NonceNeeded> {
    let url = context.url(wire::TOKEN);
    let proof = context.proofs.examine(headers, &url, context.clock.now())?;
    Ok(certificate::or_certificate(proof, context, client, headers))
}
