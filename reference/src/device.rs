//! Device authorization (RFC 8628): the preceding endpoint of a client without a browser. A hint goes here
//! (Section 5.2), and then the opt-in goes with every token request (C-44/A).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use serde_json::json;

use crate::client::Client;
use crate::client_auth;
use crate::completion_mode::CompletionMode;
use crate::config::DeviceConfig;
use crate::error::OAuthError;
use crate::expiring::Expiring;
use crate::form::Form;
use crate::opening::user_code;
use crate::random;
use crate::scope::Scope;
use crate::secret::Credential;
use crate::server::Context;
use crate::targets::Targets;
use crate::{reply, wire};

/// What a device asked for, and what its user said.
#[derive(Debug, Clone)]
pub(crate) struct DeviceRequest {
    pub(crate) device_code: Credential,
    pub(crate) client_id: Arc<str>,
    pub(crate) scope: Scope,
    pub(crate) targets: Targets,
    /// Whether the device hinted at deferral.
    pub(crate) hinted: bool,
    /// First second at which both codes no longer count.
    pub(crate) expires_at: u64,
    /// What the user said, if anything.
    approved: Option<bool>,
    interval: u64,
    last_poll: Option<u64>,
}

impl DeviceRequest {
    /// Whether a poll at `now` is too early; then the interval grows (RFC 8628 Section 3.5).
    fn is_early(&mut self, now: u64) -> bool {
        let before = self.last_poll.replace(now);
        let early = before.is_some_and(|last| now < last.saturating_add(self.interval));
        if early {
            self.interval = self.interval.saturating_add(5);
        }
        early
    }
}

/// The requests whose users are to decide, by user code, and the user codes by device code.
#[derive(Debug, Default)]
pub(crate) struct DeviceRequests {
    requests: Expiring<DeviceRequest>,
    user_codes: Expiring<String>,
}

/// What a device that polls finds out.
pub(crate) enum DeviceAnswer {
    Unknown,
    Expired,
    Denied,
    SlowDown,
    Pending { hinted: bool },
}

impl DeviceRequests {
    /// The request with this user code, however it is written, while somebody may decide about it.
    pub(crate) fn find(&self, user_code: &str, now: u64) -> Option<DeviceRequest> {
        self.requests
            .get(&user_code::normalized(user_code), now)
            .filter(|request| now < request.expires_at && request.approved.is_none())
    }

    /// What the user says; `false` when something was said before.
    pub(crate) fn decide(&self, user_code: &str, approved: bool, now: u64) -> bool {
        let first = self
            .requests
            .change(&user_code::normalized(user_code), now, |request| {
                let first = request.approved.is_none();
                request.approved.get_or_insert(approved);
                first
            });
        first.unwrap_or(false)
    }

    /// A token request with a device code that is not in the store, where approval puts it.
    pub(crate) fn poll(&self, device_code: &str, client: &Client, now: u64) -> DeviceAnswer {
        let answer = self.user_codes.get(device_code, now).and_then(|user_code| {
            self.requests.change(&user_code, now, |request| {
                if request.client_id != client.client_id {
                    DeviceAnswer::Unknown
                } else if request.approved == Some(false) {
                    DeviceAnswer::Denied
                } else if now >= request.expires_at {
                    DeviceAnswer::Expired
                } else if request.is_early(now) {
                    DeviceAnswer::SlowDown
                } else {
                    DeviceAnswer::Pending {
                        hinted: request.hinted,
                    }
                }
            })
        });
        answer.unwrap_or(DeviceAnswer::Unknown)
    }

    /// Both codes are remembered for their lifetime once more, so that the device learns that they expired.
    fn insert(&self, user_code: &str, request: DeviceRequest, config: &DeviceConfig, now: u64) {
        let forget_at = request.expires_at.saturating_add(config.lifetime);
        let device_code = request.device_code.clone();
        self.user_codes
            .insert(device_code.expose(), user_code.into(), forget_at, now);
        self.requests.insert(user_code, request, forget_at, now);
    }
}

/// `POST /device_authorization`.
pub(crate) async fn endpoint(
    State(context): State<Context>,
    request: Request<Body>,
) -> Result<Response<Body>, OAuthError> {
    let context = &context;
    let (headers, form) = Form::posted(request).await?;
    let client = client_auth::authenticate(context, &headers, &form)?;
    client.may_use(wire::GRANT_DEVICE_CODE)?;
    let now = context.clock.now();
    let config = &context.config.device;
    let device_code = random::identifier(&*context.random);
    let user_code = user_code::draw(&*context.random);
    let waiting = DeviceRequest {
        device_code: Credential::new(&device_code),
        client_id: Arc::clone(&client.client_id),
        scope: client.resolve_scope(form.get("scope"))?,
        targets: Targets::parse(&form, &context.config)?,
        hinted: CompletionMode::parse(form.get("completion_mode"), context.config.readings.c40)?
            .accepts_deferral(&context.config.draft),
        expires_at: now.saturating_add(config.lifetime),
        approved: None,
        interval: config.interval,
        last_poll: None,
    };
    context
        .devices
        .insert(&user_code::normalized(&user_code), waiting, config, now);
    let response = response(
        context,
        &device_code,
        &user_code,
        config.lifetime,
        config.interval,
    );
    Ok(response)
}

/// A device authorization response (RFC 8628 Section 3.2); times in seconds.
pub(crate) fn response(
    context: &Context,
    device_code: &str,
    user_code: &str,
    expires_in: u64,
    interval: u64,
) -> Response<Body> {
    let verification_uri = &context.config.device.verification_uri;
    let members = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": verification_uri,
        "verification_uri_complete": format!("{verification_uri}?user_code={user_code}"),
        "expires_in": expires_in,
        "interval": interval,
    });
    reply::json(StatusCode::OK, &members)
}
