//! Faults of the store: a deferral, or an authorization code, that is kept badly.

use dtr_reference::deferral::State;
use dtr_reference::store::Use;

use crate::farm::fault::{Fault, How, Seam, Shown};
use crate::farm::store::{Moment, Purpose};

const fn fault(id: &'static str, does: &'static str, shown: Shown, how: &'static [How]) -> Fault {
    Fault {
        id,
        seam: Seam::Store,
        does,
        shown,
        how,
    }
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "redeemed-code-redeems-again",
        "a redeemed code is still approved, so that another poll gets another token",
        Shown::Broken(&["DTR-6.5.2-02"]),
        &[How::Change(|m| {
            keep_unless(m, |state| *state != State::Redeemed)
        })],
    ),
    fault(
        "cancellation-forgotten",
        "a revocation is answered 200 and changes nothing",
        Shown::Broken(&["DTR-8.2-04", "DTR-6.5.1-06"]),
        &[How::Change(|m| {
            keep_unless(m, |state| *state != State::Cancelled)
        })],
    ),
    fault(
        "approval-survives-cancellation",
        "only a pending request can be cancelled; an approved one still gives its token",
        Shown::Broken(&["DTR-8.2-09", "DTR-8.2-10"]),
        &[How::Change(|m| match (m.state(), m.purpose()) {
            (State::Approved { .. }, Purpose::Cancel) => m.feign(),
            _ => m.go(),
        })],
    ),
    fault(
        "cancelled-approval-reads-redeemed",
        "an approved request that is cancelled is kept as redeemed",
        Shown::Read("C-05/B"),
        &[How::Change(|m| match (m.state(), m.purpose()) {
            (State::Approved { .. }, Purpose::Cancel) => {
                m.go();
                if m.state() == State::Cancelled {
                    m.set(State::Redeemed);
                }
            }
            _ => m.go(),
        })],
    ),
    fault(
        "revocation-cancels-anything",
        "revoking a redeemed code makes it a cancelled one",
        Shown::Broken(&["DTR-8.2-05"]),
        &[How::Change(|m| match (m.state(), m.purpose()) {
            (State::Redeemed, Purpose::Cancel) => {
                m.go();
                m.set(State::Cancelled);
            }
            _ => m.go(),
        })],
    ),
    fault(
        "late-approval-resurrects",
        "an approval makes a redeemed code pending again, and approves it",
        Shown::Broken(&["DTR-6.5.2-02"]),
        &[How::Change(|m| match (m.state(), m.purpose()) {
            (State::Redeemed, Purpose::Decide) => {
                m.set(State::Pending { interaction: false });
                m.go();
            }
            _ => m.go(),
        })],
    ),
    fault(
        "approval-overrides-denial",
        "a decision about a denied request changes it",
        Shown::Broken(&["DTR-6.5.1-06"]),
        &[How::Change(|m| match (m.state(), m.purpose()) {
            (State::Denied, Purpose::Decide) => {
                m.set(State::Pending { interaction: false });
                m.go();
            }
            _ => m.go(),
        })],
    ),
    fault(
        "approval-revives-expired",
        "an approval after the lifetime delivers a token all the same",
        Shown::Broken(&["DTR-6.4-07"]),
        &[How::Change(|m| match (m.is_expired(), m.purpose()) {
            (true, Purpose::Decide) => {
                let now = m.now;
                let open = m.deferral.laid_open();
                if matches!(open.state, State::Pending { .. } | State::Expired) {
                    *open.issued_at = now;
                    *open.state = State::Pending { interaction: false };
                }
                m.go();
            }
            _ => m.go(),
        })],
    ),
    fault(
        "first-poll-throttled",
        "the deferred response counts as a poll, so that the first poll is too early",
        Shown::Broken(&["K-6.6-03"]),
        &[How::Insert(|deferral, _, now| {
            *deferral.laid_open().last_poll = Some(now)
        })],
    ),
    fault(
        "interval-never-enforced",
        "no poll is ever too early",
        Shown::Warned("DTR-11.3-01"),
        &[How::Change(|m| {
            *m.deferral.laid_open().last_poll = None;
            m.go();
        })],
    ),
    fault(
        "last-poll-lost-on-slow-down",
        "when it says `slow_down` it forgets when the last poll was",
        Shown::Warned("DTR-11.3-01"),
        &[How::Change(|m| {
            let early = m.is_early() && m.is_poll() && matches!(m.state(), State::Pending { .. });
            m.go();
            if early {
                *m.deferral.laid_open().last_poll = None;
            }
        })],
    ),
    fault(
        "raised-interval-forgotten",
        "the interval is enforced as announced, whatever `slow_down` said",
        Shown::Read("C-20/A"),
        &[How::Change(|m| m.go())],
    ),
    fault(
        "slow-down-starves",
        "after one early poll every later one is too early",
        Shown::Broken(&["K-6.6-03"]),
        &[How::Change(|m| {
            if m.is_early() && m.is_poll() {
                *m.deferral.laid_open().last_poll = Some(u64::MAX / 2);
            }
            m.go();
        })],
    ),
    fault(
        "slow-down-ends-the-request",
        "an early poll makes the request a denied one",
        Shown::Broken(&["K-6.6-03"]),
        &[How::Change(|m| {
            let early = m.is_early() && m.is_poll() && matches!(m.state(), State::Pending { .. });
            m.go();
            if early {
                m.set(State::Denied);
            }
        })],
    ),
    fault(
        "poll-denies",
        "polling a pending request a second time ends it",
        Shown::Broken(&["K-6.6-03"]),
        &[How::Change(|m| {
            let polled = m.deferral.laid_open().last_poll.is_some();
            if polled && m.is_poll() && matches!(m.state(), State::Pending { .. }) {
                m.set(State::Denied);
            }
            m.go();
        })],
    ),
    fault(
        "codes-never-expire",
        "the lifetime is announced and not kept",
        Shown::Broken(&["DTR-6.4-07", "DTR-6.5.1-04"]),
        &[How::Insert(|deferral, _, _| {
            deferral.laid_open().terms.lifetime += 3600
        })],
    ),
    fault(
        "codes-expire-early",
        "a code is dead after half of its lifetime",
        Shown::Broken(&["K-6.6-03"]),
        &[How::Insert(|deferral, _, _| {
            deferral.laid_open().terms.lifetime /= 2
        })],
    ),
    fault(
        "approved-code-outlives-its-lifetime",
        "an approved code gives its token however late",
        Shown::Broken(&["DTR-6.4-07"]),
        &[How::Change(|m| {
            let now = m.now;
            if m.is_expired() && matches!(m.state(), State::Approved { .. }) && m.is_poll() {
                *m.deferral.laid_open().issued_at = now;
            }
            m.go();
        })],
    ),
    fault(
        "consent-not-evaluated-again",
        "what was revoked after the approval is still minted",
        Shown::Broken(&["DTR-11.7-03"]),
        &[How::Change(|m| {
            if m.is_poll() {
                *m.deferral.laid_open().consent = true;
            }
            m.go();
        })],
    ),
    fault(
        "lapsed-consent-reads-redeemed",
        "an approval whose consent lapsed is answered `invalid_grant`",
        Shown::Broken(&["DTR-11.7-01", "DTR-11.7-02"]),
        &[How::Change(|m| {
            let lapsed = !*m.deferral.laid_open().consent;
            if lapsed && m.is_poll() && matches!(m.state(), State::Approved { .. }) {
                m.set(State::Redeemed);
            }
            m.go();
        })],
    ),
    fault(
        "key-not-checked",
        "any proof will do, or none",
        Shown::Broken(&["DTR-6.4-23", "DTR-6.4-24", "DTR-11.1-06", "K-4.1-G3"]),
        &[How::Insert(|deferral, _, _| {
            deferral.laid_open().request.key = None
        })],
    ),
    fault(
        "key-not-checked-on-revocation",
        "whoever names the client cancels its requests",
        Shown::Broken(&["DTR-11.1-06"]),
        &[How::Change(|m| {
            let key = m.deferral.laid_open().request.key.clone();
            if m.purpose() == Purpose::Cancel {
                m.deferral.laid_open().request.key = None;
            }
            m.go();
            m.deferral.laid_open().request.key = key;
        })],
    ),
    fault(
        "denied-reads-approved",
        "a denial is kept as an approval",
        Shown::Broken(&["DTR-6.5.1-06"]),
        &[How::Change(|m| {
            let before = m.state();
            m.go();
            if matches!(before, State::Pending { .. }) && m.state() == State::Denied {
                let scope = m.deferral.laid_open().request.scope.clone();
                m.set(State::Approved { scope });
            }
        })],
    ),
    fault(
        "approval-lost",
        "a decision is acknowledged and not kept",
        Shown::Broken(&["DTR-6.5.1-05"]),
        &[How::Change(|m| match m.purpose() {
            Purpose::Decide => m.feign(),
            _ => m.go(),
        })],
    ),
    fault(
        "narrowing-forgotten",
        "an approval in part is kept as one of the whole",
        Shown::Broken(&["K-4.1-G1"]),
        &[How::Change(|m| {
            m.go();
            if matches!(m.state(), State::Approved { .. }) {
                let scope = m.deferral.laid_open().request.scope.clone();
                m.set(State::Approved { scope });
            }
        })],
    ),
    fault(
        "interaction-forgotten",
        "a request that waits for interaction is kept as plainly pending",
        Shown::Broken(&["DTR-6.6-03"]),
        &[How::Change(|m| {
            m.go();
            if matches!(m.state(), State::Pending { .. }) {
                m.set(State::Pending { interaction: false });
            }
        })],
    ),
    fault(
        "hint-forgotten",
        "the hint on the authorization request is not kept",
        Shown::Broken(&["DTR-5.2-06"]),
        &[How::Credential(|authorization| {
            authorization.hinted = false
        })],
    ),
    fault(
        "hint-demanded",
        "an authorization code that was obtained without the hint is refused",
        Shown::Broken(&["DTR-5.2-02"]),
        &[How::Credential(|authorization| {
            if !authorization.hinted {
                authorization.client_id = "somebody else".into();
            }
        })],
    ),
    fault(
        "authorization-code-used-again",
        "an authorization code that gave a token gives another",
        Shown::Broken(&["K-11.2-01", "DTR-6.3.1-01"]),
        &[How::Credential(|authorization| {
            if authorization.used == Use::Completed {
                authorization.used = Use::Unused;
            }
        })],
    ),
    fault(
        "callback-before-the-decision",
        "the callback goes out as soon as the request is deferred",
        Shown::Broken(&["K-7-03"]),
        &[How::Insert(|deferral, _, now| {
            deferral.laid_open().notice.owe_anyway(now)
        })],
    ),
    fault(
        "cancellation-called-back",
        "a cancellation by the client is called back",
        Shown::Broken(&["DTR-8.2-03"]),
        &[How::Change(|m| {
            let before = m.state();
            m.go();
            if before != State::Cancelled && m.state() == State::Cancelled {
                let now = m.now;
                m.deferral.laid_open().notice.owe_anyway(now);
            }
        })],
    ),
    fault(
        "callback-after-expiry",
        "a callback that is owed goes out though the code has expired",
        Shown::Broken(&["DTR-7-04"]),
        &[How::Change(|m| {
            let owed = m.deferral.callback_due_at().is_some();
            if owed && m.is_expired() && m.purpose() == Purpose::Other {
                let now = m.now;
                let open = m.deferral.laid_open();
                let issued = *open.issued_at;
                *open.issued_at = now;
                m.go();
                *m.deferral.laid_open().issued_at = issued;
            } else {
                m.go();
            }
        })],
    ),
    fault(
        "resolution-not-called-back",
        "no callback is ever owed",
        Shown::Broken(&["DTR-7.1-02"]),
        &[How::Change(|m| {
            m.go();
            m.deferral.laid_open().notice.drop_it();
        })],
    ),
    fault(
        "notification-token-disposed-early",
        "the notification token is forgotten at the decision, before the callback that needs it",
        Shown::Broken(&["DTR-7.1-02"]),
        &[How::Change(|m| {
            m.go();
            if !matches!(m.state(), State::Pending { .. }) {
                m.deferral.laid_open().notice.forget_token();
            }
        })],
    ),
    fault(
        "forgets-at-the-decision",
        "what is decided is disposed of, and the outcome with it",
        Shown::Broken(&["DTR-6.5.1-05"]),
        &[How::Change(|m| {
            if m.is_poll() && matches!(m.state(), State::Approved { .. } | State::Denied) {
                m.set(State::Redeemed);
            }
            m.go();
        })],
    ),
    fault(
        "two-tokens-at-once",
        "two polls at the same time both see the approval, and both get a token",
        Shown::Raced(&["DTR-6.5.2-02", "DTR-6.5.1-07", "DTR-6.5.1-05"]),
        &[How::HastyChanges],
    ),
    fault(
        "authorization-code-replay-race",
        "two requests at the same time both find the authorization code unused",
        Shown::Raced(&["K-11.2-01", "DTR-6.3.1-01"]),
        &[How::HastyCredentials],
    ),
];

/// Makes the change unless it led to a state that is not to be.
fn keep_unless(m: &mut Moment<'_, '_>, fine: fn(&State) -> bool) {
    let before = m.deferral.clone();
    m.go();
    if !fine(&m.state()) {
        *m.deferral = before;
    }
}
