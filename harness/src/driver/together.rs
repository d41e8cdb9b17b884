//! Events at the same time: prepared one after the other, sent together, read when all answers are there.
//!
//! Whatever takes long (randomness, proofs, a preceding request) is done before; then every request waits at a barrier
//! with a task and a connection of its own. A little jitter, drawn from the session's seed, makes each round another
//! interleaving.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dtr_model::event::{Caller, Event, TokenRequest};
use tokio::sync::Barrier;

use super::Session;
use super::call::{Call, Sender, read_control};
use super::decide::SILENCE;
use super::log::Log;
use super::observation::{Exchange, Observation, Seen};
use super::poll::Polled;
use super::request::Asked;
use crate::target::TransportFailure;
use crate::target::control::{Control, Name, Operation};
use crate::target::transport::{Outgoing, Reply, Transport};

/// Longest jitter. About what an exchange with a server nearby takes: less would not change the order of arrival, more
/// would make the requests come one after the other.
const JITTER: Duration = Duration::from_micros(400);

/// One of several events at the same time.
#[derive(Debug)]
pub struct Concurrent {
    /// What came of it.
    pub observation: Observation,
    /// When it was sent, since all began.
    pub sent: Duration,
    /// When its answer was there, since all began.
    pub received: Duration,
}

/// What is to be read off an answer.
enum Reading {
    Poll(Polled),
    Revocation,
    Initial(TokenRequest, Asked),
    Control(Name),
    Callback(Arc<str>),
}

/// An event ready to be sent.
struct Ready {
    purpose: &'static str,
    deed: Deed,
    reading: Reading,
}

/// What is to be done.
enum Deed {
    /// A request, and what it is made from, should it have to be made again with a nonce.
    Call(Call, Outgoing),
    Operation(Operation),
}

/// A deed with all it takes, to be done on another task.
enum Way {
    Call(Transport, Outgoing),
    Control(Option<Control>, Operation),
}

impl Way {
    async fn go(self) -> (Option<Outgoing>, Result<Reply, TransportFailure>) {
        match self {
            Self::Call(transport, outgoing) => {
                let sent = outgoing.clone();
                (Some(sent), transport.send(outgoing).await)
            }
            Self::Control(Some(control), operation) => control.perform(&operation).await,
            Self::Control(None, operation) => {
                let purpose = operation.name().purpose();
                (None, Err(TransportFailure::NoControl(purpose)))
            }
        }
    }
}

/// What came of a request, and when.
struct Returned {
    /// What went out, for the record.
    outgoing: Option<Outgoing>,
    reply: Result<Reply, TransportFailure>,
    sent: Duration,
    received: Duration,
}

impl Session {
    /// Performs events at the same time; tells what came of each, in their order.
    ///
    /// Which of two equal responses came first is decided when all are there, by the time they were received.
    pub async fn perform_together(&mut self, events: &[Event]) -> Vec<Concurrent> {
        let mut logs: Vec<Log> = events.iter().map(|_| Log::by(self.target.draft)).collect();
        if let Some(log) = logs.first_mut() {
            self.note_unbidden_callbacks(log);
        }
        let mut slots = Vec::with_capacity(events.len());
        for (event, log) in events.iter().zip(&mut logs) {
            slots.push(self.prepare(log, *event).await);
        }
        // What cannot even be prepared makes the whole window another one than was meant: nothing is sent.
        if let Some(why) = slots.iter().find_map(|slot| slot.as_ref().err().cloned()) {
            let end = |log: Log| untimed(log.conclude(why.clone()));
            return logs.into_iter().map(end).collect();
        }
        let mut idle = Vec::new();
        let (mut ready, mut busy_logs) = (Vec::new(), Vec::new());
        for (slot, log) in slots.into_iter().flatten().zip(logs) {
            match slot {
                Some(one) => {
                    ready.push(one);
                    busy_logs.push(log);
                    idle.push(None);
                }
                None => idle.push(Some(untimed(log.conclude(SILENCE)))),
            }
        }
        let mut logs = busy_logs;
        let began = Instant::now();
        let everything: Vec<usize> = (0..ready.len()).collect();
        let mut returned = self.send_together(&ready, &everything, began).await;
        note(&ready, &everything, &returned, &mut logs);
        // Requests whose proofs lacked a nonce (RFC 9449 Section 8) had no effect: once more, again together.
        let again = self.make_again(&mut ready, &returned);
        let second = self.send_together(&ready, &again, began).await;
        note(&ready, &again, &second, &mut logs);
        for (at, one) in again.into_iter().zip(second) {
            returned[at] = one;
        }
        let mut read = self.read_together(ready, returned, logs).await.into_iter();
        idle.into_iter()
            .filter_map(|idle| idle.or_else(|| read.next()))
            .collect()
    }

    /// Everything that can be done before it counts. Nothing for what has nothing to happen to: a decision, say, about
    /// a request that was granted at once.
    async fn prepare(&mut self, log: &mut Log, event: Event) -> Result<Option<Ready>, Seen> {
        let (call, reading) = match event {
            Event::Poll { by, .. } => {
                let about = self.polled().map_err(Seen::Failed)?;
                let call = self.poll_call(&about, by, first(by, &about)?, false);
                (call, Reading::Poll(about))
            }
            Event::Revoke { by } => {
                let about = self.polled().map_err(Seen::Failed)?;
                let call = self.revocation_call(&about.code, by, first(by, &about)?);
                (call.map_err(Seen::Failed)?, Reading::Revocation)
            }
            Event::Request(request) => {
                self.steer(log, request).await.map_err(Seen::Failed)?;
                let prepared = self.request_call(log, request).await;
                let (call, asked) = prepared.map_err(Seen::Failed)??;
                (call, Reading::Initial(request, asked))
            }
            _ => return self.prepare_control(event).map_err(Seen::Failed),
        };
        Ok(Some(Ready {
            purpose: call.purpose,
            deed: {
                let outgoing = self.outgoing(&call);
                Deed::Call(call, outgoing)
            },
            reading,
        }))
    }

    fn prepare_control(&mut self, event: Event) -> Result<Option<Ready>, TransportFailure> {
        let (operation, reading) = match event {
            Event::Callback(fate) => {
                let Some(code) = self.known_code()? else {
                    return Ok(None);
                };
                (Some(self.occasion(&code, fate)), Reading::Callback(code))
            }
            Event::Decide(decision) => {
                let call = self.decision_call(decision)?;
                self.note_approval(decision);
                (call, Reading::Control(Name::deciding(decision)))
            }
            Event::Lapse(precondition) => {
                let call = self.lapse_call(precondition, false)?;
                let name = Name::setting(precondition, false);
                (call, Reading::Control(name))
            }
            Event::Return(precondition) => {
                let call = self.lapse_call(precondition, true)?;
                let name = Name::setting(precondition, true);
                (call, Reading::Control(name))
            }
            _ => {
                return Err(TransportFailure::NotPerformable(
                    "this cannot be at the same time as something else",
                ));
            }
        };
        Ok(operation.map(|operation| Ready {
            purpose: operation.name().purpose(),
            deed: Deed::Operation(operation),
            reading,
        }))
    }

    /// Sends those of the requests, each on a task of its own.
    async fn send_together(
        &mut self,
        ready: &[Ready],
        which: &[usize],
        began: Instant,
    ) -> Vec<Returned> {
        let barrier = Arc::new(Barrier::new(which.len().max(1)));
        let mut tasks = Vec::with_capacity(which.len());
        for at in which {
            let way = self.way_of(&ready[*at]);
            let delay = self.draw_jitter();
            let barrier = Arc::clone(&barrier);
            tasks.push(tokio::spawn(async move {
                barrier.wait().await;
                pass(delay).await;
                let sent = began.elapsed();
                let (outgoing, reply) = way.go().await;
                let received = began.elapsed();
                Returned {
                    outgoing,
                    reply,
                    sent,
                    received,
                }
            }));
        }
        let mut returned = Vec::with_capacity(tasks.len());
        for task in tasks {
            returned.push(task.await.expect("sending neither panics nor is cancelled"));
        }
        returned
    }

    fn way_of(&self, one: &Ready) -> Way {
        match &one.deed {
            Deed::Call(call, outgoing) => {
                Way::Call(self.way(call.sender).clone(), outgoing.clone())
            }
            Deed::Operation(operation) => {
                Way::Control(self.target.control.clone(), operation.clone())
            }
        }
    }

    /// None for half of them, so that some pairs stay as close as they can be.
    fn draw_jitter(&mut self) -> Duration {
        let longest = JITTER.as_micros() as u64;
        match self.random.bool() {
            true => Duration::ZERO,
            false => Duration::from_micros(self.random.u64(..longest)),
        }
    }

    /// Makes those requests again whose answer asks for a nonce.
    fn make_again(&mut self, ready: &mut [Ready], returned: &[Returned]) -> Vec<usize> {
        let mut again = Vec::new();
        for (at, (one, returned)) in ready.iter_mut().zip(returned).enumerate() {
            let (Deed::Call(call, outgoing), Ok(reply)) = (&mut one.deed, &returned.reply) else {
                continue;
            };
            if self.wants_nonce(call, reply) {
                *outgoing = self.outgoing(call);
                again.push(at);
            }
        }
        again
    }

    /// Reads the answers in the order in which they came: of two equal ones the later is the repetition.
    async fn read_together(
        &mut self,
        ready: Vec<Ready>,
        returned: Vec<Returned>,
        logs: Vec<Log>,
    ) -> Vec<Concurrent> {
        let mut all: Vec<_> = ready
            .into_iter()
            .zip(returned)
            .zip(logs)
            .enumerate()
            .collect();
        all.sort_by_key(|(_, ((_, returned), _))| returned.received);
        let mut read = Vec::with_capacity(all.len());
        for (at, ((one, returned), mut log)) in all {
            let seen = match returned.reply {
                Ok(reply) => self.read_one(&mut log, one.reading, &reply).await,
                Err(failure) => Err(failure),
            };
            let concurrent = Concurrent {
                observation: log.conclude(seen.unwrap_or_else(Seen::Failed)),
                sent: returned.sent,
                received: returned.received,
            };
            read.push((at, concurrent));
        }
        read.sort_by_key(|(at, _)| *at);
        read.into_iter().map(|(_, concurrent)| concurrent).collect()
    }

    async fn read_one(
        &mut self,
        log: &mut Log,
        reading: Reading,
        reply: &Reply,
    ) -> Result<Seen, TransportFailure> {
        Ok(match reading {
            Reading::Poll(polled) => self.read_poll(log, reply, &polled),
            Reading::Revocation => self.read_revocation(log, reply),
            Reading::Initial(request, asked) => {
                let seen = self.read_initial(log, reply, request, asked);
                self.carry_lapse_over(log, &seen).await?;
                seen
            }
            Reading::Control(to) => {
                read_control(reply, to)?;
                SILENCE
            }
            Reading::Callback(code) => {
                let arrived = self.arrived_callbacks();
                read_control(reply, Name::AttemptCallback)?;
                Seen::Answer(self.read_callbacks(log, arrived, &code))
            }
        })
    }
}

/// The first of the senders: what takes several attempts is no single event.
fn first(by: Caller, about: &Polled) -> Result<Sender, Seen> {
    match by {
        Caller::Impostor => Err(Seen::Failed(TransportFailure::NotPerformable(
            "an impostor takes more than one attempt, and they cannot all be at the same time",
        ))),
        _ => Ok(Sender::all(by, about.bound).remove(0)),
    }
}

/// Writes down what went over the wire.
fn note(ready: &[Ready], which: &[usize], returned: &[Returned], logs: &mut [Log]) {
    for (at, returned) in which.iter().zip(returned) {
        let one = &ready[*at];
        let (Some(sent), reply) = (returned.outgoing.clone(), returned.reply.as_ref().ok()) else {
            continue;
        };
        let purpose = Cow::Borrowed(one.purpose);
        let control = matches!(one.deed, Deed::Operation(_));
        logs[*at].exchanged(Exchange::new(purpose, control, sent, reply));
    }
}

/// Lets less time pass than a timer can measure.
async fn pass(delay: Duration) {
    let began = Instant::now();
    while began.elapsed() < delay {
        tokio::task::yield_now().await;
    }
}

fn untimed(observation: Observation) -> Concurrent {
    Concurrent {
        observation,
        sent: Duration::ZERO,
        received: Duration::ZERO,
    }
}
