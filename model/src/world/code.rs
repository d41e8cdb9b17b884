//! Moves of one code's surroundings that the server answers at once: token
//! requests, decisions, lapses, callback attempts, the attacker, and the clock.

use super::state::Kind;
use super::steps::{Brought, Step, Steps};
use super::{Action, Message, Move, Which, World};
use crate::deferral::{Callback, Deferral, Phase, Verifier};
use crate::draft::Opening;
use crate::event::{Answer, Caller, Decision, Event, Fate, Precondition, Steer, TokenRequest, Way};
use crate::property::Properties;
use crate::terms::Terms;

pub(super) fn moves(steps: &impl Steps, world: World, found: &mut impl FnMut(Move)) {
    for which in Which::ALL {
        steps.at_once(which, |event, step| {
            if let Some(next) = ring(world, which, event, step) {
                found(Move {
                    action: Action::Event(which, event, step.answer),
                    next,
                    exercised: step.judged.exercised,
                });
            }
        });
    }
    tick(steps, world, found);
}

/// The events that may befall this code now, of those that the text knows.
pub(super) fn each_event(d: Deferral, which: Which, terms: &Terms, mut then: impl FnMut(Event)) {
    let draft = terms.draft;
    let mut then = |event| {
        if draft.knows(event) {
            then(event);
        }
    };
    requests(d, which, terms, &mut then);
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
    if d.phase() == Phase::Redeemed {
        then(Event::Present);
        then(Event::Renew(Way::Refresh));
        then(Event::Renew(Way::Exchange));
    }
    // The attacker holds both codes. He is a client of his own, knows both
    // clients' ids, and lacks the first one's secret and the second one's key.
    then(Event::Poll {
        by: Caller::OtherClient,
        lost: false,
    });
    then(Event::Revoke {
        by: Caller::OtherClient,
    });
    let by = match terms.public {
        false => Caller::Impostor,
        true => Caller::OtherKey,
    };
    then(Event::Poll { by, lost: false });
    then(Event::Revoke { by });
    // And he can slip a code into another session of its client.
    if d.verifier() == Verifier::Awaited {
        for by in [Caller::NoVerifier, Caller::OtherVerifier] {
            then(Event::Poll { by, lost: false });
        }
    }
}

fn requests(d: Deferral, which: Which, terms: &Terms, then: &mut impl FnMut(Event)) {
    let plain = terms.draft.plain_request();
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
            TokenRequest {
                steer: Steer::Refuse,
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
    if which == Which::Second && terms.draft.rules.opening == Opening::Either {
        then(Event::Request(TokenRequest {
            hinted: true,
            ..plain
        }));
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
        // A token that is renewed may meet a consent that was withdrawn since.
        false if d.is_live() || d.approval() > 0 => then(Event::Lapse(precondition)),
        false => {}
    }
    if which == Which::First && d.is_live() && !d.widened() {
        then(Event::Widen);
    }
}

/// The world after a step. A callback attempt puts a message on the wire, if
/// there is room for one; the client has been called only when it arrives.
fn ring(world: World, which: Which, event: Event, step: Step) -> Option<World> {
    let next = world.after(which, step);
    let sent = matches!(step.answer, Answer::Called { .. });
    if !sent || event != Event::Callback(Fate::Delivered) {
        return Some(next);
    }
    let watch = next.watch(which).with_called(world.watch(which).called());
    let called = next.with_code(which, step.deferral, watch);
    world
        .has_room()
        .then(|| called.with_messages([world.message0_or_none(), Message::new(Kind::Ring, which)]))
}

fn tick(steps: &impl Steps, world: World, found: &mut impl FnMut(Move)) {
    steps.upon(Which::First, Brought::Tick, |first| {
        steps.upon(Which::Second, Brought::Tick, |second| {
            let broken = first.judged.broken.union(second.judged.broken);
            let next = world.after(Which::First, first);
            found(Move {
                action: Action::Tick,
                next: next.after(Which::Second, second).with_broken(broken),
                exercised: first.judged.exercised.union(second.judged.exercised),
            });
        });
    });
}

/// A move that tests nothing.
pub(super) fn quiet(action: Action, next: World) -> Move {
    Move {
        action,
        next: next.with_broken(Properties::NONE),
        exercised: Properties::NONE,
    }
}
