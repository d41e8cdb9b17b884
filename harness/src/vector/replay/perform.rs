//! A step's action, carried out.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

use super::came::Came;
use super::playing::Playing;
use crate::target::TransportFailure;
use crate::target::client::{Ask, Credentials, append};
use crate::target::control::Name;
use crate::target::discovery::get;
use crate::target::transport::Outgoing;
use crate::vector::format::{Action, Endpoint, Policy, Proof, Request, Role};

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
            Action::Visit(visit) => self.visit(visit).await,
            Action::Present(_) => Ok(self.show_token()),
        }
    }

    async fn request(&mut self, request: &Request) -> Result<Came, String> {
        let mut asks = None;
        if let Some(policy) = request.policy
            && !self.steer(policy).await?
        {
            asks = Some(policy);
        }
        let outgoing = self.outgoing(request, asks)?;
        let client = self.client(request.client);
        let own = client.transport.clone();
        let transport = own.unwrap_or_else(|| self.target.transport.clone());
        if !request.answer_lost {
            let reply = transport.send(outgoing).await;
            return reply
                .map(Came::Reply)
                .map_err(|failure| failure.to_string());
        }
        // A server does not know whose answer to lose if it does not recognise the client.
        let recognised = match request.client {
            Role::Owner => !self.changes.disabled,
            Role::Other => true,
            Role::Impostor | Role::Nameless => false,
        };
        let told = recognised && self.target.can(Name::LoseNext);
        if told {
            self.tell_of(request.client, Name::LoseNext, "").await?;
        }
        match (transport.send(outgoing).await, told) {
            (Err(TransportFailure::ConnectionClosed), true) | (Ok(_), false) => Ok(Came::Silence),
            (Ok(reply), true) => Ok(Came::Reply(reply)),
            (Err(failure), _) => Err(failure.to_string()),
        }
    }

    /// The request. A server that cannot be steered is asked for what it is known to treat as `asks` says.
    fn outgoing(&mut self, request: &Request, asks: Option<Policy>) -> Result<Outgoing, String> {
        let url = self.url(request.endpoint)?;
        match request.endpoint {
            Endpoint::Metadata => return Ok(get(url)),
            Endpoint::Registration => return self.registration(request, url),
            _ => {}
        }
        let mut parameters = Vec::with_capacity(request.parameters.len());
        for (name, value) in request.parameters.iter().chain(&request.again) {
            parameters.push((name.clone(), self.values.fill(value)?));
        }
        if request.endpoint == Endpoint::Authorization {
            if !self.client(Role::Owner).prelude.is_empty() {
                return Err("the target has a prelude of its own".to_owned());
            }
            let mut asking = Url::clone(&url);
            asking.query_pairs_mut().extend_pairs(parameters);
            return Ok(get(Arc::new(asking)));
        }
        if let Some(policy) = asks {
            let asks = Arc::clone(&self.client(Role::Owner).asks);
            let Ask {
                scope,
                parameters: more,
            } = match policy {
                Policy::Defer => &asks.defer,
                Policy::Interact => &asks.interact,
                Policy::Complete | Policy::Deny => &asks.complete,
            };
            parameters.extend(more.iter().cloned());
            if let Some(scope) = scope
                && !request.parameters.contains_key("scope")
            {
                parameters.push(("scope".to_owned(), scope.clone()));
                // What is asked for outright is granted in the default's stead.
                self.values.capture("default_scope", scope);
            }
        }
        self.form(request, url, &parameters)
    }

    fn form(
        &mut self,
        request: &Request,
        url: Arc<Url>,
        parameters: &[(String, String)],
    ) -> Result<Outgoing, String> {
        if request.client == Role::Other && !self.target.others {
            return Err("there is no other client".to_owned());
        }
        let mut form = String::new();
        for (name, value) in parameters {
            append(&mut form, name, value);
        }
        let mut headers = vec![(header::CONTENT_TYPE, FORM), (header::ACCEPT, JSON)];
        headers.extend(self.proof(request, &url)?.map(|proof| (DPOP, proof)));
        let client = self.client(request.client);
        let shown = match request.client {
            Role::Owner | Role::Other => Credentials::Own,
            Role::Impostor => Credentials::Wrong,
            Role::Nameless => Credentials::Nameless,
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

    fn registration(&self, request: &Request, url: Arc<Url>) -> Result<Outgoing, String> {
        let document = request.document.clone();
        let document = document.ok_or("the step has no `document` to register")?;
        Ok(Outgoing {
            method: Method::POST,
            url,
            headers: vec![(header::CONTENT_TYPE, JSON), (header::ACCEPT, JSON)],
            body: Bytes::from(Value::Object(document).to_string()),
        })
    }

    fn url(&self, endpoint: Endpoint) -> Result<Arc<Url>, String> {
        let endpoints = &self.target.endpoints;
        let (url, name) = match endpoint {
            Endpoint::Token => return Ok(Arc::clone(&endpoints.token)),
            Endpoint::Metadata => return Ok(Arc::clone(&endpoints.metadata)),
            Endpoint::Authorization => (&endpoints.authorization, "authorization"),
            Endpoint::Revocation => (&endpoints.revocation, "revocation"),
            Endpoint::Introspection => (&endpoints.introspection, "introspection"),
            Endpoint::PushedAuthorization => (&endpoints.pushed, "pushed authorization"),
            Endpoint::Registration => (&endpoints.registration, "registration"),
            Endpoint::TransactionAuthorization => (
                &endpoints.transaction_authorization,
                "transaction authorization",
            ),
            Endpoint::DeviceAuthorization => {
                (&endpoints.device_authorization, "device authorization")
            }
            Endpoint::BackchannelAuthentication => (
                &endpoints.backchannel_authentication,
                "backchannel authentication",
            ),
        };
        let none = || format!("the metadata does not name the {name} endpoint");
        url.clone().ok_or_else(none)
    }

    fn proof(&mut self, request: &Request, url: &Url) -> Result<Option<HeaderValue>, String> {
        let key = match (request.proof, request.client) {
            (Proof::None, _) => return Ok(None),
            (Proof::BoundKey, _) => 0,
            (Proof::OtherKey, Role::Other) => 2,
            (Proof::OtherKey, _) => 1,
        };
        if !self.target.proofs {
            return Err("the clients have no DPoP keys".to_owned());
        }
        let nonce = request.nonce.as_deref();
        let nonce = nonce.map(|nonce| self.values.fill(nonce)).transpose()?;
        let jti = format!(
            "{:016x}{:016x}",
            self.random.u64(..),
            self.target.next_proof()
        );
        let (key, now) = (&self.lease.pair().keys[key], self.target.time.now());
        Ok(Some(key.proof(url.as_str(), now, &jti, nonce.as_deref())))
    }
}
