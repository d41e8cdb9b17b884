//! What waits for the user of a device, behind a user code: a token request to come, or, where the edition has it so, a
//! deferred request.

use std::sync::Arc;

use super::session::Session;
use crate::deferral::{Decided, Decision, FrozenRequest};
use crate::device::DeviceRequest;
use crate::opening::user_code::normalized;
use crate::scope::Scope;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::{Authorization, Means, StoreError, Use};

/// A request that somebody may decide about now.
pub(super) enum Waiting {
    /// What the device will ask for with a token request (Section 5.2).
    TokenRequest(DeviceRequest),
    /// A deferred request, and its code.
    Deferred(DeferralCode, FrozenRequest),
}

impl Waiting {
    /// What waits behind this user code, however it is written.
    pub(super) async fn find(
        context: &Context,
        user_code: &str,
    ) -> Result<Option<Self>, StoreError> {
        let now = context.clock.now();
        let Some(code) = context.user_codes.get(&normalized(user_code), now) else {
            let request = context.devices.find(user_code, now);
            return Ok(request.map(Self::TokenRequest));
        };
        let request = context.store.undecided(&code, now).await?;
        Ok(request.map(|request| Self::Deferred(code, request)))
    }

    /// The client that asks.
    pub(super) fn client_id(&self) -> &str {
        match self {
            Self::TokenRequest(request) => &request.client_id,
            Self::Deferred(_, request) => &request.client_id,
        }
    }

    /// What it asks for.
    pub(super) fn scope(&self) -> &Scope {
        match self {
            Self::TokenRequest(request) => &request.scope,
            Self::Deferred(_, request) => &request.scope,
        }
    }

    /// Decides in the name of whoever is signed in; `false` when somebody was faster.
    pub(super) async fn decide(
        self,
        context: &Context,
        session: &Session,
        user_code: &str,
        approved: bool,
    ) -> Result<bool, StoreError> {
        let now = context.clock.now();
        match self {
            Self::TokenRequest(request) => {
                let first = context.devices.decide(user_code, approved, now);
                if first && approved {
                    authorize(context, session, request).await?;
                }
                Ok(first)
            }
            Self::Deferred(code, _) => {
                let decision = match approved {
                    true => Decision::ApproveAs(Arc::clone(&session.approver)),
                    false => Decision::Deny,
                };
                let decided = context.store.decide(&code, &decision, now).await?;
                Ok(decided == Some(Decided::Applied))
            }
        }
    }
}

/// From here on the device code feeds one token or one deferral, like an authorization code.
async fn authorize(
    context: &Context,
    session: &Session,
    request: DeviceRequest,
) -> Result<(), StoreError> {
    let authorization = Authorization {
        client_id: request.client_id,
        subject: Arc::clone(&session.approver),
        scope: request.scope,
        by_default: false,
        targets: request.targets,
        means: Means::Device,
        hinted: request.hinted,
        expires_at: request.expires_at,
        approval: None,
        used: Use::Unused,
    };
    context
        .store
        .insert_authorization(request.device_code, authorization)
        .await
}
