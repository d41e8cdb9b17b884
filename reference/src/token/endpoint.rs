//! What a request to the token endpoint goes through before its grant is asked, and a transaction authorization request
//! likewise: shape, client, proof.

use axum::body::Body;
use http::{HeaderMap, Request, Response};

use super::{TokenRequest, polled, refusal};
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

/// Where requests come, and how they are read.
#[derive(Clone, Copy)]
pub(super) struct Endpoint {
    path: &'static str,
    parse: fn(&Form, &Config) -> Result<TokenRequest, OAuthError>,
}

/// The token endpoint.
pub(super) const TOKEN: Endpoint = Endpoint {
    path: wire::TOKEN,
    parse: TokenRequest::parse,
};

/// The transaction authorization endpoint (draft-rosomakho-oauth-txn-challenge Section 5).
pub(super) const TRANSACTION_AUTHORIZATION: Endpoint = Endpoint {
    path: wire::TRANSACTION_AUTHORIZATION,
    parse: TokenRequest::parse_transaction,
};

impl Endpoint {
    /// The response to a request.
    pub(super) async fn respond(self, context: &Context, request: Request<Body>) -> Response<Body> {
        let mut response = self
            .answer(context, request)
            .await
            .unwrap_or_else(|error| refusal(error, &context.config.readings));
        context
            .proofs
            .offer_nonce(&mut response, context.clock.now());
        response
    }

    async fn answer(
        self,
        context: &Context,
        request: Request<Body>,
    ) -> Result<Response<Body>, OAuthError> {
        let readings = &context.config.readings;
        let (headers, body) = Form::posted_body(request).await?;
        let parsed = Form::parse(&body).and_then(|form| {
            let token_request = (self.parse)(&form, &context.config)?;
            Ok((form, token_request))
        });
        let (form, token_request) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                let form = Form::made_out(&body);
                polled::malformed(context, self, &headers, &form).await?;
                return Err(error);
            }
        };
        let client = match polled::client_of_code(context, &headers, &form).await? {
            Some(client) => client,
            None => client_auth::authenticate(context, &headers, &form)?,
        };
        let proof = match self.proof(context, &headers, &client) {
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
    pub(super) fn proof(
        self,
        context: &Context,
        headers: &HeaderMap,
        client: &Client,
    ) -> Result<Proof, NonceNeeded> {
        let url = context.url(self.path);
        let proof = context.proofs.examine(headers, &url, context.clock.now())?;
        Ok(certificate::or_certificate(proof, context, client, headers))
    }
}
