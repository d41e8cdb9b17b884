//! The world the relation is checked in.
//!
//! Two deferral codes of two clients (one confidential, one public), each with
//! its key; an attacker who holds both codes and the public client's id; an
//! approver who may act at any moment, too late included; preconditions that
//! lapse and return; a clock; and a network with room for two messages, which
//! it delays, reorders, loses and duplicates. Requests in it are concurrent:
//! anything may happen between sending, processing and arrival.
//!
//! There is no bound but the saturation of the clock: the state space is finite
//! and the checker visits all of it.

mod action;
mod code;
mod network;
mod show;
mod state;
mod steps;

pub use action::{Action, Which};
pub use state::{Message, World};
pub use steps::Tabled;

use steps::Steps;

use crate::draft::Draft;
use crate::property::Properties;
use crate::question::Readings;
use crate::terms::Terms;

/// A world with its settings.
#[derive(Debug, Clone)]
pub struct Setting {
    /// How the questions are read.
    pub readings: Readings,
    /// The two clients' terms.
    pub terms: [Terms; 2],
    /// A deliberate error of the server, to see a property fail.
    #[cfg(test)]
    pub(crate) fault: Option<Fault>,
}

/// Replaces an outcome of the relation by a wrong one.
#[cfg(test)]
pub(crate) type Fault = fn(crate::Deferral, crate::event::Event, crate::Outcome) -> crate::Outcome;

impl Setting {
    /// The first code has interval 2 and lifetime 3: the least at which a raised
    /// interval, a restarted wait and a last chance to poll all differ. The
    /// second has interval 1 and lifetime 2, so that the two never run in step.
    pub fn new(draft: &'static Draft, readings: Readings) -> Self {
        let confidential = Terms {
            draft: Draft::DEFAULT,
            interval: 2,
            lifetime: 3,
            public: false,
            one_time: true,
            callback: true,
            approval: 0,
        };
        let public = Terms {
            interval: 1,
            lifetime: 2,
            public: true,
            callback: false,
            ..confidential
        };
        Setting {
            readings,
            terms: [confidential, public].map(|terms| terms.under(draft)),
            #[cfg(test)]
            fault: None,
        }
    }
}

/// One move of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// What happens.
    pub action: Action,
    /// The world afterwards; `broken` in it is what this move broke.
    pub next: World,
    /// What the move put to the test.
    pub exercised: Properties,
}

impl Setting {
    /// Hands every possible move in `world` to `found`.
    #[inline]
    pub fn moves(&self, world: World, found: &mut impl FnMut(Move)) {
        moves(self, &steps::Direct(self, world), world, found);
    }
}

fn moves(setting: &Setting, steps: &impl Steps, world: World, found: &mut impl FnMut(Move)) {
    code::moves(steps, world, found);
    network::moves(setting, steps, world, found);
}

#[cfg(test)]
mod tests;

impl crate::explore::Space for Setting {
    type State = World;
    type Label = (Action, Properties);

    fn start(&self) -> World {
        World::new()
    }

    fn moves(&self, world: World, mut found: impl FnMut(Self::Label, World)) {
        Setting::moves(self, world, &mut |m: Move| {
            found((m.action, m.exercised), m.next)
        });
    }
}
