//! What becomes of a token, where an approval bounds all that comes of it: the
//! token itself, whatever it is refreshed or exchanged for (AROP Section 7.4).
//!
//! Clients need not be given what renews a token, and so silence is always
//! possible: nothing is asked.

use crate::choice::Choices;
use crate::deferral::{Deferral, Phase, poll};
use crate::event::Answer;
use crate::terms::Terms;

/// Within the approval it is evaluated again, and may be granted; afterwards there
/// is one answer.
pub(super) fn renew(d: Deferral, terms: &Terms, c: &mut Choices<'_>) -> Answer {
    if d.phase() != Phase::Redeemed || terms.approval == 0 {
        return Answer::Silence;
    }
    if d.client_lapsed() {
        let refusals = [poll::disabled(c), Answer::GrantError, Answer::Silence];
        return c.either(&refusals);
    }
    if d.is_approval_over(terms) {
        return c.either(&[Answer::InvalidGrant, Answer::Silence]);
    }
    if d.consent_lapsed() {
        return c.either(&[Answer::GrantError, Answer::Silence]);
    }
    let token = Answer::Token {
        scope: poll::granted_scope(d),
        again: false,
    };
    c.either(&[token, Answer::GrantError, Answer::Silence])
}

/// How long a token is good within its approval is the server's business.
pub(super) fn present(d: Deferral, c: &mut Choices<'_>) -> Answer {
    match (d.phase(), d.approval()) {
        (Phase::Redeemed, 0) => c.either(&[Answer::TokenOver, Answer::Silence]),
        (Phase::Redeemed, _) => {
            let possible = [Answer::TokenGood, Answer::TokenOver, Answer::Silence];
            c.either(&possible)
        }
        _ => Answer::Silence,
    }
}
