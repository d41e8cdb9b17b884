//! The end of a trace: its clients become again what they were.

use std::sync::Arc;

use super::Session;
use super::call::Sender;
use super::log::Log;
use crate::target::TransportFailure;
use crate::target::client::Credentials;
use crate::target::control::Name;

impl Session {
    /// Undoes what the trace changed. What cannot be undone keeps the lease from being used again.
    pub(super) async fn settle(&mut self) {
        let mut log = Log::by(self.target.draft);
        let restored = self.restore(&mut log).await;
        match (self.inbox(), &self.deferral) {
            // What is about other traces is theirs.
            (Some(inbox), known) if self.lease.is_shared() => {
                let code = known.as_ref().map(|known| &*known.code);
                code.map(|code| inbox.take_about(code));
            }
            (Some(inbox), _) => drop(inbox.take()),
            (None, _) => {}
        }
        self.lease.set_dirty(restored.is_err());
    }

    async fn restore(&mut self, log: &mut Log) -> Result<(), TransportFailure> {
        if self.changes.disabled {
            self.enable(log, true).await?;
        }
        if self.changes.widened {
            let client = self.client(false).clone();
            self.control_client(
                log,
                Name::RestoreScope,
                &client.client_id,
                &client.scopes.whole,
            )
            .await?;
        }
        for other in [false, true] {
            if self.changes.pending_drop[usize::from(other)] {
                self.spend_drop(log, other).await?;
            }
        }
        Ok(())
    }

    /// A response that was to get lost and did not: lets the next one get lost, of a request that does nothing.
    async fn spend_drop(&mut self, log: &mut Log, other: bool) -> Result<(), TransportFailure> {
        let nothing: Arc<str> = self.draw::<20>().into();
        let sender = Sender {
            other,
            key: None,
            shows: Credentials::Own,
        };
        let call = self.revocation_of("use up a pending loss", &nothing, sender)?;
        match self.send_revocation(log, call).await {
            Ok(_) | Err(TransportFailure::ConnectionClosed) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}
