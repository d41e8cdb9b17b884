//! `dtr serve`: the reference authorization server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstream::eprintln;
use dtr_reference::{AuthorizationServer, Config, Edition, ManualClock, Parts, SystemClock};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::stopped::stopped;
use super::{Exit, Trouble};

const EXAMPLE: &str = include_str!("../../../reference/example.toml");

/// Arguments of `dtr serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8400", value_name = "ADDR")]
    listen: SocketAddr,
    /// Configuration in TOML; without it an example is used
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Edition of the text to serve; wins over the configuration, whose default is ietf-01
    #[arg(long, value_parser = Edition::named, value_name = "DRAFT")]
    draft: Option<Edition>,
    /// Also serve the control API here: decisions, clock, faults. For development only
    #[arg(long, value_name = "ADDR")]
    control: Option<SocketAddr>,
    /// Let time pass only when the control API says so
    #[arg(long, requires = "control")]
    manual_clock: bool,
    /// Print the example configuration and end
    #[arg(long)]
    print_config: bool,
}

pub(super) fn serve(args: &Args) -> Result<Exit, Trouble> {
    if args.print_config {
        super::out::write(format_args!("{EXAMPLE}"));
        return Ok(Exit::Pass);
    }
    Runtime::new()?.block_on(async {
        let listener = bind("--listen", args.listen).await?;
        let control = match args.control {
            Some(address) => Some(bind("--control", address).await?),
            None => None,
        };
        let address = listener.local_addr()?;
        let mut config = match &args.config {
            Some(path) => read(path)?,
            None => Config {
                issuer: format!("http://{address}"),
                ..Config::example()
            },
        };
        config.draft = args.draft.unwrap_or(config.draft);
        let parts = match args.manual_clock {
            true => Parts {
                clock: Arc::new(ManualClock::new(now())),
                ..Parts::default()
            },
            false => Parts::default(),
        };
        for (question, reading) in config.readings.breaking() {
            eprintln!(
                "warning: {}/{} is unsafe and for experiments only: it breaks {}",
                question.id,
                reading.letter,
                reading.breaks.unwrap_or_default()
            );
        }
        let (issuer, draft) = (config.issuer.clone(), config.draft.id);
        // Before anybody is told that it runs: an earlier signal would end the process as if it had crashed.
        let stopped = stopped()?;
        let server = AuthorizationServer::new(config, parts)?;
        eprintln!("issuer {issuer}, draft {draft}, listening on http://{address}");
        if let Some(control) = &control {
            eprintln!(
                "control API on http://{} (development only)",
                control.local_addr()?
            );
        }
        eprintln!("Ctrl-C stops it");
        server.serve(listener, control, stopped).await?;
        Ok(Exit::Pass)
    })
}

async fn bind(option: &str, address: SocketAddr) -> Result<TcpListener, Trouble> {
    TcpListener::bind(address).await.map_err(|e| {
        Trouble::new(format!(
            "cannot listen on {address}: {e}; choose another address with {option}, port 0 for a free one"
        ))
    })
}

fn read(path: &Path) -> Result<Config, Trouble> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Trouble::new(format!("cannot read {}: {e}", path.display())))?;
    Config::from_toml(&text).map_err(|e| Trouble::new(format!("{}: {e}", path.display())))
}

fn now() -> u64 {
    dtr_reference::Clock::now(&SystemClock)
}
