//! Real time within one trace: how long its ticks are, and whether it is still on schedule.
//!
//! Every request has a window, from when it was sent to when its answer came. A tick begins after the answer, so at
//! least so much time has passed as the ticks say. More may have passed, if answers took long; once the code could be
//! dead before its ticks are over, nothing that follows can be judged, and the trace begins again.

use std::time::{Duration, Instant};

use dtr_model::Trace;
use dtr_model::event::Event;

use super::is_tick;
use crate::target::{Limits, Pace};

/// The clock of one trace.
#[derive(Debug)]
pub(super) struct Timing {
    pace: Pace,
    limits: Limits,
    /// Ticks that the trace waits after its first request.
    ahead: usize,
    /// When the request was sent that made the code, if there may be one.
    born: Option<Instant>,
    /// The response to it got lost, so it is not known to have made one.
    lost: bool,
    /// Ticks waited since.
    ticks: u8,
}

impl Timing {
    pub(super) fn new(pace: Pace, limits: Limits, trace: &Trace) -> Self {
        let mut events = trace.events.iter();
        let ahead = events
            .by_ref()
            .skip_while(|e| !matches!(e, Event::Request(_)))
            .filter(|e| is_tick(e))
            .count();
        Self {
            pace,
            limits,
            ahead,
            born: None,
            lost: false,
            ticks: 0,
        }
    }

    /// How long the trace takes, if a tick can be found for it.
    pub(super) fn estimate(&self) -> Option<Duration> {
        let ahead = u32::try_from(self.ahead).unwrap_or(u32::MAX);
        Some(self.tick(None)?.saturating_mul(ahead))
    }

    /// How long the next tick is; `None` when the limits leave no room for the waits of this trace.
    pub(super) fn tick(&self, announced: Option<(u64, u64)>) -> Option<Duration> {
        let pace = self.pace(announced);
        pace.tick(&self.limits, self.ahead)
    }

    /// An event is about to be performed; `has_code` says whether the trace has its code already.
    pub(super) fn before(&mut self, event: Event, has_code: bool) {
        if let Event::Request(request) = event
            && !has_code
            && !self.lost
        {
            self.born = Some(Instant::now());
            self.ticks = 0;
            self.lost = request.lost;
        }
    }

    /// A tick was waited for.
    pub(super) fn ticked(&mut self) {
        self.ticks = self.ticks.saturating_add(1);
    }

    /// Whether so much more time has passed than the ticks say that the code may be dead.
    pub(super) fn is_late(&self, announced: Option<(u64, u64)>) -> bool {
        let alive = self.ticks < self.limits.lifetime;
        let latest = self.pace(announced).latest();
        alive && self.born.is_some_and(|born| born.elapsed() > latest)
    }

    /// Whether polls that are too early in ticks are so in seconds.
    pub(super) fn knows_early(&self, announced: Option<(u64, u64)>) -> bool {
        let pace = self.pace(announced);
        self.tick(announced)
            .is_some_and(|tick| pace.knows_early(&self.limits, tick))
    }

    fn pace(&self, announced: Option<(u64, u64)>) -> Pace {
        match announced {
            Some((interval, lifetime)) => self.pace.announced(interval, lifetime),
            None => self.pace,
        }
    }
}
