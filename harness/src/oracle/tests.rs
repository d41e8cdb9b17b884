use dtr_model::deferral::Phase;
use dtr_model::event::{Caller, Decision, Scope, TokenRequest};

use super::*;

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
    assert_eq!(approved().observe(Event::POLL, TOKEN), Ruling::Allowed);
    let ruling = approved().observe(Event::POLL, Answer::AccessDenied);
    assert!(matches!(ruling, Ruling::Forbidden { allowed } if allowed.contains(&TOKEN)));
}

#[test]
fn a_second_token_names_the_reading_it_follows_and_the_must_it_breaks() {
    let mut oracle = approved();
    oracle.observe(Event::POLL, TOKEN);
    // Without the wait `slow_down` would be lawful too (C-10/A).
    oracle.observe(Event::Tick, Answer::Silence);
    let Ruling::Unaccepted { readings, allowed } = oracle.observe(Event::POLL, TOKEN) else {
        panic!("a second token was let through");
    };
    assert_eq!(
        readings,
        [(Question::C01, Reading::A, vec!["DTR-6.5.2-02"])]
    );
    assert_eq!(allowed, BTreeSet::from([Answer::InvalidGrant]));
    // It is blamed once. From here on the reading is taken for granted, and accepted it is not.
    oracle.observe(Event::Tick, Answer::Silence);
    assert_eq!(oracle.observe(Event::POLL, TOKEN), Ruling::Allowed);
    assert!(oracle.deferrals().count() > 0);
    assert_eq!(oracle.accepted_deferrals().count(), 0);
}

#[test]
fn an_observation_tells_which_states_it_was_made_in_and_which_it_led_to() {
    let mut oracle = approved();
    let phases = |deferrals: Vec<Deferral>| -> BTreeSet<Phase> {
        deferrals.into_iter().map(|d| d.phase()).collect()
    };
    // C-08 leaves open how long the outcome is kept.
    let approved = BTreeSet::from([Phase::Approved, Phase::Disposed]);
    assert_eq!(phases(oracle.deferrals().collect()), approved);
    oracle.observe(Event::POLL, TOKEN);
    let before = phases(oracle.explained_by().to_vec());
    assert_eq!(before, BTreeSet::from([Phase::Approved]));
    let after = phases(oracle.accepted_deferrals().collect());
    assert!(after.contains(&Phase::Redeemed), "{after:?}");
    assert!(!after.contains(&Phase::Approved), "{after:?}");
}

#[test]
fn without_controls_a_decision_may_have_been_made_by_anybody_at_any_time() {
    let request = Event::Request(TokenRequest::PLAIN);
    let seen = Oracle::new(Terms::CREDENTIALS, Readings::lawful());
    for (mut oracle, ruling) in [(seen.clone(), false), (seen.unseen(true), true)] {
        oracle.observe(request, DEFERRED);
        let allowed = matches!(oracle.observe(Event::POLL, TOKEN), Ruling::Allowed);
        assert_eq!(allowed, ruling);
    }
}

#[test]
fn an_answer_narrows_the_readings_it_depends_on_and_no_others() {
    let mut oracle = approved();
    for _ in 0..3 {
        oracle.observe(Event::Tick, Answer::Silence);
    }
    assert_eq!(
        oracle.observe(Event::POLL, Answer::ExpiredToken),
        Ruling::Allowed
    );
    assert!(!oracle.cases().is_empty());
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
