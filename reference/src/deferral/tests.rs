//! Transitions alone, without a server. The flows are tested through HTTP in `tests/`; here, what they cannot reach.

use super::notice::{Notice, NoticeTerms};
use super::*;
use crate::access_token::TokenResponse;
use crate::config::readings::Readings;
use crate::dpop::Thumbprint;
use crate::scope::Scope;
use crate::secret::{DeferralCode, NotificationToken};
use crate::targets::Targets;

const LIFETIME: u64 = 100;

const TIMES: NoticeTerms = NoticeTerms {
    delay: 1,
    backoff: 2,
    attempts: 2,
};

fn deferral(key: Option<&str>) -> Deferral {
    let notice = Notice::new(NotificationToken::parse("token"), TIMES);
    noticed(key, notice, Readings::default())
}

fn noticed(key: Option<&str>, notice: Notice, readings: Readings) -> Deferral {
    let request = FrozenRequest {
        client_id: "client".into(),
        subject: "client".into(),
        scope: Scope::parse("a b").unwrap(),
        key: key.map(Thumbprint::new),
        targets: Targets::default(),
        issued_token_type: None,
        renewal: Renewal::None,
        default_scope: None,
        credential: None,
        approval: None,
        transaction: None,
    };
    let terms = Terms {
        interval: 5,
        lifetime: LIFETIME,
        tombstone: 1000,
        escalate_after: None,
        repeat_window: 4,
        told: Told::Need,
        readings,
    };
    Deferral::new(
        request,
        terms,
        0,
        false,
        "https://as.example/x".into(),
        notice,
    )
}

fn caller(proof: &Proof) -> Caller<'_> {
    Caller {
        client_id: "client",
        proof,
        code_verifier: None,
        enabled: true,
    }
}

fn issued() -> Issued {
    Issued::new(TokenResponse::default())
}

#[test]
fn redeeming_burns_and_polling_does_not() {
    let mut deferral = deferral(None);
    let caller = caller(&Proof::Absent);
    assert_eq!(
        deferral.decide(&Decision::Approve(None), 1),
        Decided::Applied
    );
    assert!(matches!(deferral.poll(&caller, 1), PollAnswer::Ready(_)));
    assert!(matches!(deferral.poll(&caller, 1), PollAnswer::Ready(_)));
    assert!(matches!(
        deferral.redeem(&caller, &issued(), 1),
        PollAnswer::Ready(_)
    ));
    assert_eq!(deferral.redeem(&caller, &issued(), 1), PollAnswer::Redeemed);
}

/// Between the poll that found an approval and its redemption, anything may happen.
#[test]
fn redemption_looks_again() {
    let ready = || {
        let mut deferral = deferral(None);
        deferral.decide(&Decision::Approve(None), 1);
        deferral
    };
    let caller = caller(&Proof::Absent);
    let mut cancelled = ready();
    assert_eq!(cancelled.cancel(&caller, 2), Cancellation::Applied);
    assert_eq!(cancelled.redeem(&caller, &issued(), 2), PollAnswer::Denied);
    assert_eq!(
        ready().redeem(&caller, &issued(), LIFETIME),
        PollAnswer::Expired
    );
    let mut lapsed = ready();
    lapsed.set_consent(false);
    assert_eq!(lapsed.redeem(&caller, &issued(), 2), PollAnswer::Denied);
    assert_eq!(*lapsed.state(2), State::Denied);
}

#[test]
fn the_token_for_callbacks_goes_with_the_last_of_them() {
    let attempt_has_token = |deferral: &mut Deferral, now| {
        deferral
            .begin_callback(now, false)
            .map(|attempt| attempt.token.is_some())
    };
    let mut deferral = deferral(None);
    assert_eq!(attempt_has_token(&mut deferral, 1), None);
    deferral.decide(&Decision::Deny, 1);
    assert_eq!(attempt_has_token(&mut deferral, 1), None);
    assert_eq!(attempt_has_token(&mut deferral, 2), Some(true));
    assert_eq!(attempt_has_token(&mut deferral, 9), None, "one at a time");
    deferral.end_callback(3, false);
    assert_eq!(deferral.callback_due_at(), Some(5));
    assert_eq!(attempt_has_token(&mut deferral, 5), Some(true));
    deferral.end_callback(5, false);
    assert_eq!(deferral.callback_due_at(), None, "attempts are used up");
    assert!(
        !format!("{deferral:?}").contains("token: Some"),
        "and the token is gone: {deferral:?}"
    );
}

#[test]
fn an_attempt_under_way_is_not_revived_by_its_end() {
    let mut deferral = deferral(None);
    deferral.decide(&Decision::Approve(None), 1);
    assert!(deferral.begin_callback(2, false).is_some());
    let cancellation = deferral.cancel(&caller(&Proof::Absent), 2);
    assert_eq!(cancellation, Cancellation::Applied);
    deferral.end_callback(3, false);
    assert_eq!(deferral.callback_due_at(), None);
}

/// pr-47: however the request ends, and however C-59 is read.
#[test]
fn what_was_deferred_without_a_notification_token_in_reach_is_never_called_back() {
    for letter in ["A", "B", "C"] {
        let mut readings = Readings::default();
        readings.set("C-59", letter).unwrap();
        let proof = Proof::Absent;
        for decision in [Some(Decision::Approve(None)), Some(Decision::Deny), None] {
            let mut deferral = noticed(None, Notice::never(TIMES), readings);
            match decision {
                Some(decision) => drop(deferral.decide(&decision, 1)),
                None => drop(deferral.cancel(&caller(&proof), 1)),
            }
            assert_eq!(deferral.callback_due_at(), None, "C-59/{letter}");
            assert!(deferral.begin_callback(2, true).is_none());
        }
    }
}

/// AROP Section 7.4: for as long as it says, or as usual, from the decision on.
#[test]
fn an_approval_that_ends_is_a_denial_from_its_end_on() {
    let code = DeferralCode::new("code");
    for (decision, until) in [
        (Decision::Approve(None), 11),
        (Decision::ApproveAs("carol".into()), 11),
        (Decision::ApproveFor(None, 20), 21),
        (
            Decision::ApproveFor(Some(Scope::parse("a").unwrap()), 20),
            21,
        ),
    ] {
        let mut deferral = deferral(None).bounded(&code, 10);
        let caller = caller(&Proof::Absent);
        assert_eq!(deferral.decide(&decision, 1), Decided::Applied);
        let PollAnswer::Ready(request) = deferral.poll(&caller, until - 1) else {
            panic!("{decision:?} holds");
        };
        let approval = request.approval.unwrap();
        assert_eq!((approval.code, approval.until), (code.clone(), until));
        assert!(deferral.standing(until - 1).is_some());
        assert!(deferral.standing(until).is_none());
        assert_eq!(
            deferral.redeem(&caller, &issued(), until),
            PollAnswer::Denied
        );
        assert_eq!(*deferral.state(until), State::Denied, "{decision:?}");
    }
    let wide = Decision::ApproveFor(Some(Scope::parse("c").unwrap()), 20);
    assert_eq!(deferral(None).decide(&wide, 1), Decided::TooWide);
}

/// However lapsed preconditions are read (C-15, C-48), an approval that is over does not come back.
#[test]
fn an_approval_that_is_over_stays_over() {
    for (question, letter) in [("C-15", "B"), ("C-48", "B")] {
        let mut readings = Readings::default();
        readings.set(question, letter).unwrap();
        let mut deferral =
            noticed(None, Notice::never(TIMES), readings).bounded(&DeferralCode::new("code"), 10);
        deferral.decide(&Decision::Approve(None), 1);
        assert_eq!(
            deferral.poll(&caller(&Proof::Absent), 11),
            PollAnswer::Denied
        );
        assert_eq!(*deferral.state(11), State::Denied, "{question}/{letter}");
    }
}

/// What rests on an approval asks its record, so the record is there.
#[test]
fn the_record_of_an_approval_is_kept_until_it_is_over() {
    let mut deferral = deferral(None).bounded(&DeferralCode::new("code"), 5000);
    let before = deferral.forget_at();
    deferral.decide(&Decision::Approve(None), 1);
    assert_eq!(deferral.forget_at(), 5001);
    assert!(before < 5001);
}

/// AROP Section 7.2: the same code for the same request, while a token may come of it.
#[test]
fn a_request_stands_until_it_is_ended_or_delivered() {
    let caller = caller(&Proof::Absent);
    let ends: [fn(&mut Deferral, &Caller<'_>); 4] = [
        |deferral, _| assert_eq!(deferral.decide(&Decision::Deny, 2), Decided::Applied),
        |deferral, caller| assert_eq!(deferral.cancel(caller, 2), Cancellation::Applied),
        |deferral, caller| drop(deferral.redeem(caller, &issued(), 2)),
        |deferral, _| deferral.lapse(LIFETIME),
    ];
    for (nth, end) in ends.iter().enumerate() {
        let mut deferral = deferral(None);
        assert_eq!(deferral.standing(1).unwrap().expires_in, LIFETIME - 1);
        if nth == 2 {
            deferral.decide(&Decision::Approve(None), 1);
            assert!(deferral.standing(1).is_some(), "approved");
        }
        end(&mut deferral, &caller);
        assert_eq!(deferral.standing(2), None, "after end {nth}");
    }
}
