//! Proofs seen before: a bounded memory, in the process.
//!
//! A server of several nodes would keep this in its shared store.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::digest;

/// Most proofs remembered at a time (some 80 MB). Beyond that the oldest is dropped: better to take a replay that also
/// needs the client's credentials and code than to lock every client out.
const CAPACITY: usize = 1 << 20;

type Digest = [u8; 32];

/// Remembers digests of proofs for as long as their `iat` could still be accepted.
#[derive(Debug)]
pub(crate) struct ReplayCache {
    keep: u64,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    digests: HashSet<Digest>,
    by_age: VecDeque<(u64, Digest)>,
}

impl ReplayCache {
    /// Remembers each proof for `keep` seconds.
    pub(crate) fn new(keep: u64) -> Self {
        Self {
            keep,
            seen: Mutex::default(),
        }
    }

    /// Whether these parts were not seen together before; from now on they were.
    pub(crate) fn first_sight(&self, parts: &[&str], now: u64) -> bool {
        let digest = digest::of(parts.iter().copied());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((at, oldest)) = seen.by_age.front().copied() {
            if now < at.saturating_add(self.keep) && seen.by_age.len() < CAPACITY {
                break;
            }
            seen.by_age.pop_front();
            seen.digests.remove(&oldest);
        }
        let first = seen.digests.insert(digest);
        if first {
            seen.by_age.push_back((now, digest));
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_only_what_is_too_old_to_matter() {
        let cache = ReplayCache::new(10);
        assert!(cache.first_sight(&["key", "1"], 100));
        assert!(!cache.first_sight(&["key", "1"], 109));
        assert!(cache.first_sight(&["ke", "y1"], 109));
        assert!(cache.first_sight(&["key", "1"], 110));
    }
}
