//! Cancellation: a revocation of the deferral code (Section 8.2).

use crate::choice::Choices;
use crate::deferral::{Callback, Deferral, Phase, poll};
use crate::event::{Answer, Caller};
use crate::question::{Question, Reading};
use crate::terms::Terms;

pub(super) fn revoke(
    d: Deferral,
    by: Caller,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    if by == Caller::Impostor {
        return (d, poll::unauthenticated(d, c));
    }
    if by != Caller::OtherClient && d.client_lapsed() && !c.reads(Question::C16, Reading::B) {
        return (d, poll::disabled(c));
    }
    if by == Caller::OtherClient && d.exists() && terms.draft.rules.foreign_revocation_fails {
        return (d, Answer::InvalidClient);
    }
    // Clause 2: unknown and foreign codes alike. Where nothing can be cancelled,
    // every handle is a token that RFC 7009 does not know (its Section 2.2).
    if by == Caller::OtherClient || !d.exists() || !terms.draft.rules.cancellable {
        return (d, Answer::Revoked);
    }
    if by == Caller::OtherKey && d.bound() {
        let live = d.is_live() && !d.is_expired(terms);
        match c.ask(Question::C52) {
            Reading::A if live => return (d, Answer::InvalidDpopProof),
            Reading::A | Reading::B => return (d, Answer::Revoked),
            Reading::C | Reading::D => {}
        }
    }
    (cancelled(d, terms, c), Answer::Revoked)
}

/// What an own, recognised code becomes.
fn cancelled(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Deferral {
    match d.phase() {
        // Clause 1.
        _ if d.is_pending() && !d.is_expired(terms) => cancel(d, terms, c),
        Phase::ApprovedLate => cancel(d, terms, c),
        // Clause 4: approved and not delivered.
        Phase::Approved if !d.is_expired(terms) || c.reads(Question::C02, Reading::A) => {
            match c.reads(Question::C70, Reading::A) {
                true => cancel(d, terms, c),
                false => d.with_phase(Phase::Disposed).with_callback(Callback::None),
            }
        }
        Phase::Denied if c.reads(Question::C69, Reading::B) => {
            d.with_phase(Phase::Cancelled).with_callback(Callback::None)
        }
        Phase::Denied => d,
        Phase::Redeemed if d.lost() && c.reads(Question::C71, Reading::B) => {
            d.with_phase(Phase::Cancelled).with_callback(Callback::None)
        }
        // Clause 2, unless clause 1 is read to swallow it.
        _ if c.reads(Question::C68, Reading::B) => {
            d.with_phase(Phase::Cancelled).with_callback(Callback::None)
        }
        _ => d,
    }
}

/// Callbacks not yet begun are suppressed (clause 1, C-59).
fn cancel(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Deferral {
    let told = d.is_called_back(terms) && c.reads(Question::C59, Reading::A);
    d.with_phase(Phase::Cancelled)
        .with_callback(if told { Callback::Due } else { Callback::None })
}
