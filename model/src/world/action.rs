//! What can happen in the world, in words a reader of a counterexample follows.

use crate::event::{Answer, Event};

/// One of the two deferral codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The confidential client's, with a registered callback.
    First = 0,
    /// The public client's.
    Second = 1,
}

impl Which {
    /// Both.
    pub const ALL: [Which; 2] = [Which::First, Which::Second];
}

/// A move of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// An event befalls the server and is answered at once: a token request, a
    /// decision, a lapse, a callback attempt, or a request of the attacker.
    Event(Which, Event, Answer),
    /// Time passes for both.
    Tick,
    /// The owner sends a poll.
    SendPoll(Which),
    /// The owner sends a revocation.
    SendRevoke(Which),
    /// The server processes the poll and answers.
    ProcessPoll(Which, Answer),
    /// The server processes the revocation and answers.
    ProcessRevoke(Which, Answer),
    /// It does so while the token response is unwritten, and takes that back (C-72/B).
    RevokeRetracts(Which),
    /// The network repeats the poll; the server processes one copy.
    RepeatPoll(Which, Answer),
    /// A poll sees the approval, and will commit later (C-14/B).
    SeeApproval(Which),
    /// It commits.
    CommitToken(Which),
    /// The token response arrives.
    TokenArrives(Which),
    /// It arrives, and a copy of it stays on the wire.
    TokenDuplicated(Which),
    /// It is lost, and the server is told.
    TokenLost(Which),
    /// It arrives, but the server believes it lost.
    TokenUnconfirmed(Which),
    /// The callback arrives at the client.
    CallbackArrives(Which),
    /// It arrives, and a copy stays on the wire.
    CallbackDuplicated(Which),
}
