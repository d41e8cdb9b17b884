//! Callback attempts (Section 7), and callbacks that nobody expected.

use dtr_model::event::{Answer, Fate};
use http::StatusCode;

use super::decide::ControlCall;
use super::log::Log;
use super::observation::Seen;
use super::response::excerpt;
use super::{Session, rules};
use crate::target::TransportFailure;
use crate::target::receiver::{Inbox, Received};

/// What a control request for a callback is for.
pub(super) const ATTEMPT: &str = "attempt a callback";

impl Session {
    /// Performs `Event::Callback`: the server gets its occasion, and the receiver answers as the network would have it.
    pub(super) async fn callback(
        &mut self,
        log: &mut Log,
        fate: Fate,
    ) -> Result<Seen, TransportFailure> {
        let Some(code) = self.known_code()? else {
            return Ok(Seen::Answer(Answer::Silence));
        };
        let call = self.callback_call(&code, fate)?;
        let attempted = self
            .control(log, call.purpose, call.purpose, |_| call.outgoing)
            .await;
        let arrived = self.arrived_callbacks();
        attempted?;
        Ok(Seen::Answer(self.read_callbacks(log, arrived, &code)))
    }

    /// The server's occasion; the receiver is told how to answer.
    pub(super) fn callback_call(
        &self,
        code: &str,
        fate: Fate,
    ) -> Result<ControlCall, TransportFailure> {
        if let Some(inbox) = self.inbox() {
            inbox.reply_with(match fate {
                Fate::Delivered => StatusCode::NO_CONTENT,
                Fate::Lost => StatusCode::SERVICE_UNAVAILABLE,
            });
        }
        Ok(ControlCall {
            purpose: ATTEMPT,
            outgoing: self.controls(ATTEMPT)?.attempt_callback(code),
        })
    }

    /// What the receiver got meanwhile; from now on it answers as it should.
    pub(super) fn arrived_callbacks(&self) -> Vec<Received> {
        let arrived = self.inbox().map(|inbox| {
            inbox.reply_with(StatusCode::NO_CONTENT);
            inbox.take()
        });
        arrived.unwrap_or_default()
    }

    pub(super) fn read_callbacks(
        &self,
        log: &mut Log,
        arrived: Vec<Received>,
        code: &str,
    ) -> Answer {
        let token = self
            .deferral
            .as_ref()
            .and_then(|captured| captured.notification_token.as_deref());
        let mut answer = Answer::Silence;
        for (position, callback) in arrived.into_iter().enumerate() {
            let draft = &self.target.draft;
            let bearer = rules::callback::check(log, &callback, draft, code, token);
            if position == 0 {
                answer = Answer::Called { bearer };
            } else {
                log.complain("K-7-01", "one attempt led to several callbacks".to_owned());
            }
        }
        answer
    }

    /// Callbacks are held back at the server, so one that arrives between events is out of place.
    pub(super) fn note_unbidden_callbacks(&self, log: &mut Log) {
        let Some(inbox) = self.inbox() else {
            return;
        };
        for callback in inbox.take() {
            log.complain(
                "K-7-01",
                format!(
                    "a callback came unbidden: {} {}",
                    callback.method,
                    excerpt(&callback.body)
                ),
            );
        }
    }

    pub(super) fn inbox(&self) -> Option<&Inbox> {
        self.lease.pair().inbox.as_deref()
    }
}
