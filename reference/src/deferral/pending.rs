//! A request that nobody has decided: what polls are told of it, and the link to somebody who may decide.

use std::sync::Arc;

use super::{Deferral, FrozenRequest, Repeated, State, Step, Told, Waiting, WaitsFor};
use crate::config::readings::{C29, C30, C34};

impl Deferral {
    /// What a poll is told meanwhile (Section 6.6).
    pub(super) fn waiting(&mut self, now: u64) -> Waiting {
        let waits_for = self.waits_for();
        let linked = match self.terms.readings.c29 {
            _ if self.terms.told == Told::Nothing => false,
            _ if waits_for != WaitsFor::Decision => true, // begun or not: whoever began may have left
            C29::A => true,
            C29::B => self.needed_interaction,
            C29::C => false,
        };
        Waiting {
            waits_for,
            step: self.step(match waits_for {
                WaitsFor::Decision => "1",
                WaitsFor::Interaction => "2",
                WaitsFor::InteractionEnd => "3",
            }),
            interaction_uri: linked.then(|| Arc::clone(&self.interaction_uri)),
            repeated: match waits_for {
                WaitsFor::Interaction => self.repeated(now),
                WaitsFor::Decision | WaitsFor::InteractionEnd => None,
            },
        }
    }

    /// What the request waits for, as far as the edition lets its client know.
    fn waits_for(&self) -> WaitsFor {
        let needed = self.state == State::Pending { interaction: true };
        match self.terms.told {
            _ if !needed => WaitsFor::Decision,
            Told::Nothing => WaitsFor::Decision,
            Told::Progress if self.interaction_begun => WaitsFor::InteractionEnd,
            Told::Need | Told::Progress => WaitsFor::Interaction,
        }
    }

    /// What `interaction_required` says of the code once more: nothing (C-30/A).
    fn repeated(&mut self, now: u64) -> Option<Repeated> {
        match self.terms.readings.c30 {
            C30::A => return None,
            C30::B => {}
            C30::C => self.pace.raise_once(),
        }
        Some(Repeated {
            expires_in: self.expires_at().saturating_sub(now),
            interval: self.pace.interval(self.terms.interval),
        })
    }

    /// Sets what polls are told about progress from now on (Section 9.4).
    pub fn set_step(&mut self, step: Step) {
        self.step = Some(step);
    }

    fn step(&self, otherwise: &str) -> Step {
        let otherwise = || Step::parse(otherwise).expect("a digit is an identifier");
        self.step.clone().unwrap_or_else(otherwise)
    }

    /// The request, for somebody at its `interaction_uri`: while it waits for that; then the link is dead (C-34/B).
    pub fn awaits_interaction(&mut self, now: u64) -> Option<&FrozenRequest> {
        self.lapse(now);
        let readings = self.terms.readings;
        if now >= self.expires_at() {
            return None;
        }
        let waits = match self.state {
            State::Pending { interaction } => interaction || readings.c29 == C29::A,
            _ => false,
        };
        (waits || readings.c34 == C34::A).then_some(&self.request)
    }

    /// The request, for somebody who may decide about it: while nobody has, and within its lifetime.
    pub fn undecided(&mut self, now: u64) -> Option<&FrozenRequest> {
        self.lapse(now);
        let open = matches!(self.state, State::Pending { .. }) && now < self.expires_at();
        open.then_some(&self.request)
    }

    /// Shows another link from the next answer on (C-31).
    pub fn replace_link(&mut self, interaction_uri: Arc<str>) {
        self.interaction_uri = interaction_uri;
    }
}
