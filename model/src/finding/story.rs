//! A counterexample as a story: who says what to whom, for a sequence diagram.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};

use crate::event::{Answer, Caller, Event, Fate};
use crate::world::{Action, Which};

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// The client that a code was issued to.
    Client(Which),
    /// Somebody who has the code and is not that client.
    Attacker,
    /// The authorization server.
    Server,
    /// Whoever decides, and whoever owns what is asked for.
    People,
}

impl Display for Who {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Who::Client(Which::First) => "confidential client",
            Who::Client(Which::Second) => "public client",
            Who::Attacker => "somebody else",
            Who::Server => "AS",
            Who::People => "owner and approver",
        })
    }
}

/// One line of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A message.
    Message {
        /// From whom.
        from: Who,
        /// To whom.
        to: Who,
        /// What it is.
        text: String,
        /// It does not arrive.
        lost: bool,
    },
    /// Something that happens to one of them.
    Note {
        /// To whom.
        over: Who,
        /// What.
        text: String,
    },
}

/// A counterexample, line by line.
pub fn tell(path: &[Action]) -> Vec<Line> {
    path.iter().flat_map(|action| lines(*action)).collect()
}

/// Who takes part, from left to right.
pub fn participants(story: &[Line]) -> BTreeSet<Who> {
    let each = story.iter().flat_map(|line| match line {
        Line::Message { from, to, .. } => vec![*from, *to],
        Line::Note { over, .. } => vec![*over],
    });
    each.collect()
}

fn lines(action: Action) -> Vec<Line> {
    use Who::{Client, Server};
    match action {
        Action::Event(which, event, answer) => event_lines(which, event, answer),
        Action::Tick => vec![note(Server, "time passes")],
        Action::SendPoll(which) => vec![message(Client(which), Server, "poll")],
        Action::SendRevoke(which) => vec![message(Client(which), Server, "revocation")],
        Action::ProcessPoll(_, answer @ Answer::Token { .. }) => {
            vec![note(
                Server,
                &format!("writes the answer to the poll: {answer}"),
            )]
        }
        Action::ProcessPoll(which, answer) | Action::ProcessRevoke(which, answer) => {
            vec![message(Server, Client(which), &answer.to_string())]
        }
        Action::RevokeRetracts(which) => vec![
            note(Server, "takes the unwritten token back"),
            message(Server, Client(which), "200"),
        ],
        Action::RepeatPoll(which, answer) => vec![
            note(Server, "the network delivers the poll a second time"),
            message(Server, Client(which), &answer.to_string()),
        ],
        Action::SeeApproval(_) => vec![note(Server, "one of two polls sees the approval")],
        Action::CommitToken(_) => vec![note(Server, "that poll issues its token")],
        Action::TokenArrives(which) => vec![message(Server, Client(which), "token")],
        Action::TokenDuplicated(which) => vec![
            message(Server, Client(which), "token"),
            note(Server, "a copy of the response is still under way"),
        ],
        Action::TokenLost(which) => vec![lost(Server, Client(which), "token")],
        Action::TokenUnconfirmed(which) => vec![
            message(Server, Client(which), "token"),
            note(Server, "believes that the token was lost"),
        ],
        Action::CallbackArrives(which) => vec![message(Server, Client(which), "callback")],
        Action::CallbackDuplicated(which) => vec![
            message(Server, Client(which), "callback"),
            note(Server, "a copy of the callback is still under way"),
        ],
    }
}

fn event_lines(which: Which, event: Event, answer: Answer) -> Vec<Line> {
    use Who::{Client, People, Server};
    let asked = |who, what: &str| {
        let ask = message(who, Server, what);
        match answer {
            Answer::Silence => vec![ask],
            _ => vec![ask, message(Server, who, &answer.to_string())],
        }
    };
    match event {
        Event::Request(request) => asked(Client(which), &request.to_string()),
        Event::Poll { by, .. } => asked(sender(which, by), &format!("poll by {by}")),
        Event::Revoke { by } => asked(sender(which, by), &format!("revocation by {by}")),
        Event::Renew(_) => asked(Client(which), &event.to_string()),
        // No server is asked.
        Event::Present => vec![note(Client(which), &format!("{event}: {answer}"))],
        Event::Decide(_) | Event::Lapse(_) | Event::Return(_) => {
            vec![message(People, Server, &event.to_string())]
        }
        Event::Widen | Event::Tick | Event::ResponseLost => {
            vec![note(Server, &event.to_string())]
        }
        Event::Callback(fate) => match (answer, fate) {
            (Answer::Silence, _) => vec![note(
                Server,
                "has an occasion for a callback, and makes none",
            )],
            (_, Fate::Delivered) => vec![message(Server, Client(which), &answer.to_string())],
            (_, Fate::Lost) => vec![lost(Server, Client(which), &answer.to_string())],
        },
    }
}

fn sender(which: Which, by: Caller) -> Who {
    match by {
        Caller::Owner | Caller::NoVerifier | Caller::OtherVerifier => Who::Client(which),
        Caller::OtherKey | Caller::OtherClient | Caller::Impostor => Who::Attacker,
    }
}

fn message(from: Who, to: Who, text: &str) -> Line {
    Line::Message {
        from,
        to,
        text: text.to_owned(),
        lost: false,
    }
}

fn lost(from: Who, to: Who, text: &str) -> Line {
    Line::Message {
        from,
        to,
        text: text.to_owned(),
        lost: true,
    }
}

fn note(over: Who, text: &str) -> Line {
    Line::Note {
        over,
        text: text.to_owned(),
    }
}
