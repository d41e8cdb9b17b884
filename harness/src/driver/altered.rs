//! The requests of events with something changed about them, and plain fetches: what probes ask beyond events.

use std::sync::Arc;

use dtr_model::event::{Answer, Caller, TokenRequest};
use http::{HeaderValue, Method, header};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::call::{Call, Sender};
use super::decide::SILENCE;
use super::log::Log;
use super::observation::{Observation, Seen};
use super::response::Response;
use super::{Captured, Session, answer};
use crate::target::client::{Credentials, Scopes, append};
use crate::target::control::{Name, Operation};
use crate::target::discovery::get;
use crate::target::prelude::PreludeStep;
use crate::target::receiver::{GivenUp, Manner, Received};
use crate::target::transport::{Outgoing, Reply};
use crate::target::{TransportFailure, visit};

/// The request of an event, to be altered.
#[derive(Debug, Clone, Copy)]
pub enum Asking {
    /// The initial token request.
    Initial(TokenRequest),
    /// The same, without a word to the policy before.
    Unsteered(TokenRequest),
    /// A poll of the session's code.
    Poll(Caller),
    /// The same without even a `client_id`.
    NamelessPoll,
    /// The request of another grant, sent as such a poll would be.
    OtherGrant(Caller),
    /// A revocation of it.
    Revoke(Caller),
    /// The owner's question whether the last access token counts (RFC 7662).
    Introspection,
}

/// The parameters of a request, in order; the same name may come twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Sets one, wherever it stood before.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    /// Adds one, whether or not there is one of the name.
    pub fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Removes all of the name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    fn read(form: &str) -> Self {
        Self(
            form_urlencoded::parse(form.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    fn written(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

/// A response as a probe looks at it.
#[derive(Debug, Clone)]
pub struct Told {
    /// As an answer of the draft.
    pub seen: Seen,
    /// The response itself.
    pub reply: Reply,
    /// The members of its JSON object; none if it is no such thing.
    pub members: Map<String, Value>,
}

impl Told {
    pub(super) fn new(seen: Seen, reply: Reply) -> Self {
        let members = Response::read(&reply).map(|response| response.members);
        Self {
            seen,
            members: members.unwrap_or_default(),
            reply,
        }
    }

    /// A member that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// The error code.
    pub fn error(&self) -> Option<&str> {
        self.text("error")
    }

    /// Whether it is this answer.
    pub fn is(&self, answer: Answer) -> bool {
        self.seen == Seen::Answer(answer)
    }

    /// Whether it is a deferred response.
    pub fn is_deferred(&self) -> bool {
        matches!(self.seen, Seen::Answer(Answer::Deferred { .. }))
    }

    /// Whether it is a token response.
    pub fn is_token(&self) -> bool {
        matches!(self.seen, Seen::Answer(Answer::Token { .. }))
    }

    /// Whether it is a poll's answer that leaves the request pending.
    pub fn is_pending(&self) -> bool {
        self.is(Answer::AuthorizationPending) || self.is(Answer::InteractionRequired)
    }

    /// Whether it is a deferred response or a token: nothing was wrong with the request.
    pub fn is_served(&self) -> bool {
        self.is_deferred() || self.is_token()
    }
}

impl Session {
    /// Sends the request of an event as `alter` leaves it. Without an answer there is nothing to look at.
    pub async fn altered(
        &mut self,
        asking: Asking,
        alter: &(dyn Fn(&mut Parameters) + Sync),
    ) -> (Observation, Option<Told>) {
        let mut log = Log::by(self.target.draft);
        let result = self.send_altered(&mut log, asking, alter).await;
        concluded(log, result)
    }

    async fn send_altered(
        &mut self,
        log: &mut Log,
        asking: Asking,
        alter: &(dyn Fn(&mut Parameters) + Sync),
    ) -> Result<Told, Seen> {
        let failed = Seen::Failed;
        match asking {
            Asking::Initial(request) | Asking::Unsteered(request) => {
                if matches!(asking, Asking::Initial(_)) {
                    self.steer(log, request).await.map_err(failed)?;
                }
                let (mut call, asked) = self.request_call(log, request).await.map_err(failed)??;
                change(&mut call, alter);
                let reply = self.call(log, call).await.map_err(failed)?.answered()?;
                let seen = self.read_initial(log, &reply, request, asked);
                Ok(Told::new(seen, reply))
            }
            Asking::Poll(_) | Asking::NamelessPoll | Asking::OtherGrant(_) => {
                let about = self.polled().map_err(failed)?;
                let (by, shows) = match asking {
                    Asking::Poll(by) | Asking::OtherGrant(by) => (by, None),
                    _ => (Caller::Owner, Some(Credentials::Nameless)),
                };
                let mut sender = sender(by, about.bound);
                sender.shows = shows.unwrap_or(sender.shows);
                let mut call = self.poll_call(&about, by, sender, false);
                change(&mut call, alter);
                let reply = self.call(log, call).await.map_err(failed)?.answered()?;
                let seen = match asking {
                    Asking::OtherGrant(_) => self.read_other(log, &reply),
                    _ => self.read_poll(log, &reply, &about),
                };
                Ok(Told::new(seen, reply))
            }
            Asking::Revoke(by) => {
                let about = self.polled().map_err(failed)?;
                let sender = sender(by, about.bound);
                let mut call = self
                    .revocation_call(&about.code, by, sender)
                    .map_err(failed)?;
                change(&mut call, alter);
                let reply = self.send_revocation(log, call).await.map_err(failed)?;
                let seen = self.read_revocation(log, &reply);
                Ok(Told::new(seen, reply))
            }
            Asking::Introspection => {
                let mut call = self.introspection_call().map_err(failed)?;
                change(&mut call, alter);
                let reply = self.call(log, call).await.map_err(failed)?.answered()?;
                Ok(Told::new(SILENCE, reply))
            }
        }
    }

    fn introspection_call(&self) -> Result<Call, TransportFailure> {
        let missing = TransportFailure::NotPerformable;
        let url = self.target.endpoints.introspection.clone();
        let token = self.tokens.last().ok_or(missing("there is no token"))?;
        let mut form = String::new();
        append(&mut form, "token", token);
        append(&mut form, "token_type_hint", "access_token");
        Ok(Call {
            purpose: "introspection by the owner",
            url: url.ok_or(missing("the metadata names no introspection endpoint"))?,
            form,
            sender: sender(Caller::Owner, false),
            lost: false,
        })
    }

    /// The response to a request of another grant, which the rules of polls are not about.
    fn read_other(&mut self, log: &mut Log, reply: &Reply) -> Seen {
        match Response::read(reply) {
            Err(strange) => Seen::Strange(strange),
            Ok(response) if reply.status == 200 => self.read_token(log, &response, "", None),
            Ok(response) => answer::of_error(&response, self.target.draft),
        }
    }

    /// Opens a page as anybody's browser could.
    pub async fn opened(&mut self, purpose: &'static str, url: Url) -> (Observation, Option<Told>) {
        let mut log = Log::by(self.target.draft);
        let url = get(Arc::new(url));
        let result = log.send(&self.target.visitors, purpose, url).await;
        let told = result.map(|reply| Told::new(SILENCE, reply));
        concluded(log, told.map_err(Seen::Failed))
    }

    /// Posts a JSON document as anybody could.
    pub async fn posted(
        &mut self,
        purpose: &'static str,
        url: &Arc<Url>,
        document: &Value,
    ) -> (Observation, Option<Told>) {
        let mut log = Log::by(self.target.draft);
        let json = HeaderValue::from_static("application/json");
        let outgoing = Outgoing {
            method: Method::POST,
            url: Arc::clone(url),
            headers: vec![(header::CONTENT_TYPE, json)],
            body: document.to_string().into(),
        };
        let result = log.send(&self.target.transport, purpose, outgoing).await;
        let told = result.map(|reply| Told::new(SILENCE, reply));
        concluded(log, told.map_err(Seen::Failed))
    }

    /// Forgets the nonce that the server asked for, if it did; the next proof will be challenged.
    pub(crate) fn forget_nonce(&mut self) -> bool {
        self.nonce.take().is_some()
    }

    /// The authorization request that a token request of this client would be preceded by.
    pub fn authorization_request(&mut self, request: TokenRequest) -> Option<Url> {
        let endpoint = self.target.endpoints.authorization.clone()?;
        let (verifier, state) = (self.draw::<32>(), self.draw::<12>());
        let url = self.authorization_url(&endpoint, &verifier, &state, request);
        Some(Url::clone(&url))
    }

    /// Does at the interaction URI what finishes the interaction; whether everything was answered as if it could.
    ///
    /// With `short`, the last request is left out.
    pub async fn visited(&mut self, uri: &Url, short: bool) -> (Observation, bool) {
        let steps = Arc::clone(&self.target.interaction);
        let many = steps.len().saturating_sub(usize::from(short));
        let purpose = "a visit to the interaction URI";
        self.walk(&steps[..many], visit::values(uri), purpose).await
    }

    /// Does at the verification page what approves a device; whether everything was answered as if it could.
    pub async fn verified(&mut self, uri: &Url, user_code: &str) -> (Observation, bool) {
        let steps = Arc::clone(&self.target.verification);
        let values = visit::of_a_device(uri, user_code);
        self.walk(&steps, values, "a visit to the verification page")
            .await
    }

    /// Makes the requests of a visit in turn.
    async fn walk(
        &self,
        steps: &[PreludeStep],
        mut values: Vec<(String, String)>,
        purpose: &'static str,
    ) -> (Observation, bool) {
        let mut log = Log::by(self.target.draft);
        let target = &self.target;
        for step in steps {
            let outgoing = match step.request.fill(&values) {
                Ok(outgoing) => outgoing,
                Err(why) => return failed(log, TransportFailure::Other(why)),
            };
            let taken = match log.send(&target.visitors, purpose, outgoing).await {
                Err(failure) => return failed(log, failure),
                Ok(reply) if reply.status >= 400 => None,
                Ok(reply) => step.take(&reply).ok(),
            };
            match taken {
                Some(taken) => values.extend(taken),
                None => return (log.conclude(SILENCE), false),
            }
        }
        (log.conclude(SILENCE), true)
    }

    /// Obtains the authorization code of the next request by a pushed authorization request (RFC 9126), which carries
    /// the hint.
    pub async fn pushed(&mut self, request: TokenRequest) -> Observation {
        let mut log = Log::by(self.target.draft);
        let result = self.push(&mut log, request).await;
        log.conclude(match result {
            Ok(()) => SILENCE,
            Err(seen) => seen,
        })
    }

    /// Approves the request and waits for the callback, which is answered in this manner.
    pub async fn called(&mut self, manner: Manner) -> (Observation, Vec<Received>) {
        let mut log = Log::by(self.target.draft);
        let result = self.call_forth(&mut log, manner).await;
        let (seen, arrived) = match result {
            Ok((answer, arrived)) => (Seen::Answer(answer), arrived),
            Err(failure) => (Seen::Failed(failure), Vec::new()),
        };
        (log.conclude(seen), arrived)
    }

    async fn call_forth(
        &mut self,
        log: &mut Log,
        manner: Manner,
    ) -> Result<(Answer, Vec<Received>), TransportFailure> {
        let none = TransportFailure::NotPerformable("there is no deferral code to be called about");
        let code = self.known_code()?.ok_or(none)?;
        let arrived = self.attempted(log, &code, manner).await?;
        let answer = self.read_callbacks(log, arrived.clone(), &code);
        Ok((answer, arrived))
    }

    /// Takes the deferred request a step further.
    pub async fn progressed(&mut self) -> Observation {
        let mut log = Log::by(self.target.draft);
        let told = match &self.deferral {
            Some(captured) => {
                let step = Operation::about(Name::Progress, &captured.code);
                self.control(&mut log, step).await
            }
            None => Err(TransportFailure::CodeLost),
        };
        log.conclude(told.map_or_else(Seen::Failed, |_| SILENCE))
    }

    /// Has the server refuse the owner's next request.
    pub async fn to_be_refused(&mut self) -> Observation {
        let mut log = Log::by(self.target.draft);
        let client_id = Arc::clone(&self.client(false).client_id);
        let told = self
            .control_client(&mut log, Name::DenyNext, &client_id, "")
            .await;
        log.conclude(told.map_or_else(Seen::Failed, |_| SILENCE))
    }

    /// What the receiver knows of an answer that the server did not wait for.
    pub(crate) fn given_up(&self) -> Option<GivenUp> {
        self.inbox()?.given_up()
    }

    /// What the owner may ask for.
    pub(crate) fn scopes(&self) -> Arc<Scopes> {
        Arc::clone(&self.client(false).scopes)
    }

    /// What the owner puts into a request that is to be deferred.
    pub(crate) fn asked_for(&self) -> Vec<(String, String)> {
        let ask = &self.client(false).asks.defer;
        let scope = ask
            .scope
            .iter()
            .map(|scope| ("scope".into(), scope.clone()));
        scope.chain(ask.parameters.iter().cloned()).collect()
    }

    /// Puts the session's deferral aside, so that the next request may have one of its own.
    pub(crate) fn put_aside(&mut self) -> Option<Aside> {
        // The next request is for something else, where two for the same would be one.
        self.unique = None;
        self.repeated_token = None;
        self.deferral.take().map(Aside)
    }

    /// Takes up a deferral that was put aside; the present one is put aside instead.
    pub(crate) fn take_up(&mut self, other: &mut Aside) {
        if let Some(current) = &mut self.deferral {
            std::mem::swap(current, &mut other.0);
        }
    }
}

fn failed(log: Log, failure: TransportFailure) -> (Observation, bool) {
    (log.conclude(Seen::Failed(failure)), false)
}

/// A deferral put aside.
#[derive(Debug)]
pub(crate) struct Aside(Captured);

/// The first way in which such a caller could send it.
fn sender(by: Caller, bound: bool) -> Sender {
    Sender::all(by, bound).remove(0)
}

fn change(call: &mut Call, alter: &(dyn Fn(&mut Parameters) + Sync)) {
    let mut parameters = Parameters::read(&call.form);
    alter(&mut parameters);
    call.form = parameters.written();
}

pub(super) fn concluded(log: Log, result: Result<Told, Seen>) -> (Observation, Option<Told>) {
    match result {
        Ok(told) => (log.conclude(told.seen.clone()), Some(told)),
        Err(seen) => (log.conclude(seen), None),
    }
}
