//! The token response, at once or through a deferral: an access token, and a refresh token where the grant has one.

use std::sync::Arc;

use crate::access_token::TokenResponse;
use crate::client::Client;
use crate::deferral::{FrozenRequest, Renewal};
use crate::error::OAuthError;
use crate::random;
use crate::secret::Credential;
use crate::server::Context;
use crate::store::{Authorization, Means, Use};
use crate::wire;

/// What comes with the first token of a grant: a refresh token for clients that registered to use one.
pub(super) fn first_renewal(client: &Client) -> Renewal {
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
    let mut response = context
        .minter
        .mint(request, &*context.random, now)
        .map_err(|error| {
            tracing::error!(%error, "cannot sign an access token");
            OAuthError::temporarily_unavailable()
        })?;
    let scope = match &request.renewal {
        Renewal::None => return Ok(response),
        Renewal::First => request.scope.clone(),
        Renewal::Of { scope, .. } => scope.clone(),
    };
    let refresh_token = random::identifier(&*context.random);
    let authorization = Authorization {
        client_id: Arc::clone(&request.client_id),
        subject: Arc::clone(&request.subject),
        scope,
        by_default: false,
        targets: request.targets.clone(),
        means: Means::Refresh {
            key: request.key.clone(),
        },
        hinted: false,
        expires_at: now.saturating_add(context.config.refresh_token.lifetime),
        used: Use::Unused,
    };
    context
        .store
        .insert_authorization(Credential::new(&refresh_token), authorization)
        .await?;
    response.refresh_token = Some(refresh_token);
    Ok(response)
}
