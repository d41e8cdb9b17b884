//! Pairs of clients, lent to one trace at a time.
//!
//! A trace changes things about its clients: it disables them, decides about their next request, loses their
//! responses. So no two traces share a client while they run.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dtr_model::Terms;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::client::Client;
use super::key::Key;
use super::receiver::Inbox;

/// What distinguishes one sort of owner from another: how it authenticates, its grant, its callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Without credentials.
    pub public: bool,
    /// Uses the authorization code grant, otherwise the client credentials grant.
    pub one_time: bool,
    /// Has a registered callback endpoint.
    pub callback: bool,
}

impl From<&Terms> for Kind {
    fn from(terms: &Terms) -> Self {
        Self {
            public: terms.public,
            one_time: terms.one_time,
            callback: terms.callback,
        }
    }
}

/// The two clients of a trace and what belongs to them.
#[derive(Debug)]
pub struct Pair {
    /// The client that makes the initial request.
    pub owner: Client,
    /// A confidential client that has nothing to do with it.
    pub other: Client,
    /// The owner's key, another key, and the other client's key.
    pub keys: [Arc<Key>; 3],
    /// Where the owner's callbacks arrive, if it registered an endpoint of ours.
    pub inbox: Option<Arc<Inbox>>,
    /// What this pair's randomness starts from.
    pub seed: u64,
}

/// All pairs of one kind.
#[derive(Debug, Clone)]
pub struct Shelf {
    kind: Kind,
    free: Arc<Semaphore>,
    /// How many pairs are in use or free; those retired are not.
    alive: Arc<AtomicUsize>,
    pairs: Arc<Mutex<Vec<Pair>>>,
}

impl Shelf {
    /// A shelf with these pairs on it.
    pub fn new(kind: Kind, mut pairs: Vec<Pair>) -> Self {
        // Taken from the end, so that the first pair is lent first.
        pairs.reverse();
        Self {
            kind,
            free: Arc::new(Semaphore::new(pairs.len())),
            alive: Arc::new(AtomicUsize::new(pairs.len())),
            pairs: Arc::new(Mutex::new(pairs)),
        }
    }

    fn take(&self, permit: OwnedSemaphorePermit) -> Option<Lease> {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = pairs.pop()?;
        Some(Lease {
            seed: pair.seed,
            pair: Some(pair),
            dirty: false,
            permit: Some(permit),
            shelf: self.clone(),
        })
    }
}

/// All pairs of a target.
#[derive(Debug, Default)]
pub struct Pool(Vec<Shelf>);

impl Pool {
    /// A pool of these shelves.
    pub fn new(shelves: Vec<Shelf>) -> Self {
        Self(shelves)
    }

    fn shelf(&self, kind: Kind) -> Option<&Shelf> {
        self.0.iter().find(|shelf| shelf.kind == kind)
    }

    /// A free pair, if there is one right now.
    pub fn lease(&self, kind: Kind) -> Option<Lease> {
        let shelf = self.shelf(kind)?;
        let permit = Arc::clone(&shelf.free).try_acquire_owned().ok()?;
        shelf.take(permit)
    }

    /// Waits for a free pair. `None` when there is no pair of this kind, or none left.
    pub async fn acquire(&self, kind: Kind) -> Option<Lease> {
        let shelf = self.shelf(kind)?;
        let permit = Arc::clone(&shelf.free).acquire_owned().await.ok()?;
        shelf.take(permit)
    }
}

/// The use of a pair of clients by one trace. Dropped, it returns the pair, unless a trace left it changed.
pub struct Lease {
    pair: Option<Pair>,
    seed: u64,
    dirty: bool,
    permit: Option<OwnedSemaphorePermit>,
    shelf: Shelf,
}

impl Lease {
    /// The clients.
    pub fn pair(&self) -> &Pair {
        self.pair.as_ref().expect("only drop takes the pair away")
    }

    /// What the next session's randomness starts from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Notes that the registration of a client was changed (or changed back).
    pub(crate) fn set_dirty(&mut self, dirty: bool) {
        self.dirty = dirty;
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = self.pair.as_ref().map(|pair| &pair.owner.client_id);
        write!(f, "Lease({owner:?})")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (Some(mut pair), Some(permit)) = (self.pair.take(), self.permit.take()) else {
            return;
        };
        if self.dirty {
            // Nobody restored these clients, so nobody gets them again.
            permit.forget();
            if self.shelf.alive.fetch_sub(1, Ordering::SeqCst) == 1 {
                self.shelf.free.close();
            }
            return;
        }
        // The next trace draws other values, but the same ones in every run.
        pair.seed = fastrand::Rng::with_seed(self.seed).u64(..);
        let mut pairs = self
            .shelf
            .pairs
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        pairs.push(pair);
        drop(pairs);
        drop(permit);
    }
}
