//! The token response, at once or through a deferral: an access token, and a refresh token where the grant has one.

use std::sync::Arc;

use super::approved;
use crate::access_token::TokenResponse;
use crate::client::Client;
use crate::config::readings::{C46, C49};
use crate::deferral::{FrozenRequest, Renewal};
use crate::error::OAuthError;
use crate::random;
use crate::scope::Scope;
use crate::secret::Credential;
use crate::server::Context;
use crate::store::{Authorization, Means, Use};
use crate::wire;

/// What comes with the first token of a grant: a refresh token for clients that registered to use one.
pub(crate) fn first_renewal(client: &Client) -> Renewal {
    match client.may_use(wire::GRANT_REFRESH_TOKEN) {
        Ok(()) => Renewal::First,
        Err(_) => Renewal::None,
    }
}

/// Makes the response for exactly this request. It is made before anything is burnt for it; a refresh token that then
/// nobody learns of harms nobody.
pub(super) async fn token(
    context: &Context,
    request: &FrozenRequest,
) -> Result<TokenResponse, OAuthError> {
    let now = context.clock.now();
    approved::note(context, request, now);
    let mut response = context
        .minter
        .mint(request, &*context.random, now)
        .map_err(unsigned)?;
    response.refresh_token = match &request.renewal {
        Renewal::None => None,
        Renewal::First => Some(refresh_token(context, request, &request.scope).await?),
        Renewal::Of { scope, .. } => Some(refresh_token(context, request, scope).await?),
    };
    Ok(response)
}

/// The same for a request that waited: with an ID token where the edition has one (CIBA Core Section 10.1.1).
pub(super) async fn polled(
    context: &Context,
    request: &FrozenRequest,
) -> Result<TokenResponse, OAuthError> {
    let mut response = token(context, request).await?;
    if context.config.draft.id_token {
        let id_token = context.minter.id_token(request, context.clock.now());
        response.id_token = Some(id_token.map_err(unsigned)?);
    }
    Ok(response)
}

/// C-46/B: the refresh token in place of the one presented, before there is an access token; by default none (C-46/A).
pub(super) async fn ahead(
    context: &Context,
    request: &mut FrozenRequest,
) -> Result<Option<String>, OAuthError> {
    let (Renewal::Of { scope, .. }, C46::B) = (&request.renewal, context.config.readings.c46)
    else {
        return Ok(None);
    };
    let token = refresh_token(context, request, scope).await?;
    request.renewal = Renewal::None;
    Ok(Some(token))
}

fn unsigned(error: jsonwebtoken::errors::Error) -> OAuthError {
    tracing::error!(%error, "cannot sign a token");
    OAuthError::temporarily_unavailable()
}

/// A refresh token for this scope, bound like the access token (C-49/A), and good no longer than an approval behind both.
async fn refresh_token(
    context: &Context,
    request: &FrozenRequest,
    scope: &Scope,
) -> Result<String, OAuthError> {
    let key = match context.config.readings.c49 {
        C49::A => request.key.clone(),
        C49::B => None,
    };
    let now = context.clock.now();
    let refresh_token = random::identifier(&*context.random);
    let usual = now.saturating_add(context.config.refresh_token.lifetime);
    let approval = request.approval.clone();
    let authorization = Authorization {
        client_id: Arc::clone(&request.client_id),
        subject: Arc::clone(&request.subject),
        scope: scope.clone(),
        by_default: false,
        targets: request.targets.clone(),
        means: Means::Refresh { key },
        hinted: false,
        expires_at: approval
            .as_ref()
            .map_or(usual, |approval| usual.min(approval.until)),
        approval,
        used: Use::Unused,
    };
    context
        .store
        .insert_authorization(Credential::new(&refresh_token), authorization)
        .await?;
    Ok(refresh_token)
}
