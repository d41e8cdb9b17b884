//! A poll (Section 6.5).

use std::sync::Arc;

use dtr_model::event::{Answer, Caller};

use super::call::{Attempts, BOUND_KEY, Call, Sender};
use super::log::Log;
use super::observation::Seen;
use super::response::Response;
use super::rules::token::Expected;
use super::{About, Session, answer, rules, scope};
use crate::target::TransportFailure;
use crate::target::client::append;
use crate::target::transport::Reply;

/// A code verifier as long as it has to be (RFC 7636 Section 4.1), and not the one that was challenged.
const OTHER_VERIFIER: &str = "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

/// The code that a poll is about.
pub(super) struct Polled {
    pub(super) code: Arc<str>,
    /// The code is bound to the owner's key.
    pub(super) bound: bool,
}

impl Session {
    /// Performs `Event::Poll`.
    pub(super) async fn poll(
        &mut self,
        log: &mut Log,
        by: Caller,
        lost: bool,
    ) -> Result<Seen, TransportFailure> {
        let about = self.polled()?;
        let mut attempts = Attempts::default();
        for sender in Sender::all(by, about.bound) {
            let call = self.poll_call(&about, by, sender, lost);
            let seen = match self.call(log, call).await?.answered() {
                Ok(reply) => self.read_poll(log, &reply, &about),
                Err(seen) => seen,
            };
            if !attempts.take(by, seen) {
                break;
            }
        }
        Ok(attempts.seen())
    }

    /// What a poll would be about now.
    pub(super) fn polled(&mut self) -> Result<Polled, TransportFailure> {
        match self.about() {
            About::Code { code, bound } => Ok(Polled { code, bound }),
            About::Lost => Err(TransportFailure::CodeLost),
        }
    }

    /// The request that is a poll.
    pub(super) fn poll_call(&self, about: &Polled, by: Caller, sender: Sender, lost: bool) -> Call {
        let draft = self.target.draft;
        let mut form = String::with_capacity(192);
        if !draft.deferred_grant.is_empty() {
            append(&mut form, "grant_type", draft.deferred_grant);
        }
        append(&mut form, draft.deferral_code, &about.code);
        if let Some(verifier) = self.verifier_of(by) {
            append(&mut form, "code_verifier", verifier);
        }
        Call {
            purpose: match by {
                Caller::Owner => "poll by the owner",
                Caller::OtherKey => "poll by the owner with another key",
                Caller::OtherClient => "poll by another client",
                Caller::Impostor => "poll by an impostor",
                Caller::NoVerifier => "poll by the owner without the code verifier",
                Caller::OtherVerifier => "poll by the owner with another code verifier",
            },
            url: Arc::clone(self.target.polled()),
            form,
            sender,
            lost,
        }
    }

    pub(super) fn read_poll(&mut self, log: &mut Log, reply: &Reply, about: &Polled) -> Seen {
        let seen = self.read_poll_answer(log, reply, about);
        if let Seen::Answer(answer) = seen {
            self.note_verifier(answer);
        }
        seen
    }

    fn read_poll_answer(&mut self, log: &mut Log, reply: &Reply, about: &Polled) -> Seen {
        let Polled { code, bound } = about;
        let draft = self.target.draft;
        let is_error = reply.status >= 400;
        if is_error {
            rules::error::uncacheable(log, reply);
        }
        let response = match Response::read(reply) {
            Ok(response) => response,
            Err(strange) => return Seen::Strange(strange),
        };
        rules::approvals::nothing_inside(log, &response);
        if reply.status == 200 {
            let asked = self
                .deferral
                .as_ref()
                .map(|captured| captured.scope.clone())
                .unwrap_or_default();
            if !bound {
                rules::token::unbound(log, &response);
            }
            let seen = self.read_token(log, &response, &asked, bound.then_some(BOUND_KEY));
            self.bounded(log, "AROP-7.4-08", &response);
            if let Some(captured) = &self.deferral {
                rules::approvals::granted(log, &response, &captured.besides);
            }
            self.answers_challenge(log, &response);
            self.hold(&response, *bound);
            return seen;
        }
        if is_error {
            rules::poll::check(log, &response, draft, code);
            rules::error::description(log, &response, &self.secrets(code));
        }
        self.keep_interaction_uri(&response);
        answer::of_error(&response, draft)
    }

    /// The code verifier that a poll carries (pull request 47): the owner's until a poll was answered by how the request
    /// stands, for until then it cannot know whether the server has seen it.
    fn verifier_of(&self, by: Caller) -> Option<&str> {
        let awaited = self.deferral.as_ref().and_then(|captured| {
            let verifier = captured.verifier.as_ref()?;
            (!verifier.taken).then_some(&*verifier.value)
        });
        match by {
            Caller::Owner | Caller::OtherKey | Caller::Impostor => awaited,
            Caller::NoVerifier | Caller::OtherClient => None,
            // As long as it has to be, and nobody's.
            Caller::OtherVerifier => Some(OTHER_VERIFIER),
        }
    }

    /// Notes that the server has taken the verifier. What does not tell how the request stands may have been answered
    /// before the verifier was looked at.
    fn note_verifier(&mut self, answer: Answer) {
        let tells = matches!(
            answer,
            Answer::Token { .. }
                | Answer::AuthorizationPending
                | Answer::InteractionRequired
                | Answer::InteractionPending
        );
        let verifier = self.deferral.as_mut().and_then(|d| d.verifier.as_mut());
        if let Some(verifier) = verifier.filter(|_| tells) {
            verifier.taken = true;
        }
    }

    /// What no description may contain.
    fn secrets<'a>(&'a self, code: &'a str) -> Vec<&'a str> {
        let captured = self.deferral.as_ref();
        let supplied = captured.and_then(|captured| captured.notification_token.as_deref());
        let tokens = self.tokens.iter().map(String::as_str);
        tokens.chain(supplied).chain([code]).collect()
    }

    fn keep_interaction_uri(&mut self, response: &Response<'_>) {
        let uri = response.text(self.target.draft.interaction_uri);
        if let (Some(captured), Some(uri)) = (&mut self.deferral, uri) {
            captured.interaction_uri = Some(uri.to_owned());
        }
    }

    /// Reads a token response. `key` is the place of the key it has to be bound to.
    pub(super) fn read_token(
        &mut self,
        log: &mut Log,
        response: &Response<'_>,
        asked: &str,
        key: Option<usize>,
    ) -> Seen {
        let token = response.text("access_token").unwrap_or_default();
        let again = self.tokens.iter().any(|known| known == token);
        let expected = Expected {
            key: key.map(|key| self.lease.pair().keys[key].thumbprint()),
            again,
        };
        rules::token::check(log, response, self.target.draft, expected);
        if token.is_empty() {
            return Seen::Strange(format!(
                "success without an access token: {}",
                response.in_short()
            ));
        }
        if !again {
            self.tokens.push(token.to_owned());
        }
        Seen::Answer(Answer::Token {
            scope: scope::compare(response.text("scope"), asked),
            again,
        })
    }
}
