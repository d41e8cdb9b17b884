//! What arrived for one client, and how it answers.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::Manner;

/// One callback, as received.
#[derive(Debug, Clone)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub uri: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// The callbacks of one client.
#[derive(Debug, Default)]
pub struct Inbox {
    manner: Mutex<Manner>,
    received: Mutex<Vec<Received>>,
    given_up: Mutex<Option<GivenUp>>,
}

/// An answer that the server did not wait for to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUp {
    /// How long it waited.
    pub after: Duration,
    /// How many octets of a body were handed over until then.
    pub octets: u64,
}

impl Inbox {
    /// Answers callbacks with this status from now on.
    pub fn reply_with(&self, status: StatusCode) {
        self.behave(Manner::Status(status));
    }

    /// Answers callbacks so from now on.
    pub fn behave(&self, manner: Manner) {
        *lock(&self.manner) = manner;
        *lock(&self.given_up) = None;
    }

    /// How callbacks are answered now.
    pub(super) fn manner(&self) -> Manner {
        lock(&self.manner).clone()
    }

    /// Whether the server gave up an answer since the manner was last set.
    pub fn given_up(&self) -> Option<GivenUp> {
        *lock(&self.given_up)
    }

    pub(super) fn give_up(&self, what: GivenUp) {
        *lock(&self.given_up) = Some(what);
    }

    /// Takes out what arrived since the last time.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *lock(&self.received))
    }

    /// Takes out what arrived about one deferral code. Others are about other traces of the same client.
    pub fn take_about(&self, code: &str) -> Vec<Received> {
        let mut all = lock(&self.received);
        let (taken, left) = std::mem::take(&mut *all)
            .into_iter()
            .partition(|received| String::from_utf8_lossy(&received.body).contains(code));
        *all = left;
        taken
    }

    pub(super) fn receive(&self, callback: Received) {
        lock(&self.received).push(callback);
    }
}

/// What a poisoned lock guards is still whole: nothing here panics half way.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
