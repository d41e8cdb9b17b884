//! What a client did, and what it was told: all that it is judged by.

use std::time::{Duration, Instant};

use dtr_model::draft::Draft;

use super::situation::{Callback, Situation};

/// The parameters of a request.
pub type Form = Vec<(String, String)>;

/// A client in a situation. Times are since its start.
#[derive(Debug, Clone)]
pub struct Log {
    /// The text.
    pub draft: &'static Draft,
    /// The situation.
    pub situation: &'static Situation,
    /// Its requests for a token.
    pub openings: Vec<Opening>,
    /// The code that it was given.
    pub code: Option<String>,
    /// Its polls.
    pub polls: Vec<Poll>,
    /// The callbacks that it got.
    pub callbacks: Vec<SentCallback>,
    /// Whether it ended by itself, how, and what it said last.
    pub ended: Option<String>,
    began: Instant,
}

/// A request for a token.
#[derive(Debug, Clone)]
pub struct Opening {
    /// When it came.
    pub at: Duration,
    /// Its parameters.
    pub form: Form,
    /// The error that it was answered with, if it was one, or that it was deferred.
    pub answer: Option<(Duration, String)>,
}

impl Opening {
    /// Whether the server took it up.
    pub fn is_deferred(&self) -> bool {
        self.answer
            .as_ref()
            .is_some_and(|(_, said)| said == DEFERRED)
    }
}

/// What is said of a request that is taken up.
pub(super) const DEFERRED: &str = "deferred";

/// A poll.
#[derive(Debug, Clone)]
pub struct Poll {
    /// When it came.
    pub at: Duration,
    /// Its parameters.
    pub form: Form,
    /// When the answer went back, and what it was.
    pub answer: Option<(Duration, Said)>,
}

/// The answer to a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It is pending.
    Pending,
    /// It came too early, or is said to have.
    SlowDown,
    /// The token.
    Token,
    /// The error that the situation has.
    Error(&'static str),
    /// What is wrong with the poll itself, or that the request was over before.
    Refused(String),
}

/// A callback.
#[derive(Debug, Clone)]
pub struct SentCallback {
    /// Which.
    pub callback: Callback,
    /// When it was sent.
    pub sent: Duration,
    /// When the answer was there, and its status, or why there was none.
    pub answer: Option<(Duration, Result<u16, String>)>,
}

impl Log {
    pub(crate) fn new(draft: &'static Draft, situation: &'static Situation) -> Log {
        Log {
            draft,
            situation,
            openings: Vec::new(),
            code: None,
            polls: Vec::new(),
            callbacks: Vec::new(),
            ended: None,
            began: Instant::now(),
        }
    }

    /// The same, as if it had begun so long ago.
    #[cfg(test)]
    pub(super) fn begun(mut self, ago: Duration) -> Log {
        self.began = Instant::now()
            .checked_sub(ago)
            .expect("a clock that is older");
        self
    }

    /// The time since the start.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Whether a client that is to be called was.
    pub(super) fn has_called(&self) -> bool {
        self.situation.callbacks.is_empty()
            || self
                .callbacks
                .iter()
                .any(|called| called.callback.is_true())
    }

    /// How long the client has waited at most before it polled.
    pub(super) fn longest_wait(&self) -> Duration {
        let polls = self.polls.iter().map(|poll| poll.at);
        let first = self.openings.first().map(|opening| opening.at);
        let times: Vec<Duration> = first.into_iter().chain(polls).collect();
        let waits = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        waits.max().unwrap_or_default()
    }

    /// When somebody last did something.
    pub(super) fn last(&self) -> Duration {
        let openings = self.openings.iter().map(|opening| opening.at);
        let polls = self
            .polls
            .iter()
            .map(|poll| poll.answer.as_ref().map_or(poll.at, |(at, _)| *at));
        let callbacks = self.callbacks.iter().map(|called| called.sent);
        openings
            .chain(polls)
            .chain(callbacks)
            .max()
            .unwrap_or_default()
    }

    /// When the client was told how its request ended, and how.
    pub fn outcome(&self) -> Option<(Duration, &Said)> {
        let answers = self.polls.iter().filter_map(|poll| poll.answer.as_ref());
        let last = |said: &Said| matches!(said, Said::Token | Said::Error(_));
        let outcome = answers.map(|(at, said)| (*at, said));
        outcome
            .filter(|(_, said)| last(said))
            .min_by_key(|(at, _)| *at)
    }

    /// The value of a parameter.
    pub fn value<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
        let found = form.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What happened, a line each, in order.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<(Duration, String)> = Vec::new();
        for opening in &self.openings {
            lines.push((opening.at, "client  ──▶ AS  request".into()));
            if let Some((at, said)) = &opening.answer {
                lines.push((*at, format!("client  ◀── AS  {said}")));
            }
        }
        for poll in &self.polls {
            lines.push((poll.at, "client  ──▶ AS  poll".into()));
            if let Some((at, said)) = &poll.answer {
                let said = match said {
                    Said::Pending => self.draft.pending,
                    Said::SlowDown => "slow_down",
                    Said::Token => "token",
                    Said::Error(error) => error,
                    Said::Refused(error) => error,
                };
                lines.push((*at, format!("client  ◀── AS  {said}")));
            }
        }
        for called in &self.callbacks {
            let kind = called.callback.name();
            lines.push((called.sent, format!("client  ◀── AS  {kind}")));
            if let Some((at, answer)) = &called.answer {
                let answer = match answer {
                    Ok(status) => status.to_string(),
                    Err(why) => why.clone(),
                };
                lines.push((*at, format!("client  ──▶ AS  {answer}")));
            }
        }
        lines.sort_by_key(|(at, _)| *at);
        let told = lines.into_iter();
        told.map(|(at, line)| format!("{:>6.1} s  {line}", at.as_secs_f64()))
            .collect()
    }
}
