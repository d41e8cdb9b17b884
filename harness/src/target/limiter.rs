//! Politeness: no more requests a second, and no more at the same time, than a server's operator allows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Bounds on what is sent.
#[derive(Debug)]
pub struct Limiter {
    in_flight: Option<Arc<Semaphore>>,
    spacing: Option<Duration>,
    /// When the next request may go out.
    next: Mutex<Instant>,
}

impl Limiter {
    /// At most `rps` requests a second and `in_flight` at a time; `None` is no bound.
    pub fn new(rps: Option<f64>, in_flight: Option<usize>) -> Self {
        Self {
            in_flight: in_flight.map(|most| Arc::new(Semaphore::new(most))),
            spacing: rps.map(|rps| Duration::from_secs_f64(1.0 / rps)),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits until a request may go out. It counts as in flight until what is returned is dropped.
    pub async fn admit(&self) -> Option<OwnedSemaphorePermit> {
        let permit = match &self.in_flight {
            // The semaphore is never closed.
            Some(free) => Arc::clone(free).acquire_owned().await.ok(),
            None => None,
        };
        if let Some(spacing) = self.spacing {
            let mut next = self.next.lock().await;
            let at = (*next).max(Instant::now());
            *next = at + spacing;
            drop(next);
            tokio::time::sleep_until(at).await;
        }
        permit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_are_spaced() {
        let limiter = Limiter::new(Some(10.0), None);
        let began = Instant::now();
        for _ in 0..11 {
            limiter.admit().await;
        }
        assert_eq!(began.elapsed().as_millis(), 1000);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_are_in_flight_than_allowed() {
        let limiter = Limiter::new(None, Some(2));
        let first = limiter.admit().await;
        let _second = limiter.admit().await;
        let third = tokio::time::timeout(Duration::from_secs(1), limiter.admit());
        assert!(third.await.is_err());
        drop(first);
        let third = tokio::time::timeout(Duration::from_secs(1), limiter.admit());
        assert!(third.await.is_ok());
    }
}
