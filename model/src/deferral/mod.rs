//! The relation: what a server may answer, and what becomes of the deferral.
//!
//! [`step`] is the one transition relation of the project. Its branches follow
//! the order the pins imply for a poll (Section 6.5.1 and its gaps):
//! client, ownership, proof, terminal state, rate, pending. One file an event:
//!
//! | file | event | sections |
//! |---|---|---|
//! | `request.rs` | the initial token request | 5, 6.3, 6.4 |
//! | `poll.rs` | a poll | 6.5, 6.6, 11.1, 11.3, 11.7 |
//! | `revoke.rs` | a revocation | 8.2, 11.1 |
//! | `decide.rs` | decisions, lapses, time | 6.4, 6.6, 11.7 |
//! | `callback.rs` | a callback attempt | 7 |
//! | `renew.rs` | what becomes of the token, where an approval bounds it | AROP 7.4 |

mod callback;
mod decide;
mod poll;
mod renew;
mod request;
mod revoke;
mod state;
mod words;

pub use state::{Callback, Deferral, Phase, Verifier};

use crate::choice::{self, Choices};
use crate::event::{Answer, Event};
use crate::question::{Question, Reading, Readings};
use crate::terms::Terms;

/// One thing that may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The deferral afterwards.
    pub deferral: Deferral,
    /// What the server answers.
    pub answer: Answer,
    /// The readings under which it may happen.
    pub readings: Readings,
}

/// Everything that may happen when `event` befalls `deferral`, the preferred
/// outcome (what a SHOULD asks for, what the hook steers to) first.
///
/// With all readings pinned and no discretion left it is one outcome.
pub fn step(deferral: Deferral, event: Event, terms: &Terms, readings: &Readings) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for_each_outcome(deferral, event, terms, readings, |o| outcomes.push(o));
    outcomes
}

/// [`step`] without the allocation, for the checker's inner loop.
#[inline]
pub fn for_each_outcome(
    deferral: Deferral,
    event: Event,
    terms: &Terms,
    readings: &Readings,
    mut found: impl FnMut(Outcome),
) {
    choice::for_each(
        readings,
        |choices| {
            let (after, answer) = transition(deferral, event, terms, choices);
            (after.settled(terms, choices), answer)
        },
        |(deferral, answer), readings| {
            found(Outcome {
                deferral,
                answer,
                readings,
            })
        },
    );
}

fn transition(d: Deferral, event: Event, terms: &Terms, c: &mut Choices<'_>) -> (Deferral, Answer) {
    match event {
        Event::Request(request) if request.lost => {
            (request::request(d, request, terms, c).0, Answer::Silence)
        }
        Event::Request(request) => request::request(d, request, terms, c),
        Event::Poll { by, lost } => {
            let (after, answer) = poll::poll(d, by, terms, c);
            match (lost, answer) {
                (false, _) => (after, answer),
                (true, Answer::Token { .. }) => (poll::response_lost(after, c), Answer::Silence),
                (true, _) => (after, Answer::Silence),
            }
        }
        Event::Revoke { by } => revoke::revoke(d, by, terms, c),
        Event::Decide(decision) => (decide::decide(d, decision, terms, c), Answer::Silence),
        Event::Lapse(p) => (decide::set_lapsed(d, p, true), Answer::Silence),
        Event::Return(p) => (decide::set_lapsed(d, p, false), Answer::Silence),
        Event::Widen => (d.with_widened(true), Answer::Silence),
        Event::Tick => (decide::tick(d, terms), Answer::Silence),
        Event::Callback(fate) => callback::callback(d, fate, terms, c),
        Event::ResponseLost => (poll::response_lost(d, c), Answer::Silence),
        Event::Renew(_) => (d, renew::renew(d, terms, c)),
        Event::Present => (d, renew::present(d, c)),
    }
}

impl Deferral {
    /// Forgets what no reading still possible can bring to light, so that
    /// states which behave alike are one state.
    fn settled(self, terms: &Terms, c: &Choices<'_>) -> Self {
        use Question::{C01, C10, C13, C20, C48, C65, C71};
        use Reading::{A, B, C};
        let mut d = self;
        let pending_in_time = d.is_pending() && !d.is_expired(terms);
        let rate_beyond_pending = c.may_read(C10, A) || c.may_read(C10, C);
        let rate_matters = pending_in_time || (rate_beyond_pending && d.exists());
        let reissue = c.may_read(C01, A) || c.may_read(C13, C);
        let repeat = c.may_read(C01, C) || c.may_read(C13, B);

        let (longest_wait, most_slow_downs) = match c.may_read(C20, B) {
            true => (terms.interval + 2, 2),
            false => (terms.interval, 1),
        };
        if !rate_matters {
            d = d.with_since(longest_wait).with_slow_downs(0);
        }
        d = d
            .with_since(d.since().min(longest_wait))
            .with_slow_downs(d.slow_downs().min(most_slow_downs))
            .with_fresh(d.fresh() && c.may_read(C01, C))
            .with_lost(d.lost() && c.may_read(C71, B))
            .with_widened(d.widened() && c.may_read(C48, C));
        // A repeated request is compared with the first as long as it may be known.
        let comparable = d.is_live() || d.phase() == Phase::Denied;
        d = d.with_interactive(d.interactive() && comparable);
        if d.is_direct() && !d.exists() {
            d = d.with_verifier(Verifier::Shown);
        }
        let granted = matches!(
            d.phase(),
            Phase::Approved | Phase::ApprovedLate | Phase::Redeemed
        );
        d = d.with_approval(if granted { d.approval() } else { 0 });
        // What is renewed is no wider than what was granted, and looked at anew.
        let bounding = d.approval() > 0;
        match d.phase() {
            Phase::Redeemed if reissue => {}
            Phase::Redeemed if repeat => {
                d = d
                    .with_consent_lapsed(d.consent_lapsed() && bounding)
                    .with_widened(false);
            }
            Phase::Redeemed | Phase::Denied | Phase::Cancelled | Phase::Disposed => {
                d = d
                    .with_consent_lapsed(d.consent_lapsed() && bounding)
                    .with_widened(false)
                    .with_narrow(d.narrow() && bounding)
                    .with_unsound(false);
            }
            _ => {}
        }
        if d.is_expired(terms) && !c.may_read(C65, A) && d.callback() != Callback::None {
            let silenced = d.callback() == Callback::Due || !c.may_read(C65, B);
            d = d.with_callback(if silenced {
                Callback::None
            } else {
                d.callback()
            });
        }
        d
    }
}

#[cfg(test)]
mod tests;
