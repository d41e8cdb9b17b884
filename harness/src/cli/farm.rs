//! `dtr farm`: servers that are wrong on purpose, and what the suite makes of them. Only with the feature `farm`.

use std::path::{Path, PathBuf};

use anstream::eprintln;
use dtr_model::Trace;
use dtr_model::draft::Draft;
use tokio::runtime::Runtime;

use super::{Exit, Trouble, out, reporting};
use crate::farm::clients::{Clients, FAULTS};
use crate::farm::fault::{Fault, Shown};
use crate::farm::faults;
use crate::farm::judge::{Judged, judge};
use crate::farm::matrix::Matrix;
use crate::farm::minds::{self, MINDS};
use crate::farm::siblings;
use crate::probe::{self, Probe};
use crate::report::document::Verdict;
use crate::report::{diagram, progress};
use crate::suite;
use crate::target::TransportKind;
use crate::target::bundled::TICK_SECONDS;

/// Arguments of `dtr farm`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the faults and the minds
    List,
    /// Judge the server with one fault, and show the shortest trace that catches it
    Run {
        /// The fault's id
        fault: String,
        /// The text of the server, and that it is judged by
        #[arg(long, value_parser = super::judging_draft, default_value = "ietf-01", value_name = "DRAFT")]
        draft: &'static Draft,
    },
    /// Judge every fault and write the kill matrix
    Matrix {
        /// Where to write it
        #[arg(long, default_value = "harness/KILLS.md", value_name = "FILE")]
        out: PathBuf,
    },
    /// Judge the correct servers of another mind: none may fail
    Minds {
        /// How many seeds to try each with
        #[arg(long, default_value_t = 3, value_name = "N")]
        seeds: u64,
        /// Only this one
        #[arg(long, value_name = "ID")]
        only: Option<String>,
    },
}

pub(super) fn farm(args: &Args) -> Result<Exit, Trouble> {
    let runtime = Runtime::new()?;
    match &args.verb {
        Verb::List => {
            list();
            Ok(Exit::Pass)
        }
        Verb::Run { fault, draft } => runtime.block_on(one(fault, draft)),
        Verb::Matrix { out } => runtime.block_on(matrix(out)),
        Verb::Minds { seeds, only } => runtime.block_on(all_minds(*seeds, only.as_deref())),
    }
}

fn list() {
    for fault in faults::all() {
        out::write(format_args!(
            "{:<36} {:<14} {}\n",
            fault.id,
            fault.seam.name(),
            fault.does
        ));
    }
    for fault in FAULTS {
        out::write(format_args!(
            "{:<36} {:<14} {}\n",
            fault.id, "client", fault.does
        ));
    }
    for mind in MINDS {
        out::write(format_args!(
            "{:<36} {:<14} {}\n",
            mind.id, "mind", mind.does
        ));
    }
}

fn traces(draft: &'static Draft) -> Vec<Trace> {
    suite::unique(suite::recorded(draft))
}

/// With this confidence a race that a server loses is lost at least once.
const CONFIDENCE: f64 = 0.9999;

async fn judged(
    fault: &'static Fault,
    draft: &'static Draft,
    traces: &[Trace],
) -> Result<Judged, Trouble> {
    let races = match fault.shown {
        Shown::Raced(_) => suite::repeated(&suite::races(draft), suite::rounds(CONFIDENCE)),
        _ => Vec::new(),
    };
    let traces = if races.is_empty() { traces } else { &races };
    // What takes patience is done only where it has to show.
    let shows = |probe: &&Probe| probe.rows.iter().any(|row| fault.rows().contains(row));
    let probes: Vec<_> = probe::all()
        .filter(|p| p.is_about(draft) && (!p.is_slow() || shows(p)))
        .collect();
    let judged = judge(
        draft,
        &|| fault.server(draft),
        traces,
        &probes,
        1,
        TransportKind::InProcess,
    )
    .await;
    Ok(judged?)
}

async fn one(id: &str, draft: &'static Draft) -> Result<Exit, Trouble> {
    let fault = faults::named(id)
        .ok_or_else(|| Trouble::new(format!("there is no fault `{id}`; see `dtr farm list`")))?;
    let judged = judged(fault, draft, &traces(draft)).await?;
    out::write(format_args!("{}: {}\n", fault.id, fault.does));
    out::write(format_args!(
        "verdict {:?}; broken: {}\n",
        judged.verdict,
        judged.broken.join(", ")
    ));
    out::write(format_args!(
        "slighted: {}; readings: {}\n",
        judged.slighted.join(", "),
        judged.readings.join(", ")
    ));
    if let Some((why, count)) = &judged.unfinished {
        out::write(format_args!("{count} traces without a verdict: {why}\n"));
    }
    for (probe, saw) in &judged.probes {
        out::write(format_args!("{probe}: {saw}\n"));
    }
    if let Some(failure) = &judged.shortest {
        out::write(format_args!(
            "{}\n",
            diagram::of_failure(failure, TICK_SECONDS)
        ));
    }
    Ok(match judged.shows(fault, draft) {
        true => Exit::Pass,
        false => Exit::Fail,
    })
}

async fn matrix(path: &Path) -> Result<Exit, Trouble> {
    let mut matrix = Matrix::default();
    let under = siblings::drafts().map(|draft| siblings::faults_of(draft).count());
    let own_faults = || faults::all().filter(|fault| fault.is_of(Draft::DEFAULT));
    let count = own_faults().count() + under.sum::<usize>();
    let bar = progress(count as u64, "faults");
    // They mostly wait, and so do not mind what else is done.
    let clients = tokio::spawn(Clients::lead());
    let own = traces(Draft::DEFAULT);
    for fault in own_faults() {
        matrix.add(fault, judged(fault, Draft::DEFAULT, &own).await?);
        bar.inc(1);
    }
    for draft in siblings::drafts() {
        let traces = traces(draft);
        for fault in siblings::faults_of(draft) {
            matrix.add_under(draft, fault, judged(fault, draft, &traces).await?);
            bar.inc(1);
        }
    }
    let clients = clients.await??;
    let mut good = true;
    for (fault, draft, broken) in clients.survivors() {
        good = false;
        eprintln!(
            "survivor {} under {}: broken {broken:?}",
            fault.id, draft.id
        );
    }
    for rule in clients.unseen() {
        good = false;
        eprintln!("no client breaks {}: it {}", rule.id, rule.does);
    }
    matrix.set_clients(clients);
    bar.finish_and_clear();
    reporting::write(path, &matrix.document())?;
    for (fault, judged) in matrix.survivors() {
        good = false;
        eprintln!(
            "survivor {}: {:?}, broken {:?}, slighted {:?}",
            fault.id, judged.verdict, judged.broken, judged.slighted
        );
    }
    for (draft, fault, judged) in matrix.survivors_under() {
        good = false;
        eprintln!(
            "survivor {} under {}: {:?}, broken {:?}, not all of {:?}",
            fault.id,
            draft.id,
            judged.verdict,
            judged.broken,
            fault.breaks(draft)
        );
    }
    for requirement in matrix.unseen() {
        good = false;
        eprintln!("no fault breaks {}: {}", requirement.id, requirement.text);
    }
    out::write(format_args!("{}\n", matrix.totals()));
    Ok(if good { Exit::Pass } else { Exit::Fail })
}

async fn all_minds(seeds: u64, only: Option<&str>) -> Result<Exit, Trouble> {
    if let Some(id) = only
        && minds::named(id).is_none()
    {
        return Err(Trouble::new(format!(
            "there is no mind `{id}`; see `dtr farm list`"
        )));
    }
    let mut good = true;
    for mind in MINDS
        .iter()
        .filter(|mind| only.is_none_or(|id| id == mind.id))
    {
        let began = std::time::Instant::now();
        let mut traces = traces(Draft::DEFAULT);
        traces.extend(suite::races(Draft::DEFAULT));
        let mut probes: Vec<_> = probe::all().collect();
        let mut passed = 0;
        for seed in 1..=seeds {
            traces.extend(suite::walks_of(Draft::DEFAULT, seed));
            let draft = Draft::DEFAULT;
            let server = || mind.server();
            let judged = judge(draft, &server, &traces, &probes, seed, mind.kind).await?;
            // The recorded traces and the probes are the same for every seed.
            traces.clear();
            probes.clear();
            if judged.verdict == Verdict::Pass {
                passed += 1;
                continue;
            }
            good = false;
            out::write(format_args!(
                "{} with seed {seed}: {:?}, broken {}\n",
                mind.id,
                judged.verdict,
                judged.broken.join(", ")
            ));
            if let Some((why, count)) = &judged.unfinished {
                out::write(format_args!("  {count} traces without a verdict: {why}\n"));
            }
            for (probe, saw) in &judged.probes {
                out::write(format_args!("  {probe}: {saw}\n"));
            }
            if let Some(failure) = &judged.shortest {
                out::write(format_args!(
                    "{}\n",
                    diagram::of_failure(failure, TICK_SECONDS)
                ));
            }
        }
        let elapsed = began.elapsed().as_secs_f64();
        out::write(format_args!(
            "{:<28} {passed} of {seeds} seeds passed in {elapsed:.1} s\n",
            mind.id
        ));
    }
    Ok(if good { Exit::Pass } else { Exit::Fail })
}
