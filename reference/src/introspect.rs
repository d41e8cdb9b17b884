//! The introspection endpoint (RFC 7662): whether an access token still counts, for the client that it was issued to.
//!
//! Everything else is inactive: what belongs to others, deferral codes, refresh tokens. So nobody learns here what a
//! poll or a revocation would not tell.

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use serde_json::json;

use crate::client_auth;
use crate::error::OAuthError;
use crate::form::Form;
use crate::reply;
use crate::scope::Scope;
use crate::server::Context;

/// `POST /introspect`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Result<Response<Body>, OAuthError> {
    let context = &context;
    let (headers, form) = Form::posted(request).await?;
    let token = form.require("token", "token is missing")?;
    let client = client_auth::authenticate(context, &headers, &form)?;
    // Tokens must not be tried out by whoever can spell a client_id (RFC 7662 Section 2.1).
    if client.is_public() {
        return Err(OAuthError::invalid_client());
    }
    let held = context.minter.read(token, context.clock.now());
    let own = held.filter(|held| held.client_id == *client.client_id);
    let members = match own {
        Some(held) => {
            let mut members = json!({
                "active": true,
                "client_id": held.client_id,
                "sub": &*held.subject,
            });
            // A token for one transaction has none.
            if held.scope != Scope::default() {
                members["scope"] = json!(held.scope.to_string());
            }
            members
        }
        None => json!({ "active": false }),
    };
    let mut response = reply::json(StatusCode::OK, &members);
    reply::no_store(&mut response);
    Ok(response)
}
