//! The state of a deferral in words, for those who look into the model.

use std::fmt::{Display, Formatter, Result};

use super::{Callback, Deferral, Phase, Verifier};
use crate::terms::Terms;

impl Display for Phase {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Phase::Absent => "no deferral code",
            Phase::Pending => "pending",
            Phase::Interaction => "waiting for interaction",
            Phase::Interacting => "waiting for interaction that has begun",
            Phase::Approved => "approved",
            Phase::ApprovedLate => "approved after the lifetime",
            Phase::Denied => "denied",
            Phase::Cancelled => "cancelled",
            Phase::Redeemed => "redeemed",
            Phase::Disposed => "disposed of",
            Phase::Synchronous => "no deferral code, credential spent",
        })
    }
}

impl Deferral {
    /// All there is to it, each fact once, the phase first. Times are in ticks;
    /// with `terms` the lifetime and the interval stand beside them (Section 6.4).
    pub fn in_words(self, terms: Option<&Terms>) -> Vec<String> {
        let mut words = vec![self.phase().to_string()];
        if self.exists() {
            words.push(age(self, terms));
            words.push(wait(self, terms));
        }
        let slow_downs = self.slow_downs();
        let narrowed = match self.phase() {
            Phase::Approved | Phase::ApprovedLate | Phase::Redeemed => "in part",
            _ => "what was approved was less than requested",
        };
        let facts = [
            (slow_downs == 1, "slowed down once"),
            (slow_downs > 1, "slowed down twice or more"),
            (self.bound(), "bound to a key"),
            (self.interactive(), "opted in to interaction"),
            (
                self.verifier() == Verifier::Awaited,
                "awaits the code verifier",
            ),
            (
                self.exists() && self.verifier() == Verifier::Shown,
                "the code verifier was shown",
            ),
            (self.locked(), "locked for polls"),
            (self.narrow(), narrowed),
            (self.unsound(), "the request was not valid"),
            (self.consent_lapsed(), "consent withdrawn"),
            (self.client_lapsed(), "client disabled"),
            (self.widened(), "client's default scope widened"),
            (self.fresh(), "redeemed in this tick"),
            (self.lost(), "token response lost, server told"),
            (self.callback() == Callback::Due, "callback due"),
            (
                self.callback() == Callback::Retry,
                "callback to be repeated",
            ),
        ];
        let held = facts.iter().filter(|(holds, _)| *holds);
        words.extend(held.map(|(_, fact)| (*fact).to_owned()));
        words
    }
}

fn age(d: Deferral, terms: Option<&Terms>) -> String {
    match terms {
        Some(terms) if d.is_expired(terms) => format!("expired at age {}", terms.lifetime),
        Some(terms) => format!("age {} of {}", d.age(), terms.lifetime),
        None => format!("age {}", d.age()),
    }
}

/// How long the client has waited. What no reading asks for any more is
/// remembered as the longest wait there is.
fn wait(d: Deferral, terms: Option<&Terms>) -> String {
    match terms {
        Some(terms) => format!("waited {}, interval {}", d.since(), terms.interval),
        None => format!("waited {}", d.since()),
    }
}
