//! The control API of a target, as requests: what a test does to a server besides speaking OAuth to it.

use std::sync::Arc;

use bytes::Bytes;
use dtr_model::event::{Decision, Steer};
use http::{HeaderValue, Method, header};
use serde_json::{Value, json};
use url::Url;

use super::discovery::parse;
use super::error::SetupError;
use super::failure::TransportFailure;
use super::transport::{Outgoing, Reply, Transport};

/// A control API and the way to it.
#[derive(Debug, Clone)]
pub struct Control {
    pub(crate) transport: Transport,
    decide: Arc<Url>,
    consent: Arc<Url>,
    callbacks: Arc<Url>,
    clock: Arc<Url>,
    client: Arc<Url>,
    policy: Arc<Url>,
    drop: Arc<Url>,
}

impl Control {
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
            callbacks: at("callbacks")?,
            clock: at("clock")?,
            client: at("client")?,
            policy: at("policy")?,
            drop: at("drop")?,
        })
    }

    /// What the policy does with the client's next request.
    pub fn policy(&self, client_id: &str, steer: Steer) -> Outgoing {
        let next = match steer {
            Steer::Defer => "defer",
            Steer::Interact => "interact",
            Steer::Complete => "complete",
        };
        post(
            &self.policy,
            &json!({ "client_id": client_id, "next": next }),
        )
    }

    /// The response to the client's next authenticated request is to get lost.
    pub fn drop(&self, client_id: &str) -> Outgoing {
        post(&self.drop, &json!({ "client_id": client_id }))
    }

    /// A decision; `part` is what a narrowed approval grants.
    pub fn decide(&self, code: &str, decision: Decision, part: &str) -> Outgoing {
        let body = match decision {
            Decision::Approve => json!({ "deferral_code": code, "decision": "approve" }),
            Decision::Narrow => {
                json!({ "deferral_code": code, "decision": "approve", "scope": part })
            }
            Decision::Deny => json!({ "deferral_code": code, "decision": "deny" }),
            Decision::NeedInteraction => {
                json!({ "deferral_code": code, "decision": "need_interaction" })
            }
            Decision::InteractionDone => {
                json!({ "deferral_code": code, "decision": "interaction_done" })
            }
        };
        post(&self.decide, &body)
    }

    /// Whether the resource owner's consent holds.
    pub fn consent(&self, code: &str, valid: bool) -> Outgoing {
        post(
            &self.consent,
            &json!({ "deferral_code": code, "valid": valid }),
        )
    }

    /// Whether the client's registration holds.
    pub fn enable(&self, client_id: &str, enabled: bool) -> Outgoing {
        post(
            &self.client,
            &json!({ "client_id": client_id, "enabled": enabled }),
        )
    }

    /// What the client's requests without a scope stand for.
    pub fn default_scope(&self, client_id: &str, scope: &str) -> Outgoing {
        post(
            &self.client,
            &json!({ "client_id": client_id, "default_scope": scope }),
        )
    }

    /// A callback attempt, now.
    pub fn attempt_callback(&self, code: &str) -> Outgoing {
        post(&self.callbacks, &json!({ "deferral_code": code }))
    }

    /// Whether callbacks go out only on demand.
    pub fn hold_callbacks(&self, hold: bool) -> Outgoing {
        post(&self.callbacks, &json!({ "hold": hold }))
    }

    /// What time it is.
    pub fn read_clock(&self) -> Outgoing {
        super::discovery::get(Arc::clone(&self.clock))
    }

    /// Moves the clock.
    pub fn advance_clock(&self, seconds: u64) -> Outgoing {
        post(&self.clock, &json!({ "advance": seconds }))
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
pub(crate) fn read(reply: &Reply) -> Result<Value, TransportFailure> {
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
