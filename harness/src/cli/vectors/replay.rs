//! `dtr vectors replay`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anstream::println;
use dtr_model::draft::Draft;
use owo_colors::OwoColorize;
use tokio::runtime::Runtime;

use super::{Chosen, read};
use crate::cli::{Exit, Trouble};
use crate::report::progress;
use crate::target::bundled::TICK_SECONDS;
use crate::target::{Bundled, Limits, TransportKind};
use crate::vector::format::{Answers, Setup, Vector};
use crate::vector::replay::{self, Failure, Played, Verdict};

/// What the bundled server draws its codes from.
const SEED: u64 = 1;

pub(super) fn replay(args: &Chosen) -> Result<Exit, Trouble> {
    let began = Instant::now();
    let (vectors, answers) = read(args)?;
    let played = Runtime::new()?.block_on(play(args, vectors, answers))?;
    let steps: usize = played.iter().map(|p| p.steps).sum();
    let exit = tell(&played);
    println!("{steps} steps in {:.1} s", began.elapsed().as_secs_f64());
    Ok(exit)
}

/// Starts the bundled server, once for each setting that vectors ask for.
async fn play(
    args: &Chosen,
    vectors: Vec<Vector>,
    answers: Answers,
) -> Result<Vec<Played>, Trouble> {
    let answers = Arc::new(answers);
    let bar = progress(vectors.len() as u64, "vectors");
    let mut played = Vec::with_capacity(vectors.len());
    for (setting, vectors) in by_setting(vectors)? {
        let server = setting.start(args.of.draft).await?;
        let replay = replay::replay(server.target(), &answers, vectors, |n| bar.inc(n));
        tokio::select! {
            done = replay => played.extend(done),
            _ = tokio::signal::ctrl_c() => {
                return Err(Trouble::new("interrupted; nothing can be said of the vectors"));
            }
        }
        server.shutdown().await;
    }
    bar.finish_and_clear();
    Ok(played)
}

/// What vectors suppose of a server, apart from clients.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    limits: Limits,
    nonces: bool,
}

impl Setting {
    fn of(setup: &Setup) -> Result<Setting, Trouble> {
        let ticks = |seconds: u64| u8::try_from(seconds / TICK_SECONDS);
        Ok(Setting {
            limits: Limits {
                interval: ticks(setup.interval)?,
                lifetime: ticks(setup.lifetime)?,
            },
            nonces: setup.nonces,
        })
    }

    async fn start(self, draft: Draft) -> Result<Bundled, Trouble> {
        let (kind, limits) = (TransportKind::Http, self.limits);
        let server = Bundled::start_with(kind, limits, SEED, draft, |config, _| {
            config.dpop.require_nonce = self.nonces;
        });
        Ok(server.await?)
    }
}

fn by_setting(vectors: Vec<Vector>) -> Result<BTreeMap<Setting, Vec<Vector>>, Trouble> {
    let mut groups: BTreeMap<Setting, Vec<Vector>> = BTreeMap::new();
    for vector in vectors {
        let setting = Setting::of(&vector.setup)?;
        groups.entry(setting).or_default().push(vector);
    }
    Ok(groups)
}

/// Tells what became of the vectors, and what that amounts to.
fn tell(played: &[Played]) -> Exit {
    let (mut passed, mut unpinned, mut stopped, mut failed, mut inconclusive) = (0, 0, 0, 0, 0);
    for Played { id, verdict, .. } in played {
        match verdict {
            Verdict::Passed { unpinned: answers } => {
                passed += 1;
                unpinned += usize::from(*answers > 0);
            }
            Verdict::StoppedEarly { step, answer } => {
                stopped += 1;
                println!(
                    "{} {id}: {answer} at step {step} is allowed, and ends it",
                    "stopped".yellow()
                );
            }
            Verdict::Failed(failure) => {
                failed += 1;
                tell_failure(id, failure);
            }
            Verdict::Inconclusive(why) => {
                inconclusive += 1;
                println!("{} {id}: {why}", "inconclusive".yellow());
            }
        }
    }
    println!(
        "{passed} passed ({unpinned} of them with an answer other than the pinned one), {stopped} stopped early, {failed} failed, {inconclusive} inconclusive"
    );
    match (failed, inconclusive) {
        (0, 0) => Exit::Pass,
        (0, _) => Exit::Inconclusive,
        _ => Exit::Fail,
    }
}

fn tell_failure(id: &str, failure: &Failure) {
    println!(
        "{} {id}.json, step {} at {} s: {}",
        "failed".red().bold(),
        failure.step,
        failure.at,
        failure.does
    );
    println!("  came {}", failure.came);
    for (answer, why) in &failure.expected {
        println!("  not {answer}: {why}");
    }
    println!("  {}", failure.requirements.join(" "));
}
