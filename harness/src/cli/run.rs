//! `dtr run`: the suite against a server.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anstream::eprintln;
use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::question::Readings;
use tokio::runtime::Runtime;

use super::reporting::Reporting;
use super::{Exit, Trouble, draft, foreign};
use crate::driver::check_metadata;
use crate::engine::{Engine, Failure, Outcome, minimise};
use crate::failures::Failures;
use crate::report::document::{Counted, Document, Setting};
use crate::report::partition::Partition;
use crate::report::progress;
use crate::suite::{self, Selection};
use crate::target::bundled::TICK_SECONDS;
use crate::target::{Bundled, Limits, TransportKind};

/// Kinds of failure that are made short and told in full.
const TOLD: usize = 8;

/// Arguments of `dtr run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Issuer of a server to look at; without it the bundled one is started and tested
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: Draft,
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
            None => bundled(args).await.map(|(d, kept)| (d, Some(kept)))?,
        };
        if let Some(kept) = kept {
            kept.write(&args.failures)?;
        }
        reporting.tell(document)
    })
}

/// Starts the bundled server, once for each choice of limits that traces ask
/// for, and runs everything against it. What failed last time comes first.
async fn bundled(args: &Args) -> Result<(Document, Failures), Trouble> {
    let began = Instant::now();
    let stop = stop_on_interrupt();
    let mut kept = Failures::read(&args.failures)?;
    let traces = selected(args, &kept)?;
    let rounds = suite::rounds(args.confidence);
    let known: HashSet<_> = kept.traces().map(|t| t.deed()).collect();
    let repeated = suite::repeated(&traces, rounds);
    let bar = progress(repeated.len() as u64, "traces");
    let (again, fresh): (Vec<_>, Vec<_>) = repeated
        .into_iter()
        .partition(|t| known.contains(&t.deed()));
    let mut outcome = Outcome::default();
    let mut told = Vec::new();
    let mut metadata_due = args.partition.is_none_or(Partition::is_first);
    for (limits, traces) in by_limits(again).into_iter().chain(by_limits(fresh)) {
        if stop.load(Ordering::Relaxed) {
            outcome.stopped = true;
            break;
        }
        let kind = match args.in_process {
            true => TransportKind::InProcess,
            false => TransportKind::Http,
        };
        let server = Bundled::start(kind, limits, args.seed, args.draft).await?;
        let target = Arc::clone(server.target());
        // It is the same program whatever its limits, so it is asked once.
        if metadata_due {
            outcome.take_in(check_metadata(&target).await);
            metadata_due = false;
        }
        // Our own server has to read every question as its pins say.
        let engine = Engine::new(target, Readings::pins(), Arc::clone(&stop));
        let part = engine.run(traces, |n| bar.inc(n)).await;
        told.extend(make_short(&engine, &part.failures).await);
        outcome.add(part);
        server.shutdown().await;
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
        draft: args.draft.id,
        target: "bundled reference server".to_owned(),
        tick_seconds: TICK_SECONDS,
        seed: args.seed,
        elapsed: began.elapsed().as_secs_f64(),
        select: args.select.clone(),
        partition: args.partition,
    };
    Ok((Document::new(&outcome, &told, setting), kept))
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
fn selected(args: &Args, kept: &Failures) -> Result<Vec<Trace>, Trouble> {
    let all = kept.traces().chain(suite::generated(args.seed)).collect();
    let chosen = match &args.select {
        None => all,
        Some(expression) => Selection::parse(expression).apply(all)?,
    };
    let mut chosen = suite::unique(chosen);
    if let Some(partition) = args.partition {
        chosen.retain(|t| partition.holds(&t.id));
    }
    Ok(chosen)
}

fn by_limits(traces: Vec<Trace>) -> Vec<(Limits, Vec<Trace>)> {
    let mut groups: BTreeMap<(u8, u8), Vec<Trace>> = BTreeMap::new();
    for trace in traces {
        let limits = (trace.terms.interval, trace.terms.lifetime);
        groups.entry(limits).or_default().push(trace);
    }
    let groups = groups.into_iter();
    groups
        .map(|((interval, lifetime), traces)| (Limits { interval, lifetime }, traces))
        .collect()
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
