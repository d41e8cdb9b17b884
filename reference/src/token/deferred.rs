//! The polling grant (Section 6.5).

use axum::body::Body;
use http::{Response, StatusCode};

use super::approved;
use super::issue;
use super::no_token::without_token;
use super::on_its_way::OnItsWay;
use crate::client::Client;
use crate::config::Config;
use crate::config::readings::{C14, C26, C31, C48, C75, C78};
use crate::deferral::{Caller, FrozenRequest, Issued, PollAnswer, Renewal, Waiting, WaitsFor};
use crate::dpop::{Proof, Thumbprint};
use crate::edition::OpenedBy;
use crate::error::OAuthError;
use crate::form::Form;
use crate::reply;
use crate::scope::Scope;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::Use;

/// Parameters of originating requests. A poll changes none of them (Section 4.1 item 4), so it may not bring them
/// (C-26/B). `completion_mode` is no such parameter here and is ignored.
const ORIGINATING: [&str; 16] = [
    "actor_token",
    "actor_token_type",
    "assertion",
    "audience",
    "authorization_details",
    "client_notification_token",
    "code",
    "code_verifier",
    "device_code",
    "redirect_uri",
    "refresh_token",
    "requested_token_type",
    "resource",
    "scope",
    "subject_token",
    "subject_token_type",
];

/// A poll.
pub(super) struct PollRequest {
    code: DeferralCode,
    /// What the token is to be narrowed to (C-26/C).
    scope: Option<Scope>,
    /// What the first poll of a code from the authorization endpoint shows (pr-47).
    code_verifier: Option<String>,
}

impl PollRequest {
    pub(super) fn parse(form: &Form, config: &Config) -> Result<Self, OAuthError> {
        let readings = &config.readings;
        let verifier = form
            .get("code_verifier")
            .filter(|_| config.draft.defers_directly);
        let mut sent = ORIGINATING.iter().filter(|name| form.get(name).is_some());
        let originating = sent.any(|name| *name != "code_verifier" || verifier.is_none());
        if originating && readings.c26 == C26::B {
            return Err(OAuthError::invalid_request(
                "a poll carries no parameter of the originating request",
            ));
        }
        Ok(Self {
            code: DeferralCode::new(
                form.require(config.draft.code.name, config.draft.code.missing)?,
            ),
            scope: match readings.c26 {
                C26::A | C26::B => None,
                C26::C => form.get("scope").and_then(Scope::parse),
            },
            code_verifier: verifier.map(Into::into),
        })
    }

    /// Makes the token before the code is burnt: should that fail, the approval is still there to be collected.
    pub(super) async fn answer(
        self,
        context: &Context,
        client: &Client,
        proof: &Proof,
    ) -> Result<Response<Body>, OAuthError> {
        let polling_grant = context.config.draft.polling_grant;
        if let (Some(grant), C78::A) = (polling_grant, context.config.readings.c78) {
            client.may_use(grant)?;
        }
        let caller = Caller {
            client_id: &client.client_id,
            proof,
            code_verifier: self.code_verifier.as_deref(),
            enabled: client.enabled,
        };
        let readings = &context.config.readings;
        let found = context
            .store
            .poll(&self.code, &caller, context.clock.now())
            .await?;
        let request = match self.completed(context, found).await? {
            PollAnswer::Ready(request) => {
                let request = self.narrowed(as_of_today(request, client, readings.c48));
                let request = approved::renewable(request, client);
                FrozenRequest {
                    key: key(context, &request, proof),
                    ..request
                }
            }
            other => return without_token(other, &self.code, readings),
        };
        let now = context.clock.now();
        let response = issue::polled(context, &request).await?;
        if !spend_credential(context, &request, now).await? {
            return without_token(PollAnswer::Redeemed, &self.code, readings);
        }
        let issued = Issued::new(response);
        let on_its_way = OnItsWay::new(issued.receipt.clone());
        let answer = context
            .store
            .redeem(&self.code, &caller, &issued, now)
            .await?;
        match answer {
            PollAnswer::Ready(request) => {
                self.replace(context, &request.renewal).await;
                let response = reply::json(StatusCode::OK, &*issued.response);
                Ok(response.map(|body| on_its_way.with(body)))
            }
            // Another poll at the same time was faster.
            PollAnswer::Redeemed if readings.c14 == C14::B => {
                Ok(reply::json(StatusCode::OK, &*issued.response))
            }
            // Cancelled, expired or redeemed by another poll in the meantime: this token is never seen by anyone.
            other => without_token(other, &self.code, readings),
        }
    }

    /// C-46/A: a refresh token that was suspended while its request waited is replaced for good. Should that fail, the
    /// redeemed code keeps it suspended.
    async fn replace(&self, context: &Context, renewal: &Renewal) {
        let Renewal::Of { token, .. } = renewal else {
            return;
        };
        let settled = context
            .store
            .settle_authorization(token, &self.code, Use::Completed)
            .await;
        if let Err(error) = settled {
            tracing::error!(%error, "cannot replace a refresh token");
        }
    }

    /// What was found, with what no record of a code knows: other links, and codes that there are not.
    async fn completed(
        &self,
        context: &Context,
        found: PollAnswer,
    ) -> Result<PollAnswer, OAuthError> {
        Ok(match found {
            PollAnswer::Pending(waiting) => {
                PollAnswer::Pending(self.with_link(context, waiting).await?)
            }
            PollAnswer::Unknown if self.is_hammered(context).await? => PollAnswer::SlowDown,
            other => other,
        })
    }

    /// Under C-26/C for no more than this poll asks for.
    fn narrowed(&self, request: FrozenRequest) -> FrozenRequest {
        match &self.scope {
            Some(scope) if scope.is_within(&request.scope) => FrozenRequest {
                scope: scope.clone(),
                ..request
            },
            _ => request,
        }
    }

    /// The link that is told with this poll: the one there is, unless every poll brings a new one (C-31/A) and nobody is
    /// at the old one.
    async fn with_link(&self, context: &Context, waiting: Waiting) -> Result<Waiting, OAuthError> {
        let fresh = match (&waiting.interaction_uri, context.config.readings.c31) {
            (Some(uri), C31::A) if waiting.waits_for == WaitsFor::Interaction => context
                .links
                .renew(uri, &*context.random, context.clock.now()),
            _ => None,
        };
        let Some(fresh) = fresh else {
            return Ok(waiting);
        };
        let now = context.clock.now();
        context.store.replace_link(&self.code, &fresh, now).await?;
        Ok(Waiting {
            interaction_uri: Some(fresh),
            ..waiting
        })
    }

    /// C-75/B: whether a code that nobody issued was polled too fast; by default it has no pace (C-75/A).
    async fn is_hammered(&self, context: &Context) -> Result<bool, OAuthError> {
        let now = context.clock.now();
        if context.config.readings.c75 == C75::A || context.store.knows(&self.code, now).await? {
            return Ok(false);
        }
        let code = self.code.expose();
        let before = context.unknown_codes.get(code, now).is_some();
        let free_at = now.saturating_add(context.config.deferral.interval);
        context.unknown_codes.insert(code, (), free_at, now);
        Ok(before)
    }
}

/// What the token will be good for: what was asked for then (C-48/A).
fn as_of_today(request: FrozenRequest, client: &Client, frozen: C48) -> FrozenRequest {
    let then = request.default_scope.as_ref();
    match (&client.default_scope, frozen) {
        (Some(today), C48::C) if then.is_some_and(|then| then != today) => FrozenRequest {
            scope: today.clone(),
            ..request
        },
        _ => request,
    }
}

/// What the access token is bound to: what the code is, or, of a request that no token request began, what this poll
/// proves if the code is not bound (RFC 9449 Section 5).
fn key(context: &Context, request: &FrozenRequest, proof: &Proof) -> Option<Thumbprint> {
    let elsewhere = context.config.draft.opened_by != OpenedBy::TokenRequest;
    match (&request.key, proof) {
        (None, Proof::By(key)) if elsewhere => Some(key.clone()),
        _ => request.key.clone(),
    }
}

/// Uses up the authorization code that the deferral left good (C-45/B); `false` when another success did.
async fn spend_credential(
    context: &Context,
    request: &FrozenRequest,
    now: u64,
) -> Result<bool, OAuthError> {
    let Some(code) = &request.credential else {
        return Ok(true);
    };
    match context.store.authorization(code, now).await? {
        Some(_) => Ok(context.store.spend_authorization(code).await?),
        // Too old to be presented by anybody.
        None => Ok(true),
    }
}
