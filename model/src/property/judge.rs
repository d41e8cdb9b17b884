//! One transition judged: what it breaks, what it exercises, what to remember.

use super::{Properties, Property, Told, Watch};
use crate::deferral::{Callback, Deferral, Phase, Verifier};
use crate::event::{Answer, Caller, Code, Decision, Event, Scope, Steer, TokenRequest};
use crate::terms::Terms;

/// What [`judge`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The memory afterwards.
    pub watch: Watch,
    /// Properties this transition breaks.
    pub broken: Properties,
    /// Properties it puts to the test, whether or not they hold.
    pub exercised: Properties,
}

/// A transition of one deferral, as the judge sees it.
struct Seen<'a> {
    before: Deferral,
    event: Event,
    answer: Answer,
    after: Deferral,
    terms: &'a Terms,
    watch: Watch,
    found: Judgement,
}

/// Judges the transition from `before` to `after`.
pub fn judge(
    watch: Watch,
    before: Deferral,
    event: Event,
    answer: Answer,
    after: Deferral,
    terms: &Terms,
) -> Judgement {
    let found = Judgement {
        watch,
        broken: Properties::NONE,
        exercised: Properties::NONE,
    };
    let mut seen = Seen {
        before,
        event,
        answer,
        after,
        terms,
        watch,
        found,
    };
    match event {
        Event::Request(request) => seen.request(request),
        Event::Poll { by, lost } => seen.poll(by, lost),
        Event::Revoke { by } => seen.revoke(by),
        Event::Callback(_) => seen.callback(),
        Event::Decide(decision) => seen.decide(decision),
        Event::Tick => seen.tick(),
        Event::ResponseLost => seen.response_lost(),
        Event::Renew(_) => seen.renew(),
        Event::Present => seen.present(),
        Event::Lapse(_) | Event::Return(_) | Event::Widen => {}
    }
    seen.silenced();
    seen.found.watch = seen.found.watch.settled(after, terms);
    seen.found
}

impl Seen<'_> {
    fn test(&mut self, property: Property, exercised: bool, broken: bool) {
        self.found.exercised.add(property, exercised || broken);
        self.found.broken.add(property, broken);
    }

    fn request(&mut self, request: TokenRequest) {
        let deferred = matches!(self.answer, Answer::Deferred { .. });
        let code = |code| matches!(self.answer, Answer::Deferred { code: c, .. } if c == code);
        let (same, other, direct) = (code(Code::Same), code(Code::Other), code(Code::Direct));
        // At the authorization endpoint the hint is the opt-in.
        let opted_in = request.opted_in || (direct && request.hinted);
        self.test(Property::S6, !opted_in, !opted_in && deferred);

        let has_credential = self.terms.one_time && !self.before.is_direct();
        let again = has_credential && self.before.phase() != Phase::Absent;
        let fed_twice = (again && other) || (!request.sound && deferred);
        self.test(Property::S12, again || !request.sound, fed_twice);

        // The deferred response was lost; the client asks again at once.
        let retried = again
            && !self.watch.known()
            && request.sound
            && request.opted_in
            && request.keyed == self.before.bound()
            && self.before.is_live()
            && self.before.age() == 0
            && !self.before.client_lapsed();
        self.test(Property::L2Lost, retried, retried && !same);

        let rules = &self.terms.draft.rules;
        let waiting = self.before.is_pending() || (self.watch.granted() && !self.is_over());
        let repeated = rules.idempotent
            && self.before.is_live()
            && waiting
            && !self.before.is_expired(self.terms)
            && request.sound
            && request.keyed == self.before.bound();
        self.test(Property::S15, repeated && deferred, repeated && other);

        // A server that defers all the same finds that somebody can approve.
        let reserved = matches!(
            self.answer,
            Answer::AuthorizationPending
                | Answer::AccessDenied
                | Answer::ExpiredToken
                | Answer::SlowDown
        );
        let refused = rules.refuses_natively && request.sound && request.steer == Steer::Refuse;
        self.test(Property::S16, refused, refused && reserved);

        if deferred && !other && !request.lost {
            self.found.watch.set_known(true);
        }
        if self.before.phase() == Phase::Absent {
            self.found.watch.set_pace(self.terms.interval);
        }
    }

    fn poll(&mut self, by: Caller, lost: bool) {
        let expired = self.before.is_expired(self.terms);
        let issued = match self.answer {
            Answer::Token { again, .. } => !again,
            _ => lost && self.after.phase() == Phase::Redeemed && self.after != self.before,
        };
        let token = issued || matches!(self.answer, Answer::Token { .. });
        let owner = by == Caller::Owner;
        let rechecks = self.terms.draft.rules.rechecks;
        let lapsed = rechecks && (self.before.consent_lapsed() || self.before.client_lapsed());
        let granted = self.watch.granted();
        let over = self.is_over();

        self.test(
            Property::S13,
            owner && granted && over && !expired,
            granted && over && issued,
        );
        self.test(
            Property::S1,
            owner && self.watch.tokens() > 0,
            issued && self.watch.tokens() > 0,
        );
        self.test(
            Property::S2,
            owner && self.watch.cancelled(),
            token && self.watch.cancelled(),
        );
        let resolved = self.watch.tokens() > 0 || granted;
        self.test(Property::S3, owner && expired && resolved, token && expired);
        let unfounded = !granted || lapsed || self.before.unsound();
        let doubtful = match rechecks {
            true => granted && lapsed,
            false => !granted,
        };
        self.test(Property::S4, owner && doubtful, issued && unfounded);
        let wider = matches!(
            self.answer,
            Answer::Token {
                scope: Scope::Wider,
                ..
            }
        );
        self.test(Property::S11, token, wider);

        match by {
            Caller::Owner => {}
            Caller::Impostor => self.intruder(by, token, Answer::InvalidClient),
            Caller::OtherKey | Caller::OtherClient => {
                self.intruder(by, token, Answer::InvalidGrant);
            }
            Caller::NoVerifier | Caller::OtherVerifier => self.mistaken(by, token),
        }
        if owner && !self.before.client_lapsed() {
            self.owner_polls(lost, token, lapsed, expired);
        }
        let turned_away = matches!(
            self.answer,
            Answer::SlowDown | Answer::InvalidClient | Answer::UnauthorizedClient
        );
        if owner && !turned_away {
            self.found.watch.set_pace(0);
        }
        if issued {
            let count = (self.watch.tokens() + 1).min(3);
            self.found.watch.set_tokens(count);
        }
        if lost && issued {
            self.found.watch.set_missed(true);
        } else if token {
            self.found.watch.set_missed(false);
        }
    }

    /// Somebody without the right identity or key must neither gain nor spoil
    /// anything, nor learn that the code exists.
    fn intruder(&mut self, by: Caller, token: bool, to_unknown: Answer) {
        let spoilt = self.before.is_live() && !self.after.is_live();
        self.test(Property::S5, self.before.is_live(), token || spoilt);
        // With a public client's id the code is not foreign to the server, so a
        // poll may be told about the proof (Section 11.1); a revocation may not.
        // A disabled client is turned away before its code is looked at.
        let told_nothing = to_unknown == Answer::Revoked || by == Caller::Impostor;
        let unrecognised =
            by == Caller::OtherClient || (told_nothing && !self.before.client_lapsed());
        let told_apart = unrecognised && self.before.exists() && self.answer != to_unknown;
        self.test(
            Property::S7,
            unrecognised && self.before.exists(),
            told_apart,
        );
    }

    /// A code from the authorization endpoint is bound to the code verifier, too: no
    /// token without it. Another verifier ends the request, and as it takes the
    /// client and its key to show one, it is the client that hears of the end.
    fn mistaken(&mut self, by: Caller, token: bool) {
        let live = self.before.is_live();
        let awaited = self.before.verifier() == Verifier::Awaited;
        let spoilt = by == Caller::NoVerifier && live && !self.after.is_live();
        let gained = awaited && token;
        self.test(Property::S5, awaited && live, gained || spoilt);
        if by == Caller::OtherVerifier && self.answer == Answer::InvalidGrant {
            self.found.watch.set_told(Told::Gone);
        }
    }

    fn owner_polls(&mut self, lost: bool, token: bool, lapsed: bool, expired: bool) {
        let (answer, watch) = (self.answer, self.watch);
        let unheard = watch.told() == Told::Nothing && watch.tokens() == 0;
        // Only of a client that still waits is the pace remembered.
        let waiting = unheard && !watch.cancelled();
        let legal = watch.pace() >= self.terms.interval;
        let owed = watch.granted() && waiting && !lapsed && !self.is_over();

        if !lost {
            let class = class(answer);
            let stays = stays(watch.told(), class, answer, expired);
            self.test(Property::S8, watch.told() != Told::Nothing, !stays);
            if let Some(class) = class {
                self.found.watch.set_told(class);
            }
            let untold = waiting && answer == Answer::InvalidGrant;
            let late_pending = waiting && legal && expired && answer.is_pending();
            self.test(
                Property::L1,
                waiting && legal && expired,
                untold || late_pending,
            );
            let promised = watch.called() && watch.told() == Told::Nothing;
            self.test(Property::S10, promised, promised && answer.is_pending());
            let refused = owed && legal && !expired && !token;
            self.test(Property::L2, owed && legal && !expired, refused);
            let paced = legal && self.before.is_pending() && !expired;
            let starved = legal && waiting && answer == Answer::SlowDown;
            self.test(Property::L4, paced, starved);
        }
        self.test(Property::L2Late, owed && expired, owed && expired && !token);
        let again = watch.missed() && legal && !expired && !watch.cancelled();
        self.test(Property::L2Lost, again, again && !token);
    }

    fn revoke(&mut self, by: Caller) {
        let live = self.before.is_live() && !self.before.is_expired(self.terms);
        match by {
            Caller::Owner if self.answer == Answer::Revoked => {
                self.test(Property::L3, live, live && self.after.is_live());
                if live || self.before.phase() != self.after.phase() {
                    self.found.watch.set_cancelled(true);
                }
            }
            Caller::Owner => {}
            // A stranger whose revocation had no effect is not the owner's cancellation.
            Caller::Impostor => self.intruder(by, false, Answer::InvalidClient),
            Caller::OtherKey | Caller::OtherClient => self.intruder(by, false, Answer::Revoked),
            // No revocation carries a verifier.
            Caller::NoVerifier | Caller::OtherVerifier => {}
        }
    }

    fn callback(&mut self) {
        if let Answer::Called { bearer } = self.answer {
            self.test(Property::S9, true, !bearer);
            let unfounded = self.before.is_pending()
                || self.before.is_expired(self.terms)
                || self.watch.cancelled();
            self.test(Property::S10, true, unfounded);
            if self.event == Event::Callback(crate::event::Fate::Delivered) {
                self.found.watch.set_called(true);
            }
        }
    }

    fn decide(&mut self, decision: Decision) {
        let in_time = self.before.is_pending() && !self.before.is_expired(self.terms);
        if in_time && matches!(decision, Decision::Approve | Decision::Narrow) {
            self.found.watch.set_granted(true);
            self.found.watch.set_approval(self.terms.approval);
            self.found.watch.set_narrow(decision == Decision::Narrow);
        }
    }

    fn tick(&mut self) {
        let pace = (self.watch.pace() + 1).min(self.terms.interval);
        let approval = self.watch.approval().saturating_sub(1);
        self.found.watch.set_pace(pace);
        self.found.watch.set_approval(approval);
    }

    /// Whether the approval that was given has ended.
    fn is_over(&self) -> bool {
        self.terms.approval > 0 && self.watch.approval() == 0
    }

    /// Nothing that a token is renewed for is wider than what was approved, or is
    /// there once the approval is over.
    fn renew(&mut self) {
        if self.watch.tokens() == 0 || self.answer == Answer::Silence {
            return;
        }
        let over = self.is_over();
        let lapsed = !over && self.before.consent_lapsed();
        let token = matches!(self.answer, Answer::Token { .. });
        self.test(Property::S4, lapsed, lapsed && token);
        let refused = self.answer == Answer::InvalidGrant || self.before.client_lapsed();
        self.test(Property::S14, over, over && !refused);
        if let Answer::Token { scope, .. } = self.answer {
            let wider = match self.watch.narrow() {
                true => scope != Scope::Narrowed,
                false => scope == Scope::Wider,
            };
            self.test(Property::S11, !over, !over && wider);
        }
    }

    /// A token says itself how long it is good.
    fn present(&mut self) {
        let over = self.watch.tokens() > 0 && self.is_over();
        let good = self.answer == Answer::TokenGood;
        self.test(Property::S13, over, over && good);
    }

    fn response_lost(&mut self) {
        if self.watch.tokens() > 0 {
            self.found.watch.set_missed(true);
        }
    }

    /// A callback that was owed and never attempted must not vanish, unless
    /// this very event cancelled the live request.
    fn silenced(&mut self) {
        let owed = self.before.callback() == Callback::Due;
        let gone = owed && self.after.callback() == Callback::None;
        let sent = matches!(self.answer, Answer::Called { .. });
        let late = self.after.is_expired(self.terms);
        let cancelling = matches!(self.event, Event::Revoke { by: Caller::Owner })
            && self.before.phase() != Phase::Denied;
        let delivered = self.watch.tokens() > 0;
        let lost = gone && !sent && !cancelling && !delivered;
        let occasion = matches!(self.event, Event::Callback(_) | Event::Revoke { .. });
        self.test(Property::L5, owed && !late && occasion, lost && !late);
        self.test(Property::L5Late, owed && late, lost && late);
    }
}

/// The terminal class of an answer, if it is terminal.
fn class(answer: Answer) -> Option<Told> {
    match answer {
        Answer::Token { .. } => Some(Told::Token),
        Answer::AccessDenied => Some(Told::Denied),
        Answer::ExpiredToken => Some(Told::Expired),
        Answer::InvalidGrant => Some(Told::Gone),
        _ => None,
    }
}

/// Whether an answer is of the class told before. A redeemed code is
/// `invalid_grant`, and after its lifetime any code may have been disposed of.
fn stays(told: Told, class: Option<Told>, answer: Answer, expired: bool) -> bool {
    match (told, class) {
        (Told::Nothing, _) => true,
        (_, None) => !matches!(
            answer,
            Answer::AuthorizationPending | Answer::InteractionRequired | Answer::InteractionPending
        ),
        (Told::Token, Some(Told::Gone)) => true,
        (_, Some(Told::Gone)) if expired => true,
        (before, Some(now)) => before == now,
    }
}
