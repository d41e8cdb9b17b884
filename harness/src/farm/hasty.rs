//! What a store does that has no atomic operations: it reads, lets others go on, and writes what it made of what it read.
//!
//! Also a part of `tests/races`, which run without the feature `farm`.

use dtr_reference::Store;
use dtr_reference::deferral::Deferral;
use dtr_reference::secret::{Credential, DeferralCode};
use dtr_reference::store::{Authorization, Change, Representation, StoreError, Use};

/// Changes a deferral so.
pub(crate) async fn change_deferral(
    memory: &dyn Store,
    code: &DeferralCode,
    now: u64,
    change: &mut Change<'_>,
) -> Result<bool, StoreError> {
    let mut read: Option<Deferral> = None;
    let mut look = |deferral: &mut Deferral| read = Some(deferral.clone());
    memory.change_deferral(code, now, &mut look).await?;
    let Some(mut changed) = read else {
        return Ok(false);
    };
    change(&mut changed);
    let_others_go_on().await;
    let mut write = |deferral: &mut Deferral| *deferral = changed.clone();
    memory.change_deferral(code, now, &mut write).await
}

/// Marks an authorization code as completed so; `false` when it was used before.
pub(crate) async fn spend_authorization(
    memory: &dyn Store,
    code: &Credential,
) -> Result<bool, StoreError> {
    use_up(memory, code, Use::Completed).await
}

/// Marks an authorization code as the one that a deferral came from; `false` when it was used before.
pub(crate) async fn defer_authorization(
    memory: &dyn Store,
    code: &Credential,
    representation: &Representation,
) -> Result<bool, StoreError> {
    let deferred = Use::Deferred(Box::new(representation.clone()));
    use_up(memory, code, deferred).await
}

async fn use_up(memory: &dyn Store, code: &Credential, used: Use) -> Result<bool, StoreError> {
    let found = memory.authorization(code, 0).await?;
    let_others_go_on().await;
    let Some(unused) = found.filter(|authorization| authorization.used == Use::Unused) else {
        return Ok(false);
    };
    let authorization = Authorization { used, ..unused };
    memory
        .insert_authorization(code.clone(), authorization)
        .await?;
    Ok(true)
}

/// What a store far away gives others time for.
async fn let_others_go_on() {
    tokio::task::yield_now().await;
}
