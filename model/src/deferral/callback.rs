//! A callback attempt (Section 7).

use crate::choice::Choices;
use crate::deferral::{Callback, Deferral, Phase};
use crate::event::{Answer, Fate};
use crate::question::{Question, Reading};
use crate::terms::Terms;

/// The server has its occasion to make an attempt; the network decides its fate.
pub(super) fn callback(
    d: Deferral,
    fate: Fate,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> (Deferral, Answer) {
    let none = (d.with_callback(Callback::None), Answer::Silence);
    let retry = match d.callback() {
        Callback::None => return (d, Answer::Silence),
        Callback::Due => false,
        Callback::Retry => true,
    };
    if d.is_expired(terms) {
        match c.ask(Question::C65) {
            Reading::A => {}
            Reading::B if retry => {}
            Reading::B | Reading::C | Reading::D => return none,
        }
    }
    // Retries are out of scope (Section 7.1), and a client that polled its
    // token already need not be told.
    let optional = retry || d.phase() == Phase::Redeemed;
    if optional && !c.either(&[true, false]) {
        return none;
    }
    let bearer = c.reads(Question::C58, Reading::A);
    if !bearer && !c.either(&[true, false]) {
        return none;
    }
    let after = match fate {
        Fate::Delivered => Callback::None,
        Fate::Lost => Callback::Retry,
    };
    (d.with_callback(after), Answer::Called { bearer })
}
