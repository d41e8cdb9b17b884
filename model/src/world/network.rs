//! The network: requests on their way to the server, responses and callbacks on
//! their way back. Two at a time, in any order.

use super::code::quiet;
use super::state::Kind;
use super::steps::{Brought, Steps};
use super::{Action, Message, Move, Setting, Which, World};
use crate::deferral::{Callback, Phase};
use crate::event::{Answer, Scope};
use crate::property::{Told, judge};
use crate::question::{Question, Reading};

pub(super) fn moves(
    setting: &Setting,
    steps: &impl Steps,
    world: World,
    found: &mut impl FnMut(Move),
) {
    if world.has_room() {
        for which in Which::ALL.into_iter().filter(|w| world.watch(*w).known()) {
            send(setting, world, which, found);
        }
    }
    let [first, second] = world.messages();
    arrive(setting, steps, world, [first, second], found);
    if first != second {
        arrive(setting, steps, world, [second, first], found);
    }
}

fn send(setting: &Setting, world: World, which: Which, found: &mut impl FnMut(Move)) {
    let other = world.message0_or_none();
    let with = |kind| world.with_messages([other, Message::new(kind, which)]);
    found(quiet(Action::SendPoll(which), with(Kind::Poll)));
    if setting.terms[which as usize].draft.rules.cancellable {
        found(quiet(Action::SendRevoke(which), with(Kind::Revoke)));
    }
}

/// What may happen to `message` while `other` stays.
fn arrive(
    setting: &Setting,
    steps: &impl Steps,
    world: World,
    [message, other]: [Message; 2],
    found: &mut impl FnMut(Move),
) {
    let Some((kind, which)) = message.parts() else {
        return;
    };
    let gone = world.with_messages([other, Message::None]);
    match kind {
        Kind::Poll => poll(setting, steps, world, which, other, found),
        Kind::Revoke => revoke(setting, steps, gone, which, other, found),
        Kind::Seen => commit(setting, world, which, other, found),
        Kind::Token => token(steps, world, gone, which, found),
        Kind::Ring => {
            let watch = world.watch(which).with_called(true);
            let called = |w: World| w.with_code(which, w.deferral(which), watch);
            found(quiet(Action::CallbackArrives(which), called(gone)));
            found(quiet(Action::CallbackDuplicated(which), called(world)));
        }
    }
}

/// The server processes a poll. A token goes onto the wire; whether the other
/// answers arrive makes no difference to anyone.
fn poll(
    setting: &Setting,
    steps: &impl Steps,
    world: World,
    which: Which,
    other: Message,
    found: &mut impl FnMut(Move),
) {
    let two_steps = setting.readings.allows(Question::C14, Reading::B);
    steps.upon(which, Brought::Poll, |step| {
        let (answer, next, exercised) =
            (step.answer, world.after(which, step), step.judged.exercised);
        let token = matches!(answer, Answer::Token { .. });
        if token && two_steps && world.deferral(which).phase() == Phase::Approved {
            let seen = world.with_messages([other, Message::new(Kind::Seen, which)]);
            found(quiet(Action::SeeApproval(which), seen));
            return;
        }
        // The client is told when the token arrives, not when it is sent.
        let heard = next.watch(which).with_told(world.watch(which).told());
        let (next, left) = match token {
            true => (
                next.with_code(which, next.deferral(which), heard),
                Message::new(Kind::Token, which),
            ),
            false => (next, Message::None),
        };
        found(Move {
            action: Action::ProcessPoll(which, answer),
            next: next.with_messages([other, left]),
            exercised,
        });
        // A copy of the request stays on the wire, where there is room for it.
        if !token {
            found(Move {
                action: Action::RepeatPoll(which, answer),
                next,
                exercised,
            });
        }
    });
}

/// Under C-14/B a poll that saw the approval issues a token, come what may.
fn commit(
    setting: &Setting,
    world: World,
    which: Which,
    other: Message,
    found: &mut impl FnMut(Move),
) {
    let before = world.deferral(which);
    let after = before.with_phase(Phase::Redeemed);
    let answer = Answer::Token {
        scope: Scope::Whole,
        again: false,
    };
    let terms = &setting.terms[which as usize];
    let judged = judge(
        world.watch(which),
        before,
        Brought::Poll.event(),
        answer,
        after,
        terms,
    );
    let watch = judged.watch.with_told(world.watch(which).told());
    found(Move {
        action: Action::CommitToken(which),
        next: world
            .with_code(which, after, watch)
            .with_messages([other, Message::new(Kind::Token, which)])
            .with_broken(judged.broken),
        exercised: judged.exercised,
    });
}

fn revoke(
    setting: &Setting,
    steps: &impl Steps,
    gone: World,
    which: Which,
    other: Message,
    found: &mut impl FnMut(Move),
) {
    steps.upon(which, Brought::Revoke, |step| {
        found(Move {
            action: Action::ProcessRevoke(which, step.answer),
            next: gone.after(which, step),
            exercised: step.judged.exercised,
        });
    });
    let arrived = gone.watch(which).told() == Told::Token;
    let unwritten = other == Message::new(Kind::Token, which) && !arrived;
    if unwritten && setting.readings.allows(Question::C72, Reading::B) {
        let watch = gone.watch(which);
        let fewer = watch.tokens().saturating_sub(1);
        let cancelled = gone
            .deferral(which)
            .with_phase(Phase::Cancelled)
            .with_callback(Callback::None);
        let retracted = gone
            .with_code(
                which,
                cancelled,
                watch.with_tokens(fewer).with_cancelled(true),
            )
            .with_messages([Message::None; 2]);
        found(quiet(Action::RevokeRetracts(which), retracted));
    }
}

fn token(
    steps: &impl Steps,
    world: World,
    gone: World,
    which: Which,
    found: &mut impl FnMut(Move),
) {
    let told = |w: World| {
        let watch = w.watch(which).with_told(Told::Token);
        w.with_code(which, w.deferral(which), watch)
    };
    found(quiet(Action::TokenArrives(which), told(gone)));
    found(quiet(Action::TokenDuplicated(which), told(world)));
    steps.upon(which, Brought::ResponseLost, |step| {
        let (next, exercised) = (gone.after(which, step), step.judged.exercised);
        found(Move {
            action: Action::TokenLost(which),
            next,
            exercised,
        });
        let arrived = next.watch(which).with_missed(gone.watch(which).missed());
        let next = told(next.with_code(which, next.deferral(which), arrived));
        found(Move {
            action: Action::TokenUnconfirmed(which),
            next,
            exercised,
        });
    });
}

impl World {
    /// The message that stays when a new one takes the free place.
    pub(super) fn message0_or_none(self) -> Message {
        self.messages()[0]
    }
}
