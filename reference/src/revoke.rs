//! The revocation endpoint (RFC 7009), which cancels deferred requests (Section 8).
//!
//! Refresh tokens end here too. Once the client is authenticated the answer is 200 in every case: unknown, foreign, dead,
//! or without the right proof (Section 8.2 clause 2, C-52/B, C-73/A). Access tokens are self-contained and end by themselves.

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::{Request, Response};

use crate::certificate;
use crate::client_auth;
use crate::deferral::{Caller, Cancellation};
use crate::error::OAuthError;
use crate::form::Form;
use crate::reply;
use crate::secret::{Credential, DeferralCode};
use crate::server::Context;
use crate::service::AnsweredTo;
use crate::store::{Means, StoreError, Use};
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
    let (headers, form) = Form::posted(request).await?;
    // `token_type_hint` only helps a server that cannot search everywhere at once.
    let code = DeferralCode::new(form.require("token", "token is missing")?);
    let client = client_auth::authenticate(context, &headers, &form)?;
    let now = context.clock.now();
    let proof = context
        .proofs
        .examine(&headers, &context.url(wire::REVOKE), now)?;
    let proof = certificate::or_certificate(proof, context, &client, &headers);

    let caller = Caller {
        client_id: &client.client_id,
        proof: &proof,
        code_verifier: None,
        enabled: client.enabled,
    };
    let cancellation = match cancel(context, &code, &caller, now).await? {
        Cancellation::Void => end_refresh_token(context, code.expose(), &caller, now).await?,
        of_a_request => of_a_request,
    };
    tracing::debug!(client_id = %client.client_id, ?cancellation, "revocation request");

    let mut response = match cancellation {
        Cancellation::Applied | Cancellation::Void => Response::new(Body::empty()),
        Cancellation::ProofRefused => OAuthError::invalid_dpop_proof().into_response(),
        Cancellation::Foreign => {
            OAuthError::invalid_grant("the token was issued to another client").into_response()
        }
    };
    reply::no_store(&mut response);
    response
        .extensions_mut()
        .insert(AnsweredTo(client.client_id.clone()));
    Ok(response)
}

/// Cancels a deferred request, where the edition has that; elsewhere its code is no token.
async fn cancel(
    context: &Context,
    code: &DeferralCode,
    caller: &Caller<'_>,
    now: u64,
) -> Result<Cancellation, StoreError> {
    match context.config.draft.cancellation {
        true => context.store.cancel(code, caller, now).await,
        false => Ok(Cancellation::Void),
    }
}

/// Ends a refresh token of this client. One that is suspended ends with the request it waits
/// for, which takes what cancelling that request takes.
async fn end_refresh_token(
    context: &Context,
    token: &str,
    caller: &Caller<'_>,
    now: u64,
) -> Result<Cancellation, OAuthError> {
    let token = Credential::new(token);
    let found = context.store.authorization(&token, now).await?;
    let Some(authorization) = found.filter(|authorization| {
        *authorization.client_id == *caller.client_id
            && matches!(authorization.means, Means::Refresh { .. })
    }) else {
        return Ok(Cancellation::Void);
    };
    let Use::Deferred(before) = authorization.used else {
        return Ok(match context.store.spend_authorization(&token).await? {
            true => Cancellation::Applied,
            false => Cancellation::Void,
        });
    };
    let code = before.deferral_code;
    let cancellation = context.store.cancel(&code, caller, now).await?;
    if cancellation == Cancellation::Applied {
        context
            .store
            .settle_authorization(&token, &code, Use::Completed)
            .await?;
    }
    Ok(cancellation)
}
