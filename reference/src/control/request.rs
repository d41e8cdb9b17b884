//! Control over one deferred request.

use axum::body::{Body, Bytes};
use axum::extract::State;
use http::Response;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Refusal, answer, malformed};
use crate::callback::Attempt;
use crate::deferral::{Decided, Decision, Step};
use crate::scope::Scope;
use crate::secret::DeferralCode;
use crate::server::Context;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecideRequest {
    deferral_code: String,
    decision: Verdict,
    scope: Option<String>,
    approved_for: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Approve,
    Deny,
    NeedInteraction,
    InteractionBegun,
    InteractionDone,
}

/// `POST /control/decide`.
pub(super) async fn decide(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: DecideRequest| {
        decide_request(&context, request).await
    })
    .await
}

async fn decide_request(context: &Context, request: DecideRequest) -> Answer {
    let decision = match (request.decision, request.scope, request.approved_for) {
        (Verdict::Approve, scope, approved_for) => approval(context, scope, approved_for)?,
        (_, Some(_), _) => return Err(malformed("scope goes with approve only")),
        (_, _, Some(_)) => return Err(malformed("approved_for goes with approve only")),
        (Verdict::Deny, None, None) => Decision::Deny,
        (Verdict::NeedInteraction, None, None) => Decision::Interaction(true),
        (Verdict::InteractionBegun, None, None) => Decision::InteractionBegun,
        (Verdict::InteractionDone, None, None) => Decision::Interaction(false),
    };
    let code = DeferralCode::new(&request.deferral_code);
    match context
        .store
        .decide(&code, &decision, context.clock.now())
        .await?
    {
        Some(Decided::Applied) => Ok(json!({ "applied": true })),
        Some(Decided::Void) => Ok(json!({ "applied": false })),
        Some(Decided::TooWide) => Err(malformed("scope is wider than what was requested")),
        None => Err(Refusal::UnknownCode),
    }
}

/// Of all that was asked for or less, and for a time where the edition knows approvals that end.
fn approval(
    context: &Context,
    scope: Option<String>,
    approved_for: Option<u64>,
) -> Result<Decision, Refusal> {
    let narrowed = match scope.as_deref().map(Scope::parse) {
        None => None,
        Some(Some(scope)) => Some(scope),
        Some(None) => return Err(malformed("scope is not a list of scope values")),
    };
    match approved_for {
        None => Ok(Decision::Approve(narrowed)),
        Some(_) if !context.config.draft.approvals_expire => Err(malformed(
            "approved_for: no approval ends in the edition that is served",
        )),
        Some(0) => Err(malformed("approved_for is zero; use at least 1 second")),
        Some(seconds) => Ok(Decision::ApproveFor(narrowed, seconds)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentRequest {
    deferral_code: String,
    valid: bool,
}

/// `POST /control/consent`.
pub(super) async fn consent(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: ConsentRequest| {
        let code = DeferralCode::new(&request.deferral_code);
        match context
            .store
            .set_consent(&code, request.valid, context.clock.now())
            .await?
        {
            Some(()) => Ok(json!({ "applied": true })),
            None => Err(Refusal::UnknownCode),
        }
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgressRequest {
    deferral_code: String,
    step: String,
}

/// `POST /control/progress`.
pub(super) async fn progress(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: ProgressRequest| {
        let step = Step::parse(&request.step).ok_or_else(|| {
            malformed("step is not an identifier of 1 to 32 of A-Z a-z 0-9 - _ .")
        })?;
        let code = DeferralCode::new(&request.deferral_code);
        match context
            .store
            .set_step(&code, &step, context.clock.now())
            .await?
        {
            Some(()) => Ok(json!({ "applied": true })),
            None => Err(Refusal::UnknownCode),
        }
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbacksRequest {
    hold: Option<bool>,
    deferral_code: Option<String>,
}

/// `POST /control/callbacks`.
pub(super) async fn callbacks(State(context): State<Context>, body: Bytes) -> Response<Body> {
    answer(body, async |request: CallbacksRequest| {
        match (request.hold, request.deferral_code) {
            (Some(hold), None) => {
                context.callbacks.hold(hold);
                Ok(json!({ "applied": true }))
            }
            (None, Some(code)) => attempt_now(&context, &DeferralCode::new(&code)).await,
            _ => Err(malformed("either hold or deferral_code")),
        }
    })
    .await
}

async fn attempt_now(context: &Context, code: &DeferralCode) -> Answer {
    if !context.store.knows(code, context.clock.now()).await? {
        return Err(Refusal::UnknownCode);
    }
    Ok(
        match context.callbacks.attempt(context, code, true).await? {
            Attempt::None => json!({ "attempted": false, "status": null }),
            Attempt::Made(status) => json!({ "attempted": true, "status": status }),
        },
    )
}
