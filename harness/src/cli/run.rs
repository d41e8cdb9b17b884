//! `dtr run`: the suite against a server.

mod server;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anstream::eprintln;
use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::trace::Origin;
use indicatif::ProgressBar;
use tokio::runtime::Runtime;

use super::reporting::Reporting;
use super::{Exit, Trouble, foreign, judging_draft};
use crate::driver::check_metadata;
use crate::engine::{Engine, Failure, Outcome, minimise};
use crate::failures::Failures;
use crate::probe::{self, Probe, Until};
use crate::report::document::{Counted, Document, Setting};
use crate::report::partition::Partition;
use crate::report::progress;
use crate::suite::{self, Experiments, Selection, by_limits};
use crate::target::{Limits, Target};
use server::Server;

/// Kinds of failure that are made short and told in full.
const TOLD: usize = 8;
/// Time for making failures short where time has to be waited for.
const SHORTENING: Duration = Duration::from_secs(120);
/// Why not everything is run where time has to be waited for.
const PAIRS_TAKE_LONG: &str =
    "pairs of steps are run on the wall clock only when selected (--select pair)";

/// Arguments of `dtr run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A server to test, written down; without it the bundled one is started and tested
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "in_process"])]
    target: Option<PathBuf>,
    /// Issuer of a server to look at
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Edition of the text
    #[arg(long, value_parser = judging_draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
    /// Run only what this names: traces, origins, properties, requirements or sections, with commas
    #[arg(long, value_name = "EXPR")]
    select: Option<String>,
    /// Seed of the random walks
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Run only part of the traces, as in 2/4; `dtr merge` adds up the reports of all parts
    #[arg(long, value_name = "K/N", conflicts_with = "url")]
    partition: Option<Partition>,
    /// Repeat races until a fault that shows in a quarter of the rounds is met with this probability
    #[arg(long, default_value = "0.99", value_parser = confidence, value_name = "P")]
    confidence: f64,
    /// Call the bundled server in process instead of over HTTP
    #[arg(long, conflicts_with = "url")]
    in_process: bool,
    /// Begin no trace that would not end within this time (90s, 5m, 1h); the most informative come first
    #[arg(long, value_parser = server::duration, value_name = "TIME", conflicts_with = "url")]
    time_budget: Option<Duration>,
    /// Requests a second that the server gets, at most
    #[arg(long, value_parser = rate, value_name = "N", requires = "target")]
    max_rps: Option<f64>,
    /// Requests that the server gets at the same time, at most; 64 unless said otherwise
    #[arg(long, value_parser = at_least_one, value_name = "N", requires = "target")]
    max_in_flight: Option<usize>,
    /// Where failing traces are kept, to be run first next time
    #[arg(long, default_value = ".dtr/failures.json", value_name = "FILE")]
    failures: PathBuf,
    #[command(flatten)]
    reporting: Reporting,
}

pub(super) fn run(args: &Args) -> Result<Exit, Trouble> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let reporting = args.reporting.ready()?;
        let (document, kept) = match &args.url {
            Some(url) => (foreign::look_at(url, args.draft, args.seed).await?, None),
            None => whole(args).await.map(|(d, kept)| (d, Some(kept)))?,
        };
        if let Some(kept) = kept {
            kept.write(&args.failures)?;
        }
        reporting.tell(document)
    })
}

/// Runs everything against a server, once for each choice of limits that traces
/// ask for. What failed last time comes first.
async fn whole(args: &Args) -> Result<(Document, Failures), Trouble> {
    let began = Instant::now();
    let deadline = args.time_budget.and_then(|b| began.checked_add(b));
    let stop = stop_on_interrupt();
    let mut kept = Failures::read(&args.failures)?;
    let server = Server::of(args).await?;
    let Experiments { traces, probes } =
        selected(args, &kept, server.traces(args.draft, args.seed))?;
    let on_the_wall = server.is_on_the_wall();
    let rounds = suite::rounds(args.confidence);
    let known: HashSet<_> = kept.traces().map(|t| t.deed()).collect();
    let repeated = suite::repeated(&traces, rounds);
    let bar = progress((repeated.len() + probes.len()) as u64, "experiments");
    let (again, fresh): (Vec<_>, Vec<_>) = repeated
        .into_iter()
        .partition(|t| known.contains(&t.deed()));
    let mut outcome = Outcome::default();
    let mut told = Vec::new();
    let mut metadata_due = args.partition.is_none_or(Partition::is_first);
    let until = Until {
        stop: &stop,
        deadline,
    };
    // With little time what says most comes first, which is no probe.
    if deadline.is_none() {
        outcome.add(probed(&server, args, &probes, until, &bar).await?);
    }
    for (limits, traces) in by_limits(again).chain(by_limits(fresh)) {
        if stop.load(Ordering::Relaxed) {
            outcome.stopped = true;
            break;
        }
        let started = match server.start(limits, args).await? {
            Ok(started) => started,
            Err(why) => {
                traces.iter().for_each(|t| outcome.skip(t, &why));
                bar.inc(traces.len() as u64);
                continue;
            }
        };
        let target = Arc::clone(&started.target);
        let traces = possible(traces, &target, &mut outcome, args, on_the_wall);
        // It is the same program whatever its limits, so it is asked once.
        if metadata_due {
            outcome.take_in(check_metadata(&target).await);
            metadata_due = false;
        }
        let accepted = server.accepted(args.draft);
        let engine = Engine::new(target, accepted, Arc::clone(&stop)).until(deadline);
        let part = engine.run(traces, |n| bar.inc(n)).await;
        // Waiting for shorter and shorter traces has to end some time.
        let engine = match on_the_wall {
            true => engine.until(Some(Instant::now() + SHORTENING)),
            false => engine,
        };
        told.extend(make_short(&engine, &part.failures).await);
        outcome.add(part);
        started.stop().await;
    }
    if deadline.is_some() {
        outcome.add(probed(&server, args, &probes, until, &bar).await?);
    }
    bar.finish_and_clear();
    let ran = match outcome.stopped {
        true => Vec::new(),
        false => traces,
    };
    kept.update(
        told.iter().map(|c: &Counted| c.failure.trace.clone()),
        &ran,
        outcome.inconclusive.iter().map(|(trace, _)| trace),
    );
    if outcome.stopped {
        eprintln!("dtr: interrupted; what follows is what was found until then");
    }
    let setting = Setting {
        draft: args.draft,
        target: server.name(),
        tick_seconds: server.tick_seconds(),
        seed: args.seed,
        elapsed: began.elapsed().as_secs_f64(),
        select: args.select.clone(),
        partition: args.partition,
    };
    Ok((Document::new(&outcome, &told, setting), kept))
}

/// What the probes come to, at the server with the usual limits.
async fn probed(
    server: &Server,
    args: &Args,
    probes: &[&'static Probe],
    until: Until<'_>,
    bar: &ProgressBar,
) -> Result<Outcome, Trouble> {
    let mut outcome = Outcome::default();
    if probes.is_empty() {
        return Ok(outcome);
    }
    let outcomes = match server.start(Limits::USUAL, args).await? {
        Ok(started) => {
            let outcomes = probe::run(&started.target, probes, until, || bar.inc(1)).await;
            started.stop().await;
            outcomes
        }
        Err(why) => probes.iter().map(|p| Err((*p, why.clone()))).collect(),
    };
    outcome.stopped = outcomes.len() < probes.len();
    outcome.take_in_probes(outcomes);
    Ok(outcome)
}

/// A rate that lets something through.
fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.01..=1e6).contains(&rate) => Ok(rate),
        _ => Err("not a number of requests a second, from 0.01 to 1000000".to_owned()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("not a number from 1".to_owned()),
    }
}

/// A probability, but not certainty, which no number of rounds gives.
fn confidence(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(p) if (0.0..=0.999_999).contains(&p) => Ok(p),
        _ => Err("not a probability from 0 to 0.999999".to_owned()),
    }
}

/// What was kept and what is generated, as far as it is selected. What does the
/// same for two purposes is selected by either and run once.
fn selected(args: &Args, kept: &Failures, generated: Vec<Trace>) -> Result<Experiments, Trouble> {
    let of_this_text = |trace: &Trace| trace.terms.draft == args.draft;
    let all = Experiments {
        traces: kept
            .traces()
            .filter(of_this_text)
            .chain(generated)
            .collect(),
        probes: probe::all().collect(),
    };
    let mut chosen = match &args.select {
        None => all,
        Some(expression) => Selection::parse(expression).apply(all, args.draft)?,
    };
    chosen.traces = suite::unique(chosen.traces);
    if let Some(partition) = args.partition {
        chosen.traces.retain(|t| partition.holds(&t.id));
        chosen.probes.retain(|p| partition.holds(p.id));
    }
    Ok(chosen)
}

/// What can be run here; the rest is skipped, and counted with its reason.
fn possible(
    mut traces: Vec<Trace>,
    target: &Target,
    outcome: &mut Outcome,
    args: &Args,
    on_the_wall: bool,
) -> Vec<Trace> {
    let few = on_the_wall && args.select.is_none();
    traces.retain(|trace| {
        let obstacle = match trace.origin {
            Origin::Pair if few => Some(PAIRS_TAKE_LONG.to_owned()),
            _ => target.obstacle(trace),
        };
        if let Some(why) = &obstacle {
            outcome.skip(trace, why);
        }
        obstacle.is_none()
    });
    traces
}

/// One failure of each kind, made as short as it fails.
async fn make_short(engine: &Engine, failures: &[Failure]) -> Vec<Counted> {
    let mut kinds: BTreeMap<_, Vec<&Failure>> = BTreeMap::new();
    for failure in failures {
        kinds.entry(failure.kind()).or_default().push(failure);
    }
    let mut counted: Vec<Counted> = Vec::new();
    for alike in kinds.into_values().take(TOLD) {
        let Some(shortest) = alike.iter().min_by_key(|f| f.trace.events.len()) else {
            continue;
        };
        let failure = minimise(engine, (*shortest).clone()).await;
        let times = alike.len() as u64;
        // Made short, different kinds often turn out to be one.
        match counted
            .iter_mut()
            .find(|c| c.failure.kind() == failure.kind())
        {
            Some(known) => known.times += times,
            None => counted.push(Counted { failure, times }),
        }
    }
    counted.sort_by_key(|c| c.failure.trace.events.len());
    counted
}

/// The first interrupt ends the run and lets it report; a second one kills it,
/// as the handler is gone by then.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.store(true, Ordering::Relaxed);
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    stop
}
