//! Codes from the authorization endpoint (pull request 47): who gets one, and what the code verifier is to polls.

use crate::deferral::{Deferral, Outcome, Phase, Verifier, step};
use crate::draft::Draft;
use crate::event::{Answer, Caller, Code, Decision, Event, Scope, Steer, TokenRequest};
use crate::question::Readings;
use crate::terms::Terms;

const HINTED: TokenRequest = TokenRequest {
    hinted: true,
    ..TokenRequest::PLAIN
};
const APPROVE: Event = Event::Decide(Decision::Approve);
const DIRECT: Answer = Answer::Deferred {
    interaction: false,
    code: Code::Direct,
};
const TOKEN: Answer = Answer::Token {
    scope: Scope::Whole,
    again: false,
};

const fn poll(by: Caller) -> Event {
    Event::Poll { by, lost: false }
}

fn outcomes(d: Deferral, event: Event, terms: Terms) -> Vec<Outcome> {
    step(d, event, &terms.under(&Draft::PR_47), &Readings::pins())
}

/// The one thing that happens.
fn only(d: Deferral, event: Event, terms: Terms) -> Outcome {
    let all = outcomes(d, event, terms);
    assert_eq!(all.len(), 1, "{event}: {all:?}");
    all[0]
}

/// A code from the authorization endpoint that nobody has polled.
fn opened(terms: Terms) -> Deferral {
    let preferred = outcomes(Deferral::ABSENT, Event::Request(HINTED), terms)[0];
    assert_eq!(preferred.answer, DIRECT);
    preferred.deferral
}

/// Terms under which a callback would be due, and a public client's.
const BOTH: [Terms; 2] = [
    Terms {
        one_time: true,
        ..Terms::CREDENTIALS
    },
    Terms::CODE,
];

#[test]
fn only_a_sound_request_that_hints_is_deferred_before_the_token_endpoint() {
    for terms in BOTH {
        let direct = |request| {
            let all = outcomes(Deferral::ABSENT, Event::Request(request), terms);
            all.iter().any(|o| o.answer == DIRECT)
        };
        let forgetful = TokenRequest {
            opted_in: false,
            ..HINTED
        };
        assert!(direct(HINTED) && direct(forgetful));
        assert!(!direct(TokenRequest::PLAIN), "no hint, no opt-in there");
        let unsound = TokenRequest {
            sound: false,
            ..HINTED
        };
        assert!(!direct(unsound));
        let keyless = TokenRequest {
            keyed: false,
            ..HINTED
        };
        assert_eq!(direct(keyless), !terms.public);
    }
}

#[test]
fn the_server_may_hand_out_an_authorization_code_instead() {
    let completes = TokenRequest {
        steer: Steer::Complete,
        ..HINTED
    };
    let all = outcomes(Deferral::ABSENT, Event::Request(completes), Terms::CODE);
    assert_eq!(all[0].answer, TOKEN);
    let new = Answer::Deferred {
        interaction: false,
        code: Code::New,
    };
    for answer in [DIRECT, new] {
        assert!(all.iter().any(|o| o.answer == answer), "{answer}");
    }
    let through_a_code = all.into_iter().find(|o| o.answer == new).unwrap();
    assert_eq!(through_a_code.deferral.verifier(), Verifier::Unasked);
}

#[test]
fn no_other_draft_answers_so() {
    for draft in Draft::ALL.iter().filter(|draft| **draft != Draft::PR_47) {
        for terms in BOTH {
            let request = Event::Request(HINTED);
            let terms = terms.under(draft);
            let all = step(Deferral::ABSENT, request, &terms, &draft.open());
            assert!(all.iter().all(|o| !o.deferral.is_direct()), "{draft:?}");
        }
    }
}

#[test]
fn the_first_poll_that_counts_is_the_one_whose_verifier_is_right() {
    for terms in BOTH {
        let d = opened(terms);
        for (by, answer) in [
            (Caller::NoVerifier, Answer::InvalidRequest),
            (Caller::OtherClient, Answer::InvalidGrant),
            (Caller::OtherKey, Answer::InvalidDpopProof),
            (Caller::Impostor, Answer::InvalidClient),
        ] {
            let refused = only(d, poll(by), terms);
            assert_eq!((refused.deferral, refused.answer), (d, answer), "{by}");
        }
        let lost = Event::Poll {
            by: Caller::Owner,
            lost: true,
        };
        let unheard = only(d, lost, terms).deferral;
        assert_eq!(unheard.verifier(), Verifier::Shown);
        let waited = only(unheard, Event::Tick, terms).deferral;
        let repeated = only(waited, Event::POLL, terms);
        assert_eq!(repeated.answer, Answer::AuthorizationPending);
    }
}

#[test]
fn another_verifier_ends_what_no_poll_has_verified_and_nothing_later() {
    for terms in BOTH {
        let ended = only(opened(terms), poll(Caller::OtherVerifier), terms);
        assert_eq!(ended.answer, Answer::InvalidGrant);
        assert_eq!(ended.deferral.phase(), Phase::Disposed);
        let late = only(ended.deferral, Event::POLL, terms);
        assert_eq!(late.answer, Answer::InvalidGrant);

        let verified = only(opened(terms), Event::POLL, terms).deferral;
        let refused = only(verified, poll(Caller::OtherVerifier), terms);
        assert_eq!(refused.answer, Answer::InvalidRequest);
        assert_eq!(refused.deferral, verified);
    }
}

#[test]
fn approval_does_not_wait_for_the_first_poll_and_no_callback_tells_of_it() {
    for terms in BOTH {
        let approved = only(opened(terms), APPROVE, terms).deferral;
        let called = only(
            approved,
            Event::Callback(crate::event::Fate::Delivered),
            terms,
        );
        assert_eq!(called.answer, Answer::Silence);
        let mistaken = only(approved, poll(Caller::NoVerifier), terms);
        assert_eq!(mistaken.deferral, approved);
        assert_eq!(only(approved, Event::POLL, terms).answer, TOKEN);
    }
}

#[test]
fn the_same_request_again_is_another_one() {
    for terms in BOTH {
        let d = opened(terms);
        for again in outcomes(d, Event::Request(HINTED), terms) {
            assert_eq!(again.deferral, d);
            let spent = Answer::InvalidGrant;
            assert_ne!(again.answer, spent, "there is no credential");
        }
    }
}
