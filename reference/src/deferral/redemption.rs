//! The one token response of a code, on its way and afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::access_token::TokenResponse;
use crate::config::readings::{C01, C13, Readings};
use crate::scope::Scope;

/// A token response that is about to be handed out.
#[derive(Debug, Clone)]
pub struct Issued {
    /// What it says.
    pub response: Arc<TokenResponse>,
    /// What becomes of it.
    pub receipt: Receipt,
}

impl Issued {
    /// A response that is not handed out yet.
    pub fn new(response: TokenResponse) -> Self {
        Self {
            response: Arc::new(response),
            receipt: Receipt::default(),
        }
    }
}

/// Whether a response is known to have got lost before the transport took it. Shared by the response and the record,
/// so it is about connections of this process.
#[derive(Debug, Clone, Default)]
pub struct Receipt(Arc<AtomicBool>);

impl Receipt {
    /// Notes that the transport never took the response.
    pub fn note_loss(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it never did.
    pub fn is_lost(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What the record keeps of its redemption.
#[derive(Debug, Clone)]
pub(super) struct Redemption {
    /// What the token is good for.
    pub(super) scope: Scope,
    /// When.
    pub(super) at: u64,
    /// The response itself, where a reading wants it repeated; a token is not kept without need (Section 11.8).
    pub(super) response: Option<Arc<TokenResponse>>,
    pub(super) receipt: Receipt,
}

impl Redemption {
    pub(super) fn new(scope: Scope, issued: &Issued, now: u64, readings: &Readings) -> Self {
        let repeats = readings.c01 == C01::C || readings.c13 == C13::B;
        Self {
            scope,
            at: now,
            response: repeats.then(|| Arc::clone(&issued.response)),
            receipt: issued.receipt.clone(),
        }
    }
}
