//! What becomes of a token, where an approval bounds it (AROP Section 7.4): refreshed, exchanged, presented.

use std::collections::BTreeMap;

use dtr_model::event::Way;

use super::{Judged, Scribe};
use crate::vector::format::{
    Action, Endpoint, Expected, Present, Proof, Request, Role, Step, Then,
};
use crate::vector::record::answers::{self, Place};

/// The members of a token response that later steps are about, which are the names of placeholders as well.
pub(super) const ACCESS_TOKEN: &str = "access_token";
pub(super) const REFRESH_TOKEN: &str = "refresh_token";

const GRANT_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TYPE_ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl Scribe<'_> {
    /// A refresh or an exchange, if there is something to ask by.
    pub(super) fn renew(&mut self, moment: &Judged, way: Way) {
        let (needed, parameters) = match way {
            Way::Refresh => (
                REFRESH_TOKEN,
                vec![
                    ("grant_type", REFRESH_TOKEN.to_owned()),
                    (REFRESH_TOKEN, format!("{{{REFRESH_TOKEN}}}")),
                ],
            ),
            Way::Exchange => (
                ACCESS_TOKEN,
                vec![
                    ("grant_type", GRANT_EXCHANGE.to_owned()),
                    ("subject_token", format!("{{{ACCESS_TOKEN}}}")),
                    ("subject_token_type", TYPE_ACCESS_TOKEN.to_owned()),
                ],
            ),
        };
        let parameters = parameters.into_iter();
        let request = Request {
            endpoint: Endpoint::Token,
            parameters: parameters.map(|(n, value)| (n.to_owned(), value)).collect(),
            again: BTreeMap::new(),
            document: None,
            client: Role::Owner,
            proof: match self.captured.bound {
                true => Proof::BoundKey,
                false => Proof::None,
            },
            policy: None,
            nonce: None,
            answer_lost: false,
        };
        let mut expect = self.expected(moment, Place::Renewal);
        // Nobody has to know the grant.
        let (name, answer) = answers::unknown_grant(self.draft);
        self.glossary.define(&name, answer);
        expect.push(Expected {
            answer: name,
            pinned: false,
            then: Then::Stop,
            like: None,
            captures: BTreeMap::new(),
            readings: BTreeMap::new(),
        });
        self.step(moment, Action::Request(request), expect);
        self.last_needs(needed);
    }

    /// The token that came last, shown to a resource server.
    pub(super) fn present_token(&mut self, moment: &Judged) {
        let action = Present {
            access_token: format!("{{{ACCESS_TOKEN}}}"),
        };
        let expect = self.expected(moment, Place::Renewal);
        self.step(moment, Action::Present(action), expect);
        self.last_needs(ACCESS_TOKEN);
    }

    /// The step just written is left out where this is not known.
    fn last_needs(&mut self, placeholder: &str) {
        if let Some(Step { needs, .. }) = self.steps.last_mut() {
            needs.push(placeholder.to_owned());
        }
    }
}
