//! `dtr vectors replay`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anstream::println;
use dtr_model::draft::Draft;
use indicatif::ProgressBar;
use owo_colors::OwoColorize;
use tokio::runtime::Runtime;

use super::{Chosen, Set, read};
use crate::cli::{Exit, Trouble};
use crate::report::progress;
use crate::target::bundled::TICK_SECONDS;
use crate::target::file::Built;
use crate::target::transport::HttpOptions;
use crate::target::{Bundled, Limits, SetupError, TargetFile, TransportKind};
use crate::vector::format::{Answers, Setup, Vector};
use crate::vector::replay::{self, Failure, Played, Verdict};

/// What the bundled server draws its codes from, and clients their random values.
const SEED: u64 = 1;

/// Arguments of `dtr vectors replay`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    chosen: Chosen,
    /// A server to test, written down; without it the bundled one is started and tested
    #[arg(long, value_name = "FILE")]
    target: Option<PathBuf>,
}

pub(super) fn replay(args: &Args) -> Result<Exit, Trouble> {
    let began = Instant::now();
    let of = &args.chosen.of;
    let drafts = match (&args.target, of.draft) {
        // Another server follows one text.
        (Some(_), None) => vec![Draft::DEFAULT],
        _ => of.drafts()?,
    };
    let sets = read(&args.chosen, &drafts)?;
    let played = Runtime::new()?.block_on(play(args, sets))?;
    let steps: usize = played.iter().map(|p| p.steps).sum();
    let exit = tell(&played);
    println!("{steps} steps in {:.1} s", began.elapsed().as_secs_f64());
    Ok(exit)
}

/// Plays the vectors of each edition.
async fn play(args: &Args, sets: Vec<Set>) -> Result<Vec<Played>, Trouble> {
    let count: usize = sets.iter().map(|set| set.vectors.len()).sum();
    let bar = progress(count as u64, "vectors");
    let mut played = Vec::with_capacity(count);
    for set in sets {
        played.extend(play_set(args, set, &bar).await?);
    }
    bar.finish_and_clear();
    Ok(played)
}

/// Plays those of one edition, those of one setting after those of another.
async fn play_set(args: &Args, set: Set, bar: &ProgressBar) -> Result<Vec<Played>, Trouble> {
    let server = match &args.target {
        None => Server::Bundled(set.draft),
        Some(path) => Server::Written(Box::new(written(path, set.draft).await?)),
    };
    let answers = Arc::new(set.answers);
    let mut played = Vec::with_capacity(set.vectors.len());
    for (setting, vectors) in by_setting(set.vectors)? {
        let replay = server.replay(setting, &answers, vectors, |n| bar.inc(n));
        tokio::select! {
            done = replay => played.extend(done?),
            _ = tokio::signal::ctrl_c() => {
                return Err(Trouble::new("interrupted; nothing can be said of the vectors"));
            }
        }
    }
    Ok(played)
}

/// The server that is tested: the bundled one, started anew for each setting, or one that is there already.
enum Server {
    Bundled(&'static Draft),
    Written(Box<Built>),
}

impl Server {
    async fn replay(
        &self,
        setting: Setting,
        answers: &Arc<Answers>,
        vectors: Vec<Vector>,
        done: impl FnMut(u64),
    ) -> Result<Vec<Played>, Trouble> {
        match self {
            Self::Bundled(draft) => {
                let server = setting.start(draft).await?;
                let played = replay::replay(server.target(), answers, vectors, done).await;
                server.shutdown().await;
                Ok(played)
            }
            Self::Written(built) => match built.target(setting.limits) {
                Ok(target) => Ok(replay::replay(&Arc::new(target), answers, vectors, done).await),
                Err(error @ SetupError::Pace { .. }) => {
                    let why = error.to_string();
                    Ok(vectors.iter().map(|v| unplayed(v, &why)).collect())
                }
                Err(error) => Err(error.into()),
            },
        }
    }
}

async fn written(path: &Path, draft: &'static Draft) -> Result<Built, Trouble> {
    let file = TargetFile::read(path)?;
    let options = HttpOptions::default();
    Ok(file.build(path, draft, options, SEED).await?)
}

fn unplayed(vector: &Vector, why: &str) -> Played {
    Played {
        id: vector.id.clone(),
        verdict: Verdict::Inconclusive(why.to_owned()),
        steps: 0,
    }
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

    async fn start(self, draft: &'static Draft) -> Result<Bundled, Trouble> {
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
