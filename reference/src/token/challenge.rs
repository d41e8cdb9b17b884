//! A challenge of a protected resource, presented by a client (draft-rosomakho-oauth-txn-challenge Section 5.1), for a
//! token that is good for one transaction there. Every registered client may present one; no grant is registered for it.
//!
//! The same transaction again, by the same client and key, is the same request while a token may come of it (AROP
//! Section 7.2). Afterwards it is another, which takes another approval: the challenge says itself until when it counts.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};

use super::initial;
use super::issue;
use crate::challenge::Challenge;
use crate::client::Client;
use crate::deferral::{FrozenRequest, Renewal};
use crate::dpop::{Proof, Thumbprint};
use crate::error::OAuthError;
use crate::form::Form;
use crate::opening::{Waits, acknowledged};
use crate::policy::Outcome;
use crate::reply;
use crate::scope::Scope;
use crate::server::Context;
use crate::targets::Targets;

/// What no approval could allow (AROP Section 7.1): a challenge asks for nothing but details.
const REFUSED: OAuthError =
    OAuthError::invalid_authorization_details("the operation is not allowed to this client");

/// A transaction authorization request.
pub(super) struct ChallengeRequest {
    challenge: String,
}

impl ChallengeRequest {
    pub(super) fn parse(form: &Form) -> Result<Self, OAuthError> {
        let complaint = "transaction_challenge or transaction_authorization_id is missing";
        Ok(Self {
            challenge: form.require("transaction_challenge", complaint)?.into(),
        })
    }

    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        client.must_be_enabled()?;
        let key = initial::key(proof)?;
        if key.is_none() && client.is_public() {
            return Err(OAuthError::invalid_request(
                "a public client needs a DPoP proof for a transaction",
            ));
        }
        let challenge = Challenge::read(context, &self.challenge)?;
        let request = request(client, challenge, key);
        match context.overrides.take(&client.client_id) {
            Some(Outcome::Deny) => Err(REFUSED),
            Some(Outcome::Complete) => {
                let token = issue::token(context, &request).await?;
                Ok(reply::json(StatusCode::OK, &token))
            }
            Some(Outcome::Defer | Outcome::DeferWithInteraction) | None => {
                wait(context, request).await
            }
        }
    }
}

/// What the challenge asks for. Its actor is whom the token is about (AROP Section 8.2), or else its client is.
fn request(client: &Client, challenge: Challenge, key: Option<Thumbprint>) -> FrozenRequest {
    let actor = challenge.transaction.actor();
    FrozenRequest {
        client_id: Arc::clone(&client.client_id),
        subject: actor.map_or_else(|| Arc::clone(&client.client_id), Arc::from),
        scope: Scope::default(),
        key,
        targets: Targets::challenged(challenge.resource, challenge.details),
        issued_token_type: None,
        renewal: Renewal::None,
        default_scope: None,
        credential: None,
        approval: None,
        transaction: Some(Box::new(challenge.transaction)),
    }
}

/// Section 5.2. Nobody has to open anything, so there is no `authorization_uri`.
async fn wait(context: &Context, request: FrozenRequest) -> Result<Response<Body>, OAuthError> {
    let waits = Waits {
        request,
        told: context.config.draft.told,
        interaction: false,
        notification_token: None,
        code_challenge: None,
        lifetime: context.config.deferral.lifetime,
    };
    acknowledged(context, waits).await
}
