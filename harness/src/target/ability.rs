//! What can be done to a target. A trace that needs more is skipped, and counted as such: never passed.

use dtr_model::event::{Caller, Event, Fate, Steer};
use dtr_model::{Terms, Trace};

use super::control::Name;
use super::{Callbacks, Target, TimeSource};

impl Target {
    /// Why a trace cannot be run here, if it cannot.
    pub fn obstacle(&self, trace: &Trace) -> Option<String> {
        let at_will = self.callbacks != Callbacks::Held;
        let window = trace
            .window
            .map_or(&[][..], |w| &trace.events[w.from..w.until]);
        let called = window.iter().any(|e| matches!(e, Event::Callback(_)));
        if at_will && called {
            return Some("callbacks come when the server pleases".to_owned());
        }
        let of = |event: &Event| self.obstacle_to(event, &trace.terms);
        trace.events.iter().find_map(of)
    }

    /// Why an event cannot be brought about here, if it cannot.
    pub fn obstacle_to(&self, event: &Event, terms: &Terms) -> Option<String> {
        let without = |name: Name| {
            (!self.can(name)).then(|| format!("there is no control to {}", name.purpose()))
        };
        match *event {
            Event::Request(request) => {
                if !request.sound && !terms.one_time && !self.has_refused_scope(terms) {
                    return Some("no client has a `refused_scope`".to_owned());
                }
                if request.steer == Steer::Refuse {
                    return without(Name::DenyNext);
                }
                (request.keyed && !self.proofs).then(|| "the clients have no DPoP keys".to_owned())
            }
            Event::Poll { by, .. } => self.obstacle_for(by),
            Event::Revoke { by } => match self.endpoints.revocation {
                Some(_) => self.obstacle_for(by),
                None => Some("there is no revocation endpoint".to_owned()),
            },
            Event::Decide(decision) => without(Name::deciding(decision)),
            // Real time is measured against lifetimes and intervals, not against approvals.
            Event::Renew(_) | Event::Present if matches!(self.time, TimeSource::Wall) => {
                Some("approvals end by a clock that can be moved".to_owned())
            }
            Event::Renew(_) | Event::Present => None,
            Event::Lapse(precondition) => without(Name::setting(precondition, false)),
            Event::Return(precondition) => without(Name::setting(precondition, true)),
            Event::Widen => without(Name::WidenScope),
            Event::Callback(Fate::Lost) if self.callbacks != Callbacks::Held => {
                Some("callbacks come when the server pleases".to_owned())
            }
            Event::Callback(_) | Event::Tick => None,
            Event::ResponseLost => Some("nobody outside the server can report a loss".to_owned()),
        }
    }

    fn obstacle_for(&self, by: Caller) -> Option<String> {
        match by {
            Caller::OtherKey if !self.proofs => Some("the clients have no DPoP keys".to_owned()),
            Caller::OtherClient if !self.others => Some("there is no other client".to_owned()),
            _ => None,
        }
    }

    fn has_refused_scope(&self, terms: &Terms) -> bool {
        self.pool
            .any(terms.into())
            .is_some_and(|pair| !pair.owner.scopes.forbidden.is_empty())
    }

    /// Whether a trace changes something that all requests of a client share.
    pub(super) fn changes_clients(&self, trace: &Trace) -> bool {
        let steers = Name::STEER.iter().any(|name| self.can(*name));
        let loses = self.can(Name::LoseNext);
        trace.events.iter().any(|event| match event {
            Event::Request(request) => steers || (request.lost && loses),
            Event::Poll { lost, .. } => *lost && loses,
            Event::Lapse(precondition) | Event::Return(precondition) => {
                *precondition == dtr_model::event::Precondition::Client
            }
            Event::Widen => true,
            _ => false,
        })
    }

    /// Whether decisions are made by somebody else, so that any may have been made at any time.
    pub fn decides_unseen(&self) -> bool {
        !self.can(Name::Approve) && !self.can(Name::Deny)
    }
}
