//! A step's action, carried out.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::matching::Came;
use super::playing::Playing;
use crate::target::TransportFailure;
use crate::target::client::{Credentials, append};
use crate::target::control;
use crate::target::transport::{Outgoing, Reply};
use crate::vector::format::{
    Action, AwaitCallback, Control, Decision, Endpoint, Policy, Proof, Request, Role,
};

const DPOP: HeaderName = HeaderName::from_static("dpop");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Playing {
    /// Carries an action out. `Err` says why it could not be.
    pub(super) async fn perform(&mut self, action: &Action) -> Result<Came, String> {
        match action {
            Action::Request(request) => self.request(request).await,
            Action::Control(control) => {
                self.control(control).await?;
                Ok(Came::Silence)
            }
            Action::AwaitCallback(callback) => self.callback(callback).await,
        }
    }

    async fn request(&mut self, request: &Request) -> Result<Came, String> {
        if let Some(policy) = request.policy {
            let next = match policy {
                Policy::Defer => "defer",
                Policy::Interact => "interact",
                Policy::Complete => "complete",
            };
            let client_id = self.client(Role::Owner).client_id.to_string();
            self.ask("policy", json!({ "client_id": client_id, "next": next }))
                .await?;
        }
        let outgoing = self.outgoing(request)?;
        if !request.answer_lost {
            let reply = self.target.transport.send(outgoing).await;
            return reply
                .map(Came::Reply)
                .map_err(|failure| failure.to_string());
        }
        // A server does not know whose answer to lose if it does not recognise the client.
        let told = match request.client {
            Role::Owner => !self.changes.disabled,
            Role::Other => true,
            Role::Impostor => false,
        };
        if told {
            let client_id = self.client(request.client).client_id.to_string();
            self.ask("drop", json!({ "client_id": client_id })).await?;
        }
        match (self.target.transport.send(outgoing).await, told) {
            (Err(TransportFailure::ConnectionClosed), true) | (Ok(_), false) => Ok(Came::Silence),
            (Ok(reply), true) => Ok(Came::Reply(reply)),
            (Err(failure), _) => Err(failure.to_string()),
        }
    }

    fn outgoing(&mut self, request: &Request) -> Result<Outgoing, String> {
        let endpoints = &self.target.endpoints;
        let url = match request.endpoint {
            Endpoint::Authorization => endpoints.authorization.clone(),
            Endpoint::Token => Some(endpoints.token.clone()),
            Endpoint::Revocation => endpoints.revocation.clone(),
        };
        let url = url.ok_or("the metadata does not name the endpoint")?;
        let mut parameters = Vec::with_capacity(request.parameters.len());
        for (name, value) in &request.parameters {
            parameters.push((name, self.values.fill(value)?));
        }
        if request.endpoint == Endpoint::Authorization {
            let mut asking = Url::clone(&url);
            asking.query_pairs_mut().extend_pairs(parameters);
            return Ok(Outgoing {
                method: Method::GET,
                url: Arc::new(asking),
                headers: Vec::new(),
                body: Bytes::new(),
            });
        }
        let mut form = String::new();
        parameters
            .iter()
            .for_each(|(name, value)| append(&mut form, name, value));
        let mut headers = vec![(header::CONTENT_TYPE, FORM), (header::ACCEPT, JSON)];
        headers.extend(self.proof(request, &url).map(|proof| (DPOP, proof)));
        let client = self.client(request.client);
        let shown = match request.client {
            Role::Owner | Role::Other => Credentials::Own,
            Role::Impostor => Credentials::Wrong,
        };
        client.authentication.shown(shown, &client.client_id).apply(
            &client.client_id,
            &mut form,
            &mut headers,
        );
        Ok(Outgoing {
            method: Method::POST,
            url,
            headers,
            body: Bytes::from(form),
        })
    }

    fn proof(&mut self, request: &Request, url: &Url) -> Option<HeaderValue> {
        let key = match (request.proof, request.client) {
            (Proof::None, _) => return None,
            (Proof::BoundKey, _) => 0,
            (Proof::OtherKey, Role::Owner | Role::Impostor) => 1,
            (Proof::OtherKey, Role::Other) => 2,
        };
        let jti = format!(
            "{:016x}{:016x}",
            self.random.u64(..),
            self.target.next_proof()
        );
        let key = &self.lease.pair().keys[key];
        Some(key.proof(url.as_str(), self.target.time.now(), &jti, None))
    }

    async fn control(&mut self, control: &Control) -> Result<(), String> {
        let client_id = self.client(Role::Owner).client_id.to_string();
        let (path, body) = match control {
            Control::Decide {
                deferral_code,
                decision,
                scope,
            } => {
                let decision = match decision {
                    Decision::Approve => "approve",
                    Decision::Deny => "deny",
                    Decision::NeedInteraction => "need_interaction",
                    Decision::InteractionDone => "interaction_done",
                };
                let mut body = json!({ "deferral_code": self.values.fill(deferral_code)?, "decision": decision });
                if let Some(scope) = scope {
                    body["scope"] = Value::from(self.values.fill(scope)?);
                }
                ("decide", body)
            }
            Control::Consent {
                deferral_code,
                valid,
            } => {
                let code = self.values.fill(deferral_code)?;
                ("consent", json!({ "deferral_code": code, "valid": valid }))
            }
            Control::Client { enabled } => {
                self.changes.disabled = !enabled;
                (
                    "client",
                    json!({ "client_id": client_id, "enabled": enabled }),
                )
            }
            Control::DefaultScope { scope } => {
                self.changes.widened = true;
                (
                    "client",
                    json!({ "client_id": client_id, "default_scope": self.values.fill(scope)? }),
                )
            }
        };
        self.ask(path, body).await.map(|_| ())
    }

    async fn callback(&mut self, awaited: &AwaitCallback) -> Result<Came, String> {
        let code = self.values.fill(&awaited.deferral_code)?;
        let status = StatusCode::from_u16(awaited.endpoint_replies).map_err(|e| e.to_string())?;
        let inbox = self.lease.pair().inbox.clone();
        if let Some(inbox) = &inbox {
            inbox.reply_with(status);
        }
        let asked = self
            .ask("callbacks", json!({ "deferral_code": code }))
            .await;
        let arrived = inbox.map(|inbox| {
            inbox.reply_with(StatusCode::NO_CONTENT);
            inbox.take()
        });
        asked?;
        let mut arrived = arrived.unwrap_or_default().into_iter();
        match (arrived.next(), arrived.next()) {
            (None, _) => Ok(Came::Silence),
            (Some(callback), None) => Ok(Came::Callback(Box::new(callback))),
            (Some(_), Some(_)) => Err("one attempt led to several callbacks".to_owned()),
        }
    }

    /// Sends a request to the control API, and reads its answer.
    pub(super) async fn ask(&self, path: &str, body: Value) -> Result<Value, String> {
        let api = self
            .target
            .control
            .as_ref()
            .and_then(|control| control.reference())
            .ok_or("the target has no control API of the reference's kind")?;
        let url = api.read_clock().url.join(path).map_err(|e| e.to_string())?;
        let outgoing = Outgoing {
            method: Method::POST,
            url: Arc::new(url),
            headers: vec![(header::CONTENT_TYPE, JSON)],
            body: Bytes::from(body.to_string()),
        };
        let reply: Result<Reply, TransportFailure> = api.transport.send(outgoing).await;
        let reply = reply.map_err(|failure| failure.to_string())?;
        control::read(&reply).map_err(|failure| failure.to_string())
    }
}
