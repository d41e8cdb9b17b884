//! What becomes of a token, where an approval bounds it (AROP Section 7.4): what the client holds, what it is refreshed or
//! exchanged for, and how long it is good.

use std::sync::Arc;

use dtr_model::event::{Answer, Way};

use super::call::{BOUND_KEY, Call, Sender};
use super::decide::SILENCE;
use super::log::Log;
use super::observation::Seen;
use super::response::Response;
use super::{Session, answer, rules};
use crate::jwt::good_until;
use crate::target::TransportFailure;
use crate::target::client::{Credentials, append};

const GRANT_REFRESH: &str = "refresh_token";
const GRANT_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The tokens that came last of a deferral.
#[derive(Debug)]
pub(super) struct Held {
    access_token: String,
    refresh_token: Option<String>,
    /// The server's time, in seconds, from which on the access token says itself that it is over; nothing if it does not
    /// say.
    good_until: Option<u64>,
    /// The request was bound to the owner's key, and so is what came of it.
    bound: bool,
}

impl Session {
    /// Keeps the tokens of a successful response. A refresh token that no other one came for stays.
    pub(super) fn hold(&mut self, response: &Response<'_>, bound: bool) {
        let Some(token) = response.text("access_token") else {
            return;
        };
        let before = self.held.take().and_then(|held| held.refresh_token);
        self.held = Some(Held {
            access_token: token.to_owned(),
            refresh_token: response.text("refresh_token").map(str::to_owned).or(before),
            good_until: good_until(&response.members, self.target.time.now()),
            bound,
        });
    }

    /// Performs `Event::Present`. Nobody is asked: the resource server looks at the token alone.
    pub(super) fn show_token(&self) -> Seen {
        let until = self.held.as_ref().and_then(|held| held.good_until);
        match until {
            None => SILENCE,
            Some(until) if self.target.time.now() < until => Seen::Answer(Answer::TokenGood),
            Some(_) => Seen::Answer(Answer::TokenOver),
        }
    }

    /// Performs `Event::Renew`. Without a token, or at a server that knows no such grant, nothing is asked.
    pub(super) async fn renew(
        &mut self,
        log: &mut Log,
        way: Way,
    ) -> Result<Seen, TransportFailure> {
        let Some(held) = &self.held else {
            return Ok(SILENCE);
        };
        let bound = held.bound;
        let mut form = String::with_capacity(512);
        match (way, &held.refresh_token) {
            (Way::Refresh, None) => return Ok(SILENCE),
            (Way::Refresh, Some(token)) => {
                append(&mut form, "grant_type", GRANT_REFRESH);
                append(&mut form, "refresh_token", token);
            }
            (Way::Exchange, _) => {
                append(&mut form, "grant_type", GRANT_EXCHANGE);
                append(&mut form, "subject_token", &held.access_token);
                append(&mut form, "subject_token_type", ACCESS_TOKEN);
            }
        }
        let call = Call {
            purpose: match way {
                Way::Refresh => "refresh of the token",
                Way::Exchange => "exchange of the token",
            },
            url: Arc::clone(&self.target.endpoints.token),
            form,
            sender: Sender {
                other: false,
                key: bound.then_some(BOUND_KEY),
                shows: Credentials::Own,
            },
            lost: false,
        };
        let reply = match self.call(log, call).await?.answered() {
            Ok(reply) => reply,
            Err(seen) => return Ok(seen),
        };
        let response = match Response::read(&reply) {
            Ok(response) => response,
            Err(strange) => return Ok(Seen::Strange(strange)),
        };
        rules::approvals::nothing_inside(log, &response);
        if reply.status == 200 {
            let asked = self
                .deferral
                .as_ref()
                .map(|captured| captured.scope.clone());
            let key = bound.then_some(BOUND_KEY);
            let seen = self.read_token(log, &response, &asked.unwrap_or_default(), key);
            self.bounded(log, "AROP-7.4-09", &response);
            self.hold(&response, bound);
            return Ok(seen);
        }
        Ok(match response.error() {
            Some("unsupported_grant_type" | "unauthorized_client") => SILENCE,
            _ => answer::of_error(&response, self.target.draft),
        })
    }

    /// Whether what came of an approval ends with it.
    pub(super) fn bounded(&self, log: &mut Log, row: &'static str, response: &Response<'_>) {
        let now = self.target.time.now();
        if let Some(until) = self.approved_until {
            rules::approvals::bounded(log, row, response, now, until);
        }
    }
}
