//! A request that may be made again and again, made again: another code (C-47/A), or the same (C-47/B).
//!
//! What is the same is kept in the process; a server of several nodes would keep it in its shared store.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;

use super::defer::deferred_response;
use super::initial::InitialRequest;
use super::one_time::Presented;
use crate::config::readings::{C47, Readings};
use crate::deferral::FrozenRequest;
use crate::error::OAuthError;
use crate::secret::DeferralCode;
use crate::server::Context;

/// What makes a request the same as another: its parameters, its client, its key. `None` where nothing does.
pub(super) struct Repeated(Option<String>);

impl Repeated {
    /// Of a request whose credential is good once, the repetition is C-45's business.
    pub(super) fn of(
        initial: &InitialRequest,
        request: &FrozenRequest,
        presented: &Option<Presented>,
        readings: &Readings,
    ) -> Self {
        let applies = readings.c47 == C47::B && presented.is_none();
        Self(applies.then(|| {
            let parameters = URL_SAFE_NO_PAD.encode(initial.parameters);
            format!("{} {:?} {parameters}", request.client_id, request.key)
        }))
    }

    /// The deferred response of the same request before, while its code can be polled.
    pub(super) async fn response(
        &self,
        context: &Context,
        now: u64,
    ) -> Result<Option<Response<Body>>, OAuthError> {
        let known = self.0.as_ref();
        let Some(code) = known.and_then(|same| context.repeatable.get(same, now)) else {
            return Ok(None);
        };
        let opening = context.store.opening(&code, now).await?;
        let readings = &context.config.readings;
        Ok(opening.map(|opening| deferred_response(&code, &opening, None, readings)))
    }

    /// Remembers the code for the next of the kind.
    pub(super) fn remember(&self, context: &Context, code: &DeferralCode, until: u64, now: u64) {
        if let Some(same) = &self.0 {
            context.repeatable.insert(same, code.clone(), until, now);
        }
    }
}
