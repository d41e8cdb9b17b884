//! What rests on an approval that has an end (AROP Section 7.4): it ends with it, and is renewed or exchanged within it
//! without another review, for the approval answers the question that was reviewed.
//!
//! Access tokens name their approval, and which one that is is kept in the process, like the key that signs them.

use crate::access_token::Held;
use crate::client::Client;
use crate::deferral::{Approval, FrozenRequest, Renewal};
use crate::error::OAuthError;
use crate::server::Context;

use super::issue::first_renewal;

/// The one answer for what rests on an approval that is over, or whose preconditions lapsed.
const OVER: OAuthError = OAuthError::invalid_grant("the approval behind it no longer holds");

/// A request that waited, with what its approval adds: a refresh token for whoever registered to use one, of whatever
/// grant, for what was approved and no more. The approval of one transaction is good for one token.
pub(super) fn renewable(request: FrozenRequest, client: &Client) -> FrozenRequest {
    if request.approval.is_none() || request.transaction.is_some() {
        return request;
    }
    let renewal = match request.renewal {
        Renewal::None | Renewal::First => first_renewal(client),
        Renewal::Of { token, .. } => Renewal::Of {
            token,
            scope: request.scope.clone(),
        },
    };
    FrozenRequest { renewal, ..request }
}

/// Remembers the approval for whoever comes to exchange a token that names it.
pub(super) fn note(context: &Context, request: &FrozenRequest, now: u64) {
    let Some(approval) = &request.approval else {
        return;
    };
    let name = approval.name();
    if context.approvals.get(&name, now).is_none() {
        context
            .approvals
            .insert(&name, approval.clone(), approval.until, now);
    }
}

/// The approval that an access token of this server names. It was in force when the token was made, so one that is not
/// known is over.
pub(super) fn behind(
    context: &Context,
    held: &Held,
    now: u64,
) -> Result<Option<Approval>, OAuthError> {
    match &held.approval {
        None => Ok(None),
        Some(name) => context.approvals.get(name, now).map(Some).ok_or(OVER),
    }
}

/// `invalid_grant` unless the preconditions of an approval that is not over hold today.
pub(super) async fn check(
    context: &Context,
    approval: &Approval,
    now: u64,
) -> Result<(), OAuthError> {
    // A record may be forgotten before its approval is over; then nothing is known against it.
    let stands = context.store.stands(&approval.code, now).await?;
    match stands.unwrap_or(true) {
        true => Ok(()),
        false => Err(OVER),
    }
}
