//! The control API of the bundled server (`reference/CONTROL.md`), as requests.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde_json::{Value, json};
use url::Url;

use super::{Name, Operation};
use crate::target::discovery::{get, parse};
use crate::target::error::SetupError;
use crate::target::failure::TransportFailure;
use crate::target::transport::{Outgoing, Reply, Transport};

/// The bundled server's control API and the way to it.
#[derive(Debug, Clone)]
pub struct Reference {
    pub(crate) transport: Transport,
    decide: Arc<Url>,
    consent: Arc<Url>,
    progress: Arc<Url>,
    callbacks: Arc<Url>,
    clock: Arc<Url>,
    client: Arc<Url>,
    policy: Arc<Url>,
    drop: Arc<Url>,
    only: Option<Arc<[Name]>>,
}

impl Reference {
    /// The control API below `base`.
    ///
    /// # Errors
    /// [`SetupError::Url`].
    pub fn new(transport: Transport, base: &str) -> Result<Self, SetupError> {
        let base = base.trim_end_matches('/');
        let at = |name: &str| parse("control", &format!("{base}/control/{name}"));
        Ok(Self {
            transport,
            decide: at("decide")?,
            consent: at("consent")?,
            progress: at("progress")?,
            callbacks: at("callbacks")?,
            clock: at("clock")?,
            client: at("client")?,
            policy: at("policy")?,
            drop: at("drop")?,
            only: None,
        })
    }

    /// The same, as if it knew these operations only.
    pub fn only(self, names: Option<Vec<Name>>) -> Self {
        Self {
            only: names.map(Into::into),
            ..self
        }
    }

    pub(super) fn can(&self, name: Name) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&name))
    }

    /// The request that carries an operation out.
    pub fn request(&self, operation: &Operation) -> Outgoing {
        match operation {
            Operation::Clock(seconds) => post(&self.clock, &json!({ "advance": seconds })),
            Operation::Client {
                name,
                client_id,
                scope,
            } => self.about_client(*name, client_id, scope),
            Operation::Code {
                name,
                code,
                part,
                lasts,
            } => self.about_code(*name, code, part, *lasts),
        }
    }

    fn about_client(&self, name: Name, client_id: &str, scope: &str) -> Outgoing {
        let next = |next| {
            let body = json!({ "client_id": client_id, "next": next });
            post(&self.policy, &body)
        };
        let enabled = |enabled| {
            let body = json!({ "client_id": client_id, "enabled": enabled });
            post(&self.client, &body)
        };
        match name {
            Name::DeferNext => next("defer"),
            Name::InteractNext => next("interact"),
            Name::CompleteNext => next("complete"),
            Name::DenyNext => next("deny"),
            Name::DisableClient => enabled(false),
            Name::EnableClient => enabled(true),
            Name::LoseNext => post(&self.drop, &json!({ "client_id": client_id })),
            _ => {
                let body = json!({ "client_id": client_id, "default_scope": scope });
                post(&self.client, &body)
            }
        }
    }

    fn about_code(&self, name: Name, code: &str, part: &str, lasts: Option<u64>) -> Outgoing {
        let decision = match name {
            Name::WithdrawConsent | Name::RestoreConsent => {
                let valid = name == Name::RestoreConsent;
                let body = json!({ "deferral_code": code, "valid": valid });
                return post(&self.consent, &body);
            }
            Name::Progress => {
                let body = json!({ "deferral_code": code, "step": "document_review" });
                return post(&self.progress, &body);
            }
            Name::AttemptCallback => {
                return post(&self.callbacks, &json!({ "deferral_code": code }));
            }
            Name::Approve | Name::Narrow => {
                let mut body = json!({ "deferral_code": code, "decision": "approve" });
                if name == Name::Narrow {
                    body["scope"] = part.into();
                }
                if let Some(seconds) = lasts {
                    body["approved_for"] = seconds.into();
                }
                return post(&self.decide, &body);
            }
            Name::Deny => "deny",
            Name::NeedInteraction => "need_interaction",
            Name::InteractionDone => "interaction_done",
            Name::InteractionBegun => "interaction_begun",
            other => unreachable!("{other:?} is about no deferral code"),
        };
        let body = json!({ "deferral_code": code, "decision": decision });
        post(&self.decide, &body)
    }

    /// Whether callbacks go out only on demand.
    pub fn hold_callbacks(&self, hold: bool) -> Outgoing {
        post(&self.callbacks, &json!({ "hold": hold }))
    }

    /// What time it is.
    pub fn read_clock(&self) -> Outgoing {
        get(Arc::clone(&self.clock))
    }

    /// Sends a control request and reads the answer. A code that the server no longer knows is no failure: there is
    /// nothing left to control, and the value is null.
    ///
    /// # Errors
    /// [`TransportFailure::Control`] when it is refused, or that of the transport.
    pub async fn ask(&self, request: Outgoing) -> Result<Value, TransportFailure> {
        read(&self.transport.send(request).await?)
    }
}

/// What a control answer says: a JSON object with status 200. A code that the server no longer knows is no failure:
/// there is nothing left to control, and the value is null.
///
/// # Errors
/// [`TransportFailure::Control`].
pub fn read(reply: &Reply) -> Result<Value, TransportFailure> {
    let value: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let error = value.get("error").and_then(Value::as_str);
    match (reply.status, error) {
        (200, _) if value.is_object() => Ok(value),
        (404, Some("unknown_deferral_code")) => Ok(Value::Null),
        (status, _) => Err(TransportFailure::Control(format!(
            "status {status}, {}",
            error.unwrap_or("without an error code")
        ))),
    }
}

fn post(url: &Arc<Url>, body: &Value) -> Outgoing {
    Outgoing {
        method: Method::POST,
        url: Arc::clone(url),
        headers: vec![(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )],
        body: Bytes::from(body.to_string()),
    }
}
