//! Requests: the initial one with what precedes it, polls, revocations.

use std::collections::BTreeMap;

use dtr_model::draft::Draft;
use dtr_model::event::{Answer, Caller, Steer, TokenRequest};

use super::{CODE, Captured, NotRecordable, Scribe, brings_code};
use crate::vector::format::{self, Action, Endpoint, Expected, Policy, Proof, Request, Role, Then};
use crate::vector::record::answers::{self, Context, Place};
use crate::vector::record::judged::Judged;

/// An authorization code that was obtained, and what goes with it.
pub(super) struct Credential {
    /// Distinguishes its placeholders from those of earlier ones.
    number: usize,
    hinted: bool,
    scope: String,
    notification_token: Option<String>,
    /// A request took it, or may have.
    taken: bool,
}

/// What an initial request asks for, beyond what its event says.
struct Asked {
    scope: String,
    notification_token: Option<String>,
}

impl Scribe<'_> {
    /// The initial token request; for the Authorization Code Grant the
    /// authorization request that precedes it comes first.
    ///
    /// # Errors
    /// [`NotRecordable`] where the text has an endpoint of its own for it that steps have no name for.
    pub(super) fn request(
        &mut self,
        moment: &Judged,
        request: TokenRequest,
    ) -> Result<(), NotRecordable> {
        let endpoint = match self.draft.own_endpoint {
            None => Endpoint::Token,
            Some(name) => {
                let unknown = || NotRecordable(format!("a request to the {name}"));
                Endpoint::in_metadata(name).ok_or_else(unknown)?
            }
        };
        let policy = match request.steer {
            _ if !self.draft.decides_at_once() => None,
            Steer::Defer => Some(Policy::Defer),
            Steer::Interact => Some(Policy::Interact),
            Steer::Complete => Some(Policy::Complete),
            Steer::Refuse => Some(Policy::Deny),
        };
        let mut parameters = BTreeMap::new();
        let asked = match self.terms.one_time {
            true => self.present(moment, request, &mut parameters),
            false if self.draft.rules.challenged => challenged(request, &mut parameters),
            false => self.ask_as_oneself(request, &mut parameters),
        };
        let draft = self.draft;
        let opt_in = draft.opt_in(request);
        if let Some(value) = opt_in.filter(|_| draft.own_endpoint.is_none()) {
            put(&mut parameters, draft.completion_mode, &value);
        }
        if let Some(token) = &asked.notification_token {
            put(&mut parameters, draft.client_notification_token, token);
        }
        let expect = self.expected_at_once(moment, &asked);
        let sent = Request {
            endpoint,
            parameters,
            again: BTreeMap::new(),
            document: None,
            client: Role::Owner,
            proof: if request.keyed {
                Proof::BoundKey
            } else {
                Proof::None
            },
            policy,
            nonce: None,
            answer_lost: request.lost,
        };
        self.step(moment, Action::Request(sent), expect);
        self.remember(moment, request, asked);
        Ok(())
    }

    fn expected_at_once(&mut self, moment: &Judged, asked: &Asked) -> Vec<Expected> {
        let context = Context {
            draft: self.draft,
            place: Place::Initial,
            scope: &asked.scope,
            bound: false,
            known: moment.situation.known,
            notification_token: None,
        };
        super::expect::expected(&moment.choices, &context, self.glossary)
    }

    /// Notes what went with the code, if this is the request that brought it.
    fn remember(&mut self, moment: &Judged, request: TokenRequest, asked: Asked) {
        let pinned = moment
            .choices
            .iter()
            .find(|c| c.pinned)
            .map(|c| c.allowed.answer);
        let answer = pinned.unwrap_or(Answer::Silence);
        let token = matches!(answer, Answer::Token { .. });
        let brings = brings_code(answer, moment.situation.known);
        if let Some(credential) = &mut self.credential {
            credential.taken |= request.lost || token || brings;
        }
        if brings {
            self.captured = Captured {
                scope: asked.scope,
                notification_token: asked.notification_token,
                bound: request.keyed,
            };
        }
    }

    /// The parameters of the Client Credentials Grant, or of a request at an endpoint of its own.
    fn ask_as_oneself(
        &mut self,
        request: TokenRequest,
        parameters: &mut BTreeMap<String, String>,
    ) -> Asked {
        if self.draft.own_endpoint.is_none() {
            put(parameters, "grant_type", "client_credentials");
        }
        match (request.sound, self.draft.own_endpoint) {
            (false, _) => put(parameters, "scope", "{refused_scope}"),
            // Whatever the text, a server may refuse a request that names none (RFC 6749 Section 3.3).
            (true, Some(_)) => put(parameters, "scope", &self.default_scope()),
            (true, None) => {}
        }
        if self.draft.rules.idempotent {
            // Two requests of a client for the same are one, and each vector has its own.
            put(
                parameters,
                "authorization_details",
                "{authorization_details}",
            );
        }
        if let Some(hint) = self.draft.user_hint {
            put(parameters, hint, &numbered(hint, 1));
        }
        Asked {
            scope: self.default_scope(),
            notification_token: self.notification_token(request),
        }
    }

    /// The parameters of the Authorization Code Grant. A code is obtained first,
    /// unless there is one that no request took.
    fn present(
        &mut self,
        moment: &Judged,
        request: TokenRequest,
        parameters: &mut BTreeMap<String, String>,
    ) -> Asked {
        let fits = |known: &Credential| known.taken || known.hinted == request.hinted;
        if !self.credential.as_ref().is_some_and(fits) {
            self.authorize(moment, request.hinted);
        }
        let supplied = match &self.credential {
            Some(Credential {
                notification_token: Some(token),
                ..
            }) => Some(token.clone()),
            _ => self.notification_token(request),
        };
        let credential = self.credential.as_mut().expect("a code was obtained above");
        credential.notification_token.clone_from(&supplied);
        put(parameters, "grant_type", "authorization_code");
        put(
            parameters,
            "code",
            &numbered("authorization_code", credential.number),
        );
        put(parameters, "redirect_uri", "{redirect_uri}");
        let verifier = match request.sound {
            true => numbered("code_verifier", credential.number),
            false => "{wrong_code_verifier}".to_owned(),
        };
        put(parameters, "code_verifier", &verifier);
        Asked {
            scope: credential.scope.clone(),
            notification_token: supplied,
        }
    }

    fn authorize(&mut self, moment: &Judged, hinted: bool) {
        self.credentials += 1;
        let number = self.credentials;
        let state = numbered("state", number);
        let mut parameters = BTreeMap::new();
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "{client_id}"),
            ("redirect_uri", "{redirect_uri}"),
            ("state", &state),
            ("code_challenge", &numbered("code_challenge", number)),
            ("code_challenge_method", "S256"),
        ] {
            put(&mut parameters, name, value);
        }
        if hinted {
            put(
                &mut parameters,
                self.draft.completion_mode,
                self.draft.deferred,
            );
        }
        let name = match number {
            1 => "authorization_code".to_owned(),
            _ => format!("authorization_code_{number}"),
        };
        self.glossary
            .define(&name, answers::authorization_code(&state));
        let refused = "authorization_refused";
        self.glossary
            .define(refused, format::Answer::AuthorizationRefused);
        let brought = numbered("authorization_code", number);
        let captures = BTreeMap::from([("code".to_owned(), bare(&brought))]);
        let expect = vec![
            Expected {
                answer: name,
                pinned: true,
                then: Then::Continue,
                like: None,
                captures,
                readings: BTreeMap::new(),
            },
            Expected {
                answer: refused.to_owned(),
                pinned: false,
                then: Then::Stop,
                like: None,
                captures: BTreeMap::new(),
                readings: BTreeMap::new(),
            },
        ];
        let does = if hinted {
            "authorization request, hinted"
        } else {
            "authorization request"
        };
        let request = Request {
            endpoint: Endpoint::Authorization,
            parameters,
            again: BTreeMap::new(),
            document: None,
            client: Role::Owner,
            proof: Proof::None,
            policy: None,
            nonce: None,
            answer_lost: false,
        };
        debug_assert!(
            !moment.situation.known,
            "a code is obtained before it is exchanged"
        );
        self.prepare(does, Action::Request(request), expect);
        self.credential = Some(Credential {
            number,
            hinted,
            scope: self.default_scope(),
            notification_token: None,
            taken: false,
        });
    }

    /// A token of its own for every opted-in request of a client with a callback
    /// endpoint (Sections 6.3 and 11.6).
    fn notification_token(&mut self, request: TokenRequest) -> Option<String> {
        if !self.terms.callback || !request.opted_in {
            return None;
        }
        self.notification_tokens += 1;
        Some(numbered(
            self.draft.client_notification_token,
            self.notification_tokens,
        ))
    }
}

/// What a protected resource wants approved; signed by somebody else where the request is not sound.
fn challenged(request: TokenRequest, parameters: &mut BTreeMap<String, String>) -> Asked {
    let challenge = match request.sound {
        true => "{transaction_challenge}",
        false => "{forged_challenge}",
    };
    put(parameters, "transaction_challenge", challenge);
    Asked {
        scope: String::new(),
        notification_token: None,
    }
}

/// A poll (Section 6.5).
pub(super) fn poll(draft: &Draft, by: Caller, lost: bool, bound: bool) -> Request {
    let mut parameters = BTreeMap::new();
    let endpoint = match (draft.deferred_grant, draft.own_endpoint) {
        ("", Some(name)) => Endpoint::in_metadata(name).unwrap_or(Endpoint::Token),
        (grant, _) => {
            put(&mut parameters, "grant_type", grant);
            Endpoint::Token
        }
    };
    put(&mut parameters, draft.deferral_code, CODE);
    let (client, proof) = sender(draft, by, bound);
    Request {
        endpoint,
        parameters,
        again: BTreeMap::new(),
        document: None,
        client,
        proof,
        policy: None,
        nonce: None,
        answer_lost: lost,
    }
}

/// A revocation of the deferral code (Section 8.1).
pub(super) fn revocation(draft: &Draft, by: Caller, bound: bool) -> Request {
    let mut parameters = BTreeMap::new();
    put(&mut parameters, "token", CODE);
    put(&mut parameters, "token_type_hint", draft.deferral_code_type);
    let (client, proof) = sender(draft, by, bound);
    Request {
        endpoint: Endpoint::Revocation,
        parameters,
        again: BTreeMap::new(),
        document: None,
        client,
        proof,
        policy: None,
        nonce: None,
        answer_lost: false,
    }
}

fn sender(draft: &Draft, by: Caller, bound: bool) -> (Role, Proof) {
    // Where codes are bound to no key, nobody shows one.
    let other_key = match draft.rules.sender_constrained {
        true => Proof::OtherKey,
        false => Proof::None,
    };
    match by {
        Caller::Owner | Caller::NoVerifier | Caller::OtherVerifier if bound => {
            (Role::Owner, Proof::BoundKey)
        }
        Caller::Owner | Caller::NoVerifier | Caller::OtherVerifier => (Role::Owner, Proof::None),
        Caller::OtherKey => (Role::Owner, other_key),
        Caller::OtherClient => (Role::Other, other_key),
        Caller::Impostor if bound => (Role::Impostor, Proof::BoundKey),
        Caller::Impostor => (Role::Impostor, Proof::None),
    }
}

/// The first of its kind has no number.
fn numbered(name: &str, number: usize) -> String {
    match number {
        1 => format!("{{{name}}}"),
        _ => format!("{{{name}_{number}}}"),
    }
}

fn bare(placeholder: &str) -> String {
    placeholder.trim_matches(['{', '}']).to_owned()
}

fn put(parameters: &mut BTreeMap<String, String>, name: &str, value: &str) {
    parameters.insert(name.to_owned(), value.to_owned());
}
