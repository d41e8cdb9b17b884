//! Callback attempts (Section 7), and callbacks that nobody expected.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dtr_model::event::{Answer, Decision, Fate};
use http::StatusCode;

use super::log::Log;
use super::observation::{Observation, Seen};
use super::response::excerpt;
use super::{Session, rules};
use crate::target::control::{Name, Operation};
use crate::target::receiver::{Inbox, Manner, Received};
use crate::target::{Callbacks, TransportFailure};

/// How often an inbox is looked into while a callback is waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// Time for the receiver to notice that the server hung up.
const TO_SETTLE: Duration = Duration::from_millis(250);
/// Time for a server to follow a redirect that it should not follow.
const TO_FOLLOW: Duration = Duration::from_millis(200);

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
        let operation = self.occasion(&code, fate);
        let attempted = self.control(log, operation).await;
        let arrived = self.arrived_callbacks();
        attempted?;
        Ok(Seen::Answer(self.read_callbacks(log, arrived, &code)))
    }

    /// The server's occasion; the receiver is told how to answer.
    pub(super) fn occasion(&self, code: &Arc<str>, fate: Fate) -> Operation {
        if let Some(inbox) = self.inbox() {
            inbox.reply_with(match fate {
                Fate::Delivered => StatusCode::NO_CONTENT,
                Fate::Lost => StatusCode::SERVICE_UNAVAILABLE,
            });
        }
        Operation::about(Name::AttemptCallback, code)
    }

    /// Approves the request and gives the server its occasion, or waits until it takes one. What arrived until the
    /// server was done with it, or `patience` was at an end.
    pub(super) async fn attempted(
        &mut self,
        log: &mut Log,
        code: &Arc<str>,
        manner: Manner,
    ) -> Result<Vec<Received>, TransportFailure> {
        let no_inbox = TransportFailure::NotPerformable("the client has no callback endpoint here");
        self.inbox().ok_or(no_inbox)?.behave(manner.clone());
        self.decide(log, Decision::Approve).await?;
        let mut until = Instant::now() + self.target.patience;
        if self.target.callbacks == Callbacks::Held {
            let occasion = Operation::about(Name::AttemptCallback, code);
            let attempt = self.control(log, occasion);
            // One that outlasts our patience is seen at the other end; one that was refused was none.
            if let Ok(answered) = tokio::time::timeout(self.target.patience, attempt).await {
                answered?;
            }
            // The attempt is over, and what it led to is here.
            until = Instant::now() + TO_SETTLE;
        }
        let mut arrived = Vec::new();
        while let Some(inbox) = self.inbox() {
            arrived.extend(inbox.take_about(code));
            let over = match manner {
                Manner::Silent | Manner::Endless => inbox.given_up().is_some(),
                _ => !arrived.is_empty(),
            };
            if over || Instant::now() >= until {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        if let (Manner::Redirect, Some(inbox)) = (manner, self.inbox()) {
            tokio::time::sleep(TO_FOLLOW).await;
            arrived.extend(inbox.take_about(code));
        }
        Ok(arrived)
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

    /// What a server that calls when it pleases has said about this trace's code since the last time. With `wait`, a
    /// first callback is waited for so long.
    pub async fn callbacks_so_far(&mut self, wait: Duration) -> Option<Observation> {
        let code = self
            .deferral
            .as_ref()
            .map(|known| Arc::clone(&known.code))?;
        let until = Instant::now() + wait;
        let arrived = loop {
            let arrived = self.inbox()?.take_about(&code);
            if !arrived.is_empty() || Instant::now() >= until {
                break arrived;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        };
        if arrived.is_empty() {
            return None;
        }
        let mut log = Log::by(self.target.draft);
        let answer = self.read_callbacks(&mut log, arrived, &code);
        Some(log.conclude(Seen::Answer(answer)))
    }

    /// Where callbacks are held back at the server, so one that arrives between events is out of place.
    pub(super) fn note_unbidden_callbacks(&self, log: &mut Log) {
        let held = self.target.callbacks == Callbacks::Held;
        let Some(inbox) = self.inbox().filter(|_| held) else {
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
