//! A counterexample as requests about one code that can be sent one after the other, with the answers that it takes.

use crate::event::{Answer, Event};
use crate::world::{Action, Which};

/// What to do about one code, and what has to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Which code.
    pub which: Which,
    /// The events, each with its answer. Time passes only with [`Event::Tick`].
    pub steps: Vec<(Event, Answer)>,
}

/// The counterexample as requests.
///
/// # Errors
/// Why it cannot be sent so.
pub fn replay(path: &[Action]) -> Result<Replay, &'static str> {
    let mut which = None;
    let mut steps: Vec<(Event, Answer)> = Vec::new();
    for action in path {
        let (code, step) = match *action {
            Action::Tick => {
                steps.push((Event::Tick, Answer::Silence));
                continue;
            }
            Action::Event(code, event, answer) => (code, Some((event, answer))),
            Action::ProcessPoll(code, answer) | Action::RepeatPoll(code, answer) => {
                (code, Some((Event::POLL, answer)))
            }
            Action::ProcessRevoke(code, answer) => (code, Some((Event::REVOKE, answer))),
            Action::TokenLost(code) => {
                let lost = Event::Poll {
                    by: crate::event::Caller::Owner,
                    lost: true,
                };
                let poll = steps.iter_mut().rfind(|(event, _)| *event == Event::POLL);
                *poll.ok_or("a token that nobody polled for")? = (lost, Answer::Silence);
                (code, None)
            }
            Action::TokenUnconfirmed(_) => {
                return Err("the server believes in a loss that was none");
            }
            Action::RevokeRetracts(_) | Action::SeeApproval(_) | Action::CommitToken(_) => {
                return Err("two requests at the same moment");
            }
            Action::SendPoll(code)
            | Action::SendRevoke(code)
            | Action::TokenArrives(code)
            | Action::TokenDuplicated(code)
            | Action::CallbackArrives(code)
            | Action::CallbackDuplicated(code) => (code, None),
        };
        if *which.get_or_insert(code) != code {
            return Err("both codes take part");
        }
        steps.extend(step);
    }
    let which = which.ok_or("nothing happens")?;
    Ok(Replay { which, steps })
}
