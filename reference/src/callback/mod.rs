//! Callbacks (Section 7): telling a client that a poll will now bring the final answer.
//!
//! - this file: one attempt, from the record to the endpoint and back;
//! - [`delivery`]: the HTTP request;
//! - [`address`]: which addresses may be called;
//! - [`handover`]: never before the deferred response is with the transport.

pub(crate) mod address;
mod delivery;
mod handover;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Config;
use crate::config::readings::{C57, C60};
use crate::error::SetupError;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::StoreError;

use delivery::Courier;
use handover::Handover;
pub(crate) use handover::HeldBack;

/// Delivers callbacks.
pub(crate) struct Callbacks {
    courier: Courier,
    handover: Handover,
    held: AtomicBool,
}

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// None was due.
    None,
    /// It was made; the HTTP status, if there was one.
    Made(Option<u16>),
}

impl Callbacks {
    /// Sets up the HTTP client, and checks where registered endpoints lead.
    pub(crate) fn new(config: &Config) -> Result<Self, SetupError> {
        address::check_registrations(config)?;
        Ok(Self {
            courier: Courier::new(&config.callback)?,
            handover: Handover::default(),
            held: AtomicBool::new(false),
        })
    }

    /// Keeps callbacks for this code back until the response that introduces it is with the transport.
    pub(crate) fn hold_back(&self, code: &DeferralCode) -> handover::HeldBack {
        self.handover.hold_back(code)
    }

    /// Whether callbacks go out only on demand.
    pub(crate) fn held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }

    /// Lets callbacks go out only on demand, or by themselves again.
    pub(crate) fn hold(&self, hold: bool) {
        self.held.store(hold, Ordering::SeqCst);
    }

    /// Makes an attempt, if one may be made now; `early` lifts the waiting time.
    pub(crate) async fn attempt(
        &self,
        context: &Context,
        code: &DeferralCode,
        early: bool,
    ) -> Result<Attempt, StoreError> {
        if self.handover.is_held_back(code) {
            return Ok(Attempt::None);
        }
        let Some(attempt) = context
            .store
            .begin_callback(code, context.clock.now(), early)
            .await?
        else {
            return Ok(Attempt::None);
        };
        let readings = context.config.readings;
        let client = context.clients.find(&attempt.client_id);
        let edition = &context.config.draft;
        // C-57/A: whoever registered an endpoint is called.
        let Some(endpoint) = client
            .as_ref()
            .filter(|_| edition.callbacks.is_some() && readings.c57 == C57::A)
            .and_then(|client| client.notification_endpoint.as_deref())
        else {
            // Nobody to tell; the client polls.
            context
                .store
                .end_callback(code, context.clock.now(), true)
                .await?;
            return Ok(Attempt::None);
        };
        let status = self
            .courier
            .deliver(endpoint, edition.code.name, code, attempt.token.as_ref())
            .await;
        let delivered = status.is_some_and(|status| match readings.c60 {
            C60::A => (200..300).contains(&status),
            C60::C => status == 204,
        });
        tracing::debug!(client_id = %attempt.client_id, status, delivered, "callback attempt");
        context
            .store
            .end_callback(code, context.clock.now(), delivered)
            .await?;
        Ok(Attempt::Made(status))
    }
}
