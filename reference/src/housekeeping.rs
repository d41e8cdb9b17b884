//! Work that no request asks for: ending what time has ended, and delivering callbacks.

use std::sync::Weak;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::server::{Context, Inner};

/// How often to look. The server's clock is a port and may jump, so there is nothing to sleep until.
const TICK: Duration = Duration::from_millis(50);
/// Records looked at per tick.
const SWEEP: usize = 4096;
/// Callbacks under way at a time.
const DELIVERIES: usize = 64;

/// Runs until `stop` becomes true or the server is gone.
pub(crate) async fn run(server: Weak<Inner>, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut deliveries = JoinSet::new();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // An error means that the server, and the sender with it, was dropped.
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        while deliveries.try_join_next().is_some() {}
        let Some(inner) = server.upgrade() else {
            return;
        };
        look_around(&Context(inner), &mut deliveries).await;
    }
}

async fn look_around(context: &Context, deliveries: &mut JoinSet<()>) {
    let now = context.clock.now();
    if let Err(error) = context.store.sweep(now, SWEEP).await {
        tracing::error!(%error, "cannot sweep the store");
        return;
    }
    if context.callbacks.held() {
        return;
    }
    let room = DELIVERIES.saturating_sub(deliveries.len());
    let due = match context.store.callbacks_due(now, room).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "cannot read the callbacks that are due");
            return;
        }
    };
    for code in due {
        let context = context.clone();
        deliveries.spawn(async move {
            if let Err(error) = context.callbacks.attempt(&context, &code, false).await {
                tracing::error!(%error, "cannot record a callback attempt");
            }
        });
    }
}
