//! An open question is the union of its readings, and forgetting is sound.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::choice;
use crate::deferral::{Deferral, Outcome, Phase, step, transition};
use crate::draft::Draft;
use crate::event::{Answer, Caller, Decision, Event, Fate, Precondition, Steer, TokenRequest, Way};
use crate::question::{Question, Reading, Readings};
use crate::terms::Terms;

fn caller() -> impl Strategy<Value = Caller> {
    prop_oneof![
        4 => Just(Caller::Owner),
        1 => Just(Caller::OtherKey),
        1 => Just(Caller::OtherClient),
        1 => Just(Caller::Impostor),
    ]
}

fn request() -> impl Strategy<Value = TokenRequest> {
    let steer = prop_oneof![
        Just(Steer::Defer),
        Just(Steer::Interact),
        Just(Steer::Complete),
        Just(Steer::Refuse)
    ];
    let likely = || proptest::bool::weighted(0.8);
    let rarely = || proptest::bool::weighted(0.2);
    let opting = (likely(), rarely(), rarely());
    (opting, likely(), likely(), steer, rarely()).prop_map(
        |((opted_in, interactive, hinted), keyed, sound, steer, lost)| TokenRequest {
            opted_in,
            interactive,
            hinted,
            keyed,
            sound,
            steer,
            lost,
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    use Decision::{Approve, Deny, InteractionBegun, InteractionDone, Narrow, NeedInteraction};
    let decision = prop_oneof![
        3 => Just(Approve),
        1 => Just(Narrow),
        1 => Just(Deny),
        1 => Just(NeedInteraction),
        1 => Just(InteractionDone),
        1 => Just(InteractionBegun),
    ];
    let precondition = || prop_oneof![Just(Precondition::Consent), Just(Precondition::Client)];
    let fate = prop_oneof![Just(Fate::Delivered), Just(Fate::Lost)];
    prop_oneof![
        2 => request().prop_map(Event::Request),
        6 => (caller(), any::<bool>()).prop_map(|(by, lost)| Event::Poll { by, lost }),
        2 => caller().prop_map(|by| Event::Revoke { by }),
        3 => decision.prop_map(Event::Decide),
        1 => precondition().prop_map(Event::Lapse),
        1 => precondition().prop_map(Event::Return),
        1 => Just(Event::Widen),
        3 => Just(Event::Tick),
        2 => fate.prop_map(Event::Callback),
        1 => Just(Event::ResponseLost),
        1 => prop_oneof![Just(Way::Refresh), Just(Way::Exchange)].prop_map(Event::Renew),
        1 => Just(Event::Present),
    ]
}

fn terms() -> impl Strategy<Value = Terms> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let draft = proptest::sample::select(Draft::ALL);
    (draft, 1..=2_u8, 2..=4_u8, flags).prop_map(
        |(draft, interval, lifetime, (public, one_time, callback))| {
            let terms = Terms {
                draft: Draft::DEFAULT,
                interval,
                lifetime,
                public,
                one_time,
                callback,
                approval: 0,
            };
            terms.under(Draft::named(draft.id).expect("it is one of them"))
        },
    )
}

/// One reading of every question.
fn pinned() -> impl Strategy<Value = Readings> {
    proptest::collection::vec(0..6_usize, Question::ALL.len()).prop_map(|picks| {
        let mut readings = Readings::pins();
        for (question, pick) in Question::ALL.iter().zip(picks) {
            let choices: Vec<Reading> = question.readings().collect();
            readings = readings.with(*question, choices[pick % choices.len()]);
        }
        readings
    })
}

/// What is left of `deferral` where only `readings` are possible.
fn settle(deferral: Deferral, terms: &Terms, readings: &Readings) -> Deferral {
    let mut settled = deferral;
    choice::for_each(readings, |c| deferral.settled(terms, c), |d, _| settled = d);
    settled
}

/// The step without forgetting.
fn step_remembering_all(d: Deferral, e: Event, terms: &Terms, r: &Readings) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    choice::for_each(
        r,
        |c| transition(d, e, terms, c),
        |(deferral, answer), readings| {
            outcomes.push(Outcome {
                deferral,
                answer,
                readings,
            });
        },
    );
    outcomes
}

/// What may be seen and what is left, under `pins`.
fn effects(outcomes: &[Outcome], terms: &Terms, pins: &Readings) -> BTreeSet<(Answer, Deferral)> {
    let compatible = outcomes.iter().filter(|o| o.readings.meet(pins).is_some());
    compatible
        .map(|o| (o.answer, settle(o.deferral, terms, pins)))
        .collect()
}

fn starting_with_a_deferral(events: Vec<Event>) -> impl Iterator<Item = Event> {
    std::iter::once(Event::Request(TokenRequest::PLAIN)).chain(events)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// At every step of every walk, what an open question allows is what its
    /// readings allow between them: no outcome more, none less.
    #[test]
    fn an_open_step_is_the_union_of_its_pinned_ones(
        events in proptest::collection::vec(event(), 1..12),
        terms in terms(),
        pins in pinned(),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 13),
    ) {
        let open = Readings::open();
        let mut at = Deferral::ABSENT;
        for (event, pick) in starting_with_a_deferral(events).zip(picks) {
            let any = step(at, event, &terms, &open);
            let one = step(settle(at, &terms, &pins), event, &terms, &pins);
            prop_assert_eq!(effects(&one, &terms, &pins), effects(&any, &terms, &pins));
            for outcome in &any {
                let mut fixed = outcome.readings;
                for question in Question::ALL {
                    let first = outcome.readings.of(*question).next();
                    fixed = fixed.with(*question, first.expect("never empty"));
                }
                let again = step(settle(at, &terms, &fixed), event, &terms, &fixed);
                let found = effects(&again, &terms, &fixed);
                let settled = settle(outcome.deferral, &terms, &fixed);
                prop_assert!(found.contains(&(outcome.answer, settled)), "{event}: {outcome:?}");
            }
            at = any[pick.index(any.len())].deferral;
        }
    }

    /// Two walks through the same outcomes, one forgetting and one not, can
    /// never be told apart by an answer.
    #[test]
    fn forgetting_is_sound(
        events in proptest::collection::vec(event(), 1..14),
        terms in terms(),
        pins in pinned(),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 15),
    ) {
        let (mut short, mut long) = (Deferral::ABSENT, Deferral::ABSENT);
        for (event, pick) in starting_with_a_deferral(events).zip(picks) {
            let brief = step(short, event, &terms, &pins);
            let full = step_remembering_all(long, event, &terms, &pins);
            let answers = |all: &[Outcome]| all.iter().map(|o| o.answer).collect::<BTreeSet<_>>();
            prop_assert_eq!(answers(&brief), answers(&full), "{}", event);
            // One that remembers more may list an outcome twice, so the two
            // are paired by what they come to.
            let chosen = full[pick.index(full.len())];
            let settled = settle(chosen.deferral, &terms, &pins);
            let same = |o: &&Outcome| o.answer == chosen.answer && o.deferral == settled;
            let partner = brief.iter().find(same);
            prop_assert!(partner.is_some(), "{event}: {chosen:?} has no partner in {brief:?}");
            (short, long) = (settled, chosen.deferral);
        }
    }

    /// With every question pinned and no discretion left there is one outcome.
    #[test]
    fn a_pinned_step_without_discretion_is_a_function(
        events in proptest::collection::vec(event(), 1..12),
        terms in terms(),
        pins in pinned(),
    ) {
        let mut at = Deferral::ABSENT;
        for event in starting_with_a_deferral(events) {
            let outcomes = step(at, event, &terms, &pins);
            let discretion = match event {
                // Nobody has to give, or to grant, what renews a token.
                Event::Renew(_) | Event::Present => at.phase() == Phase::Redeemed,
                Event::Request(_) | Event::Callback(_) => true,
                // Of a disabled client either the one or the other is noticed first.
                Event::Poll { by: Caller::Impostor, .. } | Event::Revoke { by: Caller::Impostor } => {
                    at.client_lapsed()
                }
                // `slow_down` is a SHOULD; C-05/B and C-58/B are habits that vary.
                Event::Poll { .. } => {
                    at.since() < terms.interval + at.slow_downs()
                        || pins.allows(Question::C05, Reading::B)
                        || ((at.consent_lapsed() || at.client_lapsed())
                            && !terms.draft.rules.rechecks)
                }
                _ => false,
            };
            prop_assert!(discretion || outcomes.len() == 1, "{event}: {outcomes:?}");
            at = outcomes[0].deferral;
        }
    }
}
