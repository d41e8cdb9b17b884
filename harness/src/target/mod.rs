//! An authorization server under test: where it is, how to speak to it, how to reach its controls and its clock, and
//! the clients registered there.
//!
//! | module | what it is |
//! |---|---|
//! | [`transport`], [`failure`] | the way to the server, and what can happen on it |
//! | [`discovery`] | its endpoints |
//! | [`control`], [`time`] | its controls and its clock |
//! | [`client`], [`key`], [`pool`] | who speaks to it |
//! | [`receiver`] | where its callbacks arrive |
//! | [`bundled`] | the reference server as a target |
//! | [`error`] | why a target could not be set up |

pub mod bundled;
pub mod client;
pub mod control;
pub mod discovery;
pub mod error;
pub mod failure;
pub mod key;
pub mod pool;
pub mod receiver;
pub mod time;
pub mod transport;

use std::sync::atomic::{AtomicU64, Ordering};

use dtr_model::Terms;
use dtr_model::draft::Draft;

pub use bundled::Bundled;
pub use control::Control;
pub use discovery::Endpoints;
pub use error::SetupError;
pub use failure::TransportFailure;
pub use pool::{Lease, Pool};
pub use time::TimeSource;
pub use transport::{Transport, TransportKind};

/// The limits of a server, in ticks. They hold for all its clients (Section 6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Ticks between two polls.
    pub interval: u8,
    /// Ticks that a deferral code lives.
    pub lifetime: u8,
}

impl Limits {
    /// What [`Terms::CREDENTIALS`] and [`Terms::CODE`] suppose.
    pub const USUAL: Limits = Limits {
        interval: Terms::CREDENTIALS.interval,
        lifetime: Terms::CREDENTIALS.lifetime,
    };

    /// Whether a server with these limits can serve a trace with these terms.
    pub fn fit(&self, terms: &Terms) -> bool {
        self.interval == terms.interval && self.lifetime == terms.lifetime
    }
}

/// An authorization server under test.
#[derive(Debug)]
pub struct Target {
    /// The edition of the text it is held against.
    pub draft: Draft,
    /// Where its endpoints are.
    pub endpoints: Endpoints,
    /// The way there.
    pub transport: Transport,
    /// Its controls, if it has any.
    pub control: Option<Control>,
    /// Its clock.
    pub time: TimeSource,
    /// How many seconds a tick is.
    pub tick_seconds: u64,
    /// Its limits.
    pub limits: Limits,
    /// The clients registered there.
    pub pool: Pool,
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

    /// A pair of clients for a trace, if one is free right now.
    pub fn lease(&self, terms: &Terms) -> Option<Lease> {
        match self.limits.fit(terms) {
            true => self.pool.lease(terms.into()),
            false => None,
        }
    }

    /// A pair of clients for a trace, as soon as one is free. `None` when this target cannot serve such terms.
    pub async fn acquire(&self, terms: &Terms) -> Option<Lease> {
        match self.limits.fit(terms) {
            true => self.pool.acquire(terms.into()).await,
            false => None,
        }
    }

    pub(crate) fn next_proof(&self) -> u64 {
        self.proofs_made.fetch_add(1, Ordering::Relaxed)
    }
}
