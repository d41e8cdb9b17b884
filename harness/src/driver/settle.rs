//! The end of a trace: its clients become again what they were.

use std::sync::Arc;

use super::Session;
use super::call::Sender;
use super::log::Log;
use crate::target::TransportFailure;
use crate::target::client::Credentials;

impl Session {
    /// Undoes what the trace changed. What cannot be undone keeps the lease from being used again.
    pub(super) async fn settle(&mut self) {
        let mut log = Log::default();
        let restored = self.restore(&mut log).await;
        if let Some(inbox) = self.inbox() {
            inbox.take();
        }
        self.lease.set_dirty(restored.is_err());
    }

    async fn restore(&mut self, log: &mut Log) -> Result<(), TransportFailure> {
        if self.changes.disabled {
            self.enable(log, true).await?;
        }
        if self.changes.widened {
            let client = self.client(false).clone();
            let what = "restore the client's default scope";
            self.control(log, what, what, |control| {
                control.default_scope(&client.client_id, &client.scopes.whole)
            })
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
