//! The initial token request (Sections 5, 6.3 and 6.4), and the authorization
//! request before it, where that may be deferred itself (pull request 47).

use crate::choice::Choices;
use crate::deferral::{Deferral, Phase, Verifier, poll};
use crate::draft::{Interaction, Opening};
use crate::event::{Answer, Code, Scope, Steer, TokenRequest};
use crate::question::{Question, Reading};
use crate::terms::Terms;

pub(super) fn request(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    if terms.draft.rules.opening == Opening::OwnEndpoint {
        return at_own_endpoint(d, r, terms, c);
    }
    let interactive = r.interactive && terms.draft.rules.interaction == Interaction::OptedIn;
    let r = TokenRequest {
        opted_in: r.opted_in || interactive,
        interactive,
        ..r
    };
    if d.client_lapsed() {
        let refusals = [poll::disabled(c), Answer::GrantError];
        return (d, c.either(&refusals));
    }
    if d.phase() != Phase::Absent && terms.one_time && !d.is_direct() {
        return presented_again(d, r, terms, c);
    }
    if !r.sound && c.reads(Question::C42, Reading::A) {
        return (d, Answer::GrantError);
    }
    if r.hinted
        && r.sound
        && terms.draft.rules.opening == Opening::Either
        && let Some(answered) = directly(d, r, terms, c)
    {
        return answered;
    }
    if r.steer == Steer::Refuse && r.sound && c.either(&[true, false]) {
        return (credential_spent_or_not(d, terms, c), Answer::Refusal);
    }
    // What is not valid anyway may be refused for that first (C-42/B).
    if r.hinted && !r.opted_in && r.sound {
        // C-36/B is one server's habit, so under it either answer may be seen.
        let refused = match c.ask(Question::C36) {
            Reading::A => true,
            Reading::B => c.either(&[true, false]),
            Reading::C | Reading::D => false,
        };
        if refused {
            return (credential_spent_or_not(d, terms, c), Answer::InvalidRequest);
        }
    }
    if !r.opted_in {
        return synchronous(d, r, terms, c);
    }
    if terms.public && !r.keyed {
        match c.ask(Question::C54) {
            Reading::A => return synchronous(d, r, terms, c),
            Reading::B => {
                // Refused, unless it can be completed at once.
                let refusals = [Answer::InvalidRequest, Answer::InvalidDpopProof];
                let completes = r.steer == Steer::Complete;
                return match c.either(&[completes, !completes]) {
                    true => synchronous(d, r, terms, c),
                    false => (credential_spent_or_not(d, terms, c), c.either(&refusals)),
                };
            }
            Reading::C | Reading::D => {}
        }
    }
    opted_in(d, r, terms, c)
}

/// Whatever is sound is deferred (RFC 8628 Section 3.2, CIBA Core Section 7.3).
fn at_own_endpoint(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    if d.client_lapsed() {
        let refusals = [poll::disabled(c), Answer::GrantError];
        return (d, c.either(&refusals));
    }
    let rules = &terms.draft.rules;
    let r = TokenRequest {
        keyed: r.keyed && rules.sender_constrained,
        ..r
    };
    if !r.sound {
        return (d, Answer::GrantError);
    }
    if r.steer == Steer::Refuse && c.either(&[true, false]) {
        return (d, Answer::Refusal);
    }
    if !rules.challenged {
        return defer(d, r, terms, c, [false; 2]);
    }
    // Whether a challenge is good once more, after something came of it, is not said.
    let used = d.phase() != Phase::Absent && !d.is_live();
    if used && c.either(&[true, false]) {
        return (d, Answer::GrantError);
    }
    let completes = r.steer == Steer::Complete;
    match c.either(&[completes, !completes]) {
        true => at_once(d),
        false => defer(d, r, terms, c, [false; 2]),
    }
}

/// A token without any wait: the challenge that asked for it is used.
fn at_once(d: Deferral) -> (Deferral, Answer) {
    let token = Answer::Token {
        scope: Scope::Whole,
        again: false,
    };
    match d.phase() {
        Phase::Absent => (d.with_phase(Phase::Synchronous), token),
        _ => (d, token),
    }
}

/// What the authorization endpoint answers in place of an authorization code; `None`
/// if it hands out such a code, as it always may (pull request 47).
fn directly(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> Option<(Deferral, Answer)> {
    let completes = r.steer == Steer::Complete;
    if c.either(&[completes, !completes]) {
        return None;
    }
    // Without `dpop_jkt` nothing but its name would bind the code to a public client.
    if terms.public && !r.keyed {
        return Some((d, Answer::GrantError));
    }
    // The response has no link: who is needed is said by the first poll.
    let needed = r.steer == Steer::Interact;
    let waits = may_interact(r, terms) && c.either(&[needed, !needed]);
    let opened = defer(d, r, terms, c, [false, waits]);
    Some(match d.phase() {
        Phase::Absent => {
            let (interaction, code) = (false, Code::Direct);
            let awaiting = opened.0.with_verifier(Verifier::Awaited);
            (awaiting, Answer::Deferred { interaction, code })
        }
        _ => opened,
    })
}

/// Whether the client may be told that interaction is needed.
fn may_interact(r: TokenRequest, terms: &Terms) -> bool {
    match terms.draft.rules.interaction {
        Interaction::Unknown => false,
        Interaction::Anybody => true,
        Interaction::OptedIn => r.interactive,
    }
}

/// Whether to defer is the server's discretion (Section 5.3).
fn opted_in(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    let may_complete = terms.draft.rules.opening != Opening::AuthorizationEndpoint;
    let order: &[Option<Steer>] = match (may_complete, may_interact(r, terms), r.steer) {
        (true, true, Steer::Complete) => &[None, Some(Steer::Defer), Some(Steer::Interact)],
        (true, true, Steer::Defer | Steer::Refuse) => {
            &[Some(Steer::Defer), Some(Steer::Interact), None]
        }
        (true, true, Steer::Interact) => &[Some(Steer::Interact), Some(Steer::Defer), None],
        (true, false, Steer::Complete) => &[None, Some(Steer::Defer)],
        (true, false, _) => &[Some(Steer::Defer), None],
        (false, true, Steer::Interact) => &[Some(Steer::Interact), Some(Steer::Defer)],
        (false, true, _) => &[Some(Steer::Defer), Some(Steer::Interact)],
        (false, false, _) => &[Some(Steer::Defer)],
    };
    match c.either(order) {
        None => synchronous(d, r, terms, c),
        Some(steer) => {
            let needed = steer == Steer::Interact;
            let interaction = needed && c.reads(Question::C28, Reading::A);
            // Whoever always opens with `authorization_pending` may know better
            // by the first poll (C-28/B).
            let waits = interaction || (needed && c.either(&[false, true]));
            defer(d, r, terms, c, [interaction, waits])
        }
    }
}

/// `interaction` is what the response says, `waits` what is the case.
fn defer(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
    [interaction, waits]: [bool; 2],
) -> (Deferral, Answer) {
    // A challenge that was used at once may open a first deferral.
    let first = d.phase() == Phase::Absent
        || (terms.draft.rules.challenged && d.phase() == Phase::Synchronous);
    if !first {
        // A reusable credential starts another, independent deferral; so does
        // another authorization request.
        let code = match is_known(d, r, terms, c) {
            true => Code::Same,
            false => Code::Other,
        };
        return (d, Answer::Deferred { interaction, code });
    }
    let phase = match waits {
        true => Phase::Interaction,
        false => Phase::Pending,
    };
    // The first poll is free: `since` starts as if the wait were over.
    let opened = d
        .with_phase(phase)
        .with_age(0)
        .with_since(terms.interval + 2)
        .with_bound(r.keyed)
        .with_interactive(r.interactive)
        .with_unsound(!r.sound);
    let code = Code::New;
    (opened, Answer::Deferred { interaction, code })
}

/// Whether a request like the one that waits is that one, and no other (AROP Section
/// 7.2). Whether an approval that has ended is still one to wait for is not said.
fn is_known(d: Deferral, r: TokenRequest, terms: &Terms, c: &mut Choices<'_>) -> bool {
    let waiting = d.is_live() && !d.is_expired(terms) && r.keyed == d.bound();
    let over = !d.is_pending() && d.is_approval_over(terms);
    terms.draft.rules.idempotent
        && waiting
        && c.reads(Question::C45, Reading::C)
        && !(over && c.either(&[false, true]))
}

/// Completed at once, or failed, by the originating grant's rules (Section 5.3).
fn synchronous(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    let token = Answer::Token {
        scope: Scope::Whole,
        again: false,
    };
    let refusal = match r.sound && terms.draft.rules.refuses_natively {
        true => Answer::Refusal,
        false => Answer::GrantError,
    };
    let order = match (r.sound, r.steer) {
        (false, _) => [refusal; 2],
        (true, Steer::Complete) => [token, refusal],
        (true, _) => [refusal, token],
    };
    match c.either(&order[..if r.sound { 2 } else { 1 }]) {
        answer if answer == refusal => (credential_spent_or_not(d, terms, c), answer),
        answer if terms.one_time && d.phase() == Phase::Absent => {
            (d.with_phase(Phase::Synchronous), answer)
        }
        answer => (d, answer),
    }
}

/// Whether a refusal spends a one-time credential is not said (C-37).
fn credential_spent_or_not(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Deferral {
    match terms.one_time && d.phase() == Phase::Absent && c.either(&[false, true]) {
        true => d.with_phase(Phase::Synchronous),
        false => d,
    }
}

/// The same one-time credential once more (Section 11.2, C-45).
fn presented_again(
    d: Deferral,
    r: TokenRequest,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    let spent = (d, Answer::InvalidGrant);
    if matches!(d.phase(), Phase::Redeemed | Phase::Synchronous) || !r.sound {
        return spent;
    }
    if !r.opted_in {
        // If the credential was hinted, that is a second reason to refuse, and
        // which comes first is nowhere said.
        return (d, c.either(&[Answer::InvalidGrant, Answer::InvalidRequest]));
    }
    match c.ask(Question::C45) {
        Reading::A => spent,
        Reading::B => {
            let (_, answer) = defer(d, r, terms, c, [false; 2]);
            (d, c.either(&[answer, Answer::InvalidGrant]))
        }
        Reading::C | Reading::D => {
            let unchanged = r.keyed == d.bound() && r.interactive == d.interactive();
            let known = unchanged && (d.is_live() || d.phase() == Phase::Denied);
            // How long is "at once" is the server's business, the lifetime its end.
            let again = match d.age() {
                0 => known,
                _ => known && !d.is_expired(terms) && c.either(&[false, true]),
            };
            if !again {
                return spent;
            }
            let waits = matches!(d.phase(), Phase::Interaction | Phase::Interacting);
            let answer = Answer::Deferred {
                interaction: waits && c.reads(Question::C28, Reading::A),
                code: Code::Same,
            };
            (d, answer)
        }
    }
}
