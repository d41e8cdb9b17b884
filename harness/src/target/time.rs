//! The target's time: set by hand through its control API, or the wall's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::control::{Control, Operation, Reference, read};
use super::failure::TransportFailure;

/// Where the driver reads the time that the server goes by. Clones are the same clock.
#[derive(Debug, Clone)]
pub enum TimeSource {
    /// The server's clock stands still until told otherwise; this is what it last showed.
    Manual(Arc<AtomicU64>),
    /// Both go by the wall clock.
    Wall,
}

impl TimeSource {
    /// Asks the control API which clock the server has.
    ///
    /// # Errors
    /// That of the control API.
    pub async fn of(control: Option<&Reference>) -> Result<Self, TransportFailure> {
        let Some(control) = control else {
            return Ok(Self::Wall);
        };
        let shown = control.ask(control.read_clock()).await?;
        match (shown.get("manual"), now_in(&shown)) {
            (Some(Value::Bool(true)), Some(now)) => Ok(Self::manual(now)),
            _ => Ok(Self::Wall),
        }
    }

    /// A clock that stands still at `now`, in seconds since the Unix epoch.
    pub fn manual(now: u64) -> Self {
        Self::Manual(Arc::new(AtomicU64::new(now)))
    }

    /// Seconds since the Unix epoch.
    pub fn now(&self) -> u64 {
        match self {
            Self::Manual(now) => now.load(Ordering::SeqCst),
            Self::Wall => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |elapsed| elapsed.as_secs()),
        }
    }

    /// Lets `seconds` pass: at once by hand, otherwise by waiting.
    ///
    /// # Errors
    /// That of the control API.
    pub async fn advance(
        &self,
        control: Option<&Control>,
        seconds: u64,
    ) -> Result<(), TransportFailure> {
        match (self, control) {
            (Self::Manual(now), Some(control)) => {
                let (_, result) = control.perform(&Operation::Clock(seconds)).await;
                let shown = read(&result?)?;
                match now_in(&shown) {
                    Some(later) => now.fetch_max(later, Ordering::SeqCst),
                    // A hook that only does as it is told.
                    None => now.fetch_add(seconds, Ordering::SeqCst),
                };
            }
            _ => tokio::time::sleep(Duration::from_secs(seconds)).await,
        }
        Ok(())
    }
}

fn now_in(shown: &Value) -> Option<u64> {
    shown.get("now").and_then(Value::as_u64)
}
