//! What happens at the server besides requests, through its control API. None of it calls for an answer.

use std::sync::Arc;

use dtr_model::event::{Answer, Decision, Precondition};

use super::log::Log;
use super::observation::Seen;
use super::{CODE_LOST, Session};
use crate::target::TransportFailure;

const SILENCE: Seen = Seen::Answer(Answer::Silence);

impl Session {
    /// Performs `Event::Decide`. Before there is a code there is nothing to decide.
    pub(super) async fn decide(
        &mut self,
        log: &mut Log,
        decision: Decision,
    ) -> Result<Seen, TransportFailure> {
        let Some(code) = self.known_code()? else {
            return Ok(SILENCE);
        };
        let purpose = match decision {
            Decision::Approve => "approve the request",
            Decision::Narrow => "approve a part of the request",
            Decision::Deny => "deny the request",
            Decision::NeedInteraction => "ask for interaction",
            Decision::InteractionDone => "finish the interaction",
        };
        let scopes = self.client(false).scopes.clone();
        self.control(log, purpose, purpose, |control| {
            control.decide(&code, decision, &scopes.part)
        })
        .await?;
        Ok(SILENCE)
    }

    /// Performs `Event::Lapse` and `Event::Return`.
    pub(super) async fn set_holds(
        &mut self,
        log: &mut Log,
        precondition: Precondition,
        holds: bool,
    ) -> Result<Seen, TransportFailure> {
        match precondition {
            Precondition::Consent => {
                self.known_code()?;
                self.changes.consent_lapsed = !holds;
                self.tell_consent(log, holds).await?;
            }
            Precondition::Client => self.enable(log, holds).await?,
        }
        Ok(SILENCE)
    }

    /// Performs `Event::Widen`.
    pub(super) async fn widen(&mut self, log: &mut Log) -> Result<Seen, TransportFailure> {
        let client = self.client(false).clone();
        self.changes.widened = true;
        self.lease.set_dirty(true);
        let what = "widen the client's default scope";
        self.control(log, what, what, |control| {
            control.default_scope(&client.client_id, &client.scopes.wider)
        })
        .await?;
        Ok(SILENCE)
    }

    /// Tells the server whether the consent behind the captured code holds.
    pub(super) async fn tell_consent(
        &mut self,
        log: &mut Log,
        holds: bool,
    ) -> Result<(), TransportFailure> {
        let Some(captured) = &self.deferral else {
            return Ok(());
        };
        let code = Arc::clone(&captured.code);
        let purpose = match holds {
            true => "restore the consent",
            false => "withdraw the consent",
        };
        self.control(log, purpose, purpose, |control| {
            control.consent(&code, holds)
        })
        .await?;
        Ok(())
    }

    /// Enables or disables the owner.
    pub(super) async fn enable(
        &mut self,
        log: &mut Log,
        enabled: bool,
    ) -> Result<(), TransportFailure> {
        let client_id = Arc::clone(&self.client(false).client_id);
        self.lease.set_dirty(true);
        let purpose = match enabled {
            true => "enable the client",
            false => "disable the client",
        };
        self.control(log, purpose, purpose, |control| {
            control.enable(&client_id, enabled)
        })
        .await?;
        self.changes.disabled = !enabled;
        Ok(())
    }

    /// The captured code, if there can be one.
    pub(super) fn known_code(&self) -> Result<Option<Arc<str>>, TransportFailure> {
        match &self.deferral {
            Some(captured) => Ok(Some(Arc::clone(&captured.code))),
            None if self.code_lost.is_some() => Err(CODE_LOST),
            None => Ok(None),
        }
    }
}
