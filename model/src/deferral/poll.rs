//! A poll (Sections 6.5 and 6.6), in the order the pins imply: client,
//! ownership, proof, code verifier (only pull request 47), terminal state, rate,
//! pending.

use crate::choice::Choices;
use crate::deferral::{Callback, Deferral, Phase, Verifier};
use crate::event::{Answer, Caller, Scope};
use crate::question::{Question, Reading};
use crate::terms::Terms;

pub(super) fn poll(
    d: Deferral,
    by: Caller,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    // Where no verifier is asked for, one makes a poll malformed (C-26), which may be seen before anything else.
    if by == Caller::OtherVerifier && !d.is_direct() && c.either(&[true, false]) {
        return (d, Answer::InvalidRequest);
    }
    // Step 1: client authentication.
    if by == Caller::Impostor {
        return (d, unauthenticated(d, c));
    }
    if by != Caller::OtherClient && d.client_lapsed() && !c.reads(Question::C16, Reading::B) {
        return (d, disabled(c));
    }
    // Step 2: recognised, and issued to this client.
    let lacks_something = matches!(
        by,
        Caller::OtherKey | Caller::NoVerifier | Caller::OtherVerifier
    );
    if !d.exists() || (lacks_something && is_forgotten(d, terms, c)) {
        return (d, Answer::InvalidGrant);
    }
    let early = is_early(d, terms, c);
    if early
        && c.reads(Question::C10, Reading::C)
        && let Some(throttled) = throttle(d, terms, c)
    {
        return throttled;
    }
    if by == Caller::OtherClient {
        let revealing =
            d.bound() && c.reads(Question::C11, Reading::A) && !is_forgotten(d, terms, c);
        return (
            d,
            if revealing {
                refused_proof(c)
            } else {
                Answer::InvalidGrant
            },
        );
    }
    // Section 11.1: the same key.
    if by == Caller::OtherKey && d.bound() {
        return (d, without_the_key(d, terms, c));
    }
    let d = match verified(d, by) {
        Ok(d) => d,
        Err(refused) => return refused,
    };
    if early
        && c.reads(Question::C10, Reading::A)
        && let Some(throttled) = throttle(d, terms, c)
    {
        return throttled;
    }
    if d.locked() {
        return (d, Answer::InvalidRequest);
    }
    let counted = d.with_since(0);
    if let Some(answer) = terminal(counted, terms, c) {
        // C-05/B: the identifier may be gone at any moment, and stays gone.
        let dropped = d.phase() == Phase::Cancelled && answer == Answer::InvalidGrant;
        let forgotten = dropped || c.reads(Question::C08, Reading::A);
        return (
            if forgotten {
                counted.with_phase(Phase::Disposed)
            } else {
                counted
            },
            answer,
        );
    }
    if !d.is_pending() {
        return redeem(counted, terms, c);
    }
    if early
        && c.reads(Question::C10, Reading::B)
        && let Some(throttled) = throttle(d, terms, c)
    {
        return throttled;
    }
    match d.phase() {
        Phase::Interaction => (counted, Answer::InteractionRequired),
        Phase::Interacting => (counted, Answer::InteractionPending),
        _ => (counted, Answer::AuthorizationPending),
    }
}

/// Whether the code's end made the server forget it. A code that is forgotten
/// is unknown to everybody, whatever proof comes with it.
fn is_forgotten(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> bool {
    d.is_expired(terms)
        && match d.phase() {
            Phase::Approved => c.reads(Question::C02, Reading::C),
            Phase::Denied => c.reads(Question::C04, Reading::C),
            Phase::Cancelled => c.reads(Question::C06, Reading::C),
            _ => false,
        }
}

/// The error of a disabled client (C-16).
pub(super) fn disabled(c: &mut Choices<'_>) -> Answer {
    match c.ask(Question::C16) {
        Reading::A => Answer::InvalidClient,
        Reading::B => Answer::AccessDenied,
        Reading::C | Reading::D => Answer::UnauthorizedClient,
    }
}

/// The error of a failed client authentication. Of a disabled client a server
/// may see that first (C-16).
pub(super) fn unauthenticated(d: Deferral, c: &mut Choices<'_>) -> Answer {
    match d.client_lapsed() && c.either(&[false, true]) {
        true => disabled(c),
        false => Answer::InvalidClient,
    }
}

/// The error of a missing or foreign proof (Section 11.1, C-51).
fn refused_proof(c: &mut Choices<'_>) -> Answer {
    match c.ask(Question::C51) {
        Reading::A => Answer::InvalidDpopProof,
        Reading::B => Answer::DpopChallenge,
        Reading::C | Reading::D => Answer::InvalidGrant,
    }
}

/// What the right client with the wrong key is told. Nothing changes, and it
/// does not count as a poll.
fn without_the_key(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Answer {
    if (!d.is_live() || d.is_expired(terms))
        && let Some(answer) = terminal(d, terms, c)
        && c.reads(Question::C11, Reading::C)
    {
        return answer;
    }
    refused_proof(c)
}

/// The deferral once the verifier was looked at, or how the poll is refused. A
/// refusal is no poll for the pace.
fn verified(d: Deferral, by: Caller) -> Result<Deferral, (Deferral, Answer)> {
    match (d.verifier(), by) {
        (Verifier::Awaited, Caller::NoVerifier) => Err((d, Answer::InvalidRequest)),
        (Verifier::Awaited, Caller::OtherVerifier) => {
            Err((d.with_phase(Phase::Disposed), Answer::InvalidGrant))
        }
        (Verifier::Awaited, _) => Ok(d.with_verifier(Verifier::Shown)),
        (Verifier::Unasked | Verifier::Shown, Caller::OtherVerifier) => {
            Err((d, Answer::InvalidRequest))
        }
        (Verifier::Unasked | Verifier::Shown, _) => Ok(d),
    }
}

/// The error that a resolved request answers with, or `None` if it is pending
/// or a token is owed (Section 6.5.1 steps 3 to 5).
fn terminal(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Option<Answer> {
    use Answer::{AccessDenied, ExpiredToken, InvalidGrant};
    let expired = d.is_expired(terms);
    match d.phase() {
        Phase::Pending | Phase::Interaction | Phase::Interacting => expired.then_some(ExpiredToken),
        Phase::Approved if !expired => None,
        Phase::Approved => match c.ask(Question::C02) {
            Reading::A => None,
            Reading::B => Some(ExpiredToken),
            Reading::C | Reading::D => Some(InvalidGrant),
        },
        Phase::ApprovedLate => None,
        Phase::Denied if !expired => Some(AccessDenied),
        Phase::Denied => Some(match c.ask(Question::C04) {
            Reading::A => AccessDenied,
            Reading::B => ExpiredToken,
            Reading::C | Reading::D => InvalidGrant,
        }),
        Phase::Cancelled if !expired => Some(match c.reads(Question::C05, Reading::A) {
            true => AccessDenied,
            false => c.either(&[AccessDenied, InvalidGrant]),
        }),
        Phase::Cancelled => Some(match c.ask(Question::C06) {
            Reading::A => AccessDenied,
            Reading::B => ExpiredToken,
            Reading::C | Reading::D => InvalidGrant,
        }),
        Phase::Redeemed => redeemed(d, terms, c),
        Phase::Absent | Phase::Disposed | Phase::Synchronous => Some(InvalidGrant),
    }
}

/// A code that already gave a token (Section 6.5.2); `None` if it gives another.
fn redeemed(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Option<Answer> {
    let again = Answer::Token {
        scope: granted_scope(d),
        again: true,
    };
    let expired = d.is_expired(terms);
    if c.reads(Question::C01, Reading::A) {
        return None;
    }
    if d.fresh() && c.reads(Question::C01, Reading::C) {
        return Some(again);
    }
    if !expired && c.reads(Question::C13, Reading::B) {
        return Some(again);
    }
    match expired && c.reads(Question::C07, Reading::B) {
        true => Some(Answer::ExpiredToken),
        false => Some(Answer::InvalidGrant),
    }
}

/// Re-evaluates the preconditions, of which an approval that has not ended is one
/// where approvals end, and issues the token (Section 11.7, AROP Section 7.4).
fn redeem(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> (Deferral, Answer) {
    let lapsed = d.consent_lapsed() || d.client_lapsed();
    // Where nothing is said of that, it is the server's business.
    let looked_at = lapsed && (terms.draft.rules.rechecks || c.either(&[false, true]));
    let over = d.is_approval_over(terms);
    if over || (looked_at && !c.reads(Question::C48, Reading::B)) {
        return match c.reads(Question::C15, Reading::A) {
            true => (d.with_phase(Phase::Denied), Answer::AccessDenied),
            false => (d, Answer::AccessDenied),
        };
    }
    let wider = d.widened() && c.reads(Question::C48, Reading::C);
    let scope = if wider {
        Scope::Wider
    } else {
        granted_scope(d)
    };
    let owed = d.is_called_back(terms) && d.callback() != Callback::None;
    let burnt = d
        .with_phase(Phase::Redeemed)
        .with_fresh(true)
        .with_lost(false)
        .with_callback(if owed { d.callback() } else { Callback::None });
    (
        burnt,
        Answer::Token {
            scope,
            again: false,
        },
    )
}

pub(super) fn granted_scope(d: Deferral) -> Scope {
    match d.narrow() {
        true => Scope::Narrowed,
        false => Scope::Whole,
    }
}

/// The server learns that the token response it wrote did not arrive.
pub(super) fn response_lost(d: Deferral, c: &mut Choices<'_>) -> Deferral {
    match d.phase() == Phase::Redeemed {
        true if c.reads(Question::C13, Reading::C) => d.with_phase(Phase::Approved),
        true => d.with_lost(true),
        false => d,
    }
}

/// Faster than the interval allows (Section 6.6, C-20).
fn is_early(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> bool {
    let waited = d.since();
    waited < terms.interval
        || (waited < terms.interval + d.slow_downs() && c.reads(Question::C20, Reading::B))
}

#[derive(Clone, Copy)]
enum Reaction {
    SlowDown,
    Serve,
    LockOut,
}

/// What a server does to a poll that came too early, or `None` if it serves it
/// all the same: `slow_down` is a SHOULD, stepping up a MAY (Section 11.3).
fn throttle(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Option<(Deferral, Answer)> {
    use Reaction::{LockOut, Serve, SlowDown};
    let repeated = d.slow_downs() > 0;
    let refusable = repeated && terms.draft.rules.persistence_refusable;
    match c.either(if refusable {
        &[SlowDown, Serve, LockOut]
    } else {
        &[SlowDown, Serve]
    }) {
        Serve => None,
        SlowDown => {
            let slowed = d.with_slow_downs((d.slow_downs() + 1).min(2));
            let restarted = c.reads(Question::C20, Reading::C);
            Some((
                if restarted {
                    slowed.with_since(0)
                } else {
                    slowed
                },
                Answer::SlowDown,
            ))
        }
        LockOut => Some((locked_out(d, terms, c), Answer::InvalidRequest)),
    }
}

/// What the lock-out does to the request itself (C-24).
fn locked_out(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Deferral {
    match c.ask(Question::C24) {
        Reading::A => d,
        Reading::B if !d.is_live() => d,
        Reading::B => {
            let told = d.is_called_back(terms) && !c.reads(Question::C59, Reading::C);
            d.with_phase(Phase::Cancelled).with_callback(if told {
                Callback::Due
            } else {
                Callback::None
            })
        }
        Reading::C | Reading::D => d.with_locked(true),
    }
}
