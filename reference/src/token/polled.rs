//! What a poll means for its code before anybody looks at what was asked. By default nothing: a malformed poll and one
//! that is challenged for a nonce touch no code, and no code says who sends it (C-25/B, C-27/A, C-56/A).

use std::sync::Arc;

use http::{HeaderMap, header};

use super::endpoint::Endpoint;
use crate::client::Client;
use crate::client_auth;
use crate::config::readings::{C25, C27, C56};
use crate::deferral::Caller;
use crate::edition::Edition;
use crate::form::Form;
use crate::secret::DeferralCode;
use crate::server::Context;
use crate::store::StoreError;

/// How a client that is not public says who it is, or a public one.
const NAMES: [&str; 3] = ["client_id", "client_assertion", "client_secret"];

/// The code that a poll is about, as far as it can be made out.
fn code(form: &Form, edition: &Edition) -> Option<DeferralCode> {
    let is_poll = form.get("grant_type") == edition.polling_grant;
    form.get(edition.code.name)
        .filter(|_| is_poll)
        .map(DeferralCode::new)
}

/// C-25/A: whoever might poll a code, and does so in a malformed way, has polled it for the last time.
pub(super) async fn malformed(
    context: &Context,
    endpoint: Endpoint,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(), StoreError> {
    let (Some(code), C25::A) = (
        code(form, &context.config.draft),
        context.config.readings.c25,
    ) else {
        return Ok(());
    };
    let Ok(client) = client_auth::authenticate(context, headers, form) else {
        return Ok(());
    };
    let Ok(proof) = endpoint.proof(context, headers, &client) else {
        return Ok(());
    };
    let caller = Caller {
        client_id: &client.client_id,
        proof: &proof,
        code_verifier: None,
        enabled: client.enabled,
    };
    let now = context.clock.now();
    context.store.malformed(&code, &caller, now).await
}

/// C-27/B: a poll without a word about its client is the public client's that the code was issued to.
pub(super) async fn client_of_code(
    context: &Context,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Option<Arc<Client>>, StoreError> {
    let named = headers.contains_key(header::AUTHORIZATION)
        || NAMES.iter().any(|name| form.get(name).is_some());
    let (Some(code), C27::B, false) = (
        code(form, &context.config.draft),
        context.config.readings.c27,
        named,
    ) else {
        return Ok(None);
    };
    let owner = context.store.client_id(&code, context.clock.now()).await?;
    let client = owner.and_then(|owner| context.clients.find(&owner));
    Ok(client.filter(|client| client.is_public() && client.enabled))
}

/// C-56/B: a poll that has to be made again, with a nonce, is one already.
pub(super) async fn challenged(
    context: &Context,
    client: &Client,
    form: &Form,
) -> Result<(), StoreError> {
    let (Some(code), C56::B) = (
        code(form, &context.config.draft),
        context.config.readings.c56,
    ) else {
        return Ok(());
    };
    let now = context.clock.now();
    context
        .store
        .challenged(&code, &client.client_id, now)
        .await
}
