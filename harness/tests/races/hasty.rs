//! A store without atomic operations: it reads, lets others go on, and writes what it made of what it read.

use std::sync::Arc;

use async_trait::async_trait;
use dtr_reference::deferral::Deferral;
use dtr_reference::secret::{Credential, DeferralCode};
use dtr_reference::store::{Authorization, Change, Representation, StoreError, Use};
use dtr_reference::{MemoryStore, Store};

use crate::operations as hasty;

/// Which of its operations fall apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hasty {
    /// Every change of a deferral.
    Changes,
    /// The use of an authorization code.
    Credentials,
}

/// Memory, hastily used.
pub(crate) struct HastyStore {
    memory: MemoryStore,
    hasty: Hasty,
}

impl HastyStore {
    pub(crate) fn new(hasty: Hasty) -> Arc<HastyStore> {
        let memory = MemoryStore::new();
        Arc::new(HastyStore { memory, hasty })
    }
}

#[async_trait]
impl Store for HastyStore {
    async fn change_deferral(
        &self,
        code: &DeferralCode,
        now: u64,
        change: &mut Change<'_>,
    ) -> Result<bool, StoreError> {
        if self.hasty != Hasty::Changes {
            return self.memory.change_deferral(code, now, change).await;
        }
        hasty::change_deferral(&self.memory, code, now, change).await
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
        if self.hasty != Hasty::Credentials {
            return self.memory.spend_authorization(code).await;
        }
        hasty::spend_authorization(&self.memory, code).await
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
        let (Hasty::Credentials, Some((credential, representation))) = (self.hasty, &from) else {
            return self.memory.insert_deferral(code, deferral, from, now).await;
        };
        if !hasty::defer_authorization(&self.memory, credential, representation).await? {
            return Ok(false);
        }
        self.memory.insert_deferral(code, deferral, None, now).await
    }

    async fn callbacks_due(&self, now: u64, limit: usize) -> Result<Vec<DeferralCode>, StoreError> {
        self.memory.callbacks_due(now, limit).await
    }

    async fn sweep(&self, now: u64, limit: usize) -> Result<usize, StoreError> {
        self.memory.sweep(now, limit).await
    }
}
