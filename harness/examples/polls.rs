//! How many polls a second the driver makes against the bundled server, both in this process.
//!
//! `cargo run --release -p dtr-harness --example polls`

#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use dtr_harness::driver::Session;
use dtr_harness::target::{Bundled, Limits, Target, TransportKind};
use dtr_model::Terms;
use dtr_model::draft::Draft;
use dtr_model::event::{Caller, Event, TokenRequest};

const SESSIONS: usize = 32;
const POLLS: usize = 2000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for kind in [TransportKind::InProcess, TransportKind::Http] {
        let bundled = Bundled::start(kind, Limits::USUAL, 1, Draft::DEFAULT).await?;
        for terms in [Terms::CREDENTIALS, Terms::CODE] {
            for keyed in [false, true] {
                if terms.public && !keyed {
                    continue;
                }
                let rate = measure(bundled.target(), terms, keyed).await?;
                println!(
                    "{kind:?}, {}, {}: {rate:.0} polls/s",
                    if terms.one_time {
                        "code"
                    } else {
                        "credentials"
                    },
                    if keyed {
                        "with proofs"
                    } else {
                        "without proofs"
                    }
                );
            }
        }
        bundled.shutdown().await;
    }
    Ok(())
}

async fn measure(target: &Arc<Target>, terms: Terms, keyed: bool) -> Result<f64, Box<dyn Error>> {
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        let lease = target.acquire(&terms).await.ok_or("no lease")?;
        let mut session = Session::new(Arc::clone(target), lease, terms);
        let request = TokenRequest {
            keyed,
            ..TokenRequest::PLAIN
        };
        session.perform(Event::Request(request)).await;
        session.deferral_code().ok_or("not deferred")?;
        sessions.push(session);
    }
    let began = Instant::now();
    let tasks: Vec<_> = sessions
        .into_iter()
        .map(|mut session| {
            tokio::spawn(async move {
                let poll = Event::Poll {
                    by: Caller::Owner,
                    lost: false,
                };
                for _ in 0..POLLS {
                    session.perform(poll).await;
                }
                drop(session.finish().await);
            })
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    Ok((SESSIONS * POLLS) as f64 / began.elapsed().as_secs_f64())
}
