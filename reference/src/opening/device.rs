//! Device authorization where it is what opens a deferral (RFC 8628): the device code is the code that is polled, and the
//! user's decision is the request's. In other editions it originates a token request that may be deferred (`device.rs`).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response};

use super::{Waits, open, user_code};
use crate::client_auth;
use crate::deferral::FrozenRequest;
use crate::device;
use crate::error::OAuthError;
use crate::form::Form;
use crate::random;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::service::AnsweredTo;
use crate::targets::Targets;
use crate::token::first_renewal;
use crate::wire;

/// `POST /device_authorization`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Result<Response<Body>, OAuthError> {
    let context = &context;
    let (headers, form) = Form::posted(request).await?;
    let client = client_auth::authenticate(context, &headers, &form)?;
    client.may_use(wire::GRANT_DEVICE_CODE)?;
    let request = FrozenRequest {
        client_id: Arc::clone(&client.client_id),
        // Unless somebody else signs in and approves.
        subject: Arc::from(context.config.subject.as_str()),
        scope: client.resolve_scope(form.get("scope"))?,
        key: None,
        targets: Targets::parse(&form, &context.config)?,
        issued_token_type: None,
        renewal: first_renewal(&client),
        default_scope: None,
        credential: None,
        approval: None,
        transaction: None,
    };
    let waits = Waits {
        request,
        told: context.config.draft.told,
        interaction: false,
        code_challenge: None,
        notification_token: None,
        lifetime: context.config.deferral.lifetime,
    };
    let now = context.clock.now();
    let code = DeferralCode::new(&random::identifier(&*context.random));
    let user_code = user_code::draw(&*context.random);
    let opened = open(context, &code, waits, None, now).await?;
    // No credential was presented that could have been used up meanwhile.
    let opened = opened.ok_or(OAuthError::temporarily_unavailable())?;
    context.user_codes.insert(
        &user_code::normalized(&user_code),
        code.clone(),
        now.saturating_add(opened.opening.expires_in),
        now,
    );
    let mut response = device::response(
        context,
        code.expose(),
        &user_code,
        opened.opening.expires_in,
        opened.opening.interval,
    );
    let answered_to = AnsweredTo(Arc::clone(&client.client_id));
    response.extensions_mut().insert(answered_to);
    Ok(response.map(|body| opened.held_back.release_with(body)))
}
