//! Documents of a server that forgets that a code was redeemed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_harness::engine::{Engine, Outcome, minimise};
use dtr_harness::report::document::{Counted, Document, Setting};
use dtr_harness::report::partition::Partition;
use dtr_harness::suite;
use dtr_harness::target::bundled::TICK_SECONDS;
use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_model::draft::Draft;
use dtr_model::question::Readings;
use dtr_model::trace::Origin;

#[path = "../cli/faulty.rs"]
mod store;

/// The document of a whole run, or of a partition.
pub(crate) async fn document(partition: Option<Partition>) -> Document {
    let limits = Limits::USUAL;
    let inside = TransportKind::InProcess;
    let server = Bundled::start_with(inside, limits, 1, Draft::DEFAULT, |_, parts| {
        parts.store = Arc::new(store::Forgetful::new(store::Forgets::Redemption));
    });
    let server = server.await.expect("the bundled server starts");
    let stop = Arc::new(AtomicBool::new(false));
    let engine = Engine::new(Arc::clone(server.target()), Readings::pins(), stop);
    let mut traces = suite::recorded(Draft::DEFAULT);
    traces.retain(|t| t.origin == Origin::Edge);
    traces.retain(|t| limits.fit(&t.terms) && partition.is_none_or(|p| p.holds(&t.id)));
    let outcome = engine.run(traces, |_| {}).await;
    let told = told(&engine, &outcome).await;
    let setting = Setting {
        target: "a faulty server".to_owned(),
        tick_seconds: TICK_SECONDS,
        seed: 1,
        partition,
        ..Setting::default()
    };
    Document::new(&outcome, &told, setting)
}

/// One failure, made short.
async fn told(engine: &Engine, outcome: &Outcome) -> Vec<Counted> {
    match outcome.failures.first() {
        None => Vec::new(),
        Some(failure) => vec![Counted {
            failure: minimise(engine, failure.clone()).await,
            times: 1,
        }],
    }
}
