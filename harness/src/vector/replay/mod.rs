//! Replay: vectors against a server, judged by what is written in them and by
//! nothing else. Neither the model nor the oracle is used here, as no consumer in
//! another language has them; a test sees to it.
//!
//! | file | what it does |
//! |---|---|
//! | `mod.rs` | many vectors at a time, in lockstep with the server's clock |
//! | `playing.rs` | one vector: step by step, until its end or its verdict |
//! | `perform.rs` | a step's action, carried out |
//! | `telling.rs` | what the server is told besides requests: its controls, visits to its pages |
//! | `came.rs` | what came |
//! | `matching.rs`, `member.rs` | what came, against one allowed answer |
//! | `values.rs` | what placeholders stand for |

mod came;
mod matching;
mod member;
mod perform;
mod playing;
mod telling;
#[cfg(test)]
mod tests;
mod values;

use std::sync::Arc;

use super::format::{Answers, ClientKind, GrantType, Setup, Vector};
use crate::target::Target;
use crate::target::pool::Kind;
use playing::Playing;

/// Vectors in flight at a time.
const WIDTH: usize = 64;

/// What became of a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every step was answered as allowed.
    Passed {
        /// Answers that were allowed and not the pinned ones.
        unpinned: usize,
    },
    /// An answer was allowed after which the remaining steps say nothing.
    StoppedEarly {
        /// The step, from 1.
        step: usize,
        /// The answer.
        answer: String,
    },
    /// An answer was not allowed.
    Failed(Box<Failure>),
    /// It could not be played to its end.
    Inconclusive(String),
}

/// A step whose answer was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step, from 1.
    pub step: usize,
    /// When, in seconds since the first step.
    pub at: u64,
    /// What was done.
    pub does: String,
    /// The requirements that say how it is to be answered, and those that the nearest of the allowed answers carries out
    /// by the rules that do not hold.
    pub requirements: Vec<String>,
    /// The answers allowed, each with why what came is not it.
    pub expected: Vec<(String, String)>,
    /// What came.
    pub came: String,
}

/// A vector and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Its id.
    pub id: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Steps carried out.
    pub steps: usize,
}

/// Plays `vectors` against `target`. Those that suppose other limits, in ticks, or other clients
/// than the target has are inconclusive. `done` hears how many are through.
pub async fn replay(
    target: &Arc<Target>,
    answers: &Arc<Answers>,
    mut vectors: Vec<Vector>,
    mut done: impl FnMut(u64),
) -> Vec<Played> {
    // Those that last equally long share a batch, so that none waits for another.
    vectors.sort_by_key(Vector::seconds);
    let mut played = Vec::with_capacity(vectors.len());
    while !vectors.is_empty() {
        let before = played.len();
        let batch = begin(target, answers, &mut vectors, &mut played);
        played.extend(play(target, batch).await);
        done((played.len() - before) as u64);
    }
    played.sort_by(|a, b| a.id.cmp(&b.id));
    played
}

/// Begins as many of the vectors as there are free clients for; the others wait for their turn. Nobody has to wait for
/// clients, or a target with few of them would never get through a batch.
fn begin(
    target: &Arc<Target>,
    answers: &Arc<Answers>,
    vectors: &mut Vec<Vector>,
    played: &mut Vec<Played>,
) -> Vec<Playing> {
    let mut playing = Vec::with_capacity(WIDTH);
    for vector in std::mem::take(vectors) {
        if playing.len() == WIDTH {
            vectors.push(vector);
            continue;
        }
        if !limits_fit(target, &vector.setup) {
            played.push(inconclusive(vector, "the target has other limits"));
            continue;
        }
        match target.pool.lease(kind(&vector.setup), true) {
            Some(lease) => playing.push(Playing::new(
                Arc::clone(target),
                lease,
                Arc::clone(answers),
                vector,
            )),
            None if playing.is_empty() => {
                played.push(inconclusive(vector, "the target has no such client"));
            }
            None => vectors.push(vector),
        }
    }
    playing
}

/// Plays a batch: each vector goes on until its next step is later; when all
/// wait, the clock is moved to the earliest of these steps.
async fn play(target: &Arc<Target>, mut playing: Vec<Playing>) -> Vec<Played> {
    let mut played = Vec::with_capacity(playing.len());
    let mut now = 0;
    loop {
        playing = each_until(playing, now).await;
        let Some(next) = playing.iter().filter_map(Playing::waits_for).min() else {
            break;
        };
        if let Err(failure) = target.advance(next - now).await {
            for one in &mut playing {
                one.give_up(format!("the clock could not be moved: {failure}"));
            }
        }
        now = next;
    }
    for one in playing {
        played.push(one.finish().await);
    }
    played
}

/// Lets every vector go on through its steps up to the tick `now`, each on its own task.
async fn each_until(playing: Vec<Playing>, now: u64) -> Vec<Playing> {
    let tasks: Vec<_> = playing
        .into_iter()
        .map(|mut one| {
            tokio::spawn(async move {
                one.until(now).await;
                one
            })
        })
        .collect();
    let mut back = Vec::with_capacity(tasks.len());
    for task in tasks {
        back.push(
            task.await
                .expect("a vector's task neither panics nor is cancelled"),
        );
    }
    back
}

/// Limits are compared in ticks, for a target has its own: see [`Pace`](crate::target::Pace).
fn limits_fit(target: &Target, setup: &Setup) -> bool {
    let seconds = |ticks: u8| u64::from(ticks) * setup.seconds_per_tick;
    seconds(target.limits.interval) == setup.interval
        && seconds(target.limits.lifetime) == setup.lifetime
}

fn kind(setup: &Setup) -> Kind {
    Kind {
        public: setup.client == ClientKind::Public,
        one_time: setup.grant_type == GrantType::AuthorizationCode,
        callback: setup.callback_endpoint,
    }
}

fn inconclusive(vector: Vector, why: &str) -> Played {
    Played {
        id: vector.id,
        verdict: Verdict::Inconclusive(why.to_owned()),
        steps: 0,
    }
}
