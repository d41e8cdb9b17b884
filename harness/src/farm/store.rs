//! A store that does something else than it is told.

use std::sync::Arc;

use async_trait::async_trait;
use dtr_reference::deferral::{Deferral, State};
use dtr_reference::secret::{Credential, DeferralCode};
use dtr_reference::store::{Authorization, Change, Representation, StoreError, Use};
use dtr_reference::{MemoryStore, Store};

use super::fault::How;
use super::hasty;

/// What a change is about, found out by trying it on copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The first half of a poll, or all of one without a token.
    Poll,
    /// The second half: the code is burnt for a token.
    Redeem,
    /// A revocation by the right client.
    Cancel,
    /// A decision.
    Decide,
    /// Anything else, and whatever a stranger asks for.
    Other,
}

/// One change that is to be made to one deferral.
pub(super) struct Moment<'a, 'c> {
    pub(super) deferral: &'a mut Deferral,
    pub(super) now: u64,
    change: &'a mut Change<'c>,
}

impl Moment<'_, '_> {
    /// Makes the change, as a store should.
    pub(super) fn go(&mut self) {
        (self.change)(self.deferral);
    }

    /// Makes the change to a copy only.
    pub(super) fn feign(&mut self) {
        let mut copy = self.deferral.clone();
        (self.change)(&mut copy);
    }

    pub(super) fn state(&mut self) -> State {
        self.deferral.laid_open().state.clone()
    }

    pub(super) fn set(&mut self, state: State) {
        *self.deferral.laid_open().state = state;
    }

    pub(super) fn is_expired(&self) -> bool {
        self.now >= self.deferral.expires_at()
    }

    /// What the change would do to a record in this state that nobody can fault.
    fn tried(&mut self, state: State) -> Deferral {
        let mut probe = self.deferral.clone();
        let open = probe.laid_open();
        *open.state = state;
        *open.consent = true;
        *open.last_poll = None;
        open.request.key = None;
        open.terms.lifetime = u64::MAX;
        (self.change)(&mut probe);
        probe
    }

    /// What the change is about.
    pub(super) fn purpose(&mut self) -> Purpose {
        let scope = self.deferral.laid_open().request.scope.clone();
        match self.tried(State::Approved { scope }).laid_open().state {
            State::Redeemed => return Purpose::Redeem,
            State::Cancelled => return Purpose::Cancel,
            _ => {}
        }
        for interaction in [false, true] {
            let pending = State::Pending { interaction };
            let mut after = self.tried(pending.clone());
            let open = after.laid_open();
            if *open.state != pending {
                return Purpose::Decide;
            }
            if open.last_poll.is_some() {
                return Purpose::Poll;
            }
        }
        Purpose::Other
    }

    /// Whether it is a poll or the second half of one.
    pub(super) fn is_poll(&mut self) -> bool {
        matches!(self.purpose(), Purpose::Poll | Purpose::Redeem)
    }

    /// Whether the proof that comes with a poll is the right one.
    pub(super) fn is_proven(&mut self) -> bool {
        let mut probe = self.deferral.clone();
        let open = probe.laid_open();
        *open.state = State::Pending { interaction: false };
        *open.last_poll = None;
        open.terms.lifetime = u64::MAX;
        (self.change)(&mut probe);
        probe.laid_open().last_poll.is_some()
    }

    /// Whether a poll now would be too early.
    pub(super) fn is_early(&mut self) -> bool {
        let now = self.now;
        let open = self.deferral.laid_open();
        let interval = open.terms.interval;
        open.last_poll
            .is_some_and(|last| now < last.saturating_add(interval))
    }
}

/// A memory with some differences.
pub(super) struct Decorated {
    memory: Arc<dyn Store>,
    how: &'static [How],
}

impl Decorated {
    pub(super) fn new(how: &'static [How]) -> Decorated {
        let memory = Arc::new(MemoryStore::new());
        Decorated { memory, how }
    }

    fn has(&self, wanted: fn(&How) -> bool) -> bool {
        self.how.iter().any(wanted)
    }
}

#[async_trait]
impl Store for Decorated {
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
        let mut found = self.memory.authorization(code, now).await?;
        for how in self.how {
            if let (How::Credential(spoil), Some(found)) = (how, &mut found) {
                spoil(found);
            }
        }
        Ok(found)
    }

    async fn spend_authorization(&self, code: &Credential) -> Result<bool, StoreError> {
        if self.has(|how| matches!(how, How::HastyCredentials)) {
            return hasty::spend_authorization(self.memory.as_ref(), code).await;
        }
        let spent = self.memory.spend_authorization(code).await?;
        let careless = self.how.iter().any(|how| matches!(how, How::Credential(_)));
        Ok(spent || careless)
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
        mut deferral: Deferral,
        mut from: Option<(Credential, Representation)>,
        now: u64,
    ) -> Result<bool, StoreError> {
        for how in self.how {
            if let How::Insert(spoil) = how {
                spoil(&mut deferral, &mut from, now);
            }
        }
        let hasty = self.has(|how| matches!(how, How::HastyCredentials));
        if let (true, Some((credential, representation))) = (hasty, &from) {
            if !hasty::defer_authorization(self.memory.as_ref(), credential, representation).await?
            {
                return Ok(false);
            }
            from = None;
        }
        self.memory.insert_deferral(code, deferral, from, now).await
    }

    async fn change_deferral(
        &self,
        code: &DeferralCode,
        now: u64,
        change: &mut Change<'_>,
    ) -> Result<bool, StoreError> {
        let spoil = self.how.iter().find_map(|how| match how {
            How::Change(spoil) => Some(*spoil),
            _ => None,
        });
        if self.has(|how| matches!(how, How::HastyChanges)) {
            return hasty::change_deferral(self.memory.as_ref(), code, now, change).await;
        }
        let Some(spoil) = spoil else {
            return self.memory.change_deferral(code, now, change).await;
        };
        let mut other = |deferral: &mut Deferral| {
            spoil(&mut Moment {
                deferral,
                now,
                change,
            });
        };
        self.memory.change_deferral(code, now, &mut other).await
    }

    async fn callbacks_due(&self, now: u64, limit: usize) -> Result<Vec<DeferralCode>, StoreError> {
        self.memory.callbacks_due(now, limit).await
    }

    /// Nothing: whenever it came, it would mend what a change left wrong. What is over is found out when it is asked for.
    async fn sweep(&self, _: u64, _: usize) -> Result<usize, StoreError> {
        Ok(0)
    }
}
