//! `dtr explore`: the world under one choice of readings, to be walked through
//! in stateright's explorer. How a world reads there and what its picture shows
//! is the model's business.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use anstream::eprintln;
use dtr_model::check::Case;
use dtr_model::draft::Draft;
use dtr_model::world::Setting;
use stateright::Model as _;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::stopped::stopped;
use super::{Exit, Trouble, check, draft};

/// Arguments of `dtr explore`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    dtr explore                               the pins, at http://127.0.0.1:3000\n  \
    dtr explore --reading C-11=C,C-13=B       a mix\n  \
    dtr explore --port 0                      at a free port\n\n\
    In the page, choose among the next actions; `Run to completion` searches the whole world\n\
    and links each property to a path that breaks it. `dtr explain S1` says what a property is.")]
pub(super) struct Args {
    /// Edition of the text
    #[arg(long, value_parser = draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
    /// Explore under this choice of readings, e.g. C-02=A; several make one mix, the rest are at their pins
    #[arg(long, value_name = "C-xx=R")]
    reading: Vec<String>,
    /// Port of 127.0.0.1 to listen at; 0 takes a free one
    #[arg(long, default_value_t = 3000, value_name = "PORT")]
    port: u16,
}

pub(super) fn explore(args: &Args) -> Result<Exit, Trouble> {
    let case = check::chosen(args.draft, &args.reading)?.unwrap_or_else(|| Case::pins(args.draft));
    let address = free(args.port)?;
    Runtime::new()?.block_on(async {
        let stopped = stopped()?;
        let ended = serve(Setting::new(case.draft, case.readings), address);
        tokio::select! {
            () = stopped => Ok(Exit::Pass),
            _ = ended => Err(Trouble::new(format!(
                "the explorer at {address} ended; start it again, or at another port with --port"
            ))),
            never = announce(&case.name, address) => match never {},
        }
    })
}

/// The address, which nobody else listens at. The explorer would panic if
/// somebody did, and does not say which port it got.
fn free(port: u16) -> Result<SocketAddr, Trouble> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let taken = |e| {
        Trouble::new(format!(
            "cannot listen on {address}: {e}; choose another port with --port, 0 for a free one"
        ))
    };
    let listener = TcpListener::bind(address).map_err(taken)?;
    listener.local_addr().map_err(taken)
}

/// Serves from a thread of its own, for stateright never comes back. What is
/// returned is resolved if it does, by a panic.
fn serve(setting: Setting, address: SocketAddr) -> oneshot::Receiver<()> {
    let (running, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let _running = running;
        setting.checker().serve(address);
    });
    ended
}

/// Says where it is as soon as it is there.
async fn announce(name: &str, address: SocketAddr) -> std::convert::Infallible {
    while TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    eprintln!("exploring {name}, listening on http://{address}");
    eprintln!("Ctrl-C stops it");
    std::future::pending().await
}
