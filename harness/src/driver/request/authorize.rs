//! The one-time credential: an authorization code (RFC 6749 Section 4.1), with PKCE.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dtr_model::draft::Opening;
use dtr_model::event::{Answer, TokenRequest};
use http::header;
use url::Url;

use super::Asked;
use crate::driver::Session;
use crate::driver::call::{BOUND_KEY, Call, Sender, fetch};
use crate::driver::log::Log;
use crate::driver::observation::Seen;
use crate::driver::response::Response;
use crate::driver::rules::approvals::Besides;
use crate::target::TransportFailure;
use crate::target::client::{Credentials, append};
use crate::target::transport::Reply;

/// An authorization code and what has to be presented along with it, time and again the same.
#[derive(Debug)]
pub(in crate::driver) struct Credential {
    code: String,
    verifier: String,
    /// The authorization request carried the hint.
    hinted: bool,
    /// It named the owner's key, to which the code is bound therefore (RFC 9449 Section 10).
    named_key: bool,
    /// What the authorization request stood for.
    scope: String,
    notification_token: Option<String>,
    /// A request whose response got lost may have taken it.
    maybe_taken: bool,
}

impl Session {
    /// Puts the parameters of the authorization code grant into the form. The code is obtained the first time and
    /// presented again later; only while no request took it, another hint makes for another code.
    pub(super) async fn present(
        &mut self,
        log: &mut Log,
        form: &mut String,
        request: TokenRequest,
    ) -> Result<Result<Asked, Seen>, TransportFailure> {
        let answered = self.deferral.is_some() || !self.tokens.is_empty();
        let is_direct = self.deferral.as_ref().is_some_and(|d| d.verifier.is_some());
        let named_key = self.names_key(request);
        let usable = self.credential.as_ref().is_some_and(|known| {
            let alike = known.hinted == request.hinted && known.named_key == named_key;
            // Beside a code that came from no credential each request has one of its own.
            !is_direct && (answered || known.maybe_taken || alike)
        });
        if !usable {
            match self.authorize(log, request).await? {
                Ok(credential) => self.credential = Some(credential),
                Err(seen) => return Ok(Err(seen)),
            }
        }
        let supplied = self.terms.callback && request.opted_in;
        let fresh = self.draw::<20>();
        let redirect_uri = self.client(false).redirect_uri.clone();
        let parameters = self.further_parameters(request.steer);
        let Some(credential) = &mut self.credential else {
            return Ok(Err(Seen::Strange("no authorization code".to_owned())));
        };
        credential.maybe_taken |= request.lost;
        let notification_token =
            supplied.then(|| credential.notification_token.get_or_insert(fresh).clone());
        append(form, "grant_type", "authorization_code");
        append(form, "code", &credential.code);
        if let Some(uri) = &redirect_uri {
            append(form, "redirect_uri", uri);
        }
        for (name, value) in &parameters {
            append(form, name, value);
        }
        match request.sound {
            true => append(form, "code_verifier", &credential.verifier),
            // As long as it has to be, and another.
            false => append(
                form,
                "code_verifier",
                &"w".repeat(credential.verifier.len()),
            ),
        }
        Ok(Ok(Asked {
            scope: credential.scope.clone(),
            besides: Besides::default(),
            notification_token,
        }))
    }

    async fn authorize(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
    ) -> Result<Result<Credential, Seen>, TransportFailure> {
        let verifier = self.draw::<32>();
        let state = self.draw::<12>();
        let obtained = match self.client(false).prelude.is_empty() {
            true => self.ask_plainly(log, request, &verifier, &state).await?,
            false => self.go_through(log, request, &verifier, &state).await?,
        };
        Ok(obtained.map(|code| Credential {
            code,
            verifier,
            hinted: request.hinted,
            named_key: self.names_key(request),
            scope: self.requested_scope(request.steer),
            notification_token: None,
            maybe_taken: false,
        }))
    }

    /// A plain authorization request, which the server answers with a redirect at once.
    async fn ask_plainly(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
        verifier: &str,
        state: &str,
    ) -> Result<Result<String, Seen>, TransportFailure> {
        let Some(endpoint) = self.target.endpoints.authorization.clone() else {
            return Err(TransportFailure::NotPerformable(
                "the metadata names no authorization endpoint",
            ));
        };
        let url = self.authorization_url(&endpoint, verifier, state, request);
        let target = Arc::clone(&self.target);
        let reply = fetch(&target, log, "authorization request", url).await?;
        let deferred = match target.draft.rules.opening == Opening::Either {
            true => self.read_direct(log, &reply, request, verifier, state),
            false => None,
        };
        Ok(match deferred {
            Some(seen) => Err(seen),
            None => read_code(&reply, state),
        })
    }

    /// Pushes the authorization request (RFC 9126) and makes it by reference. The code is the credential of the next
    /// token request.
    pub(in crate::driver) async fn push(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
    ) -> Result<(), Seen> {
        let endpoints = self.target.endpoints.clone();
        let none = |what| Seen::Failed(TransportFailure::NotPerformable(what));
        let authorization = endpoints
            .authorization
            .ok_or_else(|| none("the metadata names no authorization endpoint"))?;
        let url = endpoints
            .pushed
            .ok_or_else(|| none("the metadata names no endpoint for pushed requests"))?;
        let (verifier, state) = (self.draw::<32>(), self.draw::<12>());
        let whole = self.authorization_url(&authorization, &verifier, &state, request);
        let client_id = Arc::clone(&self.client(false).client_id);
        let mut form = String::new();
        for (name, value) in whole.query_pairs().filter(|(name, _)| name != "client_id") {
            append(&mut form, &name, &value);
        }
        let call = Call {
            purpose: "pushed authorization request",
            url,
            form,
            sender: Sender {
                other: false,
                key: None,
                shows: Credentials::Own,
            },
            lost: false,
        };
        let reply = self
            .call(log, call)
            .await
            .map_err(Seen::Failed)?
            .answered()?;
        let response = Response::read(&reply).map_err(Seen::Strange)?;
        let reference = response
            .text("request_uri")
            .ok_or_else(|| Seen::Strange(response.in_short()))?;
        let mut short = Url::clone(&authorization);
        short
            .query_pairs_mut()
            .append_pair("client_id", &client_id)
            .append_pair("request_uri", reference);
        let target = Arc::clone(&self.target);
        let reply = fetch(
            &target,
            log,
            "authorization request by reference",
            Arc::new(short),
        )
        .await;
        let code = read_code(&reply.map_err(Seen::Failed)?, &state)?;
        self.credential = Some(Credential {
            code,
            verifier,
            hinted: request.hinted,
            named_key: self.names_key(request),
            scope: self.requested_scope(request.steer),
            notification_token: None,
            maybe_taken: false,
        });
        Ok(())
    }

    /// The requests that the target file writes out. The last one brings the code.
    async fn go_through(
        &mut self,
        log: &mut Log,
        request: TokenRequest,
        verifier: &str,
        state: &str,
    ) -> Result<Result<String, Seen>, TransportFailure> {
        let client = self.client(false).clone();
        let draft = self.target.draft;
        let ask = client.asks.of(request.steer);
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let mut values: Vec<(String, String)> = vec![
            ("client_id".into(), client.client_id.to_string()),
            ("redirect_uri".into(), text(client.redirect_uri.as_deref())),
            ("scope".into(), text(ask.scope.as_deref())),
            ("state".into(), state.to_owned()),
            ("code_challenge".into(), challenge(verifier)),
            (
                "completion_mode".into(),
                text(request.hinted.then_some(draft.deferred)),
            ),
        ];
        for step in client.prelude.iter() {
            let outgoing = step
                .request
                .fill(&values)
                .map_err(TransportFailure::Other)?;
            let purpose = "a request that precedes the token request";
            let reply = log.send(&self.target.transport, purpose, outgoing).await?;
            match step.take(&reply) {
                Ok(taken) => values.extend(taken),
                Err(why) => return Ok(Err(Seen::Failed(TransportFailure::Other(why)))),
            }
        }
        let code = values.into_iter().rev().find(|(name, _)| name == "code");
        Ok(code
            .map(|(_, code)| code)
            .ok_or(Seen::Failed(TransportFailure::NotPerformable(
                "the prelude yields no {code}",
            ))))
    }

    pub(in crate::driver) fn authorization_url(
        &self,
        endpoint: &Url,
        verifier: &str,
        state: &str,
        request: TokenRequest,
    ) -> Arc<Url> {
        let client = self.client(false);
        let draft = &self.target.draft;
        let mut url = endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.client_id)
            .append_pair("state", state);
        if self.has_challenge(request) {
            query
                .append_pair("code_challenge", &challenge(verifier))
                .append_pair("code_challenge_method", "S256");
        }
        if self.names_key(request) {
            let key = &self.lease.pair().keys[BOUND_KEY];
            query.append_pair("dpop_jkt", key.thumbprint());
        }
        if let Some(uri) = &client.redirect_uri {
            query.append_pair("redirect_uri", uri);
        }
        if let Some(scope) = &client.asks.of(request.steer).scope {
            query.append_pair("scope", scope);
        }
        if request.hinted {
            query.append_pair(draft.completion_mode, draft.deferred);
        }
        drop(query);
        Arc::new(url)
    }
}

/// The PKCE challenge (S256) of a verifier.
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// The authorization code in a redirect. An error, there or instead of a redirect, is one of the grant's own.
pub(crate) fn read_code(reply: &Reply, state: &str) -> Result<String, Seen> {
    if (400..500).contains(&reply.status) {
        let refused = Response::read(reply).is_ok_and(|response| response.error().is_some());
        return Err(match refused {
            true => Seen::Answer(Answer::GrantError),
            false => Seen::Strange(format!(
                "the authorization endpoint answers with status {}",
                reply.status
            )),
        });
    }
    let Some(location) = location(reply) else {
        return Err(Seen::Strange(format!(
            "the authorization endpoint does not redirect: status {}",
            reply.status
        )));
    };
    let member = |name: &str| member(&location, name);
    if member("state").as_deref() != Some(state) {
        return Err(Seen::Strange(
            "the authorization response does not carry our state".to_owned(),
        ));
    }
    match (member("code"), member("error")) {
        (Some(code), _) => Ok(code),
        (None, Some(_)) => Err(Seen::Answer(Answer::GrantError)),
        (None, None) => Err(Seen::Strange(
            "the authorization response has neither code nor error".to_owned(),
        )),
    }
}

/// Where a redirect leads.
pub(super) fn location(reply: &Reply) -> Option<Url> {
    let location = reply.headers.get(header::LOCATION)?.to_str().ok()?;
    let redirects = (300..400).contains(&reply.status);
    Url::parse(location).ok().filter(|_| redirects)
}

/// A parameter of an authorization response.
pub(super) fn member(location: &Url, name: &str) -> Option<String> {
    let mut pairs = location.query_pairs();
    let found = pairs.find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned())
}
