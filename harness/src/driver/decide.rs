//! What happens at the server besides requests, through its control API. None of it calls for an answer.

use std::sync::Arc;

use dtr_model::event::{Answer, Decision, Precondition};

use super::Session;
use super::log::Log;
use super::observation::Seen;
use crate::target::TransportFailure;
use crate::target::control::{Name, Operation};

/// What there is to see where nothing calls for an answer.
pub(super) const SILENCE: Seen = Seen::Answer(Answer::Silence);

impl Session {
    /// Performs `Event::Decide`. Before there is a code there is nothing to decide.
    pub(super) async fn decide(
        &mut self,
        log: &mut Log,
        decision: Decision,
    ) -> Result<Seen, TransportFailure> {
        if let Some(call) = self.decision_call(decision)? {
            self.control(log, call).await?;
            self.note_approval(decision);
        }
        Ok(SILENCE)
    }

    /// What makes a decision; nothing before there is a code.
    pub(super) fn decision_call(
        &self,
        decision: Decision,
    ) -> Result<Option<Operation>, TransportFailure> {
        let Some(code) = self.known_code()? else {
            return Ok(None);
        };
        let scopes = Arc::clone(&self.client(false).scopes);
        Ok(Some(Operation::Code {
            name: Name::deciding(decision),
            code,
            part: scopes.part.as_str().into(),
            lasts: self.lasts(decision),
        }))
    }

    /// Seconds that an approval lasts, where it has an end.
    fn lasts(&self, decision: Decision) -> Option<u64> {
        let approves = matches!(decision, Decision::Approve | Decision::Narrow);
        let ticks = Some(u64::from(self.terms.approval)).filter(|ticks| approves && *ticks > 0);
        ticks.map(|ticks| ticks * self.target.tick_seconds)
    }

    /// The first approval is what counts; a later one is void.
    pub(super) fn note_approval(&mut self, decision: Decision) {
        let lasts = self.lasts(decision).filter(|_| self.deferral.is_some());
        let until = lasts.map(|seconds| self.target.time.now().saturating_add(seconds));
        self.approved_until = self.approved_until.or(until);
    }

    /// Performs `Event::Lapse` and `Event::Return`.
    pub(super) async fn set_holds(
        &mut self,
        log: &mut Log,
        precondition: Precondition,
        holds: bool,
    ) -> Result<Seen, TransportFailure> {
        if let Some(call) = self.lapse_call(precondition, holds)? {
            self.control(log, call).await?;
        }
        Ok(SILENCE)
    }

    /// What makes a precondition lapse or hold again, noted as if it had already.
    pub(super) fn lapse_call(
        &mut self,
        precondition: Precondition,
        holds: bool,
    ) -> Result<Option<Operation>, TransportFailure> {
        match precondition {
            Precondition::Consent => {
                self.known_code()?;
                self.changes.consent_lapsed = !holds;
                self.consent_call(holds)
            }
            Precondition::Client => self.enabling_call(holds).map(Some),
        }
    }

    /// Performs `Event::Widen`.
    pub(super) async fn widen(&mut self, log: &mut Log) -> Result<Seen, TransportFailure> {
        let client = self.client(false).clone();
        self.changes.widened = true;
        self.lease.set_dirty(true);
        self.control_client(
            log,
            Name::WidenScope,
            &client.client_id,
            &client.scopes.wider,
        )
        .await?;
        Ok(SILENCE)
    }

    /// Tells the server whether the consent behind the captured code holds.
    pub(super) async fn tell_consent(
        &mut self,
        log: &mut Log,
        holds: bool,
    ) -> Result<(), TransportFailure> {
        match self.consent_call(holds)? {
            Some(call) => self.control(log, call).await.map(drop),
            None => Ok(()),
        }
    }

    fn consent_call(&self, holds: bool) -> Result<Option<Operation>, TransportFailure> {
        let Some(captured) = &self.deferral else {
            return Ok(None);
        };
        let code = Arc::clone(&captured.code);
        let name = Name::setting(Precondition::Consent, holds);
        Ok(Some(Operation::about(name, &code)))
    }

    /// Enables or disables the owner.
    pub(super) async fn enable(
        &mut self,
        log: &mut Log,
        enabled: bool,
    ) -> Result<(), TransportFailure> {
        let call = self.enabling_call(enabled)?;
        self.control(log, call).await.map(drop)
    }

    fn enabling_call(&mut self, enabled: bool) -> Result<Operation, TransportFailure> {
        let client_id = Arc::clone(&self.client(false).client_id);
        self.lease.set_dirty(true);
        let name = Name::setting(Precondition::Client, enabled);
        self.changes.disabled = !enabled;
        Ok(Operation::Client {
            name,
            client_id,
            scope: "".into(),
        })
    }

    /// The captured code, if there can be one.
    pub(super) fn known_code(&self) -> Result<Option<Arc<str>>, TransportFailure> {
        match &self.deferral {
            Some(captured) => Ok(Some(Arc::clone(&captured.code))),
            None if self.code_lost.is_some() => Err(TransportFailure::CodeLost),
            None => Ok(None),
        }
    }
}
