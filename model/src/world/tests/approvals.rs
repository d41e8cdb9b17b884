//! What AROP adds has been seen to fail, too: for each of its properties a server
//! with one fault, over each of the three texts that it is laid over.

use std::collections::BTreeMap;

use super::{Fault, checked};
use crate::Outcome;
use crate::check::Case;
use crate::deferral::{Deferral, Phase};
use crate::draft::Draft;
use crate::event::{Answer, Code, Event, Scope, Steer};
use crate::property::Property;

/// What a server with this fault breaks of the promises, and in how many steps, over each text.
fn breaks(fault: Fault) -> Vec<BTreeMap<&'static str, usize>> {
    let broken = |draft: &'static Draft| {
        let found = checked(draft, draft.pins(), fault).expect("every property is put to the test");
        let promised = found
            .broken
            .iter()
            .filter(|(p, _)| Property::OF_APPROVALS.contains(p));
        promised.map(|(p, path)| (p.id(), path.len())).collect()
    };
    Draft::profiles().map(broken).collect()
}

fn answered(answer: Answer, outcome: Outcome) -> Outcome {
    Outcome { answer, ..outcome }
}

fn token(scope: Scope) -> Answer {
    Answer::Token {
        scope,
        again: false,
    }
}

fn refused() -> Event {
    Event::Request(crate::event::TokenRequest {
        steer: Steer::Refuse,
        ..crate::event::TokenRequest::PLAIN
    })
}

#[test]
fn the_profile_keeps_what_it_promises_over_each_text() {
    for draft in Draft::profiles() {
        let found = Case::pins(draft)
            .check()
            .expect("every property is put to the test");
        for property in Property::OF_APPROVALS {
            assert!(
                !found.broken.contains_key(&property),
                "{draft:?}: {property}"
            );
        }
        // Who never hears a `slow_down` that raised the interval is too fast ever after; DTR mended that.
        let raised = draft.own_endpoint.is_some();
        assert_eq!(
            found.broken.contains_key(&Property::L4),
            raised,
            "{draft:?}"
        );
    }
}

#[test]
fn a_token_is_good_for_longer_than_its_approval() {
    fn fault(_: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match (event, outcome.answer) {
            (Event::Present, Answer::TokenOver) => answered(Answer::TokenGood, outcome),
            _ => outcome,
        }
    }
    for broken in breaks(fault) {
        assert_eq!(broken.keys().collect::<Vec<_>>(), [&"S13"]);
    }
}

#[test]
fn a_token_is_issued_once_the_approval_is_over() {
    fn fault(d: Deferral, event: Event, outcome: Outcome) -> Outcome {
        let poll = super::owner_polls(event) && outcome.answer == Answer::AccessDenied;
        match poll && d.phase() == Phase::Approved && d.approval() == 0 {
            true => Outcome {
                deferral: super::redeemed(d),
                ..answered(token(Scope::Whole), outcome)
            },
            false => outcome,
        }
    }
    for broken in breaks(fault) {
        assert_eq!(broken.keys().collect::<Vec<_>>(), [&"S13"]);
    }
}

#[test]
fn a_refresh_or_an_exchange_outlives_the_approval_or_fails_in_other_words() {
    fn goes_on(_: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match (event, outcome.answer) {
            (Event::Renew(_), Answer::InvalidGrant) => answered(token(Scope::Whole), outcome),
            _ => outcome,
        }
    }
    fn misworded(_: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match (event, outcome.answer) {
            (Event::Renew(_), Answer::InvalidGrant) => answered(Answer::AccessDenied, outcome),
            _ => outcome,
        }
    }
    for broken in [goes_on, misworded].into_iter().flat_map(breaks) {
        assert_eq!(broken.keys().collect::<Vec<_>>(), [&"S14"]);
    }
}

#[test]
fn a_renewed_token_is_wider_than_the_approval() {
    fn fault(_: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match (event, outcome.answer) {
            (Event::Renew(_), Answer::Token { .. }) => answered(token(Scope::Whole), outcome),
            _ => outcome,
        }
    }
    // Only the first client's approvals are narrowed.
    for broken in breaks(fault) {
        assert_eq!(broken.keys().collect::<Vec<_>>(), [&"S11"]);
    }
}

#[test]
fn a_repeated_request_opens_another_deferral() {
    fn fault(_: Deferral, _: Event, outcome: Outcome) -> Outcome {
        match outcome.answer {
            Answer::Deferred {
                interaction,
                code: Code::Same,
            } => answered(
                Answer::Deferred {
                    interaction,
                    code: Code::Other,
                },
                outcome,
            ),
            _ => outcome,
        }
    }
    for broken in breaks(fault) {
        assert!(broken.contains_key("S15"), "{broken:?}");
    }
}

#[test]
fn what_nobody_may_approve_is_denied_like_a_request_that_waited() {
    fn fault(_: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match event == refused() && outcome.answer == Answer::Refusal {
            true => answered(Answer::AccessDenied, outcome),
            false => outcome,
        }
    }
    for broken in breaks(fault) {
        assert_eq!(broken.get("S16"), Some(&1), "{broken:?}");
    }
}

#[test]
fn who_did_not_opt_in_is_deferred() {
    fn fault(d: Deferral, event: Event, outcome: Outcome) -> Outcome {
        let unasked = matches!(event, Event::Request(r) if !r.opted_in);
        match unasked && d.phase() == Phase::Absent {
            true => Outcome {
                deferral: d.with_phase(Phase::Pending),
                ..answered(
                    Answer::Deferred {
                        interaction: false,
                        code: Code::New,
                    },
                    outcome,
                )
            },
            false => outcome,
        }
    }
    let broken = breaks(fault);
    let [dtr, ciba, txn] = &broken[..] else {
        panic!("three texts: {broken:?}")
    };
    assert_eq!(dtr.get("S6"), Some(&1), "{dtr:?}");
    // Whoever comes to an endpoint of its own has asked for it.
    assert!(ciba.is_empty() && txn.is_empty(), "{ciba:?} {txn:?}");
}
