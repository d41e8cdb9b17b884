//! Proofs seen before: a bounded memory, in the process.
//!
//! A server of several nodes would keep this in its shared store.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};

/// Most proofs remembered at a time (some 40 MB). Beyond that the oldest is dropped: better to take a replay that also
/// needs the client's credentials and code than to lock every client out.
const CAPACITY: usize = 1 << 20;

type Digest = [u8; 16];

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
        let digest = digest(parts);
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

/// Half a SHA-256 over the parts, each behind its length so that no two lists look the same.
fn digest(parts: &[&str]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    let full = context.finish();
    let mut half = Digest::default();
    half.copy_from_slice(&full.as_ref()[..16]);
    half
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
