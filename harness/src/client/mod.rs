//! Clients under test. What the text asks of a client shows in its requests: it is led through situations by a server
//! that says what the situation wants, and judged by what it did.
//!
//! | file | what it is |
//! |---|---|
//! | [`situation`] | what a client is led through |
//! | [`rule`] | what is asked of it, and which rows of the ledger ask that |
//! | [`log`] | what it did |
//! | [`setting`] | what it is told beforehand |
//! | `stage` | the server |
//! | `caller` | the callbacks |
//! | `bundled`, `command` | a client of ours, and any other |
//! | [`between`] | where a client can be made wrong |

pub mod between;
mod bundled;
mod caller;
mod command;
pub mod log;
pub mod rule;
pub mod setting;
pub mod situation;
mod stage;

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dtr_model::draft::{Callbacks, Draft};
use tokio::net::TcpListener;

use crate::target::transport::Http;
use crate::target::{SetupError, Transport};
use between::Between;
use log::Log;
use setting::{AuthMethod, Setting};
use situation::Situation;
use stage::Stage;

/// A client that was told how its request ended is watched for this long, or longer than it ever waited: would it poll once
/// more?
const WATCHED: Duration = Duration::from_secs(3);
/// One that got a flawed acknowledgement, for longer than the interval that it may take for the usual one.
const WATCHED_UNACKNOWLEDGED: Duration = Duration::from_secs(12);
/// One of which nothing was heard for this long is not waited for any more. It may wait eleven seconds: its own five, raised.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nor is one that takes longer than this, or makes more requests.
const LIMIT: Duration = Duration::from_secs(90);
const ENOUGH: usize = 200;
/// Where clients listen for callbacks, and how many of these are tried.
const PORTS: Range<u16> = 20_000..32_000;
const TRIES: u32 = 100;
/// Time allowed for a callback.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(5);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// The client under test.
#[derive(Debug, Clone)]
pub enum Client {
    /// The one that comes with this program.
    Bundled,
    /// A program, started once for each situation.
    Command(Vec<String>),
}

/// Leads a client through a situation.
///
/// # Errors
/// [`SetupError`]: no port, a server or a program that does not start.
pub async fn play(
    client: &Client,
    draft: &'static Draft,
    situation: &'static Situation,
    auth_method: AuthMethod,
    between: &dyn Between,
) -> Result<Log, SetupError> {
    let stage = Stage::open(draft, situation, auth_method, between).await?;
    let callback = match draft.rules.callbacks {
        Callbacks::Nobody => None,
        Callbacks::Registered | Callbacks::Everybody => Some(free_port().await?),
    };
    let setting = Setting {
        draft,
        situation,
        issuer: stage.issuer.clone(),
        auth_method,
        callback,
    };
    let http = Transport::Http(Http::new(CALLBACK_TIMEOUT, None)?);
    let program = match client {
        Client::Bundled => None,
        Client::Command(command) => Some(command::start(command, &setting)?),
    };
    let running = async {
        let ended = match program {
            Some(program) => command::wait(program).await,
            None => bundled::run(&setting).await,
        };
        stage.log().ended = Some(ended);
    };
    let calling = async {
        if let Some(address) = callback {
            caller::call(&stage, address, &between.outward(http)).await;
        }
    };
    let watching = async {
        while !is_over(&stage.log()) {
            tokio::time::sleep(GLANCE).await;
        }
    };
    // A client that has not ended by itself is stopped with this.
    tokio::select! {
        () = watching => {}
        _ = async { tokio::join!(running, calling, std::future::pending::<()>()) } => {}
    }
    let log = stage.log().clone();
    Ok(log)
}

fn is_over(log: &Log) -> bool {
    let since = |at: Duration| log.now().saturating_sub(at);
    let requests = log.openings.len() + log.polls.len();
    if log.ended.is_some() || log.now() > LIMIT || requests > ENOUGH {
        return true;
    }
    if let Some((at, _)) = log.outcome() {
        return since(at) > WATCHED.max(log.longest_wait() + Duration::from_secs(1));
    }
    let flawed = log.situation.acknowledgement.lacks_something();
    let patience = match flawed && log.code.is_some() && log.polls.is_empty() {
        true => WATCHED_UNACKNOWLEDGED,
        false => PATIENCE,
    };
    since(log.last()) > patience
}

/// A port that nobody listens at, nor will until the client does: connections come from ports above these, and no two
/// clients here are given the same.
async fn free_port() -> Result<SocketAddr, SetupError> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..TRIES {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = std::process::id().wrapping_mul(61).wrapping_add(next);
        let port = PORTS.start + (place % PORTS.len() as u32) as u16;
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return Ok(listener.local_addr()?);
        }
    }
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::log::{Opening, Poll, Said};
    use super::*;

    fn seconds(at: u64) -> Duration {
        Duration::from_secs(at)
    }

    /// What is known after so long of a client that asked at once and polled then.
    fn after(now: u64, situation: &str, polls: &[(u64, Said)]) -> Log {
        let situation = Situation::named(situation).unwrap();
        let mut log = Log::new(Draft::DEFAULT, situation).begun(seconds(now));
        log.code = Some("code".to_owned());
        log.openings.push(Opening {
            at: Duration::ZERO,
            form: Vec::new(),
            answer: None,
        });
        log.polls.extend(polls.iter().map(|(at, said)| Poll {
            at: seconds(*at),
            form: Vec::new(),
            answer: Some((seconds(*at), said.clone())),
        }));
        log
    }

    #[test]
    fn a_client_is_watched_for_longer_than_it_waits() {
        let denied = Said::Error("access_denied");
        let quick = [(1, Said::Pending), (2, denied.clone())];
        assert!(!is_over(&after(4, "denied", &quick)));
        assert!(is_over(&after(6, "denied", &quick)));
        let slow = [(5, Said::Pending), (10, denied)];
        assert!(!is_over(&after(15, "denied", &slow)));
        assert!(is_over(&after(17, "denied", &slow)));
    }

    #[test]
    fn a_client_is_not_waited_for_without_end() {
        let waits = [(1, Said::Pending)];
        assert!(!is_over(&after(20, "denied", &waits)));
        assert!(is_over(&after(22, "denied", &waits)));
        let busy: Vec<_> = (1..90).map(|at| (at, Said::Pending)).collect();
        assert!(!is_over(&after(89, "denied", &busy)));
        assert!(is_over(&after(91, "denied", &busy)));
        let flood: Vec<_> = (0..=ENOUGH).map(|_| (1, Said::Pending)).collect();
        assert!(is_over(&after(2, "denied", &flood)));
    }

    #[test]
    fn one_that_cannot_go_on_is_watched_for_longer_than_the_usual_interval() {
        assert!(!is_over(&after(11, "without-code", &[])));
        assert!(is_over(&after(13, "without-code", &[])));
        assert!(!is_over(&after(13, "denied", &[])));
        let mut ended = after(1, "denied", &[]);
        assert!(!is_over(&ended));
        ended.ended = Some("exit status: 1".to_owned());
        assert!(is_over(&ended));
    }
}
