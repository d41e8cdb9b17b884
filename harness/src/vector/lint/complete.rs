//! Nothing generated is missing, stale or foreign, and every edge, fork and
//! danger zone has its vector.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use dtr_model::Trace;
use dtr_model::draft::Draft;
use dtr_model::generate::{self, Graph, Situation};
use serde_json::Value;

use super::{Notes, Rule, StoreError};
use crate::vector::format::Vector;
use crate::vector::store;

/// What the vectors cover, of all there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Edges of the pinned graphs that some vector takes.
    pub edges: usize,
    /// All edges.
    pub all_edges: usize,
    /// Forks and danger zones that have their vector.
    pub marks: usize,
    /// All forks and danger zones that are generated.
    pub all_marks: usize,
    /// Rows with a check of their own that some vector shows.
    pub rows: usize,
    /// All rows with a check of their own.
    pub all_rows: usize,
    /// Readings that some vector tells.
    pub readings: usize,
    /// All readings of the questions that the relation or a probe tells apart.
    pub all_readings: usize,
}

/// Compares the files with those that recording makes.
pub(super) fn fresh(
    notes: &mut Notes,
    files: &BTreeMap<PathBuf, String>,
    draft: &Draft,
) -> Result<(), StoreError> {
    for (place, text) in files {
        let path = notes.dir.join(place);
        let Ok(written) = std::fs::read_to_string(&path) else {
            notes.complain(&path, "", Rule::Coverage, "recorded now, and not there");
            continue;
        };
        if written == *text {
            continue;
        }
        let ours = serde_json::from_str(text).unwrap_or(Value::Null);
        // What is no JSON has been complained about already.
        if let Ok(theirs) = serde_json::from_str::<Value>(&written) {
            let pointer = difference(&ours, &theirs, String::new()).unwrap_or_default();
            notes.complain(
                &path,
                &pointer,
                Rule::Stale,
                "differs from what is recorded now",
            );
        }
    }
    for path in store::list(&notes.dir, draft)? {
        let place = path.strip_prefix(&notes.dir).unwrap_or(&path);
        if !files.contains_key(place) {
            notes.complain(&path, "", Rule::Foreign, "nothing that is recorded now");
        }
    }
    Ok(())
}

/// What the vectors that are there cover.
pub(super) fn coverage<'a>(
    notes: &mut Notes,
    traces: &[Trace],
    vectors: impl Iterator<Item = &'a Vector>,
    draft: &'static Draft,
) -> Coverage {
    let ids: BTreeSet<&str> = vectors.map(|vector| vector.id.as_str()).collect();
    let there = traces
        .iter()
        .filter(|trace| ids.contains(trace.id.as_str()));
    let taken: HashSet<_> = there.clone().flat_map(edges_of).collect();
    let mut coverage = Coverage::default();
    for terms in generate::settings(draft) {
        let graph = Graph::of(terms);
        for (node, out) in graph.nodes.iter().zip(&graph.edges) {
            coverage.all_edges += out.len();
            let covered = out
                .iter()
                .filter(|edge| taken.contains(&(terms, *node, edge.event)));
            coverage.edges += covered.count();
        }
    }
    let marks = |trace: &&Trace| trace.origin != dtr_model::trace::Origin::Edge;
    coverage.all_marks = traces.iter().filter(marks).count();
    coverage.marks = there.filter(marks).count();
    if coverage.edges < coverage.all_edges {
        let detail = format!(
            "{} edges have no vector",
            coverage.all_edges - coverage.edges
        );
        let path = notes.dir.join(draft.id);
        notes.complain(&path, "", Rule::Coverage, detail);
    }
    coverage
}

type Taken = (dtr_model::Terms, Situation, dtr_model::event::Event);

fn edges_of(trace: &Trace) -> Vec<Taken> {
    let mut situation = Situation::START;
    let mut edges = Vec::with_capacity(trace.events.len());
    for event in &trace.events {
        edges.push((trace.terms, situation, *event));
        situation = situation.after(*event, &trace.terms).0;
    }
    edges
}

/// A JSON Pointer to the first difference.
fn difference(ours: &Value, theirs: &Value, at: String) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            names.into_iter().find_map(|name| {
                let deeper = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                match (ours.get(name), theirs.get(name)) {
                    (Some(a), Some(b)) => difference(a, b, deeper),
                    _ => Some(deeper),
                }
            })
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            (0..ours.len().max(theirs.len())).find_map(|n| {
                let deeper = format!("{at}/{n}");
                match (ours.get(n), theirs.get(n)) {
                    (Some(a), Some(b)) => difference(a, b, deeper),
                    _ => Some(deeper),
                }
            })
        }
        _ => (ours != theirs).then_some(at),
    }
}
