//! The revocation endpoint (RFC 7009), which cancels deferred requests (Section 8).
//!
//! Once the client is authenticated the answer is 200 in every case: unknown, foreign, dead, or without the right
//! proof (Section 8.2 clause 2, C-52/B, C-73/A). Access tokens are self-contained and end by themselves.

use axum::body::Body;
use axum::extract::State;
use http::{Method, Request, Response};

use crate::client_auth::{self, Credentials};
use crate::deferral::Caller;
use crate::error::OAuthError;
use crate::form::Form;
use crate::reply;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::service::AnsweredTo;
use crate::wire;

/// `POST /revoke`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Response<Body> {
    answer(&context, request)
        .await
        .unwrap_or_else(OAuthError::into_response)
}

async fn answer(context: &Context, request: Request<Body>) -> Result<Response<Body>, OAuthError> {
    if request.method() != Method::POST {
        return Err(OAuthError::method_not_allowed());
    }
    let headers = request.headers().clone();
    let form = Form::from_request(request).await?;
    // `token_type_hint` only helps a server that searches in several places; this one has one.
    let code = DeferralCode::new(form.require("token", "token is missing")?);
    let client = client_auth::authenticate(
        &context.clients,
        Credentials::from_request(&headers, &form)?,
    )?;
    let now = context.clock.now();
    let proof = context
        .proofs
        .examine(&headers, &context.url(wire::REVOKE), now);

    let caller = Caller {
        client_id: &client.client_id,
        proof: &proof,
    };
    let cancelled = context.store.cancel(&code, &caller, now).await?;
    tracing::debug!(client_id = %client.client_id, cancelled, "revocation request");

    let mut response = Response::new(Body::empty());
    reply::no_store(&mut response);
    response
        .extensions_mut()
        .insert(AnsweredTo(client.client_id.clone()));
    Ok(response)
}
