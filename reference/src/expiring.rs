//! Values that end by themselves: sessions, links, and whatever else is good for a while.
//!
//! They are kept in the process; a server of several nodes would keep them in its shared store.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ended values removed with every insertion, so that memory is bounded by what still counts.
const SWEEP_PER_INSERT: usize = 4;

/// Values by key, each until a second of its own. `now` is the server's clock.
#[derive(Debug)]
pub(crate) struct Expiring<V>(Mutex<Table<V>>);

#[derive(Debug)]
struct Table<V> {
    values: HashMap<Box<str>, Entry<V>>,
    agenda: BinaryHeap<Reverse<(u64, Box<str>)>>,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    /// First second at which the value no longer counts.
    ends_at: u64,
}

impl<V> Default for Expiring<V> {
    fn default() -> Self {
        Self(Mutex::new(Table {
            values: HashMap::new(),
            agenda: BinaryHeap::new(),
        }))
    }
}

impl<V> Expiring<V> {
    /// Adds a value that counts until `ends_at`, and forgets some of what has ended.
    pub(crate) fn insert(&self, key: &str, value: V, ends_at: u64, now: u64) {
        let mut table = self.lock();
        table.sweep(now);
        table.values.insert(key.into(), Entry { value, ends_at });
        table.agenda.push(Reverse((ends_at, key.into())));
    }

    /// A copy of the value, if it still counts.
    pub(crate) fn get(&self, key: &str, now: u64) -> Option<V>
    where
        V: Clone,
    {
        self.change(key, now, |value| value.clone())
    }

    /// Removes the value; it is `None` for all but one caller.
    pub(crate) fn take(&self, key: &str, now: u64) -> Option<V> {
        let removed = self.lock().values.remove(key)?;
        (now < removed.ends_at).then_some(removed.value)
    }

    /// Changes the value, if it still counts, with nobody else at it.
    pub(crate) fn change<R>(
        &self,
        key: &str,
        now: u64,
        change: impl FnOnce(&mut V) -> R,
    ) -> Option<R> {
        let mut table = self.lock();
        let entry = table.values.get_mut(key)?;
        (now < entry.ends_at).then(|| change(&mut entry.value))
    }

    fn lock(&self) -> MutexGuard<'_, Table<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Table<V> {
    fn sweep(&mut self, now: u64) {
        for _ in 0..SWEEP_PER_INSERT {
            match self.agenda.peek() {
                Some(Reverse((at, _))) if *at <= now => {}
                _ => return,
            }
            let Some(Reverse((_, key))) = self.agenda.pop() else {
                return;
            };
            // A key that was inserted again has a later date as well.
            if self.values.get(&key).is_some_and(|e| e.ends_at <= now) {
                self.values.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_until_its_end_and_is_taken_once() {
        let values = Expiring::default();
        values.insert("a", 1, 10, 0);
        assert_eq!(values.get("a", 9), Some(1));
        assert_eq!(values.get("a", 10), None);
        assert_eq!(
            values.change("a", 9, |value| std::mem::replace(value, 2)),
            Some(1)
        );
        assert_eq!(values.take("a", 9), Some(2));
        assert_eq!(values.take("a", 9), None);
    }

    #[test]
    fn what_has_ended_takes_no_room() {
        let values = Expiring::default();
        values.insert("old", (), 10, 0);
        values.insert("again", (), 10, 0);
        values.insert("again", (), 30, 5);
        values.insert("new", (), 30, 20);
        let table = values.lock();
        assert!(!table.values.contains_key("old"));
        assert!(table.values.contains_key("again"));
    }
}
