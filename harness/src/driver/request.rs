//! The initial token request (Section 6.3), with the preceding request where the grant has one.

mod authorize;
mod challenge;
mod direct;

use std::sync::Arc;

use dtr_model::event::{Answer, Code, Steer, TokenRequest};

pub(super) use authorize::Credential;
pub(crate) use authorize::{challenge, read_code};
pub(super) use challenge::Challenge;

use super::call::{BOUND_KEY, Call, Sender, draw};
use super::log::Log;
use super::observation::Seen;
use super::response::Response;
use super::rules::approvals::Besides;
use super::{Captured, Session, answer, rules};
use crate::target::TransportFailure;
use crate::target::client::{Credentials, append};
use crate::target::control::Name;
use crate::target::transport::Reply;

/// What a request asks for, beyond what its event says.
pub(super) struct Asked {
    scope: String,
    notification_token: Option<String>,
    besides: Besides,
}

impl Session {
    /// Performs `Event::Request`.
    pub(super) async fn request(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
    ) -> Result<Seen, TransportFailure> {
        self.steer(log, request).await?;
        let (call, asked) = match self.request_call(log, request).await? {
            Ok(prepared) => prepared,
            Err(seen) => {
                self.carry_lapse_over(log, &seen).await?;
                return Ok(seen);
            }
        };
        let called = self.call(log, call).await?;
        if request.lost && self.may_be_deferred(request) {
            self.code_lost.get_or_insert(request);
        }
        let reply = match called.answered() {
            Ok(reply) => reply,
            Err(seen) => return Ok(seen),
        };
        let seen = self.read_initial(log, &reply, request, asked);
        self.carry_lapse_over(log, &seen).await?;
        Ok(seen)
    }

    /// Tells the policy what to do with the request, where it listens.
    pub(super) async fn steer(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
    ) -> Result<(), TransportFailure> {
        let steering = Name::steering(request.steer);
        if self.target.can(steering) && self.target.draft.decides_at_once() {
            let client_id = self.client(false).client_id.clone();
            self.control_client(log, steering, &client_id, "").await?;
        }
        Ok(())
    }

    /// The request, with the preceding request made; or what is seen if that already failed.
    pub(super) async fn request_call(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
    ) -> Result<Result<(Call, Asked), Seen>, TransportFailure> {
        let mut form = String::with_capacity(512);
        let asked = match self.terms.one_time {
            true => match self.present(log, &mut form, request).await? {
                Ok(asked) => asked,
                // Whatever the preceding endpoint refused, no answer arrives.
                Err(Seen::Answer(_)) if request.lost => {
                    return Ok(Err(Seen::Answer(Answer::Silence)));
                }
                Err(seen) => return Ok(Err(seen)),
            },
            false => match self.challenger()? {
                Some(resource) => self.present_challenge(&mut form, request, &resource),
                None => self.ask_as_oneself(&mut form, request),
            },
        };
        let draft = self.target.draft;
        let opt_in = draft
            .opt_in(request)
            .filter(|_| draft.own_endpoint.is_none());
        if let Some(value) = opt_in {
            append(&mut form, draft.completion_mode, &value);
        }
        if let Some(token) = &asked.notification_token {
            append(&mut form, draft.client_notification_token, token);
        }
        let call = Call {
            purpose: "initial token request",
            url: Arc::clone(&self.target.initial),
            form,
            sender: Sender {
                other: false,
                key: request.keyed.then_some(BOUND_KEY),
                shows: Credentials::Own,
            },
            lost: request.lost,
        };
        Ok(Ok((call, asked)))
    }

    /// Whether this request may bring the first deferral code. A server without controls may defer what it was not
    /// asked to.
    fn may_be_deferred(&self, request: TokenRequest) -> bool {
        let spent = self.terms.one_time && !self.tokens.is_empty();
        let steered_away = request.steer == Steer::Complete && self.target.can(Name::CompleteNext);
        let possible = !spent && !steered_away && !self.changes.disabled;
        request.opted_in && possible && self.deferral.is_none()
    }

    /// The parameters of the client credentials grant.
    fn ask_as_oneself(&mut self, form: &mut String, request: TokenRequest) -> Asked {
        let parameters = self.further_parameters(request.steer);
        let client = self.client(false);
        if self.target.draft.own_endpoint.is_none() {
            append(form, "grant_type", &client.grant_type);
        }
        match (request.sound, &client.asks.of(request.steer).scope) {
            (false, _) => append(form, "scope", &client.scopes.forbidden),
            (true, Some(asked)) => append(form, "scope", asked),
            (true, None) => {}
        }
        for (name, value) in &parameters {
            append(form, name, value);
        }
        Asked {
            scope: self.requested_scope(request.steer),
            besides: Besides::of(&parameters),
            notification_token: self.notification_token(request.opted_in),
        }
    }

    /// What the client puts into such a request besides, this trace's own where it has to be.
    pub(super) fn further_parameters(&mut self, steer: Steer) -> Vec<(String, String)> {
        const UNIQUE: &str = "{unique}";
        let asks = Arc::clone(&self.client(false).asks);
        let parameters = asks.of(steer).parameters.iter();
        let own = parameters.map(|(name, value)| {
            if !value.contains(UNIQUE) {
                return (name.clone(), value.clone());
            }
            let random = &mut self.random;
            let drawn = self.unique.get_or_insert_with(|| draw::<12>(random));
            (name.clone(), value.replace(UNIQUE, drawn))
        });
        own.collect()
    }

    /// What a request stands for: what it asks for, or the client's default scope as it is now.
    fn requested_scope(&self, steer: Steer) -> String {
        let client = self.client(false);
        match (&client.asks.of(steer).scope, self.changes.widened) {
            (Some(asked), _) => asked.clone(),
            (None, true) => client.scopes.wider.clone(),
            (None, false) => client.scopes.whole.clone(),
        }
    }

    /// A fresh token for every opted-in request of a client with a callback endpoint (Sections 6.3 and 11.6). A request
    /// that is made again has the one that it had.
    fn notification_token(&mut self, opted_in: bool) -> Option<String> {
        if !self.terms.callback || !opted_in {
            return None;
        }
        if !self.target.draft.rules.idempotent {
            return Some(self.draw::<20>());
        }
        let random = &mut self.random;
        let token = self
            .repeated_token
            .get_or_insert_with(|| draw::<20>(random));
        Some(token.clone())
    }

    pub(super) fn read_initial(
        &mut self,
        log: &mut Log,
        reply: &Reply,
        request: TokenRequest,
        asked: Asked,
    ) -> Seen {
        let draft = self.target.draft;
        let is_error = reply.status >= 400;
        if is_error {
            rules::error::uncacheable(log, reply);
        }
        let read = Response::read(reply);
        rules::siblings::said_once(log, reply, &read);
        let response = match read {
            Ok(response) => response,
            Err(strange) => return Seen::Strange(strange),
        };
        rules::approvals::nothing_inside(log, &response);
        if is_error {
            let new = response.text(draft.deferred_member);
            let supplied = asked.notification_token.as_deref();
            let secrets: Vec<&str> = new.into_iter().chain(supplied).collect();
            rules::error::description(log, &response, &secrets);
        }
        if reply.status == 200 && response.has("access_token") {
            self.answers_challenge(log, &response);
            // That a token given at once is bound is RFC 9449's business, not the draft's.
            return self.read_token(log, &response, &asked.scope, None);
        }
        let pending = match draft.deferred_status {
            200 => reply.status == 200,
            _ => response
                .error()
                .is_some_and(|error| draft.is_pending(error)),
        };
        if pending || response.has(draft.deferred_member) {
            rules::deferred::check(log, &response, draft);
            return self.read_deferred(&response, pending, request, asked);
        }
        let seen = answer::of_error(&response, draft);
        if is_error {
            let known = matches!(seen, Seen::Answer(_));
            log.check("DTR-6.3.1-04", known, || {
                format!(
                    "the initial request is refused with {}",
                    response.in_short()
                )
            });
            let denied = response.error() == Some("access_denied");
            if !(denied && reply.status == draft.denied_status) {
                rules::error::shape(log, &response, "DTR-6.3.1-04");
            }
            rules::siblings::refused(log, &response);
        }
        seen
    }

    /// Reads the code off a deferred response. The first one is the code of this trace.
    fn read_deferred(
        &mut self,
        response: &Response<'_>,
        pending: bool,
        request: TokenRequest,
        asked: Asked,
    ) -> Seen {
        let draft = &self.target.draft;
        let code = response
            .text(draft.deferred_member)
            .filter(|code| !code.is_empty());
        let (Some(code), true) = (code, pending) else {
            return Seen::Strange(format!(
                "a broken deferred response: {}",
                response.in_short()
            ));
        };
        let interaction =
            response.error().is_some() && response.error() == draft.interaction_required;
        let which = match (&self.deferral, self.code_lost) {
            (Some(captured), _) if *captured.code == *code => Code::Same,
            (Some(_), _) => Code::Other,
            (None, None) => Code::New,
            // A reusable credential makes another code each time (C-47), unless a request like one that waits is that one.
            (None, Some(_)) if !self.terms.one_time && !draft.rules.idempotent => Code::Other,
            // The one that got lost, for all that can be told, if the same request was repeated for it (C-45);
            // otherwise the first request was refused.
            (None, Some(lost)) if lost.sound && is_repeated(lost, request) => Code::Same,
            (None, Some(_)) => Code::New,
        };
        if self.deferral.is_none() && which != Code::Other {
            self.code_lost = None;
            self.deferral = Some(Captured {
                code: code.into(),
                bound: request.keyed,
                scope: asked.scope,
                besides: asked.besides,
                notification_token: asked.notification_token,
                interaction_uri: response.text(draft.interaction_uri).map(Into::into),
                announced: response
                    .seconds("interval")
                    .or(draft.default_interval)
                    .zip(response.seconds("expires_in")),
                verifier: None,
            });
        }
        Seen::Answer(Answer::Deferred {
            interaction,
            code: which,
        })
    }

    /// A consent that lapsed before there was a code has to lapse for the code.
    pub(super) async fn carry_lapse_over(
        &mut self,
        log: &mut Log,
        seen: &Seen,
    ) -> Result<(), TransportFailure> {
        let deferred = matches!(seen, Seen::Answer(Answer::Deferred { .. }));
        if deferred && self.changes.consent_lapsed {
            self.tell_consent(log, false).await?;
        }
        Ok(())
    }
}

/// Whether both carry the same parameters and are bound alike.
fn is_repeated(lost: TokenRequest, request: TokenRequest) -> bool {
    lost.keyed == request.keyed && lost.interactive == request.interactive
}
