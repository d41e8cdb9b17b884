//! What a server is told besides requests: by its controls, by whoever visits its pages, by a callback endpoint.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::came::Came;
use super::playing::Playing;
use crate::target::control::{self, Name, Operation};
use crate::target::discovery::get;
use crate::target::receiver::{Inbox, Manner, Received};
use crate::target::{Callbacks, visit};
use crate::vector::format::{AwaitCallback, Control, Decision, Policy, Role, Until, Visit};

/// How often an inbox is looked into while a callback is waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// Time for a server to follow a redirect that it should not follow.
const TO_FOLLOW: Duration = Duration::from_millis(200);

impl Playing {
    /// Tells the policy what to do with the owner's next request; whether it could be told.
    pub(super) async fn steer(&self, policy: Policy) -> Result<bool, String> {
        let name = match policy {
            Policy::Defer => Name::DeferNext,
            Policy::Interact => Name::InteractNext,
            Policy::Complete => Name::CompleteNext,
            Policy::Deny => Name::DenyNext,
        };
        match (self.target.can(name), policy) {
            (true, _) => self.tell_of_owner(name, "").await.map(|_| true),
            // What is refused outright, nobody knows.
            (false, Policy::Deny) => Err(format!("there is no control to {}", name.purpose())),
            (false, _) => Ok(false),
        }
    }

    pub(super) async fn control(&mut self, control: &Control) -> Result<(), String> {
        let lasts = match control {
            Control::Decide { approved_for, .. } => *approved_for,
            _ => None,
        };
        let about = |name, code: String, part: String| Operation::Code {
            name,
            code: code.into(),
            part: part.into(),
            lasts,
        };
        let operation = match control {
            Control::Decide {
                deferral_code,
                decision,
                scope,
                ..
            } => {
                let name = match (decision, scope) {
                    (Decision::Approve, None) => Name::Approve,
                    (Decision::Approve, Some(_)) => Name::Narrow,
                    (Decision::Deny, _) => Name::Deny,
                    (Decision::NeedInteraction, _) => Name::NeedInteraction,
                    (Decision::InteractionDone, _) => Name::InteractionDone,
                    (Decision::InteractionBegun, _) => Name::InteractionBegun,
                };
                let part = scope.as_deref().unwrap_or_default();
                about(
                    name,
                    self.values.fill(deferral_code)?,
                    self.values.fill(part)?,
                )
            }
            Control::Consent {
                deferral_code,
                valid,
            } => {
                let name = match valid {
                    true => Name::RestoreConsent,
                    false => Name::WithdrawConsent,
                };
                about(name, self.values.fill(deferral_code)?, String::new())
            }
            Control::Progress { deferral_code } => about(
                Name::Progress,
                self.values.fill(deferral_code)?,
                String::new(),
            ),
            Control::Client { enabled } => {
                self.changes.disabled = !enabled;
                let name = match enabled {
                    true => Name::EnableClient,
                    false => Name::DisableClient,
                };
                return self.tell_of_owner(name, "").await.map(drop);
            }
            Control::DefaultScope { scope } => {
                self.changes.widened = true;
                let scope = self.values.fill(scope)?;
                return self.tell_of_owner(Name::WidenScope, &scope).await.map(drop);
            }
        };
        self.tell(operation).await.map(drop)
    }

    /// An operation on the owner's registration, or on what becomes of its next request.
    pub(super) async fn tell_of_owner(&self, name: Name, scope: &str) -> Result<Value, String> {
        self.tell_of(Role::Owner, name, scope).await
    }

    /// The same for any client.
    pub(super) async fn tell_of(
        &self,
        role: Role,
        name: Name,
        scope: &str,
    ) -> Result<Value, String> {
        let client_id = Arc::clone(&self.client(role).client_id);
        self.tell(Operation::Client {
            name,
            client_id,
            scope: scope.into(),
        })
        .await
    }

    async fn tell(&self, operation: Operation) -> Result<Value, String> {
        let purpose = operation.name().purpose();
        let missing = || format!("there is no control to {purpose}");
        let control = self.target.control.as_ref();
        let control = control.filter(|control| control.can(operation.name()));
        let control = control.ok_or_else(missing)?;
        let (_, reply) = control.perform(&operation).await;
        let reply = reply.map_err(|failure| failure.to_string())?;
        control::read(&reply).map_err(|failure| format!("{purpose}: {failure}"))
    }

    /// Gives the server its occasion for a callback, or waits until it takes one.
    pub(super) async fn callback(&mut self, awaited: &AwaitCallback) -> Result<Came, String> {
        let code: Arc<str> = self.values.fill(&awaited.deferral_code)?.into();
        let manner = manner(awaited)?;
        let redirects = manner == Manner::Redirect;
        let inbox = self.lease.pair().inbox.clone();
        let mut arrived = match self.target.callbacks {
            Callbacks::Held => {
                if let Some(inbox) = &inbox {
                    inbox.behave(manner);
                }
                let occasion = Operation::about(Name::AttemptCallback, &code);
                let attempted = self.tell(occasion).await;
                let arrived = inbox.as_ref().map(|inbox| inbox.take());
                attempted?;
                arrived.unwrap_or_default()
            }
            Callbacks::AtWill(_) if manner != Manner::default() => {
                return Err("callbacks come when the server pleases".to_owned());
            }
            Callbacks::AtWill(patience) => match &inbox {
                Some(inbox) => waited_for(inbox, &code, patience).await,
                None => Vec::new(),
            },
        };
        if let Some(inbox) = &inbox {
            if redirects {
                tokio::time::sleep(TO_FOLLOW).await;
                arrived.extend(inbox.take());
            }
            inbox.behave(Manner::default());
        }
        Ok(match arrived.len() {
            0 => Came::Silence,
            1 => Came::Callback(Box::new(arrived.remove(0))),
            several => Came::Callbacks(several),
        })
    }

    /// Goes to an interaction URI, and does there what the step says.
    pub(super) async fn visit(&mut self, step: &Visit) -> Result<Came, String> {
        let uri = self.values.fill(&step.interaction_uri)?;
        let uri = Url::parse(&uri).map_err(|why| format!("{uri} is no URL: {why}"))?;
        let visitors = &self.target.visitors;
        let all = &self.target.interaction;
        let steps = match step.until {
            Until::Opened => {
                let reply = visitors.send(get(Arc::new(uri))).await;
                let reply = reply.map_err(|failure| failure.to_string())?;
                return Ok(Came::Visited(reply.status < 400));
            }
            _ if all.is_empty() => {
                return Err("nobody knows what finishes an interaction there".to_owned());
            }
            Until::LastStep => &all[..all.len() - 1],
            Until::Finished => &all[..],
        };
        let mut values = visit::values(&uri);
        for step in steps {
            let outgoing = step.request.fill(&values)?;
            let reply = visitors.send(outgoing).await;
            let reply = reply.map_err(|failure| failure.to_string())?;
            // What is not there to be taken was not shown: nobody gets any further.
            match step.take(&reply) {
                Ok(taken) if reply.status < 400 => values.extend(taken),
                _ => return Ok(Came::Visited(false)),
            }
        }
        Ok(Came::Visited(true))
    }
}

async fn waited_for(inbox: &Inbox, code: &str, patience: Duration) -> Vec<Received> {
    let until = Instant::now() + patience;
    loop {
        let arrived = inbox.take_about(code);
        if !arrived.is_empty() || Instant::now() >= until {
            return arrived;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// How the callback endpoint answers.
fn manner(awaited: &AwaitCallback) -> Result<Manner, String> {
    let status = StatusCode::from_u16(awaited.endpoint_replies).map_err(|why| format!("{why}"))?;
    match &awaited.endpoint_says {
        None if status.is_redirection() => Ok(Manner::Redirect),
        None => Ok(Manner::Status(status)),
        Some(text) if status == StatusCode::OK => Ok(Manner::Body(text.as_str().into())),
        Some(_) => Err(format!(
            "`endpoint_says` goes with status 200, not {status}"
        )),
    }
}
