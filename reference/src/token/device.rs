//! The device authorization grant at the token endpoint (RFC 8628 Section 3.4).
//!
//! Until the user has decided, `authorization_pending` comes without a deferral code and is about the device
//! code. After that this is an initial request like any other, and may be deferred.

use std::sync::Arc;

use axum::body::Body;
use http::Response;

use super::initial::{self, InitialRequest};
use super::issue;
use super::one_time::Presented;
use crate::client::Client;
use crate::config::readings::{C44, Readings};
use crate::deferral::FrozenRequest;
use crate::device::DeviceAnswer;
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::form::Form;
use crate::server::Context;
use crate::store::{Means, Use};
use crate::targets::Targets;
use crate::wire;

/// The one answer for a code that is unknown, foreign or used up.
const REFUSED: OAuthError = OAuthError::invalid_grant("the device code is not valid");

/// A token request of a device.
pub(super) struct DeviceTokenRequest {
    presented: Presented,
    form: Form,
    initial: InitialRequest,
}

impl DeviceTokenRequest {
    pub(super) fn parse(form: &Form, readings: &Readings) -> Result<Self, OAuthError> {
        let code = form.require("device_code", "device_code is missing")?;
        Ok(Self {
            presented: Presented::new(code, form, REFUSED),
            form: form.clone(),
            initial: InitialRequest::parse(form, readings)?,
        })
    }

    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        client.may_use(wire::GRANT_DEVICE_CODE)?;
        let key = initial::key(proof)?;
        let now = context.clock.now();
        let code = &self.presented.credential;
        let Some(authorization) = context.store.authorization(code, now).await? else {
            return Err(self.undecided(context, client, now));
        };
        if authorization.client_id != client.client_id || authorization.means != Means::Device {
            return Err(REFUSED);
        }
        if authorization.used != Use::Unused {
            return self
                .presented
                .again(context, authorization.used, key.as_ref())
                .await;
        }
        self.check_opt_in(context, authorization.hinted)?;
        let request = FrozenRequest {
            client_id: Arc::clone(&client.client_id),
            subject: authorization.subject,
            scope: authorization.scope,
            key,
            targets: authorization
                .targets
                .narrowed(&Targets::parse(&self.form, &context.config)?)?,
            issued_token_type: None,
            renewal: issue::first_renewal(client),
            default_scope: None,
            credential: None,
            approval: None,
            transaction: None,
        };
        self.presented
            .answer(context, client, self.initial, request)
            .await
    }

    /// RFC 8628 Section 3.5.
    fn undecided(&self, context: &Context, client: &Client, now: u64) -> OAuthError {
        let code = self.presented.credential.expose();
        match context.devices.poll(code, client, now) {
            DeviceAnswer::Unknown => REFUSED,
            DeviceAnswer::Expired => OAuthError::device_code_expired(),
            DeviceAnswer::Denied => OAuthError::user_denied(),
            DeviceAnswer::SlowDown => OAuthError::slow_down(),
            DeviceAnswer::Pending { .. } if context.config.readings.c44 == C44::B => {
                OAuthError::user_pending()
            }
            DeviceAnswer::Pending { hinted } => match self.check_opt_in(context, hinted) {
                Ok(()) => OAuthError::user_pending(),
                Err(error) => error,
            },
        }
    }

    /// Section 5.2, C-36/A. Under C-44/B only once the user has decided.
    fn check_opt_in(&self, context: &Context, hinted: bool) -> Result<(), OAuthError> {
        if hinted && !self.initial.mode.accepts_deferral(&context.config.draft) {
            return Err(OAuthError::invalid_request(
                "the device authorization request had completion_mode=deferred, so every token request needs it too",
            ));
        }
        Ok(())
    }
}
