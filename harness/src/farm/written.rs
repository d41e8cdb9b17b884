//! The written vectors at servers whose verdict is known: a row that no recorded vector shows is named where a fault
//! breaks it, and no vector fails at a lawful server.

// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::Arc;

use dtr_model::draft::Draft;
use dtr_model::requirement;

use super::minds::MINDS;
use super::{Decorated, Shown, faults};
use crate::target::{Bundled, Limits, TransportKind};
use crate::vector::format::{Answers, Origin, Vector};
use crate::vector::record;
use crate::vector::replay::{Played, Verdict, replay};

/// The written vectors.
struct Written {
    vectors: Vec<Vector>,
    answers: Arc<Answers>,
    /// The rows that no recorded vector shows. What a SHOULD asks for is not among them: not to do it fails nowhere.
    rows: BTreeSet<String>,
}

impl Written {
    fn read() -> Written {
        let (vectors, answers) = record::vectors(&Draft::IETF_01).unwrap();
        let (vectors, recorded): (Vec<_>, Vec<_>) = vectors
            .into_iter()
            .partition(|vector| vector.origin == Origin::Probe);
        let shown = |vectors: &[Vector]| -> BTreeSet<String> {
            let rows = vectors.iter().flat_map(|vector| {
                let named = vector.requirements.iter().cloned();
                named.chain(vector.carried_out(&answers))
            });
            rows.collect()
        };
        let mut rows = &shown(&vectors) - &shown(&recorded);
        rows.retain(|id| requirement::named(id).is_some_and(|row| row.level.is_absolute()));
        Written {
            vectors,
            answers: Arc::new(answers),
            rows,
        }
    }

    async fn played(&self, server: &Decorated, kind: TransportKind) -> Vec<Played> {
        let draft = Draft::DEFAULT;
        let bundled = Bundled::start_decorated(kind, Limits::USUAL, 1, draft, server).await;
        let bundled = bundled.unwrap();
        let vectors = self.vectors.clone();
        let played = replay(bundled.target(), &self.answers, vectors, |_| {}).await;
        bundled.shutdown().await;
        played
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_row_is_named() {
    let written = Written::read();
    assert!(written.rows.len() > 20, "only {:?}", written.rows);
    let mut unseen = written.rows.clone();
    for fault in faults::all() {
        let breaks = fault.rows().iter().copied();
        let rows: Vec<&str> = breaks.filter(|row| unseen.contains(*row)).collect();
        if rows.is_empty() {
            continue;
        }
        for played in written
            .played(&fault.server(Draft::DEFAULT), TransportKind::InProcess)
            .await
        {
            if let Verdict::Failed(failure) = played.verdict {
                let named = |row: &&str| failure.requirements.iter().any(|id| id == row);
                for row in rows.iter().copied().filter(named) {
                    unseen.remove(row);
                }
            }
        }
    }
    assert!(
        unseen.is_empty(),
        "at no faulty server does a written vector fail and name {unseen:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vector_fails_at_a_lawful_server() {
    let written = Written::read();
    let minds = MINDS.iter().map(|mind| (mind.id, mind.server(), mind.kind));
    let lawful = faults::all()
        .filter(|fault| matches!(fault.shown, Shown::Warned(_) | Shown::Read(_)))
        .map(|fault| {
            (
                fault.id,
                fault.server(Draft::DEFAULT),
                TransportKind::InProcess,
            )
        });
    let mut failures = Vec::new();
    for (id, server, kind) in minds.chain(lawful) {
        for played in written.played(&server, kind).await {
            if let Verdict::Failed(_) | Verdict::Inconclusive(_) = played.verdict {
                failures.push(format!("{id}: {}: {:?}", played.id, played.verdict));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
