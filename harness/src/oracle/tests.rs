use dtr_model::event::{Caller, Decision, Scope, TokenRequest};

use super::*;

const POLL: Event = Event::Poll {
    by: Caller::Owner,
    lost: false,
};
const TOKEN: Answer = Answer::Token {
    scope: Scope::Whole,
    again: false,
};
const DEFERRED: Answer = Answer::Deferred {
    interaction: false,
    code: dtr_model::event::Code::New,
};

fn approved() -> Oracle {
    let mut oracle = Oracle::new(Terms::CREDENTIALS, Readings::lawful());
    let request = Event::Request(TokenRequest::PLAIN);
    assert_eq!(oracle.observe(request, DEFERRED), Ruling::Allowed);
    let approve = Event::Decide(Decision::Approve);
    assert_eq!(oracle.observe(approve, Answer::Silence), Ruling::Allowed);
    oracle
}

#[test]
fn a_token_after_an_approval_is_allowed_and_a_denial_is_not() {
    assert_eq!(approved().observe(POLL, TOKEN), Ruling::Allowed);
    let ruling = approved().observe(POLL, Answer::AccessDenied);
    assert!(matches!(ruling, Ruling::Forbidden { allowed } if allowed.contains(&TOKEN)));
}

#[test]
fn a_second_token_names_the_reading_it_follows_and_the_must_it_breaks() {
    let mut oracle = approved();
    oracle.observe(POLL, TOKEN);
    // Without the wait `slow_down` would be lawful too (C-10/A).
    oracle.observe(Event::Tick, Answer::Silence);
    let Ruling::Unaccepted { readings, allowed } = oracle.observe(POLL, TOKEN) else {
        panic!("a second token was let through");
    };
    assert_eq!(
        readings,
        [(Question::C01, Reading::A, Some("DTR-6.5.2-02"))]
    );
    assert_eq!(allowed, BTreeSet::from([Answer::InvalidGrant]));
}

#[test]
fn an_answer_narrows_the_readings_it_depends_on_and_no_others() {
    let mut oracle = approved();
    for _ in 0..3 {
        oracle.observe(Event::Tick, Answer::Silence);
    }
    assert_eq!(oracle.observe(POLL, Answer::ExpiredToken), Ruling::Allowed);
    for case in oracle.cases() {
        assert_eq!(case.of(Question::C02).collect::<Vec<_>>(), [Reading::B]);
        assert_eq!(case.of(Question::C04).count(), 3);
    }
}

#[test]
fn beliefs_do_not_multiply_with_unanswered_questions() {
    let mut oracle = approved();
    let unheard = Event::Poll {
        by: Caller::Owner,
        lost: true,
    };
    for _ in 0..6 {
        oracle.observe(unheard, Answer::Silence);
        oracle.observe(
            Event::Revoke {
                by: Caller::OtherKey,
            },
            Answer::Revoked,
        );
    }
    assert!(
        oracle.beliefs.len() < 200,
        "{} beliefs",
        oracle.beliefs.len()
    );
}
