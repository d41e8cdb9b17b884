//! Pairs of clients, lent to one trace at a time.
//!
//! Some traces change things about their clients: they disable them, decide about their next request, lose their
//! responses. No other trace may use a client meanwhile. Where clients are few, as at a server that is not ours, the
//! other traces share them.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dtr_model::Terms;
use tokio::sync::{
    OwnedRwLockReadGuard, OwnedRwLockWriteGuard, OwnedSemaphorePermit, RwLock, Semaphore,
};

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
#[derive(Debug, Clone)]
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
    stock: Stock,
}

/// Two ways to lend: each pair to one trace, or to as many as do not change anything about its clients.
#[derive(Debug, Clone)]
enum Stock {
    Own(Own),
    Shared(Arc<Shared>),
}

#[derive(Debug, Clone)]
struct Own {
    free: Arc<Semaphore>,
    /// How many pairs are in use or free; those retired are not.
    alive: Arc<AtomicUsize>,
    pairs: Arc<Mutex<Vec<Pair>>>,
}

#[derive(Debug)]
struct Shared {
    pairs: Vec<(Pair, Arc<RwLock<()>>)>,
    next: AtomicUsize,
    seeds: Mutex<fastrand::Rng>,
    /// Places of pairs that nobody restored.
    retired: Mutex<HashSet<usize>>,
}

impl Shelf {
    /// A shelf with these pairs on it, each lent to one trace at a time.
    pub fn new(kind: Kind, mut pairs: Vec<Pair>) -> Self {
        // Taken from the end, so that the first pair is lent first.
        pairs.reverse();
        let own = Own {
            free: Arc::new(Semaphore::new(pairs.len())),
            alive: Arc::new(AtomicUsize::new(pairs.len())),
            pairs: Arc::new(Mutex::new(pairs)),
        };
        Self {
            kind,
            stock: Stock::Own(own),
        }
    }

    /// A shelf with few pairs for many traces. Each trace draws a seed of its own.
    pub fn shared(kind: Kind, pairs: Vec<Pair>, seed: u64) -> Self {
        let pairs = pairs.into_iter().map(|pair| (pair, Arc::default()));
        let shared = Shared {
            pairs: pairs.collect(),
            next: AtomicUsize::new(0),
            seeds: Mutex::new(fastrand::Rng::with_seed(seed)),
            retired: Mutex::default(),
        };
        Self {
            kind,
            stock: Stock::Shared(Arc::new(shared)),
        }
    }
}

impl Own {
    fn take(&self, permit: OwnedSemaphorePermit) -> Option<Lease> {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = pairs.pop()?;
        Some(Lease {
            seed: pair.seed,
            pair: Some(pair),
            dirty: false,
            held: Some(Held::Own(permit, self.clone())),
        })
    }
}

impl Shared {
    /// Waits for a pair, in turn; with `alone`, until no other trace uses it.
    async fn acquire(self: &Arc<Self>, alone: bool) -> Option<Lease> {
        let place = self.places().next()?;
        let lock = Arc::clone(&self.pairs[place].1);
        let guard = match alone {
            true => Guard::Alone(lock.write_owned().await),
            false => Guard::Together(lock.read_owned().await),
        };
        Some(self.lend(place, guard))
    }

    /// A pair that can be had at once.
    fn try_acquire(self: &Arc<Self>, alone: bool) -> Option<Lease> {
        self.places().find_map(|place| {
            let lock = Arc::clone(&self.pairs[place].1);
            let guard = match alone {
                true => Guard::Alone(lock.try_write_owned().ok()?),
                false => Guard::Together(lock.try_read_owned().ok()?),
            };
            Some(self.lend(place, guard))
        })
    }

    /// The places of the pairs that are still of use, another one first each time.
    fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.pairs.len();
        let retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let retired = retired.clone();
        let places = (0..count).map(move |n| (turn + n) % count);
        places.filter(move |place| !retired.contains(place))
    }

    fn lend(self: &Arc<Self>, place: usize, guard: Guard) -> Lease {
        let mut seeds = self.seeds.lock().unwrap_or_else(PoisonError::into_inner);
        Lease {
            seed: seeds.u64(..),
            pair: Some(self.pairs[place].0.clone()),
            dirty: false,
            held: Some(Held::Shared(guard, place, Arc::clone(self))),
        }
    }
}

/// All pairs of a target.
#[derive(Debug, Clone, Default)]
pub struct Pool(Vec<Shelf>);

impl Pool {
    /// A pool of these shelves.
    pub fn new(shelves: Vec<Shelf>) -> Self {
        Self(shelves)
    }

    fn shelf(&self, kind: Kind) -> Option<&Shelf> {
        self.0.iter().find(|shelf| shelf.kind == kind)
    }

    /// The kinds of pairs there are.
    pub fn kinds(&self) -> Vec<Kind> {
        self.0.iter().map(|shelf| shelf.kind).collect()
    }

    /// Some pair of this kind, to look at.
    pub fn any(&self, kind: Kind) -> Option<Pair> {
        match &self.shelf(kind)?.stock {
            Stock::Own(own) => {
                let pairs = own.pairs.lock().unwrap_or_else(PoisonError::into_inner);
                pairs.last().cloned()
            }
            Stock::Shared(shared) => shared.pairs.first().map(|(pair, _)| pair.clone()),
        }
    }

    /// A pair, if there is one right now; where pairs are shared, one that no other trace uses if it has to be `alone`.
    pub fn lease(&self, kind: Kind, alone: bool) -> Option<Lease> {
        match &self.shelf(kind)?.stock {
            Stock::Own(own) => {
                let permit = Arc::clone(&own.free).try_acquire_owned().ok()?;
                own.take(permit)
            }
            Stock::Shared(shared) => shared.try_acquire(alone),
        }
    }

    /// Waits for a pair; where pairs are shared, one that no other trace uses if it has to be `alone`. `None` when
    /// there is no pair of this kind, or none left.
    pub async fn acquire(&self, kind: Kind, alone: bool) -> Option<Lease> {
        match &self.shelf(kind)?.stock {
            Stock::Own(own) => {
                let permit = Arc::clone(&own.free).acquire_owned().await.ok()?;
                own.take(permit)
            }
            Stock::Shared(shared) => shared.acquire(alone).await,
        }
    }
}

/// The use of a pair of clients by a trace. Dropped, it returns the pair, unless a trace left it changed.
pub struct Lease {
    pair: Option<Pair>,
    seed: u64,
    dirty: bool,
    held: Option<Held>,
}

/// What a lease holds, and where the pair goes back to.
enum Held {
    Own(OwnedSemaphorePermit, Own),
    Shared(Guard, usize, Arc<Shared>),
}

/// Kept until the trace is over.
enum Guard {
    Alone(#[expect(dead_code, reason = "dropped, it lets others in")] OwnedRwLockWriteGuard<()>),
    Together(#[expect(dead_code, reason = "dropped, it lets others in")] OwnedRwLockReadGuard<()>),
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

    /// Whether other traces may use the same clients at the same time.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.held, Some(Held::Shared(Guard::Together(_), ..)))
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
        let (Some(mut pair), Some(held)) = (self.pair.take(), self.held.take()) else {
            return;
        };
        match held {
            // Nobody restored these clients, so nobody gets them again.
            Held::Own(permit, own) if self.dirty => {
                permit.forget();
                if own.alive.fetch_sub(1, Ordering::SeqCst) == 1 {
                    own.free.close();
                }
            }
            Held::Own(permit, own) => {
                // The next trace draws other values, but the same ones in every run.
                pair.seed = fastrand::Rng::with_seed(self.seed).u64(..);
                let mut pairs = own.pairs.lock().unwrap_or_else(PoisonError::into_inner);
                pairs.push(pair);
                drop(pairs);
                drop(permit);
            }
            Held::Shared(_, place, shared) if self.dirty => {
                let mut retired = shared
                    .retired
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                retired.insert(place);
            }
            Held::Shared(..) => {}
        }
    }
}
