//! Opening a deferral: its code and its record come into being.
//!
//! - this file: what every opening has in common, that of a token request included (`token/defer.rs`);
//! - [`device`]: by a device authorization request (RFC 8628 Section 3.1);
//! - [`direct`]: by an authorization request (pr-47);
//! - [`authentication`]: by an authentication request (CIBA Core Section 7.1);
//! - `token/challenge.rs`: by a challenge of a protected resource (draft-rosomakho-oauth-txn-challenge Section 5.1);
//! - [`repeated`]: by a request that was made before;
//! - [`user_code`]: what the user of a device types.

pub(crate) mod authentication;
pub(crate) mod device;
pub(crate) mod direct;
pub(crate) mod repeated;
pub(crate) mod user_code;

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::json;

use crate::callback::HeldBack;
use crate::deferral::notice::{Notice, NoticeTerms};
use crate::deferral::{Deferral, FrozenRequest, Opening, Terms, Told};
use crate::error::OAuthError;
use crate::random;
use crate::reply;
use crate::secret::{Credential, DeferralCode, NotificationToken};
use crate::server::Context;
use crate::store::Representation;

use repeated::Repeated;

/// A request that is to wait.
pub(crate) struct Waits {
    pub(crate) request: FrozenRequest,
    /// What its client is told of interaction meanwhile.
    pub(crate) told: Told,
    /// Whether it needs interaction from the start.
    pub(crate) interaction: bool,
    pub(crate) notification_token: Option<NotificationToken>,
    /// What the first poll has to show, where an authorization request opens (pr-47). The front channel is no place for a
    /// notification token, so nothing is called back.
    pub(crate) code_challenge: Option<String>,
    /// How long, in seconds.
    pub(crate) lifetime: u64,
}

/// A request that waits.
pub(crate) struct Opened {
    /// What the response says of it.
    pub(crate) opening: Opening,
    /// Keeps callbacks back until the response is with the transport.
    pub(crate) held_back: HeldBack,
    /// First second at which nothing about the code need be known any more.
    pub(crate) forget_at: u64,
}

/// The code, its record and the spent credential come into being together. `None` when the credential was used up
/// meanwhile.
pub(crate) async fn open(
    context: &Context,
    code: &DeferralCode,
    waits: Waits,
    from: Option<(Credential, Representation)>,
    now: u64,
) -> Result<Option<Opened>, OAuthError> {
    let terms = terms(context, &waits);
    let notice = match waits.code_challenge {
        Some(_) => Notice::never(notice_terms(context)),
        None => Notice::new(waits.notification_token, notice_terms(context)),
    };
    let link = context.links.draw(&*context.random);
    let client_id = Arc::clone(&waits.request.client_id);
    let interaction = waits.interaction;
    let mut deferral = Deferral::new(waits.request, terms, now, interaction, link.uri(), notice);
    if let Some(code_challenge) = waits.code_challenge {
        deferral = deferral.challenged_by(&code_challenge);
    }
    if context.config.draft.approvals_expire {
        deferral = deferral.bounded(code, context.config.access_request.approved_for);
    }
    let Some(opening) = deferral.opening(now) else {
        return Err(OAuthError::temporarily_unavailable());
    };
    let forget_at = deferral.forget_at();
    // Held back before the code exists for anybody, and until its response is with the transport (Section 7).
    let held_back = context.callbacks.hold_back(code);
    if !context
        .store
        .insert_deferral(code.clone(), deferral, from, now)
        .await?
    {
        return Ok(None);
    }
    context.links.lead(link, code, forget_at, now);
    tracing::debug!(%client_id, interaction, "request deferred");
    Ok(Some(Opened {
        opening,
        held_back,
        forget_at,
    }))
}

/// A request at an endpoint of its own (CIBA Core Section 7.3, draft-rosomakho-oauth-txn-challenge Section 5.2): opened,
/// or the same one as before (AROP Section 7.2). No credential precedes it.
pub(crate) async fn acknowledged(
    context: &Context,
    waits: Waits,
) -> Result<Response<Body>, OAuthError> {
    let now = context.clock.now();
    let repeated = Repeated::by_authorization(&waits.request, context);
    if let Some((code, opening)) = repeated.before(context, now).await? {
        return Ok(acknowledgement(context, &code, &opening));
    }
    let code = DeferralCode::new(&random::identifier(&*context.random));
    let opened = open(context, &code, waits, None, now).await?;
    // No credential was presented that could have been used up meanwhile.
    let opened = opened.ok_or(OAuthError::temporarily_unavailable())?;
    repeated.remember(context, &code, opened.forget_at, now);
    let response = acknowledgement(context, &code, &opened.opening);
    Ok(response.map(|body| opened.held_back.release_with(body)))
}

/// What a request is told that was opened at an endpoint of its own: its code, and how long and how often to poll.
fn acknowledgement(context: &Context, code: &DeferralCode, opening: &Opening) -> Response<Body> {
    let members = json!({
        context.config.draft.code.name: code.expose(),
        "expires_in": opening.expires_in,
        "interval": opening.interval,
    });
    reply::json(StatusCode::OK, &members)
}

fn terms(context: &Context, waits: &Waits) -> Terms {
    let config = &context.config.deferral;
    Terms {
        interval: config.interval,
        lifetime: waits.lifetime,
        tombstone: config.tombstone,
        escalate_after: config.escalate_after,
        repeat_window: config.representation_window,
        told: waits.told,
        readings: context.config.readings,
    }
}

fn notice_terms(context: &Context) -> NoticeTerms {
    let config = &context.config.callback;
    NoticeTerms {
        delay: config.delay,
        backoff: config.backoff,
        attempts: config.attempts,
    }
}
