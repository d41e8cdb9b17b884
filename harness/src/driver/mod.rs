//! The driver: performs the events of a trace at a target and abstracts what comes back.
//!
//! It knows nothing of the state machine. What an answer ought to have been is the oracle's part; the driver judges only
//! what a response shows by itself.
//!
//! | module | what it is |
//! |---|---|
//! | [`Session`] (here) | one trace at one target |
//! | `request`, `poll`, `revoke`, `decide`, `callback`, `renew` | the events, concretised |
//! | [`together`](Concurrent) | several events at the same time |
//! | [`altered`] | the same requests with something changed, for probes |
//! | `call` | one request to the server: authentication, proof, the record of it |
//! | `response`, `answer`, `scope` | what comes back, abstracted |
//! | `rules` | response-level rules, one kind of response a file |
//! | [`metadata`] | the metadata document's own rules |
//! | [`observation`] | what is told of each event |

pub mod altered;
mod answer;
mod call;
mod callback;
mod decide;
pub(crate) mod guest;
mod log;
pub mod metadata;
pub mod observation;
mod poll;
mod renew;
mod request;
mod response;
mod revoke;
mod rules;
mod scope;
mod settle;
mod together;

use std::sync::Arc;

use dtr_model::Terms;
use dtr_model::event::{Answer, Event, TokenRequest};

use crate::target::{Lease, Target};

use log::Log;
use renew::Held;
use request::{Challenge, Credential};
use rules::approvals::Besides;

pub use metadata::check_metadata;
pub use observation::{Exchange, Finding, Observation, Seen};
pub(crate) use request::{challenge, read_code};
pub(crate) use response::is_uncacheable;
pub use together::Concurrent;

/// One trace at one target, on a pair of clients of its own.
#[derive(Debug)]
pub struct Session {
    target: Arc<Target>,
    lease: Lease,
    terms: Terms,
    random: fastrand::Rng,
    /// What tells the requests of this trace from those of others, once there is one.
    unique: Option<String>,
    /// The notification token of requests that are made again, once there is one.
    repeated_token: Option<String>,
    /// The one-time credential, once the preceding endpoint gave it.
    credential: Option<Credential>,
    /// The deferral code of this trace, once a response brought it.
    deferral: Option<Captured>,
    /// A request whose deferred response may have got lost, and the code with it.
    code_lost: Option<TokenRequest>,
    /// Access tokens seen.
    tokens: Vec<String>,
    /// What came last of the deferral, as long as an approval bounds it.
    held: Option<Held>,
    /// The server's time, in seconds, at which the approval ends, where it has an end.
    approved_until: Option<u64>,
    /// What a protected resource wants approved, once it was asked (AROP Section 9.3).
    challenge: Option<Challenge>,
    /// What changed about the clients.
    changes: Changes,
    /// The nonce that proofs have to carry, if the server wants one.
    nonce: Option<String>,
}

/// A deferral code, and what came or went with it.
#[derive(Debug)]
struct Captured {
    code: Arc<str>,
    /// The initial request carried a proof by the owner's key.
    bound: bool,
    /// What the initial request stood for.
    scope: String,
    /// And what besides.
    besides: Besides,
    notification_token: Option<String>,
    interaction_uri: Option<String>,
    /// `interval` and `expires_in` as announced, in seconds.
    announced: Option<(u64, u64)>,
    /// What polls have to show of a code from the authorization endpoint (pull request 47).
    verifier: Option<Verifier>,
}

/// A code verifier (RFC 7636), and whether the server has taken it.
#[derive(Debug)]
struct Verifier {
    value: String,
    taken: bool,
}

/// What the trace changed at the server, to be undone in the end.
#[derive(Debug, Default)]
struct Changes {
    disabled: bool,
    widened: bool,
    consent_lapsed: bool,
    /// Clients whose next response is still to get lost: the owner, the other.
    pending_drop: [bool; 2],
}

/// Which code a request is about.
enum About {
    /// The one captured, or one that nobody issued.
    Code { code: Arc<str>, bound: bool },
    /// The server has one, but nobody here knows it.
    Lost,
}

impl Session {
    /// Begins a trace. Everything the session draws comes from the lease's seed.
    pub fn new(target: Arc<Target>, lease: Lease, terms: Terms) -> Session {
        let random = fastrand::Rng::with_seed(lease.seed());
        Session {
            target,
            lease,
            terms,
            random,
            unique: None,
            repeated_token: None,
            credential: None,
            deferral: None,
            code_lost: None,
            tokens: Vec::new(),
            held: None,
            approved_until: None,
            challenge: None,
            changes: Changes::default(),
            nonce: None,
        }
    }

    /// Performs one event and tells what came of it, whatever that is: a server that is gone is an observation too.
    pub async fn perform(&mut self, event: Event) -> Observation {
        let mut log = Log::by(self.target.draft);
        self.note_unbidden_callbacks(&mut log);
        let seen = match event {
            Event::Request(request) => self.request(&mut log, request).await,
            Event::Poll { by, lost } => self.poll(&mut log, by, lost).await,
            Event::Revoke { by } => self.revoke(&mut log, by).await,
            Event::Decide(decision) => self.decide(&mut log, decision).await,
            Event::Lapse(precondition) => self.set_holds(&mut log, precondition, false).await,
            Event::Return(precondition) => self.set_holds(&mut log, precondition, true).await,
            Event::Widen => self.widen(&mut log).await,
            Event::Callback(fate) => self.callback(&mut log, fate).await,
            Event::Renew(way) => self.renew(&mut log, way).await,
            Event::Present => Ok(self.show_token()),
            Event::Tick => Ok(Seen::Answer(Answer::Silence)),
            Event::ResponseLost => Ok(Seen::Strange(
                "a driver cannot report losses to the server; ask for a lost poll".to_owned(),
            )),
        };
        log.conclude(seen.unwrap_or_else(Seen::Failed))
    }

    /// Ends the trace: restores what it changed about its clients and returns them. Clients that could not be restored
    /// are not lent again.
    pub async fn finish(mut self) -> Lease {
        self.settle().await;
        self.lease
    }

    /// The deferral code of this trace, once known.
    pub fn deferral_code(&self) -> Option<&str> {
        self.deferral.as_ref().map(|captured| &*captured.code)
    }

    /// The `interval` and `expires_in` of this trace's deferred response, in seconds, if it had both.
    pub fn announced(&self) -> Option<(u64, u64)> {
        self.deferral.as_ref()?.announced
    }

    /// The `interaction_uri` that came last, if any.
    pub fn interaction_uri(&self) -> Option<&str> {
        self.deferral.as_ref()?.interaction_uri.as_deref()
    }

    /// The code that a request is about: the captured one, or before there is one, one that nobody issued.
    fn about(&mut self) -> About {
        match &self.deferral {
            Some(captured) => About::Code {
                code: Arc::clone(&captured.code),
                bound: captured.bound,
            },
            None if self.code_lost.is_some() => About::Lost,
            None => About::Code {
                code: self.draw::<20>().into(),
                bound: self.terms.public && self.target.draft.rules.sender_constrained,
            },
        }
    }
}
