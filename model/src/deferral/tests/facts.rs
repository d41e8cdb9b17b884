//! What single steps answer, where the readings' table does not look: each row was written for a mutant of the relation
//! that nothing else in this crate noticed.

use std::collections::BTreeSet;

use crate::deferral::{Deferral, step};
use crate::event::{Answer, Caller, Decision, Event, Fate, Scope, TokenRequest};
use crate::question::Readings;
use crate::terms::Terms;

const ASK: Event = Event::Request(TokenRequest::PLAIN);
const APPROVE: Event = Event::Decide(Decision::Approve);
const DENY: Event = Event::Decide(Decision::Deny);
const RING: Event = Event::Callback(Fate::Delivered);
const OTHER_KEY: Event = Event::Poll {
    by: Caller::OtherKey,
    lost: false,
};
const CALLED: Answer = Answer::Called { bearer: true };
const TOKEN: Answer = Answer::Token {
    scope: Scope::Whole,
    again: false,
};

/// Everything that may be answered to the last event, where the ones before were answered so. A silent event needs no
/// answer in `path`.
fn answers(terms: Terms, choices: &str, path: &[(Event, Answer)], last: Event) -> Vec<Answer> {
    let all: BTreeSet<Answer> = outcomes(terms, choices, path, last).into_iter().collect();
    all.into_iter().collect()
}

/// The same, the preferred answer first.
fn outcomes(terms: Terms, choices: &str, path: &[(Event, Answer)], last: Event) -> Vec<Answer> {
    let readings = read(choices);
    let last = after(terms, choices, path)
        .into_iter()
        .flat_map(|d| step(d, last, &terms, &readings));
    last.map(|outcome| outcome.answer).collect()
}

/// What the deferral can be after `path`.
fn after(terms: Terms, choices: &str, path: &[(Event, Answer)]) -> BTreeSet<Deferral> {
    let readings = read(choices);
    let mut deferrals = BTreeSet::from([Deferral::ABSENT]);
    for (event, answer) in path {
        let outcomes = deferrals
            .iter()
            .flat_map(|d| step(*d, *event, &terms, &readings));
        deferrals = outcomes
            .filter(|outcome| outcome.answer == *answer)
            .map(|outcome| outcome.deferral)
            .collect();
        assert!(
            !deferrals.is_empty(),
            "{event} is never answered by {answer}"
        );
    }
    deferrals
}

/// The pins, but for these choices.
fn read(choices: &str) -> Readings {
    match choices {
        "" => Readings::pins(),
        _ => Readings::pins().choose(choices).expect("readings"),
    }
}

const DEFERRED: (Event, Answer) = (
    ASK,
    Answer::Deferred {
        interaction: false,
        code: crate::event::Code::New,
    },
);

const fn silent(event: Event) -> (Event, Answer) {
    (event, Answer::Silence)
}

const TICK: (Event, Answer) = silent(Event::Tick);

/// Kills: the guard for lost responses in `transition`.
#[test]
fn the_answer_to_a_lost_request_is_never_heard() {
    let lost = Event::Request(TokenRequest {
        lost: true,
        ..TokenRequest::PLAIN
    });
    assert_eq!(
        answers(Terms::CREDENTIALS, "", &[], lost),
        [Answer::Silence]
    );
}

/// Kills: the arm for interaction in `poll`.
#[test]
fn while_interaction_is_needed_polls_say_so() {
    let path = [
        DEFERRED,
        silent(Event::Decide(Decision::NeedInteraction)),
        TICK,
    ];
    let found = answers(Terms::CREDENTIALS, "", &path, Event::POLL);
    assert_eq!(found, [Answer::InteractionRequired]);
}

/// Kills: `terms.callback || !late` in `resolve`.
#[test]
fn a_callback_is_owed_only_in_time_and_only_to_whom_it_can_reach() {
    let decided = [DEFERRED, silent(APPROVE)];
    assert_eq!(answers(Terms::CREDENTIALS, "", &decided, RING), [CALLED]);
    let nowhere = Terms {
        callback: false,
        ..Terms::CREDENTIALS
    };
    assert_eq!(answers(nowhere, "", &decided, RING), [Answer::Silence]);
    let late = [DEFERRED, TICK, TICK, TICK, silent(APPROVE)];
    let found = answers(Terms::CREDENTIALS, "C-03=A,C-65=A", &late, RING);
    assert_eq!(found, [Answer::Silence]);
}

/// Kills: `==` for `!=` in `redeem`.
#[test]
fn a_client_that_has_its_token_may_be_called_or_not() {
    let redeemed = [DEFERRED, silent(APPROVE), (Event::POLL, TOKEN)];
    let found = answers(Terms::CREDENTIALS, "", &redeemed, RING);
    assert_eq!(found, [Answer::Silence, CALLED]);
    let called = [
        DEFERRED,
        silent(APPROVE),
        (RING, CALLED),
        (Event::POLL, TOKEN),
    ];
    let found = answers(Terms::CREDENTIALS, "", &called, RING);
    assert_eq!(found, [Answer::Silence]);
}

/// Kills: each `!` lost in `callback`.
#[test]
fn a_server_would_rather_call_than_not() {
    let redeemed = [DEFERRED, silent(APPROVE), (Event::POLL, TOKEN)];
    let found = outcomes(Terms::CREDENTIALS, "", &redeemed, RING);
    assert_eq!(found, [CALLED, Answer::Silence]);
    let found = outcomes(Terms::CREDENTIALS, "C-58=B", &redeemed[..2], RING);
    assert_eq!(found, [Answer::Called { bearer: false }, Answer::Silence]);
}

/// Kills: `!=` for `==` in `tick`: a code that is gone, but owed a callback, still ages.
#[test]
fn time_passes_for_a_callback_whose_code_is_gone() {
    let path = [DEFERRED, silent(APPROVE), TICK, TICK, TICK];
    let found = answers(Terms::CREDENTIALS, "C-08=B,C-65=C", &path, RING);
    assert_eq!(found, [Answer::Silence]);
    let found = answers(Terms::CREDENTIALS, "C-08=B,C-65=C", &path[..4], RING);
    assert_eq!(found, [CALLED]);
}

/// Kills: `terms.interval * 2` in `tick` and in `settled`.
#[test]
fn an_interval_raised_twice_is_waited_for() {
    let terms = Terms {
        lifetime: 6,
        ..Terms::CREDENTIALS
    };
    let slow = (Event::POLL, Answer::SlowDown);
    let served = (Event::POLL, Answer::AuthorizationPending);
    let path = [DEFERRED, served, slow, slow, TICK, TICK, TICK];
    let found = answers(terms, "C-20=B", &path, Event::POLL);
    assert_eq!(found, [Answer::AuthorizationPending]);
    let found = answers(terms, "C-20=B", &path[..6], Event::POLL);
    assert!(found.contains(&Answer::SlowDown), "{found:?}");
}

/// Kills: each change of what makes a cancelled code stay forgotten, in `poll`.
#[test]
fn a_cancelled_code_once_unknown_stays_so() {
    let cancelled = [DEFERRED, (Event::REVOKE, Answer::Revoked)];
    let unknown = [
        cancelled[0],
        cancelled[1],
        (Event::POLL, Answer::InvalidGrant),
    ];
    let remembered = [
        cancelled[0],
        cancelled[1],
        (Event::POLL, Answer::AccessDenied),
    ];
    let found = |path: &[_]| answers(Terms::CREDENTIALS, "C-05=B", path, Event::POLL);
    let both = [Answer::AccessDenied, Answer::InvalidGrant];
    assert_eq!(found(&cancelled), both);
    assert_eq!(found(&unknown), [Answer::InvalidGrant]);
    assert_eq!(found(&remembered), both);
}

/// Kills: the arms for denied and cancelled codes in `is_forgotten`.
#[test]
fn a_forgotten_code_is_unknown_whatever_key_comes_with_it() {
    let ended = |end: (Event, Answer)| [DEFERRED, end, TICK, TICK, TICK];
    for (choices, end) in [
        ("C-04=C", silent(DENY)),
        ("C-06=C", (Event::REVOKE, Answer::Revoked)),
    ] {
        let found = answers(Terms::CREDENTIALS, choices, &ended(end), OTHER_KEY);
        assert_eq!(found, [Answer::InvalidGrant], "{choices}");
    }
}

/// Kills: each change of what `settled` forgets of a code that gave its token.
#[test]
fn how_a_redeemed_code_was_granted_is_forgotten_unless_it_can_be_asked_again() {
    let narrowed = Answer::Token {
        scope: Scope::Narrowed,
        again: false,
    };
    let whole = [DEFERRED, silent(APPROVE), (Event::POLL, TOKEN)];
    let part = [
        DEFERRED,
        silent(Event::Decide(Decision::Narrow)),
        (Event::POLL, narrowed),
    ];
    let same = |choices| {
        after(Terms::CREDENTIALS, choices, &whole) == after(Terms::CREDENTIALS, choices, &part)
    };
    assert!(same(""));
    assert!(!same("C-01=C"), "the same response is to be repeated");
    assert!(!same("C-01=A"), "a token is to be issued again");
}

/// Kills: each change of what `settled` forgets of a callback after the code's end.
#[test]
fn a_callback_that_can_no_longer_be_made_is_forgotten() {
    let owed = [DEFERRED, silent(APPROVE), TICK, TICK, TICK];
    let made = [DEFERRED, silent(APPROVE), (RING, CALLED), TICK, TICK, TICK];
    for (choices, forgotten) in [("C-65=A", false), ("C-65=B", true), ("C-65=C", true)] {
        let owed = after(Terms::CREDENTIALS, choices, &owed);
        let made = after(Terms::CREDENTIALS, choices, &made);
        assert_eq!(owed == made, forgotten, "{choices}");
    }
}
