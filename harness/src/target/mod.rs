//! An authorization server under test: where it is, how to speak to it, how to reach its controls and its clock, and
//! the clients registered there.
//!
//! | module | what it is |
//! |---|---|
//! | [`transport`], [`failure`] | the way to the server, and what can happen on it |
//! | [`nodes`] | several addresses of one server, in turn |
//! | [`discovery`] | its endpoints |
//! | [`control`], [`time`], [`pace`] | its controls, its clock, and ticks on that clock |
//! | [`limiter`] | how politely it is asked |
//! | [`file`](mod@file) | `target.toml` |
//! | `ability` | what can be done to it, and what not |
//! | [`client`], [`prelude`], [`key`], [`pool`] | who speaks to it, and how it asks |
//! | [`visit`] | what somebody does at an interaction URI |
//! | [`receiver`] | where its callbacks arrive |
//! | [`resource`] | a protected resource that challenges |
//! | [`bundled`] | the reference server as a target |
//! | [`error`] | why a target could not be set up |

mod ability;
pub mod bundled;
pub mod client;
pub mod control;
pub mod discovery;
pub mod error;
pub mod failure;
pub mod file;
pub mod key;
pub mod limiter;
pub mod nodes;
pub mod pace;
pub mod pool;
pub mod prelude;
pub mod receiver;
pub mod resource;
pub mod time;
pub mod transport;
pub mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dtr_model::draft::Draft;
use dtr_model::{Terms, Trace};
use url::Url;

pub use bundled::Bundled;
pub use control::Control;
pub use discovery::Endpoints;
pub use error::SetupError;
pub use failure::TransportFailure;
pub use file::TargetFile;
pub use nodes::Nodes;
pub use pace::Pace;
pub use pool::{Kind, Lease, Pool};
pub use resource::Resource;
pub use time::TimeSource;
pub use transport::{Transport, TransportKind};

use prelude::PreludeStep;

/// The limits of a server, in ticks. They hold for all its clients (Section 6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limits {
    /// Ticks between two polls.
    pub interval: u8,
    /// Ticks that a deferral code lives.
    pub lifetime: u8,
}

impl Limits {
    /// What [`Terms::CREDENTIALS`] and [`Terms::CODE`] suppose.
    pub const USUAL: Limits = Limits::of(&Terms::CREDENTIALS);

    /// The limits that a server has to have to serve traces with these terms.
    pub const fn of(terms: &Terms) -> Limits {
        Limits {
            interval: terms.interval,
            lifetime: terms.lifetime,
        }
    }

    /// Whether a server with these limits can serve a trace with these terms.
    pub fn fit(&self, terms: &Terms) -> bool {
        *self == Limits::of(terms)
    }
}

/// When a server makes its callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callbacks {
    /// On demand only, through its controls.
    Held,
    /// When it pleases; after a decision one is waited for so long.
    AtWill(Duration),
}

/// An authorization server under test.
#[derive(Debug)]
pub struct Target {
    /// The edition of the text it is held against.
    pub draft: &'static Draft,
    /// Where its endpoints are.
    pub endpoints: Endpoints,
    /// The one of them where requests may be deferred.
    pub initial: Arc<Url>,
    /// What signs challenges in the place of a protected resource, where requests present such (AROP Section 9.3).
    pub resource: Option<Arc<Resource>>,
    /// The way there.
    pub transport: Transport,
    /// The way that people's browsers take to its pages.
    pub visitors: Transport,
    /// Its controls, if it has any.
    pub control: Option<Control>,
    /// Its clock.
    pub time: TimeSource,
    /// How many seconds a tick is; on the wall clock, about how many.
    pub tick_seconds: u64,
    /// The limits of a server that is not ours.
    pub pace: Option<Pace>,
    /// Its limits.
    pub limits: Limits,
    /// The clients registered there.
    pub pool: Pool,
    /// Whether its clients prove possession of keys (RFC 9449). If not, no request carries a proof.
    pub proofs: bool,
    /// Whether there is a client besides the owner.
    pub others: bool,
    /// When callbacks come.
    pub callbacks: Callbacks,
    /// What finishes an interaction at its URI; nothing where nobody knows.
    pub interaction: Arc<[PreludeStep]>,
    /// What approves a device at its verification page; nothing where nobody knows.
    pub verification: Arc<[PreludeStep]>,
    /// Whether requests arrive where those of the server's TLS front do, and say themselves in `Client-Cert` which
    /// certificate they came with (RFC 9440).
    pub client_cert_header: bool,
    /// How long a callback may be left without an answer before the server has to have given up (Section 11.5).
    pub patience: Duration,
    /// Makes every proof's `jti` another one.
    pub proofs_made: AtomicU64,
}

impl Target {
    /// The server's time, in seconds since the Unix epoch.
    pub async fn now(&self) -> u64 {
        self.time.now()
    }

    /// Lets ticks pass: through the server's clock hook if it has one, otherwise by waiting.
    ///
    /// # Errors
    /// That of the control API.
    pub async fn advance(&self, ticks: u64) -> Result<(), TransportFailure> {
        let seconds = ticks.saturating_mul(self.tick_seconds);
        self.time.advance(self.control.as_ref(), seconds).await
    }

    /// A pair of clients for a trace alone, if one is free right now.
    pub fn lease(&self, terms: &Terms) -> Option<Lease> {
        match self.limits.fit(terms) {
            true => self.pool.lease(terms.into(), true),
            false => None,
        }
    }

    /// A pair of clients for a trace alone, as soon as one is free. `None` when this target cannot serve such terms.
    pub async fn acquire(&self, terms: &Terms) -> Option<Lease> {
        self.acquire_pair(terms, true).await
    }

    /// The same for this trace, which shares its clients with others where neither minds.
    pub async fn acquire_for(&self, trace: &Trace) -> Option<Lease> {
        let alone = self.changes_clients(trace);
        self.acquire_pair(&trace.terms, alone).await
    }

    /// The same, if there is one right now.
    pub fn lease_for(&self, trace: &Trace) -> Option<Lease> {
        match self.limits.fit(&trace.terms) {
            true => {
                let alone = self.changes_clients(trace);
                self.pool.lease((&trace.terms).into(), alone)
            }
            false => None,
        }
    }

    async fn acquire_pair(&self, terms: &Terms, alone: bool) -> Option<Lease> {
        match self.limits.fit(terms) {
            true => self.pool.acquire(terms.into(), alone).await,
            false => None,
        }
    }

    /// The endpoint that polls go to: the token endpoint, unless they need no grant type.
    pub fn polled(&self) -> &Arc<Url> {
        match self.draft.deferred_grant.is_empty() {
            true => &self.initial,
            false => &self.endpoints.token,
        }
    }

    /// The limits of a server on the wall clock.
    pub fn wall_pace(&self) -> Option<Pace> {
        self.pace.filter(|_| matches!(self.time, TimeSource::Wall))
    }

    /// Whether a control operation can be had.
    pub fn can(&self, operation: control::Name) -> bool {
        self.control.as_ref().is_some_and(|c| c.can(operation))
    }

    pub(crate) fn next_proof(&self) -> u64 {
        self.proofs_made.fetch_add(1, Ordering::Relaxed)
    }
}
