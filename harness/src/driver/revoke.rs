//! A revocation of the deferral code (Section 8).

use dtr_model::event::{Answer, Caller};

use super::call::{Attempts, Call, Sender};
use super::log::Log;
use super::observation::Seen;
use super::response::Response;
use super::{Session, answer, rules};
use crate::target::TransportFailure;
use crate::target::client::append;
use crate::target::transport::Reply;

impl Session {
    /// Performs `Event::Revoke`.
    pub(super) async fn revoke(
        &mut self,
        log: &mut Log,
        by: Caller,
    ) -> Result<Seen, TransportFailure> {
        let about = self.polled()?;
        let mut attempts = Attempts::default();
        for sender in Sender::all(by, about.bound) {
            let call = self.revocation_call(&about.code, by, sender)?;
            let reply = self.send_revocation(log, call).await?;
            let seen = self.read_revocation(log, &reply);
            if !attempts.take(by, seen) {
                break;
            }
        }
        Ok(attempts.seen())
    }

    /// The request that is a revocation of this trace's code.
    pub(super) fn revocation_call(
        &self,
        code: &str,
        by: Caller,
        sender: Sender,
    ) -> Result<Call, TransportFailure> {
        let purpose = match by {
            // No revocation carries a verifier.
            Caller::Owner | Caller::NoVerifier | Caller::OtherVerifier => "revocation by the owner",
            Caller::OtherKey => "revocation by the owner with another key",
            Caller::OtherClient => "revocation by another client",
            Caller::Impostor => "revocation by an impostor",
        };
        self.revocation_of(purpose, code, sender)
    }

    /// A revocation of any code.
    pub(super) fn revocation_of(
        &self,
        purpose: &'static str,
        token: &str,
        sender: Sender,
    ) -> Result<Call, TransportFailure> {
        let url = self.target.endpoints.revocation.clone();
        let url = url.ok_or(TransportFailure::NotPerformable(
            "the metadata names no revocation endpoint",
        ))?;
        let mut form = String::with_capacity(192);
        append(&mut form, "token", token);
        append(
            &mut form,
            "token_type_hint",
            self.target.draft.deferral_code_type,
        );
        Ok(Call {
            purpose,
            url,
            form,
            sender,
            lost: false,
        })
    }

    pub(super) async fn send_revocation(
        &mut self,
        log: &mut Log,
        call: Call,
    ) -> Result<Reply, TransportFailure> {
        match self.call(log, call).await?.answered() {
            Ok(reply) => Ok(reply),
            Err(_) => Err(TransportFailure::ConnectionClosed),
        }
    }

    pub(super) fn read_revocation(&self, log: &mut Log, reply: &Reply) -> Seen {
        if reply.status == 200 {
            log.check("K-8.2-01", true, String::new);
            return Seen::Answer(Answer::Revoked);
        }
        match Response::read(reply) {
            Ok(response) => {
                if response.error().is_some() {
                    rules::error::shape(log, &response, "K-8.2-01");
                }
                answer::of_error(&response, self.target.draft)
            }
            Err(strange) => Seen::Strange(strange),
        }
    }
}
