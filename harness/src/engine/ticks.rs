//! A clock that is set by hand, shared by all traces in flight: it is advanced when every one of them waits for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::target::Target;

/// The clock of a target, and who goes by it.
#[derive(Debug)]
pub(super) struct Ticks {
    target: Arc<Target>,
    state: Mutex<State>,
    /// How many ticks there were.
    turn: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    present: usize,
    waiting: usize,
    advancing: bool,
    /// Why the clock could not be advanced.
    broken: Option<String>,
}

impl Ticks {
    /// The target's clock. Nobody is there yet.
    pub(super) fn new(target: Arc<Target>) -> Ticks {
        let (turn, _) = watch::channel(0);
        Ticks {
            target,
            state: Mutex::default(),
            turn,
        }
    }

    /// From now on no tick happens without the caller, who has to [`leave`](Ticks::leave). While one is happening it
    /// cannot be said on which side of it the caller would be, so that is waited for.
    pub(super) async fn join(&self) {
        loop {
            let mut turns = self.turn.subscribe();
            {
                let mut state = self.state();
                if !state.advancing {
                    state.present += 1;
                    return;
                }
            }
            // The sender is this clock's own.
            let _ = turns.changed().await;
        }
    }

    /// The others may go on without the caller.
    pub(super) async fn leave(&self) {
        let due = {
            let mut state = self.state();
            state.present -= 1;
            state.is_due()
        };
        if due {
            self.advance().await;
        }
    }

    /// Waits for the next tick. All who are present wait before it comes.
    ///
    /// # Errors
    /// Why the clock could not be advanced.
    pub(super) async fn next(&self) -> Result<(), String> {
        let mut turns = self.turn.subscribe();
        let due = {
            let mut state = self.state();
            state.waiting += 1;
            state.is_due()
        };
        match due {
            true => self.advance().await,
            false => {
                let _ = turns.changed().await;
            }
        }
        match &self.state().broken {
            None => Ok(()),
            Some(why) => Err(why.clone()),
        }
    }

    async fn advance(&self) {
        let advanced = self.target.advance(1).await;
        {
            let mut state = self.state();
            state.waiting = 0;
            state.advancing = false;
            state.broken = advanced.err().map(|error| error.to_string());
        }
        self.turn.send_modify(|turn| *turn += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether everybody waits. Whoever is told so has to advance the clock.
    fn is_due(&mut self) -> bool {
        let due = self.present > 0 && self.waiting == self.present && !self.advancing;
        self.advancing |= due;
        due
    }
}
