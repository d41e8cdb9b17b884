//! A store in memory: one lock, never held across an await, and no operation that looks at every record.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Authorization, Change, Representation, Store, StoreError, Use};
use crate::deferral::Deferral;
use crate::secret::{Credential, DeferralCode};

/// Steps of housekeeping done with every insertion, so that memory is bounded by what lives even without
/// [`Store::sweep`].
const SWEEP_PER_INSERT: usize = 4;

/// Deferrals and authorization codes in memory; gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    deferrals: HashMap<DeferralCode, Deferral>,
    authorizations: HashMap<Credential, Authorization>,
    /// When to look at which record again; each record is in here once.
    agenda: BinaryHeap<Reverse<(u64, Item)>>,
    /// Callbacks owed, by due time.
    callbacks: BTreeSet<(u64, DeferralCode)>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Deferral(DeferralCode),
    Authorization(Credential),
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Deferrals held, dead ones that are still remembered included.
    pub fn len(&self) -> usize {
        self.lock().deferrals.len()
    }

    /// Whether no deferral is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes are made record by record and cannot be left half done, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn insert_authorization(
        &self,
        code: Credential,
        authorization: Authorization,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        tables.agenda.push(Reverse((
            authorization.expires_at,
            Item::Authorization(code.clone()),
        )));
        tables.authorizations.insert(code, authorization);
        Ok(())
    }

    async fn authorization(
        &self,
        code: &Credential,
        now: u64,
    ) -> Result<Option<Authorization>, StoreError> {
        let tables = self.lock();
        let found = tables.authorizations.get(code);
        Ok(found
            .filter(|authorization| now < forget_authorization_at(authorization))
            .cloned())
    }

    async fn spend_authorization(&self, code: &Credential) -> Result<bool, StoreError> {
        Ok(self.lock().spend(code, Use::Completed))
    }

    async fn settle_authorization(
        &self,
        code: &Credential,
        deferral_code: &DeferralCode,
        used: Use,
    ) -> Result<bool, StoreError> {
        match self.lock().authorizations.get_mut(code) {
            Some(authorization) if authorization.used.is_for(deferral_code) => {
                authorization.used = used;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn insert_deferral(
        &self,
        code: DeferralCode,
        deferral: Deferral,
        from: Option<(Credential, Representation)>,
        now: u64,
    ) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        if tables.deferrals.contains_key(&code) {
            // Two requests must never share a code, whatever the random source does.
            return Err(StoreError("the deferral code exists already".into()));
        }
        if let Some((authorization_code, representation)) = from
            && !tables.spend(&authorization_code, Use::Deferred(Box::new(representation)))
        {
            return Ok(false);
        }
        tables.agenda.push(Reverse((
            deferral.expires_at(),
            Item::Deferral(code.clone()),
        )));
        tables.deferrals.insert(code, deferral);
        tables.sweep(now, SWEEP_PER_INSERT);
        Ok(true)
    }

    async fn change_deferral(
        &self,
        code: &DeferralCode,
        now: u64,
        change: &mut Change<'_>,
    ) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        let tables = &mut *tables;
        match tables.deferrals.get_mut(code) {
            Some(deferral) if now < deferral.forget_at() => {
                tracked(&mut tables.callbacks, code, deferral, change);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn callbacks_due(&self, now: u64, limit: usize) -> Result<Vec<DeferralCode>, StoreError> {
        let tables = self.lock();
        let due = tables
            .callbacks
            .iter()
            .take_while(|(due_at, _)| *due_at <= now);
        Ok(due.take(limit).map(|(_, code)| code.clone()).collect())
    }

    async fn sweep(&self, now: u64, limit: usize) -> Result<usize, StoreError> {
        Ok(self.lock().sweep(now, limit))
    }
}

impl Tables {
    /// Unused to used, or nothing.
    fn spend(&mut self, code: &Credential, used: Use) -> bool {
        match self.authorizations.get_mut(code) {
            Some(authorization) if authorization.used == Use::Unused => {
                authorization.used = used;
                true
            }
            _ => false,
        }
    }

    /// Takes records off the agenda whose time has come: a deferral first expires, later it is forgotten.
    fn sweep(&mut self, now: u64, limit: usize) -> usize {
        for step in 0..limit {
            match self.agenda.peek() {
                Some(Reverse((at, _))) if *at <= now => {}
                _ => return step,
            }
            let Some(Reverse((_, item))) = self.agenda.pop() else {
                return step;
            };
            let again_at = match &item {
                Item::Deferral(code) => self.lapse(code, now),
                Item::Authorization(code) => self.forget_authorization(code, now),
            };
            if let Some(at) = again_at {
                self.agenda.push(Reverse((at, item)));
            }
        }
        limit
    }

    /// Expires a deferral, or forgets it; when to look again.
    fn lapse(&mut self, code: &DeferralCode, now: u64) -> Option<u64> {
        let deferral = self.deferrals.get_mut(code)?;
        tracked(&mut self.callbacks, code, deferral, &mut |deferral| {
            deferral.lapse(now)
        });
        let forget_at = deferral.forget_at();
        if now >= forget_at {
            self.deferrals.remove(code);
            return None;
        }
        Some(forget_at)
    }

    fn forget_authorization(&mut self, code: &Credential, now: u64) -> Option<u64> {
        let forget_at = forget_authorization_at(self.authorizations.get(code)?);
        if now >= forget_at {
            self.authorizations.remove(code);
            return None;
        }
        Some(forget_at)
    }
}

/// Changes a deferral and keeps the callback index in step with it.
fn tracked(
    callbacks: &mut BTreeSet<(u64, DeferralCode)>,
    code: &DeferralCode,
    deferral: &mut Deferral,
    change: &mut Change<'_>,
) {
    let before = deferral.callback_due_at();
    change(deferral);
    let after = deferral.callback_due_at();
    if before != after {
        if let Some(due_at) = before {
            callbacks.remove(&(due_at, code.clone()));
        }
        if let Some(due_at) = after {
            callbacks.insert((due_at, code.clone()));
        }
    }
}

/// A used code is remembered for as long as its request may be presented again.
fn forget_authorization_at(authorization: &Authorization) -> u64 {
    match &authorization.used {
        Use::Deferred(representation) => authorization
            .expires_at
            .max(representation.until.saturating_add(1)),
        Use::Unused | Use::Completed => authorization.expires_at,
    }
}
