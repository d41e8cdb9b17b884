//! How long a tick is, at a server whose limits are given in seconds.
//!
//! Traces count time in ticks: one between two polls, three in a lifetime. A server has its own `interval` and
//! `expires_in`. A tick is chosen so that each number of ticks that a trace can wait lies safely on one side of every
//! limit; then the ticks are as good as the seconds.
//!
//! ```text
//! interval 1, lifetime 10, blur 1          tick 3.67 s
//! after 1 tick    3.67   ≥ interval
//! after 2 ticks   7.33   ≥ interval + 5        still ≤ lifetime - blur
//! after 3 ticks  11.00   ≥ interval + 10       ≥ lifetime + blur
//! ```

use std::time::Duration;

use super::Limits;

/// How many times `slow_down` can raise the interval before a trace stops counting.
const RAISES: u32 = 2;

/// The limits of a server, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Least time between two polls.
    pub interval: Duration,
    /// Lifetime of a deferral code.
    pub lifetime: Duration,
    /// By how much `slow_down` raises what the server enforces, if it does (C-20).
    pub raise: Duration,
    /// For so long around the end of a lifetime, an answer may go either way.
    pub blur: Duration,
}

impl Pace {
    /// How long a tick is for a trace that waits `ticks` of them after it has its code. `None` when no tick will do.
    pub fn tick(&self, limits: &Limits, ticks: usize) -> Option<Duration> {
        let ticks = u32::try_from(ticks).ok()?;
        let lifetime = u32::from(limits.lifetime);
        // A wait that is long enough in ticks has to be long enough for a server that raises the interval.
        let waits = (0..=RAISES).map(|raises| {
            let wait = self.interval + self.raise * raises;
            share(wait, u32::from(limits.interval) + raises)
        });
        let mut least = waits.max()?;
        let before = match ticks >= lifetime {
            true => {
                least = least.max(share(self.lifetime + self.blur, lifetime));
                lifetime - 1
            }
            false => ticks,
        };
        let within = self.latest() / before.max(1);
        (before == 0 || least < within).then_some(least)
    }

    /// Whether a poll that comes a tick before the interval of a trace is over comes too early here as well, beyond doubt.
    /// Where the lifetime is many intervals long, one tick may be longer than the interval.
    pub fn knows_early(&self, limits: &Limits, tick: Duration) -> bool {
        let before = u32::from(limits.interval).saturating_sub(1);
        self.interval > self.blur && tick * before < self.interval
    }

    /// The greatest age at which a code is certainly alive.
    pub fn latest(&self) -> Duration {
        self.lifetime.saturating_sub(self.blur)
    }

    /// The same server as it announced itself in a deferred response, in seconds.
    pub fn announced(self, interval: u64, lifetime: u64) -> Pace {
        Pace {
            interval: Duration::from_secs(interval),
            lifetime: Duration::from_secs(lifetime),
            ..self
        }
    }
}

/// A part of a time, never a nanosecond too short.
fn share(of: Duration, parts: u32) -> Duration {
    let part = of / parts;
    match part * parts < of {
        true => part + Duration::from_nanos(1),
        false => part,
    }
}

#[cfg(test)]
mod tests {
    use dtr_model::Terms;

    use super::*;

    fn pace(interval: u64, lifetime: u64, blur: u64) -> Pace {
        Pace {
            interval: Duration::from_secs(interval),
            lifetime: Duration::from_secs(lifetime),
            raise: Duration::from_secs(5),
            blur: Duration::from_secs(blur),
        }
    }

    #[test]
    fn each_number_of_ticks_is_on_the_right_side_of_every_limit() {
        for (interval, lifetime, blur) in [(1, 10, 1), (5, 15, 0), (5, 600, 1), (2, 30, 1)] {
            let pace = pace(interval, lifetime, blur);
            for ticks in 0..6 {
                let tick = pace.tick(&Limits::USUAL, ticks).unwrap();
                for waited in 1..=u32::try_from(ticks).unwrap() {
                    let raises = (waited - 1).min(RAISES);
                    assert!(tick * waited >= pace.interval + pace.raise * raises);
                    match waited < u32::from(Terms::CREDENTIALS.lifetime) {
                        true => assert!(tick * waited <= pace.latest()),
                        false => assert!(tick * waited >= pace.lifetime + pace.blur),
                    }
                }
            }
        }
    }

    #[test]
    fn the_bundled_server_needs_five_seconds() {
        let tick = pace(5, 15, 0).tick(&Limits::USUAL, 3);
        assert_eq!(tick, Some(Duration::from_secs(5)));
    }

    #[test]
    fn a_tick_that_is_longer_than_the_interval_makes_no_poll_early() {
        let limits = Limits {
            interval: 2,
            lifetime: 4,
        };
        let is_known = |lifetime| {
            let pace = pace(5, lifetime, 0);
            pace.knows_early(&limits, pace.tick(&limits, 4).unwrap())
        };
        assert!(is_known(18));
        assert!(!is_known(60));
    }

    #[test]
    fn a_lifetime_of_hardly_more_than_the_interval_leaves_no_room() {
        assert_eq!(pace(5, 8, 1).tick(&Limits::USUAL, 3), None);
    }
}
