//! One request to the server: authenticated, proven and written down.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use dtr_model::event::{Answer, Caller};
use http::{HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

use super::Session;
use super::log::Log;
use super::observation::{Exchange, Seen};
use super::response::Response;
use crate::target::client::{Client, Credentials};
use crate::target::control::{self, Control, Name, Operation};
use crate::target::discovery::get;
use crate::target::transport::{Outgoing, Reply, Transport};
use crate::target::{Target, TransportFailure};

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: &str = "dpop-nonce";

/// The owner's key, another key of the owner, the other client's key: places in [`Pair::keys`].
///
/// [`Pair::keys`]: crate::target::pool::Pair::keys
pub(super) const BOUND_KEY: usize = 0;
const OTHER_KEY: usize = 1;
const OTHERS_KEY: usize = 2;

/// Who sends a request, whose key proves it, and with what the sender authenticates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) other: bool,
    pub(super) key: Option<usize>,
    pub(super) shows: Credentials,
}

impl Sender {
    /// The senders of a request about a code that is bound or not, to be tried one after the other: an impostor has
    /// two ways to pretend, and whoever lacks the key shows another or none.
    pub(super) fn all(by: Caller, bound: bool) -> Vec<Self> {
        let owner = Self {
            other: false,
            key: bound.then_some(BOUND_KEY),
            shows: Credentials::Own,
        };
        match by {
            Caller::Owner | Caller::NoVerifier | Caller::OtherVerifier => vec![owner],
            Caller::OtherKey => {
                let keys = [Some(OTHER_KEY), None];
                let keys = &keys[..if bound { 2 } else { 1 }];
                keys.iter().map(|key| Self { key: *key, ..owner }).collect()
            }
            Caller::OtherClient => vec![Self {
                other: true,
                key: Some(OTHERS_KEY),
                ..owner
            }],
            Caller::Impostor => [Credentials::Absent, Credentials::Wrong]
                .map(|shows| Self { shows, ..owner })
                .into(),
        }
    }
}

/// What comes of a request that several senders tried: the first answer, unless a later sender got further.
#[derive(Default)]
pub(super) struct Attempts(Option<Seen>);

impl Attempts {
    /// Takes in the answer to a sender; whether the next one may try.
    pub(super) fn take(&mut self, by: Caller, seen: Seen) -> bool {
        use Answer::{DpopChallenge, InvalidClient, InvalidDpopProof, InvalidGrant, Revoked};
        let refused = match by {
            Caller::Impostor => seen == Seen::Answer(InvalidClient),
            // The words may differ from one to the other (C-51).
            _ => matches!(
                seen,
                Seen::Answer(InvalidDpopProof | DpopChallenge | InvalidGrant)
            ),
        };
        // A revocation says 200 to whom it ignores (C-52), so that says little of the next.
        let next = refused || (by == Caller::OtherKey && seen == Seen::Answer(Revoked));
        if self.0.is_none() || !refused {
            self.0 = Some(seen);
        }
        next
    }

    /// What is seen of them all.
    pub(super) fn seen(self) -> Seen {
        self.0.unwrap_or(Seen::Answer(Answer::Silence))
    }
}

/// A form to be posted.
pub(super) struct Call {
    pub(super) purpose: &'static str,
    pub(super) url: Arc<Url>,
    pub(super) form: String,
    pub(super) sender: Sender,
    /// The answer is to get lost.
    pub(super) lost: bool,
}

/// What became of a call.
pub(super) enum Called {
    Answered(Reply),
    /// No answer, as was asked for.
    Lost,
    /// An answer came although the server was told to lose it.
    NotLost(Reply),
}

impl Called {
    /// What is seen when there is no answer to read.
    pub(super) fn answered(self) -> Result<Reply, Seen> {
        match self {
            Self::Answered(reply) => Ok(reply),
            Self::Lost => Err(Seen::Answer(Answer::Silence)),
            Self::NotLost(reply) => Err(Seen::Strange(format!(
                "an answer with status {} arrived although the server was told to lose it",
                reply.status
            ))),
        }
    }
}

impl Session {
    /// The client on one side of the trace.
    pub(super) fn client(&self, other: bool) -> &Client {
        let pair = self.lease.pair();
        if other { &pair.other } else { &pair.owner }
    }

    /// `N` random octets in base64url.
    pub(super) fn draw<const N: usize>(&mut self) -> String {
        draw::<N>(&mut self.random)
    }

    /// The way that a sender's requests take: with the client's certificate, if it has one and the sender has it too.
    pub(super) fn way(&self, sender: Sender) -> &Transport {
        let own = self.client(sender.other).transport.as_ref();
        own.filter(|_| sender.shows == Credentials::Own)
            .unwrap_or(&self.target.transport)
    }

    /// Posts a form to the server.
    pub(super) async fn call(
        &mut self,
        log: &mut Log,
        call: Call,
    ) -> Result<Called, TransportFailure> {
        if !call.lost {
            return self.send_proven(log, &call).await.map(Called::Answered);
        }
        // A server that cannot lose a response, or would not know whose it is, writes it in vain.
        let dropped = self.ask_to_lose(log, call.sender).await?;
        let sent = self.send_proven(log, &call).await;
        match (sent, dropped) {
            (Err(TransportFailure::ConnectionClosed), true) => {
                self.changes.pending_drop[usize::from(call.sender.other)] = false;
                Ok(Called::Lost)
            }
            (Err(failure), _) => Err(failure),
            (Ok(reply), true) => Ok(Called::NotLost(reply)),
            (Ok(_), false) => Ok(Called::Lost),
        }
    }

    async fn ask_to_lose(
        &mut self,
        log: &mut Log,
        sender: Sender,
    ) -> Result<bool, TransportFailure> {
        let unrecognised =
            (self.changes.disabled && !sender.other) || sender.shows != Credentials::Own;
        if !self.target.can(Name::LoseNext) || unrecognised {
            return Ok(false);
        }
        let client_id = Arc::clone(&self.client(sender.other).client_id);
        self.changes.pending_drop[usize::from(sender.other)] = true;
        self.control_client(log, Name::LoseNext, &client_id, "")
            .await?;
        Ok(true)
    }

    /// Sends once, and once more if the server wants a nonce in the proof (RFC 9449 Section 8).
    async fn send_proven(&mut self, log: &mut Log, call: &Call) -> Result<Reply, TransportFailure> {
        let reply = self.send_once(log, call).await?;
        match self.wants_nonce(call, &reply) {
            true => self.send_once(log, call).await,
            false => Ok(reply),
        }
    }

    /// Keeps the nonce of a response; whether the request is to be made again with it.
    pub(super) fn wants_nonce(&mut self, call: &Call, reply: &Reply) -> bool {
        let nonce = reply
            .headers
            .get(DPOP_NONCE)
            .and_then(|nonce| nonce.to_str().ok());
        let Some(nonce) = nonce else {
            return false;
        };
        self.nonce = Some(nonce.to_owned());
        call.sender.key.is_some()
            && Response::read(reply).is_ok_and(|read| read.error() == Some("use_dpop_nonce"))
    }

    async fn send_once(&mut self, log: &mut Log, call: &Call) -> Result<Reply, TransportFailure> {
        let outgoing = self.outgoing(call);
        log.send(self.way(call.sender), call.purpose, outgoing)
            .await
    }

    pub(super) fn outgoing(&mut self, call: &Call) -> Outgoing {
        let mut headers = Vec::with_capacity(4);
        headers.push((
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        ));
        headers.push((header::ACCEPT, HeaderValue::from_static("application/json")));
        if let Some(key) = call.sender.key.filter(|_| self.target.proofs) {
            let jti = format!(
                "{:016x}{:016x}",
                self.random.u64(..),
                self.target.next_proof()
            );
            let key = &self.lease.pair().keys[key];
            let now = self.target.time.now();
            let proof = key.proof(call.url.as_str(), now, &jti, self.nonce.as_deref());
            headers.push((DPOP, proof));
        }
        let mut body = call.form.clone();
        let client = self.client(call.sender.other);
        client
            .authentication
            .shown(call.sender.shows, &client.client_id)
            .apply(&client.client_id, &mut body, &mut headers);
        Outgoing {
            method: Method::POST,
            url: Arc::clone(&call.url),
            headers,
            body: Bytes::from(body),
        }
    }

    /// Carries out an operation on a client; `scope` is its new default, where the operation sets one.
    pub(super) async fn control_client(
        &self,
        log: &mut Log,
        name: Name,
        client_id: &str,
        scope: &str,
    ) -> Result<Value, TransportFailure> {
        let operation = Operation::Client {
            name,
            client_id: client_id.into(),
            scope: scope.into(),
        };
        self.control(log, operation).await
    }

    /// Carries out a control operation.
    pub(super) async fn control(
        &self,
        log: &mut Log,
        operation: Operation,
    ) -> Result<Value, TransportFailure> {
        let name = operation.name();
        let control = self.controls(name)?;
        let (sent, result) = control.perform(&operation).await;
        if let Some(sent) = sent {
            let reply = result.as_ref().ok();
            let purpose = Cow::Borrowed(name.purpose());
            log.exchanged(Exchange::new(purpose, true, sent, reply));
        }
        read_control(&result?, name)
    }

    /// The controls, which are needed to do this.
    pub(super) fn controls(&self, name: Name) -> Result<&Control, TransportFailure> {
        let control = self.target.control.as_ref();
        control.ok_or(TransportFailure::NoControl(name.purpose()))
    }
}

/// What a control answer says to an operation.
pub(super) fn read_control(reply: &Reply, name: Name) -> Result<Value, TransportFailure> {
    control::read(reply).map_err(|failure| in_context(failure, name.purpose()))
}

/// Says what a refused control request was to do.
fn in_context(failure: TransportFailure, to: &'static str) -> TransportFailure {
    match failure {
        TransportFailure::Control(why) => TransportFailure::Control(format!("{to}: {why}")),
        other => other,
    }
}

/// `N` octets of `random` in base64url.
pub(super) fn draw<const N: usize>(random: &mut fastrand::Rng) -> String {
    let mut octets = [0; N];
    random.fill(&mut octets);
    URL_SAFE_NO_PAD.encode(octets)
}

/// Fetches a document of the server.
pub(super) async fn fetch(
    target: &Target,
    log: &mut Log,
    purpose: &'static str,
    url: Arc<Url>,
) -> Result<Reply, TransportFailure> {
    log.send(&target.transport, purpose, get(url)).await
}
