//! Moves of one code's surroundings that the server answers at once: token
//! requests, decisions, lapses, callback attempts, the attacker, and the clock.

use super::state::Kind;
use super::{Action, Message, Move, Setting, Which, World};
use crate::deferral::{Callback, Deferral, Phase, for_each_outcome};
use crate::event::{Answer, Caller, Decision, Event, Fate, Precondition, TokenRequest};
use crate::property::{Judgement, Properties, judge};

pub(super) fn moves(setting: &Setting, world: World, found: &mut impl FnMut(Move)) {
    for which in Which::ALL {
        each_event(world, which, |event| {
            outcomes(setting, world, which, event, &mut |answer, next, judged| {
                let action = Action::Event(which, event, answer);
                let next = ring(next, which, event, answer, world, judged);
                if let Some(next) = next {
                    found(Move {
                        action,
                        next,
                        exercised: judged.exercised,
                    });
                }
            });
        });
    }
    tick(setting, world, found);
}

/// The events that may befall this code now.
fn each_event(world: World, which: Which, mut then: impl FnMut(Event)) {
    let d = world.deferral(which);
    requests(d, which, &mut then);
    if d.phase() == Phase::Absent || d.phase() == Phase::Synchronous {
        return;
    }
    let decisions: &[Decision] = match which {
        Which::First => &[Decision::Approve, Decision::Narrow, Decision::Deny],
        Which::Second => &[
            Decision::Approve,
            Decision::NeedInteraction,
            Decision::InteractionDone,
        ],
    };
    for decision in decisions {
        then(Event::Decide(*decision));
    }
    lapses(d, which, &mut then);
    if d.callback() != Callback::None {
        then(Event::Callback(Fate::Delivered));
        then(Event::Callback(Fate::Lost));
    }
    // The attacker holds both codes. He is a client of his own, and knows the
    // public client's id.
    then(Event::Poll {
        by: Caller::OtherClient,
        lost: false,
    });
    then(Event::Revoke {
        by: Caller::OtherClient,
    });
    if which == Which::Second {
        then(Event::Poll {
            by: Caller::OtherKey,
            lost: false,
        });
        then(Event::Revoke {
            by: Caller::OtherKey,
        });
    }
}

fn requests(d: Deferral, which: Which, then: &mut impl FnMut(Event)) {
    let plain = TokenRequest::PLAIN;
    then(Event::Request(plain));
    if d.phase() != Phase::Absent {
        return;
    }
    let variants: &[TokenRequest] = match which {
        Which::First => &[
            TokenRequest {
                lost: true,
                ..plain
            },
            TokenRequest {
                opted_in: false,
                ..plain
            },
            TokenRequest {
                opted_in: false,
                hinted: true,
                ..plain
            },
            TokenRequest {
                sound: false,
                ..plain
            },
        ],
        Which::Second => &[TokenRequest {
            keyed: false,
            ..plain
        }],
    };
    for request in variants {
        then(Event::Request(*request));
    }
}

/// The first client's owner may withdraw consent, the second client may be
/// disabled; what has ended needs neither.
fn lapses(d: Deferral, which: Which, then: &mut impl FnMut(Event)) {
    let (precondition, lapsed) = match which {
        Which::First => (Precondition::Consent, d.consent_lapsed()),
        Which::Second => (Precondition::Client, d.client_lapsed()),
    };
    match lapsed {
        true => then(Event::Return(precondition)),
        false if d.is_live() => then(Event::Lapse(precondition)),
        false => {}
    }
    if which == Which::First && d.is_live() && !d.widened() {
        then(Event::Widen);
    }
}

/// Every outcome of an event at one code, judged.
#[inline]
pub(super) fn outcomes(
    setting: &Setting,
    world: World,
    which: Which,
    event: Event,
    found: &mut impl FnMut(Answer, World, Judgement),
) {
    let (before, watch) = (world.deferral(which), world.watch(which));
    let terms = &setting.terms[which as usize];
    for_each_outcome(before, event, terms, &setting.readings, |outcome| {
        #[cfg(test)]
        let outcome = match setting.fault {
            Some(fault) => fault(before, event, outcome),
            None => outcome,
        };
        let (after, answer) = (outcome.deferral, outcome.answer);
        let judged = judge(watch, before, event, answer, after, terms);
        let next = world
            .with_code(which, after, judged.watch)
            .with_broken(judged.broken);
        found(answer, next, judged);
    });
}

/// A callback attempt puts a message on the wire, if there is room for one; the
/// client has been called only when it arrives.
fn ring(
    next: World,
    which: Which,
    event: Event,
    answer: Answer,
    world: World,
    judged: Judgement,
) -> Option<World> {
    let sent = matches!(answer, Answer::Called { .. });
    if !sent || event != Event::Callback(Fate::Delivered) {
        return Some(next);
    }
    let watch = judged.watch.with_called(world.watch(which).called());
    let called = next.with_code(which, next.deferral(which), watch);
    world
        .has_room()
        .then(|| called.with_messages([world.message0_or_none(), Message::new(Kind::Ring, which)]))
}

fn tick(setting: &Setting, world: World, found: &mut impl FnMut(Move)) {
    outcomes(
        setting,
        world,
        Which::First,
        Event::Tick,
        &mut |_, first, judged| {
            outcomes(
                setting,
                first,
                Which::Second,
                Event::Tick,
                &mut |_, next, other| {
                    let broken = judged.broken.union(other.broken);
                    found(Move {
                        action: Action::Tick,
                        next: next.with_broken(broken),
                        exercised: judged.exercised.union(other.exercised),
                    });
                },
            );
        },
    );
}

/// A move that tests nothing.
pub(super) fn quiet(action: Action, next: World) -> Move {
    Move {
        action,
        next: next.with_broken(Properties::NONE),
        exercised: Properties::NONE,
    }
}
