//! The revocation endpoint (RFC 7009), which cancels deferred requests (Section 8).
//!
//! Refresh tokens end here too. Once the client is authenticated the answer is 200 in every case: unknown, foreign, dead, or without the right
//! proof (Section 8.2 clause 2, C-52/B, C-73/A). Access tokens are self-contained and end by themselves.

use axum::body::Body;
use axum::extract::State;
use http::{Method, Request, Response};

use crate::client_auth::{self, Credentials};
use crate::deferral::Caller;
use crate::error::OAuthError;
use crate::form::Form;
use crate::reply;
use crate::secret::{Credential, DeferralCode};
use crate::server::Context;
use crate::service::AnsweredTo;
use crate::store::{Means, Use};
use crate::wire;

/// `POST /revoke`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    let mut response = answer(&context, request)
        .await
        .unwrap_or_else(OAuthError::into_response);
    context
        .proofs
        .offer_nonce(&mut response, context.clock.now());
    response
}

async fn answer(context: &Context, request: Request<Body>) -> Result<Response<Body>, OAuthError> {
    if request.method() != Method::POST {
        return Err(OAuthError::method_not_allowed());
    }
    let headers = request.headers().clone();
    let form = Form::from_request(request).await?;
    // `token_type_hint` only helps a server that cannot search everywhere at once.
    let code = DeferralCode::new(form.require("token", "token is missing")?);
    let client = client_auth::authenticate(context, Credentials::from_request(&headers, &form)?)?;
    let now = context.clock.now();
    let proof = context
        .proofs
        .examine(&headers, &context.url(wire::REVOKE), now)?;

    let caller = Caller {
        client_id: &client.client_id,
        proof: &proof,
    };
    let cancelled = context.store.cancel(&code, &caller, now).await?
        || end_refresh_token(context, code.expose(), &caller, now).await?;
    tracing::debug!(client_id = %client.client_id, cancelled, "revocation request");

    let mut response = Response::new(Body::empty());
    reply::no_store(&mut response);
    response
        .extensions_mut()
        .insert(AnsweredTo(client.client_id.clone()));
    Ok(response)
}

/// Ends a refresh token of this client; whether anything changed. One that is suspended ends with the request it waits
/// for, which takes what cancelling that request takes.
async fn end_refresh_token(
    context: &Context,
    token: &str,
    caller: &Caller<'_>,
    now: u64,
) -> Result<bool, OAuthError> {
    let token = Credential::new(token);
    let found = context.store.authorization(&token, now).await?;
    let Some(authorization) = found.filter(|authorization| {
        *authorization.client_id == *caller.client_id
            && matches!(authorization.means, Means::Refresh { .. })
    }) else {
        return Ok(false);
    };
    let Use::Deferred(before) = authorization.used else {
        return Ok(context.store.spend_authorization(&token).await?);
    };
    let code = before.deferral_code;
    Ok(context.store.cancel(&code, caller, now).await?
        && context
            .store
            .settle_authorization(&token, &code, Use::Completed)
            .await?)
}
