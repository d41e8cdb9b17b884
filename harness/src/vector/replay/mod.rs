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

/// Plays `vectors` against `target`. Those that suppose other limits or clients
/// than the target has are inconclusive. `done` hears of each batch's size.
pub async fn replay(
    target: &Arc<Target>,
    answers: &Arc<Answers>,
    mut vectors: Vec<Vector>,
    mut done: impl FnMut(u64),
) -> Vec<Played> {
    // Those that last equally long share a batch, so that none waits for another.
    vectors.sort_by_key(Vector::seconds);
    let mut played = Vec::with_capacity(vectors.len());
    let mut vectors = vectors.into_iter();
    loop {
        let batch: Vec<Vector> = vectors.by_ref().take(WIDTH).collect();
        if batch.is_empty() {
            break;
        }
        let size = batch.len() as u64;
        played.extend(play(target, answers, batch).await);
        done(size);
    }
    played.sort_by(|a, b| a.id.cmp(&b.id));
    played
}

/// Plays a batch: each vector goes on until its next step is later; when all
/// wait, the clock is moved to the earliest of these steps.
async fn play(target: &Arc<Target>, answers: &Arc<Answers>, batch: Vec<Vector>) -> Vec<Played> {
    let mut played = Vec::with_capacity(batch.len());
    let mut playing = Vec::with_capacity(batch.len());
    for vector in batch {
        let fits = limits_fit(target, &vector.setup);
        let lease = match fits {
            true => target.pool.acquire(kind(&vector.setup), true).await,
            false => None,
        };
        match lease {
            Some(lease) => playing.push(Playing::new(
                Arc::clone(target),
                lease,
                Arc::clone(answers),
                vector,
            )),
            None if fits => played.push(inconclusive(vector, "the target has no such client")),
            None => played.push(inconclusive(vector, "the target has other limits")),
        }
    }
    let mut now = 0;
    loop {
        playing = each_until(playing, now).await;
        let Some(next) = playing.iter().filter_map(Playing::waits_for).min() else {
            break;
        };
        let moved = target
            .time
            .advance(target.control.as_ref(), next - now)
            .await;
        if let Err(failure) = moved {
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

/// Lets every vector go on through its steps up to `now`, each on its own task.
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

fn limits_fit(target: &Target, setup: &Setup) -> bool {
    let seconds = |ticks: u8| u64::from(ticks) * target.tick_seconds;
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
