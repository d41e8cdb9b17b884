//! What can be said of a server of which only the address is known: that it is
//! there, and what it says of itself. Everything else needs clients that are
//! registered there, and is not put to the test.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use anstream::eprintln;
use dtr_model::draft::Draft;

use super::Trouble;
use crate::driver::check_metadata;
use crate::engine::Outcome;
use crate::report::document::{Document, Setting};
use crate::target::bundled::TICK_SECONDS;
use crate::target::transport::{Http, Transport};
use crate::target::{Callbacks, Endpoints, Limits, Pool, SetupError, Target, TimeSource};

/// Seconds allowed for an exchange.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reads and checks the metadata of the server at `url`.
pub(super) async fn look_at(
    url: &str,
    draft: &'static Draft,
    seed: u64,
) -> Result<Document, Trouble> {
    let began = Instant::now();
    let transport = Transport::Http(Http::new(TIMEOUT, None)?);
    let endpoints = Endpoints::discover(&transport, url).await?;
    let target = Target {
        draft,
        initial: endpoints.initial(draft)?,
        endpoints,
        resource: None,
        visitors: transport.clone(),
        transport,
        control: None,
        proofs: true,
        others: false,
        callbacks: Callbacks::Held,
        verification: Arc::default(),
        client_cert_header: false,
        interaction: Arc::default(),
        patience: Duration::ZERO,
        pace: None,
        time: TimeSource::of(None).await.map_err(SetupError::Control)?,
        tick_seconds: TICK_SECONDS,
        limits: Limits::USUAL,
        pool: Pool::default(),
        proofs_made: AtomicU64::new(0),
    };
    let mut outcome = Outcome::default();
    outcome.take_in(check_metadata(&target).await);
    eprintln!(
        "dtr: no clients of ours are registered there, so only its metadata is put to the test"
    );
    Ok(Document::new(
        &outcome,
        &[],
        Setting {
            draft,
            target: url.to_owned(),
            tick_seconds: TICK_SECONDS,
            seed,
            elapsed: began.elapsed().as_secs_f64(),
            ..Setting::default()
        },
    ))
}
