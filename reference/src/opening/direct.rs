//! A deferral code in place of an authorization code (pr-47), for a request that asks for it here and needs a review.
//!
//! What it says of how long and how often to poll travels with it; a link does not, for the first poll brings it, nor a
//! notification token, for which the front channel is no place.

use std::sync::Arc;

use super::Waits;
use crate::authorize::{CHALLENGE_LENGTH, Granted};
use crate::client::Client;
use crate::deferral::FrozenRequest;
use crate::dpop::Thumbprint;
use crate::error::OAuthError;
use crate::form::Form;
use crate::opening;
use crate::policy::Outcome;
use crate::random;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::{Authorization, Means};
use crate::token;

/// The key that the request wants its code bound to (RFC 9449 Section 10).
pub(crate) fn key(context: &Context, form: &Form) -> Result<Option<Thumbprint>, OAuthError> {
    let named = form
        .get("dpop_jkt")
        .filter(|_| context.config.draft.defers_directly);
    match named {
        // Both are SHA-256 in base64url.
        Some(thumbprint) if thumbprint.len() != CHALLENGE_LENGTH => Err(
            OAuthError::invalid_request("dpop_jkt is no thumbprint (SHA-256, base64url) of a key"),
        ),
        named => Ok(named.map(Thumbprint::new)),
    }
}

/// The deferral of a valid request, as parameters of the response; `None` where it gets an authorization code: it does
/// not ask for more, or policy does not want to review it.
pub(crate) async fn defer(
    context: &Context,
    client: &Client,
    authorization: &Authorization,
) -> Result<Option<Granted>, OAuthError> {
    let Means::Code {
        code_challenge,
        key,
        ..
    } = &authorization.means
    else {
        return Ok(None);
    };
    if !context.config.draft.defers_directly || !authorization.hinted {
        return Ok(None);
    }
    let set = context.overrides.look_up(&client.client_id);
    let decide = || {
        context
            .policy
            .decide(&client.client_id, &authorization.scope)
    };
    let interaction = match set.unwrap_or_else(decide) {
        // The token endpoint has the last word.
        Outcome::Complete | Outcome::Deny => return Ok(None),
        Outcome::Defer => false,
        Outcome::DeferWithInteraction => true,
    };
    context.overrides.take(&client.client_id);
    if client.is_public() && key.is_none() {
        return Err(OAuthError::invalid_request(
            "dpop_jkt is missing: a public client needs it for a request that is deferred here",
        ));
    }
    let waits = Waits {
        request: FrozenRequest {
            client_id: Arc::clone(&authorization.client_id),
            subject: Arc::clone(&authorization.subject),
            scope: authorization.scope.clone(),
            key: key.clone(),
            targets: authorization.targets.clone(),
            issued_token_type: None,
            renewal: token::first_renewal(client),
            default_scope: authorization
                .by_default
                .then(|| authorization.scope.clone()),
            credential: None,
            approval: None,
            transaction: None,
        },
        told: context.config.draft.told,
        interaction,
        notification_token: None,
        code_challenge: Some(code_challenge.clone()),
        lifetime: context.config.deferral.lifetime,
    };
    let code = DeferralCode::new(&random::identifier(&*context.random));
    // No credential came before, which somebody else could have used up.
    let opened = opening::open(context, &code, waits, None, context.clock.now()).await?;
    Ok(opened.map(|opened| {
        vec![
            ("deferral_code", code.expose().to_owned()),
            ("expires_in", opened.opening.expires_in.to_string()),
            ("interval", opened.opening.interval.to_string()),
        ]
    }))
}
