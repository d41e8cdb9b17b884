//! Correct servers of another mind: what the text leaves open they do differently from the reference. None may fail.

use dtr_model::draft::Draft;
use dtr_reference::deferral::State;
use http::header;
use serde_json::Value;

use super::Decorated;
use super::fault::How;
use super::sockets::Habits;
use super::store::{Moment, Purpose};
use crate::target::TransportKind;

/// A correct server that differs from the reference.
#[derive(Debug)]
pub struct Mind {
    /// Stable, in kebab case.
    pub id: &'static str,
    /// What it does differently, in a sentence.
    pub does: &'static str,
    /// How it is reached.
    pub kind: TransportKind,
    how: &'static [How],
}

impl Mind {
    /// A server of this mind.
    pub fn server(&self) -> Decorated {
        Decorated::new(self.how, Draft::DEFAULT)
    }
}

const fn mind(id: &'static str, does: &'static str, how: &'static [How]) -> Mind {
    Mind {
        id,
        does,
        kind: TransportKind::InProcess,
        how,
    }
}

const fn over_sockets(id: &'static str, does: &'static str, how: &'static [How]) -> Mind {
    Mind {
        id,
        does,
        kind: TransportKind::Http,
        how,
    }
}

/// An authorization code is used up by its deferral: the same request never comes again.
const USED_UP: How = How::Insert(|_, from, _| {
    if let Some((_, representation)) = from {
        representation.parameters = [0; 32];
    }
});

/// All of them.
pub const MINDS: &[Mind] = &[
    mind("pins", "reads every question as the reference does", &[]),
    mind(
        "forgets-at-expiry",
        "after the lifetime denied and cancelled codes are unknown (C-04/C, C-06/C, C-45/A)",
        &[
            USED_UP,
            How::Change(|m| {
                m.go();
                // Kept for the lifetime only, and answered alike.
                if m.state() == State::Denied {
                    m.set(State::Cancelled);
                }
            }),
        ],
    ),
    mind(
        "expiry-before-all",
        "after the lifetime denied and cancelled codes are expired (C-04/B, C-06/B, C-45/A)",
        &[
            USED_UP,
            How::Change(|m| {
                if m.is_expired() && m.state() == State::Denied {
                    m.set(State::Expired);
                }
                keep_cancelled(m);
            }),
        ],
    ),
    mind(
        "remembers-cancellations",
        "cancelled codes stay cancelled however late (C-06/A, C-45/A)",
        &[USED_UP, How::Change(keep_cancelled)],
    ),
    mind(
        "evaluates-anew",
        "an approval whose consent lapsed is refused, until the consent returns (C-15/B)",
        &[How::Change(|m| {
            let before = m.state();
            let lapsed = !*m.deferral.laid_open().consent;
            m.go();
            let approved = matches!(before, State::Approved { .. });
            if lapsed && approved && m.state() == State::Denied {
                m.set(before);
            }
        })],
    ),
    mind(
        "no-slow-down",
        "never says `slow_down`",
        &[How::Change(|m| {
            *m.deferral.laid_open().last_poll = None;
            m.go();
        })],
    ),
    mind(
        "rate-before-state",
        "slows down early polls of resolved codes too (C-10/A)",
        &[How::Change(|m| {
            if m.purpose() != Purpose::Poll {
                return m.go();
            }
            let (before, now) = (m.state(), m.now);
            if m.is_early() && !m.is_expired() {
                m.set(State::Pending { interaction: false });
                m.go();
                m.set(before);
            } else {
                let proven = m.is_proven();
                m.go();
                if proven {
                    *m.deferral.laid_open().last_poll = Some(now);
                }
            }
        })],
    ),
    mind(
        "raises-the-interval",
        "enforces five seconds more after each `slow_down` (C-20/B)",
        &[How::Change(|m| {
            let slowed = is_slowed(m);
            m.go();
            if slowed {
                m.deferral.laid_open().terms.interval += 5;
            }
        })],
    ),
    mind(
        "restarts-the-wait",
        "an early poll restarts the wait (C-20/C)",
        &[How::Change(|m| {
            let slowed = is_slowed(m);
            let now = m.now;
            m.go();
            if slowed {
                *m.deferral.laid_open().last_poll = Some(now);
            }
        })],
    ),
    mind(
        "locks-out",
        "steps up to `invalid_request` after one `slow_down` (Section 11.3)",
        &[How::Setting(|config| {
            config.deferral.escalate_after = Some(1)
        })],
    ),
    mind(
        "revocation-of-denied",
        "revoking a denied request cancels it, and its callback (C-69/B)",
        &[How::Change(|m| {
            match (m.state(), m.is_expired(), m.purpose()) {
                (State::Denied, false, Purpose::Cancel) => {
                    m.set(State::Pending { interaction: false });
                    m.go();
                    if m.state() != State::Cancelled {
                        m.set(State::Denied);
                    }
                }
                _ => m.go(),
            }
        })],
    ),
    mind(
        "credential-used-up",
        "an authorization code is used up by its deferral (C-45/A)",
        &[USED_UP],
    ),
    mind(
        "long-representation-window",
        "the same request with the same authorization code gets the same deferral code for an hour (C-45/C)",
        &[How::Setting(|config| {
            config.deferral.representation_window = 3600
        })],
    ),
    mind(
        "long-memory",
        "dead codes are remembered for a month",
        &[How::Setting(|config| {
            config.deferral.tombstone = 30 * 24 * 3600
        })],
    ),
    mind(
        "always-synchronous",
        "answers every request at once",
        &[How::Control(|path, members| {
            steer(path, members, &["defer", "interact"], "complete")
        })],
    ),
    mind(
        "interaction-first",
        "whatever is deferred needs interaction from the start",
        &[How::Control(|path, members| {
            steer(path, members, &["defer"], "interact")
        })],
    ),
    mind(
        "opens-with-pending",
        "the deferred response always says `authorization_pending` (C-28/B)",
        &[How::Response(|_, answered, _| {
            if answered.is_deferred() && answered.is("interaction_required") {
                answered.set("error", "authorization_pending");
            }
        })],
    ),
    mind(
        "challenges-dpop",
        "a wrong proof is answered 401 with a DPoP challenge (C-51/B)",
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() && answered.is("invalid_dpop_proof") {
                answered.status = 401;
                answered.header(header::WWW_AUTHENTICATE, "DPoP algs=\"ES256\"");
            }
        })],
    ),
    mind(
        "disabled-is-unauthorized",
        "a disabled client is answered `unauthorized_client` (C-16/C)",
        &[How::Response(|asked, answered, known| {
            if answered.is("invalid_client") && known.is_authentic(asked) {
                answered.fail(400, "unauthorized_client");
            }
        })],
    ),
    mind(
        "no-request-objects",
        "knows of no signed authorization requests, and ignores `request` (RFC 6749 Section 3.1)",
        &[How::Request(|asked, _| {
            asked.query.retain(|(name, _)| name != "request");
        })],
    ),
    mind(
        "talkative",
        "adds members to every JSON object, in another order, with white space and a charset",
        &[How::Response(|asked, answered, _| {
            if answered.members.is_empty() {
                return;
            }
            answered.set("zz_trace", "4bf92f3577b34da6");
            answered.set("aa_hint", serde_json::json!({ "nested": [1, null, true] }));
            if answered.error().is_some() && !asked.is_revocation() {
                answered.set("error_uri", "https://as.example/errors");
            }
            answered.header(header::CONTENT_TYPE, "application/json; charset=UTF-8");
            let members = answered.members.iter().rev();
            let lines: Vec<String> = members
                .map(|(name, value)| format!("\r\n\t{} :  {value}", Value::from(name.as_str())))
                .collect();
            answered.text = Some(format!(" {{{}\n}}\n", lines.join(" ,")));
        })],
    ),
    over_sockets(
        "chunked-and-closed",
        "sends bodies in chunks and closes the connection after each",
        &[How::Sockets(Habits::ChunkedAndClosed)],
    ),
    over_sockets("http2", "speaks HTTP/2", &[How::Sockets(Habits::Http2)]),
    over_sockets(
        "jittered",
        "answers up to 30 milliseconds late",
        &[How::Sockets(Habits::Jittered)],
    ),
];

/// The mind with this id.
pub fn named(id: &str) -> Option<&'static Mind> {
    MINDS.iter().find(|mind| mind.id == id)
}

/// A cancelled request is kept as a denied one, which has no callback left.
fn keep_cancelled(m: &mut Moment<'_, '_>) {
    m.go();
    if m.state() == State::Cancelled {
        m.set(State::Denied);
    }
}

fn steer(path: &str, members: &mut Value, from: &[&str], to: &str) {
    let next = members.get("next").and_then(Value::as_str);
    if path.ends_with("/policy") && next.is_some_and(|next| from.contains(&next)) {
        members["next"] = to.into();
    }
}

/// Whether what comes now is answered `slow_down`.
fn is_slowed(m: &mut Moment<'_, '_>) -> bool {
    let pending = matches!(m.state(), State::Pending { .. });
    pending && m.is_early() && m.is_poll() && m.is_proven()
}
