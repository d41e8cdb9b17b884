//! `dtr doctor`: is the setup right?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstream::println;
use dtr_model::draft::Draft;
use dtr_model::generate;
use dtr_model::{Terms, Trace};
use owo_colors::OwoColorize;
use tokio::runtime::Runtime;

use super::{Exit, Trouble, judging_draft};
use crate::doctor::{Checked, Diagnosis, examine, out_of_reach};
use crate::suite;
use crate::target::transport::HttpOptions;
use crate::target::{Bundled, Limits, SetupError, Target, TargetFile, TransportKind};

/// Arguments of `dtr doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The server, written down; without it the bundled one is examined
    #[arg(long, value_name = "FILE")]
    target: Option<PathBuf>,
    /// Edition of the text
    #[arg(long, value_parser = judging_draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
}

/// What the names of clients and codes are drawn from; nothing depends on it.
const SEED: u64 = 1;

pub(super) fn doctor(args: &Args) -> Result<Exit, Trouble> {
    Runtime::new()?.block_on(async {
        match &args.target {
            Some(path) => written(path, args.draft).await,
            None => {
                let kind = TransportKind::Http;
                let server = Bundled::start(kind, Limits::USUAL, SEED, args.draft).await?;
                let exit = told(
                    server.target(),
                    &generate::settings(args.draft),
                    &suite::recorded(args.draft),
                )
                .await;
                server.shutdown().await;
                exit
            }
        }
    })
}

async fn written(path: &Path, draft: &'static Draft) -> Result<Exit, Trouble> {
    let file = TargetFile::read(path)?;
    println!("{} {} is well-formed", "✓".green(), path.display());
    let built = file.build(path, draft, HttpOptions::default(), SEED).await;
    let built = match built {
        Ok(built) => built,
        Err(error @ SetupError::Metadata { .. }) => {
            return Err(Trouble::new(format!(
                "your setup: {}; look at `issuer` and `tls`, or name the token endpoint in [endpoints]",
                Trouble::from(error).0
            )));
        }
        Err(error) => {
            return Err(Trouble::new(format!(
                "your setup: {}",
                Trouble::from(error).0
            )));
        }
    };
    println!("{} the endpoints are found", "✓".green());
    let target = Arc::new(built.target(Limits::USUAL)?);
    let terms = built.terms();
    let can = |event: &_, terms: &Terms| target.obstacle_to(event, terms).is_none();
    let traces = suite::generated_for(&terms, SEED, &can);
    told(&target, &terms, &traces).await
}

/// Tells what was found. What is the setup's comes before what is the server's: exit 2, then 1.
async fn told(target: &Arc<Target>, terms: &[Terms], traces: &[Trace]) -> Result<Exit, Trouble> {
    let checked = examine(target, terms).await;
    checked.iter().for_each(tell);
    let missing = out_of_reach(target, traces);
    if !missing.is_empty() {
        println!("\nA run will skip, because");
        for (why, count) in missing {
            println!("  {why}: {count} of {} traces", traces.len());
        }
    }
    let setup = checked
        .iter()
        .filter(|c| matches!(c.diagnosis, Diagnosis::YourSetup(_)))
        .count();
    let server = checked
        .iter()
        .any(|c| matches!(c.diagnosis, Diagnosis::YourServer(_)));
    match (setup, server) {
        (0, false) => {
            println!("\nAll is well: `dtr run` can begin.");
            Ok(Exit::Pass)
        }
        (0, true) => {
            println!(
                "\nThe setup is right. What is wrong is the server's; `dtr run` will say more."
            );
            Ok(Exit::Fail)
        }
        (n, _) => Err(Trouble::new(format!(
            "{n} things in your setup are to be mended before a verdict means something"
        ))),
    }
}

fn tell(checked: &Checked) {
    let Checked { name, diagnosis } = checked;
    match diagnosis {
        Diagnosis::Fine(what) => println!("{} {name}: {what}", "✓".green()),
        Diagnosis::Skipped(why) => println!("{} {name}: {why}", "·".dimmed()),
        Diagnosis::YourSetup(what) => {
            println!("{} {name}: {} {what}", "✗".red(), "your setup:".bold());
        }
        Diagnosis::YourServer(what) => {
            println!("{} {name}: {} {what}", "✗".red(), "your server:".bold());
        }
    }
}
