//! Requests of written vectors.

use std::collections::BTreeMap;

use serde_json::Value;

use super::DRAFT;
use super::sheet::CODE;
use crate::vector::format::{Endpoint, Policy, Proof, Request, Role};

/// A request while it is written.
#[derive(Clone)]
pub(super) struct Ask(Request);

impl Ask {
    /// A request to this endpoint.
    pub(super) fn to(endpoint: Endpoint) -> Ask {
        Ask(Request {
            endpoint,
            parameters: BTreeMap::new(),
            again: BTreeMap::new(),
            document: None,
            client: Role::Owner,
            proof: Proof::None,
            nonce: None,
            policy: None,
            answer_lost: false,
        })
    }

    /// A token request of the owner, with a proof by its key.
    pub(super) fn token(grant_type: &str) -> Ask {
        let request = Ask::to(Endpoint::Token).with("grant_type", grant_type);
        request.proof(Proof::BoundKey)
    }

    /// A token request by the Client Credentials Grant.
    pub(super) fn credentials() -> Ask {
        Ask::token("client_credentials")
    }

    /// A token request with the authorization code of this number.
    pub(super) fn code(number: usize) -> Ask {
        Ask::token("authorization_code")
            .with("code", &numbered("authorization_code", number))
            .with("redirect_uri", "{redirect_uri}")
            .with("code_verifier", &numbered("code_verifier", number))
    }

    /// A refresh request.
    pub(super) fn refresh(token: &str) -> Ask {
        Ask::token("refresh_token").with("refresh_token", token)
    }

    /// A poll (Section 6.5).
    pub(super) fn poll() -> Ask {
        Ask::token(DRAFT.deferred_grant).with(DRAFT.deferral_code, CODE)
    }

    /// A revocation of the deferral code (Section 8.1), without a hint.
    pub(super) fn revocation() -> Ask {
        let request = Ask::to(Endpoint::Revocation).with("token", CODE);
        request.proof(Proof::BoundKey)
    }

    /// The owner's question whether a token counts (RFC 7662).
    pub(super) fn introspection(token: &str) -> Ask {
        Ask::to(Endpoint::Introspection)
            .with("token", token)
            .with("token_type_hint", "access_token")
    }

    /// The authorization request that brings the authorization code of this number.
    pub(super) fn authorization(number: usize) -> Ask {
        Ask::to(Endpoint::Authorization)
            .with("client_id", "{client_id}")
            .asking_for(number)
    }

    /// The same by way of the endpoint for pushed requests (RFC 9126).
    pub(super) fn pushed(number: usize) -> Ask {
        Ask::to(Endpoint::PushedAuthorization).asking_for(number)
    }

    /// The authorization request that refers to a pushed one.
    pub(super) fn by_reference(request_uri: &str) -> Ask {
        Ask::to(Endpoint::Authorization)
            .with("client_id", "{client_id}")
            .with("request_uri", request_uri)
    }

    /// The metadata document.
    pub(super) fn metadata() -> Ask {
        Ask::to(Endpoint::Metadata)
    }

    /// A registration of this client, which is a JSON object.
    pub(super) fn registration(client: Value) -> Ask {
        let mut ask = Ask::to(Endpoint::Registration);
        ask.0.document = client.as_object().cloned();
        ask
    }

    fn asking_for(self, number: usize) -> Ask {
        self.with("response_type", "code")
            .with("redirect_uri", "{redirect_uri}")
            .with("state", &numbered("state", number))
            .with("code_challenge", &numbered("code_challenge", number))
            .with("code_challenge_method", "S256")
    }

    /// With `completion_mode` as it should be: the opt-in of a token request, the hint of an authorization request.
    pub(super) fn opted_in(self) -> Ask {
        self.with(DRAFT.completion_mode, DRAFT.deferred)
    }

    /// With this parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Ask {
        self.0.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Without it.
    pub(super) fn without(mut self, name: &str) -> Ask {
        self.0.parameters.remove(name);
        self
    }

    /// With this parameter once more.
    pub(super) fn again(mut self, name: &str, value: &str) -> Ask {
        self.0.again.insert(name.to_owned(), value.to_owned());
        self
    }

    /// By somebody else.
    pub(super) fn by(mut self, client: Role) -> Ask {
        self.0.client = client;
        self
    }

    /// With this proof.
    pub(super) fn proof(mut self, proof: Proof) -> Ask {
        self.0.proof = proof;
        self
    }

    /// With this nonce in the proof.
    pub(super) fn nonce(mut self, nonce: &str) -> Ask {
        self.0.nonce = Some(nonce.to_owned());
        self
    }

    /// To be treated so.
    pub(super) fn policy(mut self, policy: Policy) -> Ask {
        self.0.policy = Some(policy);
        self
    }

    pub(super) fn done(self) -> Request {
        self.0
    }
}

/// The first of its kind has no number.
pub(super) fn numbered(name: &str, number: usize) -> String {
    match number {
        1 => format!("{{{name}}}"),
        _ => format!("{{{name}_{number}}}"),
    }
}
