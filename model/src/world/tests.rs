//! Every property has been seen to fail: for each there is a server with one
//! fault that breaks it, found by a shortest counterexample.

use std::collections::BTreeMap;

use super::{Fault, Setting, Tabled};
use crate::Outcome;
use crate::check::{Case, CheckError, Checked};
use crate::deferral::{Callback, Deferral, Phase};
use crate::draft::Draft;
use crate::event::{Answer, Caller, Code, Event, Scope};
use crate::explore::{Explored, Space, TooLarge};
use crate::property::Property;
use crate::question::Readings;

mod approvals;

/// Properties that break at the pins already.
const BROKEN_ANYWAY: [&str; 3] = ["L2-late", "L2-lost", "L5-late"];

/// What a server with this fault breaks, and in how many steps; of what breaks
/// without it only `first` counts.
fn breaks(under: &str, fault: Fault, first: &str) -> BTreeMap<&'static str, usize> {
    let readings = match under {
        "" => Readings::pins(),
        chosen => Readings::pins().choose(chosen).unwrap(),
    };
    let found =
        checked(Draft::DEFAULT, readings, fault).expect("every property is put to the test");
    let found = found.broken.iter().map(|(p, path)| (p.id(), path.len()));
    found
        .filter(|(p, _)| *p == first || !BROKEN_ANYWAY.contains(p))
        .collect()
}

fn checked(draft: &'static Draft, readings: Readings, fault: Fault) -> Result<Checked, CheckError> {
    let setting = Setting {
        fault: Some(fault),
        ..Setting::new(draft, readings)
    };
    Case::pins(draft).check_in(&setting)
}

fn token() -> Answer {
    Answer::Token {
        scope: Scope::Whole,
        again: false,
    }
}

fn owner_polls(event: Event) -> bool {
    matches!(
        event,
        Event::Poll {
            by: Caller::Owner,
            ..
        }
    )
}

fn redeemed(before: Deferral) -> Deferral {
    before.with_phase(Phase::Redeemed)
}

/// One faulty server a test. `$when` says which outcomes it gets wrong, and
/// `$wrong` how.
macro_rules! mutants {
    ($(
        $name:ident breaks $expected:expr, $(given $under:literal,)?
        when |$d:ident, $e:ident, $a:ident| $when:expr, then $wrong:expr;
    )*) => {
        $(#[test]
        fn $name() {
            fn fault($d: Deferral, $e: Event, outcome: Outcome) -> Outcome {
                let $a = outcome.answer;
                let wrong: fn(Deferral, Outcome) -> (Deferral, Answer) = $wrong;
                match $when {
                    true => {
                        let (deferral, answer) = wrong($d, outcome);
                        Outcome { deferral, answer, ..outcome }
                    }
                    false => outcome,
                }
            }
            let under = concat!("", $($under)?);
            let expected: &[(&str, usize)] = &$expected;
            assert_eq!(
                breaks(under, fault, expected[0].0),
                expected.iter().copied().collect()
            );
        })*

        /// What the mutants break first, by name.
        const BROKEN_BY_MUTANTS: &[&str] = &[$($expected[0].0),*];
    };
}

mutants! {
    a_redeemed_code_gives_another_token breaks [("S1", 6)],
        when |d, e, a| owner_polls(e) && a == Answer::InvalidGrant
            && d.phase() == Phase::Redeemed && d.age() == 0,
        then |d, _| (d, token());

    a_cancelled_code_gives_a_token_seen_before breaks [("S2", 5)],
        when |d, e, a| owner_polls(e) && a == Answer::AccessDenied && d.phase() == Phase::Cancelled,
        then |d, _| (d, Answer::Token { scope: Scope::Whole, again: true });

    an_expired_code_still_gives_its_token breaks [("S3", 6)],
        when |d, e, a| owner_polls(e) && a == Answer::ExpiredToken && d.phase() == Phase::Approved,
        then |d, _| match d.consent_lapsed() {
            true => (d.with_phase(Phase::Denied), Answer::AccessDenied),
            false => (redeemed(d), token()),
        };

    a_pending_code_gives_a_token breaks [("S4", 3)],
        when |_d, e, a| owner_polls(e) && a == Answer::AuthorizationPending,
        then |d, _| (redeemed(d), token());

    a_lapse_of_consent_goes_unnoticed breaks [("S4", 5)],
        when |d, e, a| owner_polls(e) && a == Answer::AccessDenied
            && d.phase() == Phase::Approved && d.consent_lapsed(),
        then |d, _| (redeemed(d), token());

    a_code_is_redeemed_without_its_key breaks [("S5", 3)],
        when |d, e, a| matches!(e, Event::Poll { by: Caller::OtherKey, .. })
            && a == Answer::InvalidDpopProof && d.phase() == Phase::Approved && d.age() == 0,
        then |d, _| (redeemed(d), token());

    a_code_is_redeemed_with_a_wrong_secret breaks [("S5", 3), ("S7", 3), ("S4", 4)],
        when |d, e, a| matches!(e, Event::Poll { by: Caller::Impostor, .. })
            && a == Answer::InvalidClient && d.phase() == Phase::Approved && d.age() == 0,
        then |d, _| (redeemed(d), token());

    a_wrong_secret_cancels breaks [("S5", 2), ("S7", 2), ("L1", 7)],
        when |d, e, a| matches!(e, Event::Revoke { by: Caller::Impostor })
            && a == Answer::InvalidClient && d.is_pending(),
        then |d, _| (d.with_phase(Phase::Cancelled), Answer::Revoked);

    a_request_is_deferred_without_opt_in breaks [("S6", 1)],
        when |d, e, a| matches!(e, Event::Request(r) if !r.opted_in && !r.hinted)
            && d.phase() == Phase::Absent && a == Answer::GrantError,
        then |d, _| (
            d.with_phase(Phase::Pending).with_bound(true).with_since(2),
            Answer::Deferred { interaction: false, code: Code::New },
        );

    a_foreign_code_has_its_own_error breaks [("S7", 2)],
        when |d, e, _a| matches!(e, Event::Poll { by: Caller::OtherClient, .. }) && d.exists(),
        then |_, o| (o.deferral, Answer::UnauthorizedClient);

    a_denial_is_later_called_expiry breaks [("S8", 6)],
        when |d, e, a| owner_polls(e) && a == Answer::AccessDenied
            && d.phase() == Phase::Denied && d.age() > 0,
        then |_, o| (o.deferral, Answer::ExpiredToken);

    a_callback_forgets_its_bearer breaks [("S9", 3)],
        when |_d, _e, a| a == Answer::Called { bearer: true },
        then |_, o| (o.deferral, Answer::Called { bearer: false });

    a_callback_precedes_the_decision breaks [("S10", 2)],
        when |d, e, a| matches!(e, Event::Request(_)) && d.phase() == Phase::Absent
            && matches!(a, Answer::Deferred { code: Code::New, .. }),
        // Only the first client, whose interval is 2, can be called back.
        then |_, o| match o.deferral.since() {
            2 => (o.deferral.with_callback(Callback::Due), o.answer),
            _ => (o.deferral, o.answer),
        };

    a_token_allows_more_than_was_asked breaks [("S11", 4)],
        when |_d, e, a| owner_polls(e) && a == token(),
        then |_, o| (o.deferral, Answer::Token { scope: Scope::Wider, again: false });

    a_spent_credential_is_deferred_again breaks [("S12", 2)],
        when |_d, e, a| matches!(e, Event::Request(_)) && a == Answer::InvalidGrant,
        then |_, o| (o.deferral, Answer::Deferred { interaction: false, code: Code::Other });

    an_undecided_code_never_expires breaks [("L1", 5)],
        when |d, e, a| owner_polls(e) && a == Answer::ExpiredToken && d.is_pending(),
        then |_, o| (o.deferral, Answer::AuthorizationPending);

    a_partial_approval_is_never_delivered breaks [("L2", 4)],
        when |d, e, a| owner_polls(e) && a != token() && matches!(a, Answer::Token { .. })
            && d.phase() == Phase::Approved,
        then |d, _| (d.with_phase(Phase::Denied), Answer::AccessDenied);

    a_late_poll_is_denied breaks [("L2-late", 7), ("S3", 6)], given "C-02=A",
        when |d, e, a| owner_polls(e) && a == token() && d.age() >= 3,
        then |d, _| (d.with_phase(Phase::Denied), Answer::AccessDenied);

    a_lost_token_is_not_repeated breaks [("L2-lost", 7)], given "C-13=B",
        when |d, e, a| owner_polls(e) && matches!(a, Answer::Token { again: true, .. }) && d.narrow(),
        then |d, _| (d, Answer::InvalidGrant);

    a_revocation_of_an_approval_does_nothing breaks [("L3", 4), ("S10", 5), ("S2", 6), ("S4", 6)],
        when |d, e, _a| matches!(e, Event::Revoke { by: Caller::Owner }) && d.phase() == Phase::Approved,
        then |d, o| (d, o.answer);

    a_patient_client_is_slowed_down breaks [("L4", 4)],
        when |d, e, a| owner_polls(e) && a == Answer::AuthorizationPending && d.age() > 0,
        then |_, o| (o.deferral, Answer::SlowDown);

    a_denial_is_never_called_back breaks [("L5", 3)],
        when |d, e, _a| matches!(e, Event::Callback(_)) && d.phase() == Phase::Denied,
        then |_, o| (o.deferral.with_callback(Callback::None), Answer::Silence);

    a_delayed_callback_is_dropped_at_expiry breaks [("L5-late", 5), ("S10", 7)], given "C-65=A",
        when |d, e, _a| e == Event::Tick && d.callback() == Callback::Due && d.age() == 2,
        then |_, o| (o.deferral.with_callback(Callback::None), o.answer);
}

#[test]
fn every_property_has_a_mutant() {
    // Those of AROP alone have theirs beside them.
    for property in Draft::DEFAULT.properties().iter() {
        let id = property.id();
        assert!(BROKEN_BY_MUTANTS.contains(&id), "no mutant breaks {id}");
    }
}

/// What a server of pull request 47 with this fault breaks that it would not otherwise, and in how many steps.
fn breaks_directly(fault: Fault) -> BTreeMap<&'static str, usize> {
    let found = checked(&Draft::PR_47, Draft::PR_47.pins(), fault);
    let found = found.expect("every property is put to the test").broken;
    let found = found.iter().map(|(p, path)| (p.id(), path.len()));
    found.filter(|(p, _)| !BROKEN_ANYWAY.contains(p)).collect()
}

fn polls(event: Event, who: Caller) -> bool {
    matches!(event, Event::Poll { by, .. } if by == who)
}

#[test]
fn a_code_is_redeemed_before_its_verifier_was_shown() {
    fn without_one(d: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match polls(event, Caller::NoVerifier) && d.phase() == Phase::Approved {
            true => Outcome {
                deferral: redeemed(d),
                answer: token(),
                ..outcome
            },
            false => outcome,
        }
    }
    fn with_another(d: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match polls(event, Caller::OtherVerifier) && d.phase() == Phase::Approved {
            true => Outcome {
                deferral: redeemed(d),
                answer: token(),
                ..outcome
            },
            false => outcome,
        }
    }
    for fault in [without_one, with_another] {
        let broken = breaks_directly(fault);
        assert_eq!(broken.get("S5"), Some(&3), "{broken:?}");
    }
}

#[test]
fn a_missing_verifier_ends_a_code() {
    fn fault(d: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match polls(event, Caller::NoVerifier) {
            true => Outcome {
                deferral: d.with_phase(Phase::Disposed),
                ..outcome
            },
            false => outcome,
        }
    }
    let broken = breaks_directly(fault);
    assert_eq!(broken.get("S5"), Some(&2), "{broken:?}");
}

#[test]
fn a_property_that_nothing_tests_is_refused() {
    fn fault(_: Deferral, event: Event, outcome: Outcome) -> Outcome {
        match event {
            Event::Callback(_) => Outcome {
                deferral: outcome.deferral.with_callback(Callback::None),
                answer: Answer::Silence,
                ..outcome
            },
            _ => outcome,
        }
    }
    match checked(Draft::DEFAULT, Readings::pins(), fault) {
        Err(CheckError::Vacuous(untested)) => {
            assert_eq!(
                untested.iter().collect::<Vec<_>>(),
                [Property::S9, Property::S10]
            );
        }
        other => panic!("holding vacuously was taken for holding: {other:?}"),
    }
}

#[test]
fn an_unfinished_search_is_an_error() {
    let setting = Setting::new(Draft::DEFAULT, Readings::pins());
    let found = Explored::all(&setting, 10_000, |_| {});
    assert_eq!(found.err(), Some(TooLarge { limit: 10_000 }));
}

#[test]
fn looking_steps_up_gives_the_moves_that_working_them_out_gives() {
    // C-14=B has every kind of message.
    let readings = Readings::pins().choose("C-14=B").unwrap();
    let setting = Setting::new(Draft::DEFAULT, readings);
    let tabled = Tabled::new(&setting);
    let found = Explored::all(&tabled, 10_000_000, |_| {}).unwrap();
    for world in found.states().iter().step_by(101) {
        let mut direct = Vec::new();
        setting.moves(*world, &mut |m| {
            direct.push(((m.action, m.exercised), m.next));
        });
        let mut looked_up = Vec::new();
        tabled.moves(*world, |label, next| looked_up.push((label, next)));
        assert_eq!(looked_up, direct);
    }
}
