//! A request that presents what a protected resource signed (Transaction Challenge Section 5.1), and the token that has to
//! answer to it (its Section 5.4).

use std::sync::Arc;

use dtr_model::event::TokenRequest;

use super::Asked;
use crate::driver::log::Log;
use crate::driver::response::Response;
use crate::driver::rules::approvals::Besides;
use crate::driver::{Session, rules};
use crate::target::TransportFailure;
use crate::target::client::append;
use crate::target::resource::Resource;

/// A challenge, presented again whenever the request is made again.
#[derive(Debug, Clone)]
pub(in crate::driver) struct Challenge {
    txn: String,
    signed: String,
}

impl Session {
    /// Puts the challenge into the form; one that somebody else signed where the request is not sound.
    pub(super) fn present_challenge(
        &mut self,
        form: &mut String,
        request: TokenRequest,
        resource: &Arc<Resource>,
    ) -> Asked {
        let challenge = match (request.sound, self.challenge.clone()) {
            (true, Some(known)) => known,
            (true, None) => self.challenge_by(resource),
            (false, _) => self.challenge_by(&resource.forged()),
        };
        append(form, "transaction_challenge", &challenge.signed);
        if request.sound {
            self.challenge = Some(challenge);
        }
        Asked {
            scope: String::new(),
            besides: Besides::default(),
            notification_token: None,
        }
    }

    /// A challenge of this trace's own.
    fn challenge_by(&mut self, resource: &Resource) -> Challenge {
        let txn = self.draw::<16>();
        let audience = self.target.endpoints.issuer.as_str().trim_end_matches('/');
        let signed = resource.challenge(audience, self.target.time.now(), &txn);
        Challenge { txn, signed }
    }

    /// The resource to challenge by, where requests present challenges.
    ///
    /// # Errors
    /// [`TransportFailure::NotPerformable`] where nobody said which.
    pub(super) fn challenger(&self) -> Result<Option<Arc<Resource>>, TransportFailure> {
        match (self.target.draft.rules.challenged, &self.target.resource) {
            (false, _) => Ok(None),
            (true, Some(resource)) => Ok(Some(Arc::clone(resource))),
            (true, None) => Err(TransportFailure::NotPerformable(
                "the target file names no `resource` to challenge by",
            )),
        }
    }

    /// Whether a token is good for the challenged transaction and for nothing else.
    pub(in crate::driver) fn answers_challenge(&self, log: &mut Log, response: &Response<'_>) {
        if let (Some(challenge), Some(resource)) = (&self.challenge, &self.target.resource) {
            rules::approvals::answers(log, response, &challenge.txn, resource);
        }
    }
}
