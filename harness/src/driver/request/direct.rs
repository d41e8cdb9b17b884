//! Deferral at the authorization endpoint (pull request 47): the request that asks for it, and the response that brings the
//! code.

use dtr_model::draft::Opening;
use dtr_model::event::{Answer, Code, TokenRequest};
use url::Url;

use super::authorize::{location, member};
use crate::driver::log::Log;
use crate::driver::observation::Seen;
use crate::driver::{Captured, Session, Verifier, rules};
use crate::target::transport::Reply;

/// What no authorization response has beside a deferral code: it is undecided.
const OUTCOMES: [&str; 4] = ["code", "access_token", "id_token", "error"];

impl Session {
    /// Whether the authorization request can bring a deferral code.
    fn asks_directly(&self, request: TokenRequest) -> bool {
        request.hinted && self.target.draft.rules.opening == Opening::Either
    }

    /// Whether the authorization request has a PKCE challenge. A request that is to be refused there lacks it, for
    /// without it no server may defer.
    pub(super) fn has_challenge(&self, request: TokenRequest) -> bool {
        request.sound || !self.asks_directly(request)
    }

    /// Whether the authorization request names the key that the code is to be bound to.
    pub(super) fn names_key(&self, request: TokenRequest) -> bool {
        request.keyed && self.target.proofs && self.asks_directly(request)
    }

    /// Reads the deferral code off an authorization response; `None` where there is none. The first one is the code of
    /// this trace, unless its response was to get lost.
    pub(super) fn read_direct(
        &mut self,
        log: &mut Log,
        reply: &Reply,
        request: TokenRequest,
        verifier: &str,
        state: &str,
    ) -> Option<Seen> {
        let draft = self.target.draft;
        let location = location(reply)?;
        let code = member(&location, draft.deferral_code)?;
        if let Err(why) = usable(&location, request, state) {
            return Some(Seen::Strange(why.to_owned()));
        }
        rules::deferred::code_of(log, &code, draft);
        let seconds = |name: &str| member(&location, name)?.parse().ok();
        let which = match &self.deferral {
            Some(_) => Code::Other,
            None => Code::Direct,
        };
        if request.lost {
            self.code_lost.get_or_insert(request);
        } else if self.deferral.is_none() {
            self.code_lost = None;
            self.deferral = Some(Captured {
                besides: super::Besides::default(),
                code: code.into(),
                bound: request.keyed,
                scope: self.requested_scope(request.steer),
                notification_token: None,
                interaction_uri: None,
                announced: seconds("interval").zip(seconds("expires_in")),
                verifier: Some(Verifier {
                    value: verifier.to_owned(),
                    taken: false,
                }),
            });
        }
        Some(Seen::Answer(Answer::Deferred {
            interaction: false,
            code: which,
        }))
    }
}

/// What a client has to see in the response before it polls with the code.
fn usable(location: &Url, request: TokenRequest, state: &str) -> Result<(), &'static str> {
    let has = |name: &str| member(location, name).is_some();
    let is_number = |name: &str| {
        let value = member(location, name);
        value.is_none_or(|value| value.parse::<u64>().is_ok())
    };
    if !request.hinted {
        return Err("the authorization response has a deferral code that nobody asked for");
    }
    if member(location, "state").as_deref() != Some(state) {
        return Err("the authorization response does not carry our state");
    }
    if OUTCOMES.into_iter().any(has) {
        return Err("the authorization response has a deferral code and an outcome");
    }
    if !has("expires_in") || !is_number("expires_in") || !is_number("interval") {
        return Err("expires_in or interval beside the deferral code is not a number of seconds");
    }
    Ok(())
}
