//! A store that loses what matters: that a code was redeemed, or cancelled.

use async_trait::async_trait;
use dtr_reference::deferral::{Deferral, State};
use dtr_reference::secret::{Credential, DeferralCode};
use dtr_reference::store::{Authorization, Change, Representation, StoreError, Use};
use dtr_reference::{MemoryStore, Store};

/// What it forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgets {
    Redemption,
    Cancellation,
}

/// Keeps everything but one kind of change.
pub(crate) struct Forgetful {
    memory: MemoryStore,
    forgets: Forgets,
}

impl Forgetful {
    pub(crate) fn new(forgets: Forgets) -> Forgetful {
        let memory = MemoryStore::new();
        Forgetful { memory, forgets }
    }
}

#[async_trait]
impl Store for Forgetful {
    async fn change_deferral(
        &self,
        code: &DeferralCode,
        now: u64,
        change: &mut Change<'_>,
    ) -> Result<bool, StoreError> {
        let forgets = self.forgets;
        let mut lossy = |deferral: &mut Deferral| {
            let before = deferral.clone();
            change(deferral);
            let lost = match deferral.state(now) {
                State::Redeemed => forgets == Forgets::Redemption,
                State::Cancelled => forgets == Forgets::Cancellation,
                _ => false,
            };
            if lost {
                *deferral = before;
            }
        };
        self.memory.change_deferral(code, now, &mut lossy).await
    }

    async fn insert_authorization(
        &self,
        code: Credential,
        authorization: Authorization,
    ) -> Result<(), StoreError> {
        self.memory.insert_authorization(code, authorization).await
    }

    async fn authorization(
        &self,
        code: &Credential,
        now: u64,
    ) -> Result<Option<Authorization>, StoreError> {
        self.memory.authorization(code, now).await
    }

    async fn spend_authorization(&self, code: &Credential) -> Result<bool, StoreError> {
        self.memory.spend_authorization(code).await
    }

    async fn settle_authorization(
        &self,
        code: &Credential,
        deferral_code: &DeferralCode,
        used: Use,
    ) -> Result<bool, StoreError> {
        self.memory
            .settle_authorization(code, deferral_code, used)
            .await
    }

    async fn insert_deferral(
        &self,
        code: DeferralCode,
        deferral: Deferral,
        from: Option<(Credential, Representation)>,
        now: u64,
    ) -> Result<bool, StoreError> {
        self.memory.insert_deferral(code, deferral, from, now).await
    }

    async fn callbacks_due(&self, now: u64, limit: usize) -> Result<Vec<DeferralCode>, StoreError> {
        self.memory.callbacks_due(now, limit).await
    }

    async fn sweep(&self, now: u64, limit: usize) -> Result<usize, StoreError> {
        self.memory.sweep(now, limit).await
    }
}
