//! What a probe can do, and what is written down of it.

mod guest;

use std::sync::Arc;

use dtr_model::draft::Interaction;
use dtr_model::event::{Caller, Decision, Event, Steer, TokenRequest};
use dtr_model::question::Reading;
use serde_json::Value;
use url::Url;

use super::{Notes, Step};
use crate::driver::altered::{Aside, Asking, Parameters, Told};
use crate::driver::{Finding, Observation, Seen, Session};
use crate::target::client::Scopes;
use crate::target::receiver::{GivenUp, Manner, Received};
use crate::target::{Target, TransportFailure};

/// Why a probe came to no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// The server did not answer. Nothing can be said.
    Failed(TransportFailure),
    /// The server took another of its lawful ways, so that there is nothing to see.
    Elsewhere(String),
    /// It answered what is no answer of the draft. What is wrong with that has been said.
    Strange(String),
}

/// A probe under way.
#[derive(Debug)]
pub struct Scene {
    target: Arc<Target>,
    session: Session,
    tick: u64,
    notes: Notes,
}

impl Scene {
    pub(super) fn new(target: Arc<Target>, session: Session) -> Scene {
        Scene {
            session,
            tick: 0,
            notes: Notes::by(target.draft),
            target,
        }
    }

    /// The server.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// A sound request that opts in to all there is, and is to be deferred.
    pub fn plain(&self) -> TokenRequest {
        let interaction = self.target.draft.rules.interaction;
        TokenRequest {
            interactive: interaction == Interaction::OptedIn,
            keyed: self.target.proofs && self.target.draft.rules.sender_constrained,
            ..TokenRequest::PLAIN
        }
    }

    /// The same, to be completed at once.
    pub fn at_once(&self) -> TokenRequest {
        TokenRequest {
            steer: Steer::Complete,
            ..self.plain()
        }
    }

    /// Notes whether the rule of a check holds, for each row that asks for it. What no row of the text asks for is not
    /// noted.
    pub fn check(&mut self, check: &'static str, holds: bool, otherwise: impl FnOnce() -> String) {
        let rows = self.target.draft.ledger().asking(check).map(|row| row.id);
        if holds {
            self.notes.observed.extend(rows);
        } else {
            let detail = otherwise();
            self.notes.findings.extend(rows.map(|requirement| Finding {
                requirement,
                detail: detail.clone(),
            }));
        }
    }

    /// Notes a reading that the server shows.
    pub fn reads(&mut self, question: &'static str, reading: Reading) {
        self.notes.shown.push((question, reading));
    }

    /// Performs an event.
    ///
    /// # Errors
    /// [`Halt::Failed`] without an answer, [`Halt::Strange`] with one that is none.
    pub async fn event(&mut self, event: Event) -> Result<Seen, Halt> {
        let observation = self.session.perform(event).await;
        self.note(event.to_string(), observation)
    }

    /// Makes a request that is deferred, and keeps its code.
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] if the server does something else with it, or those of [`event`](Self::event).
    pub async fn deferred(&mut self) -> Result<(), Halt> {
        let request = self.plain();
        self.deferred_by(request, "an ordinary request", &|_| {})
            .await
            .map(drop)
    }

    /// The same with another request, altered.
    ///
    /// # Errors
    /// Those of [`deferred`](Self::deferred).
    pub async fn deferred_by(
        &mut self,
        request: TokenRequest,
        what: &str,
        alter: &(dyn Fn(&mut Parameters) + Sync),
    ) -> Result<Told, Halt> {
        let told = self.ask(what, Asking::Initial(request), alter).await?;
        match told.is_deferred() {
            true => Ok(told),
            false => Err(Halt::Elsewhere(format!(
                "{what} was to be deferred, and was answered {}",
                told.seen
            ))),
        }
    }

    /// Sends the request of an event as `alter` leaves it; `what` says in words what it is.
    ///
    /// # Errors
    /// [`Halt::Failed`] without an answer. An answer that is none of the draft's is the probe's to judge.
    pub async fn ask(
        &mut self,
        what: &str,
        asking: Asking,
        alter: &(dyn Fn(&mut Parameters) + Sync),
    ) -> Result<Told, Halt> {
        let (observation, told) = self.session.altered(asking, alter).await;
        self.told(what, observation, told)
    }

    /// A poll by the owner with something changed.
    ///
    /// # Errors
    /// Those of [`ask`](Self::ask).
    pub async fn poll(
        &mut self,
        what: &str,
        alter: &(dyn Fn(&mut Parameters) + Sync),
    ) -> Result<Told, Halt> {
        self.ask(what, Asking::Poll(Caller::Owner), alter).await
    }

    /// Opens a page as anybody's browser could.
    ///
    /// # Errors
    /// [`Halt::Failed`] without an answer.
    pub async fn fetch(&mut self, purpose: &'static str, url: Url) -> Result<Told, Halt> {
        let (observation, told) = self.session.opened(purpose, url).await;
        self.told(purpose, observation, told)
    }

    /// Posts a JSON document as anybody could.
    ///
    /// # Errors
    /// [`Halt::Failed`] without an answer.
    pub async fn post(
        &mut self,
        purpose: &'static str,
        url: &Arc<Url>,
        document: &Value,
    ) -> Result<Told, Halt> {
        let (observation, told) = self.session.posted(purpose, url, document).await;
        self.told(purpose, observation, told)
    }

    /// Forgets the nonce for proofs; whether the server had asked for one.
    pub(super) fn forget_nonce(&mut self) -> bool {
        self.session.forget_nonce()
    }

    /// The authorization request that precedes a token request.
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] where there is no authorization endpoint.
    pub fn authorization_request(&mut self, request: TokenRequest) -> Result<Url, Halt> {
        let none = Halt::Elsewhere("there is no authorization endpoint".to_owned());
        self.session.authorization_request(request).ok_or(none)
    }

    /// Approves the request and waits for the callback, which is answered in this manner. All that arrived.
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] if none did, or those of [`event`](Self::event).
    pub async fn called(&mut self, what: &str, manner: Manner) -> Result<Vec<Received>, Halt> {
        let (observation, arrived) = self.session.called(manner).await;
        self.note(what.to_owned(), observation)?;
        match arrived.is_empty() {
            false => Ok(arrived),
            true => Err(Halt::Elsewhere("no callback came".to_owned())),
        }
    }

    /// What was written down so far.
    pub(super) fn notes(&mut self) -> &mut Notes {
        &mut self.notes
    }

    /// What the client may ask for.
    pub fn scopes(&self) -> Arc<Scopes> {
        self.session.scopes()
    }

    /// The parameters of an ordinary request, besides those that opt in.
    pub(super) fn asked_for(&self) -> Vec<(String, String)> {
        self.session.asked_for()
    }

    /// What the receiver knows of an answer that the server did not wait for.
    pub fn given_up(&self) -> Option<GivenUp> {
        self.session.given_up()
    }

    /// Does at the interaction URI what finishes the interaction; whether the server went along with it.
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] where nobody knows how, [`Halt::Failed`] without an answer.
    pub async fn visit(&mut self, what: &str, uri: &Url) -> Result<bool, Halt> {
        self.go_there(what, uri, false).await
    }

    /// The same but for the last step.
    ///
    /// # Errors
    /// Those of [`visit`](Self::visit).
    pub async fn open(&mut self, what: &str, uri: &Url) -> Result<bool, Halt> {
        self.go_there(what, uri, true).await
    }

    async fn go_there(&mut self, what: &str, uri: &Url, short: bool) -> Result<bool, Halt> {
        if self.target.interaction.is_empty() {
            let why = "the target file does not say what finishes an `interaction`";
            return Err(Halt::Elsewhere(why.to_owned()));
        }
        let (observation, done) = self.session.visited(uri, short).await;
        self.note(what.to_owned(), observation)?;
        Ok(done)
    }

    /// Makes a preceding request by way of the endpoint for pushed ones.
    ///
    /// # Errors
    /// Those of [`event`](Self::event).
    pub async fn pushed(&mut self, what: &str, request: TokenRequest) -> Result<(), Halt> {
        let observation = self.session.pushed(request).await;
        self.note(what.to_owned(), observation).map(drop)
    }

    /// Has the server refuse the client's next request.
    ///
    /// # Errors
    /// Those of [`event`](Self::event).
    pub async fn to_be_refused(&mut self) -> Result<(), Halt> {
        let observation = self.session.to_be_refused().await;
        self.note(
            "policy will refuse the next request".to_owned(),
            observation,
        )
        .map(drop)
    }

    /// Takes the request a step further.
    ///
    /// # Errors
    /// Those of [`event`](Self::event).
    pub async fn progress(&mut self) -> Result<(), Halt> {
        let observation = self.session.progressed().await;
        self.note("the request is a step further".to_owned(), observation)
            .map(drop)
    }

    /// Decides about the request.
    ///
    /// # Errors
    /// Those of [`event`](Self::event).
    pub async fn decide(&mut self, decision: Decision) -> Result<(), Halt> {
        self.event(Event::Decide(decision)).await.map(drop)
    }

    /// Lets ticks pass.
    ///
    /// # Errors
    /// [`Halt::Failed`] when the clock cannot be moved.
    pub async fn wait(&mut self, ticks: u64) -> Result<(), Halt> {
        self.target.advance(ticks).await.map_err(Halt::Failed)?;
        self.tick += ticks;
        Ok(())
    }

    /// The interaction URI that came last.
    pub fn interaction_uri(&self) -> Option<Url> {
        Url::parse(self.session.interaction_uri()?).ok()
    }

    /// The deferral code, once there is one.
    pub fn deferral_code(&self) -> Option<String> {
        self.session.deferral_code().map(str::to_owned)
    }

    /// Puts the deferral aside; the next request may have one of its own.
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] if there is none.
    pub(super) fn put_aside(&mut self) -> Result<Aside, Halt> {
        let none = Halt::Elsewhere("there is no deferral".to_owned());
        self.session.put_aside().ok_or(none)
    }

    /// Takes up the deferral put aside, and puts the present one aside instead.
    pub(super) fn take_up(&mut self, other: &mut Aside) {
        self.session.take_up(other);
    }

    /// Ends the probe: what it changed about its clients is undone.
    pub(super) async fn finish(self) -> Notes {
        drop(self.session.finish().await);
        self.notes
    }

    /// Notes what came of a request. A response is the probe's to judge, whatever it is.
    fn told(
        &mut self,
        what: &str,
        observation: Observation,
        told: Option<Told>,
    ) -> Result<Told, Halt> {
        let seen = self.note(what.to_owned(), observation);
        match (told, seen) {
            (Some(told), _) => Ok(told),
            (None, Err(halt)) => Err(halt),
            (None, Ok(seen)) => Err(Halt::Elsewhere(format!("{what}: {seen}"))),
        }
    }

    fn note(&mut self, what: String, observation: Observation) -> Result<Seen, Halt> {
        let Observation {
            answer,
            findings,
            observed,
            exchanges,
        } = observation;
        self.notes.steps.push(Step {
            tick: self.tick,
            what,
            seen: answer.to_string(),
            exchanges,
        });
        self.notes.findings.extend(findings);
        self.notes.observed.extend(observed);
        match answer {
            Seen::Failed(failure) => Err(Halt::Failed(failure)),
            Seen::Strange(what) => Err(Halt::Strange(what)),
            answer @ Seen::Answer(_) => Ok(answer),
        }
    }
}
