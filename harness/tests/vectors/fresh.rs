//! What is committed is what is recorded now.

use std::collections::BTreeSet;

use dtr_harness::vector::{record, store};
use dtr_model::generate::{Graph, SETTINGS};

use crate::support::{DRAFT, committed, copy, recorded, siblings};

#[test]
fn the_committed_vectors_are_those_recorded_now() {
    let (vectors, answers) = recorded();
    let dir = committed();
    let files = store::files(DRAFT, vectors, answers);
    let mut stale = Vec::new();
    for (place, text) in &files {
        let written = std::fs::read_to_string(dir.join(place)).unwrap_or_default();
        if written != *text {
            stale.push(place.display().to_string());
        }
    }
    let there = store::list(&dir, DRAFT).unwrap();
    let foreign = there
        .iter()
        .filter(|path| !files.contains_key(path.strip_prefix(&dir).unwrap()));
    stale.extend(foreign.map(|path| path.display().to_string()));
    assert!(
        stale.is_empty(),
        "`dtr vectors record` would change {stale:?}"
    );
}

/// Those of the siblings, too: few enough to be looked at in a moment.
#[test]
fn the_vectors_of_siblings_are_fresh_and_the_readme_counts_them() {
    let readme = std::fs::read_to_string(committed().join("README.md")).unwrap();
    for draft in siblings() {
        let (vectors, answers) = record::vectors(draft).unwrap();
        let files = store::files(draft, &vectors, &answers);
        let dir = committed();
        for (place, text) in &files {
            let written = std::fs::read_to_string(dir.join(place)).unwrap_or_default();
            assert!(written == *text, "stale: {}", place.display());
        }
        assert_eq!(store::list(&dir, draft).unwrap().len(), vectors.len());
        let said = format!("`{}/` | {} |", draft.id, vectors.len());
        assert!(
            readme.contains(&said),
            "vectors/README.md does not say “{said}”"
        );
    }
}

#[test]
fn recording_twice_writes_the_same_octets() {
    let (vectors, answers) = recorded();
    let (again, answers_again) = record::vectors(DRAFT).unwrap();
    assert_eq!(
        store::files(DRAFT, vectors, answers),
        store::files(DRAFT, &again, &answers_again)
    );
}

#[test]
fn recording_leaves_right_files_alone_and_removes_its_own_only() {
    let (vectors, answers) = recorded();
    let some: Vec<_> = vectors.iter().take(20).cloned().collect();
    let dir = copy(&some);
    let ours = dir.path().join("ietf-01/edge");
    std::fs::create_dir_all(&ours).unwrap();
    std::fs::write(ours.join("edge-00000000.json"), "{}").unwrap();
    std::fs::write(ours.join("notes.txt"), "mine").unwrap();
    let written = store::write(dir.path(), DRAFT, &some, answers).unwrap();
    assert_eq!((written.changed, written.removed), (0, 1));
    assert!(ours.join("notes.txt").exists());
}

#[test]
fn ids_are_unique_and_every_answer_is_named_by_some_vector() {
    let (vectors, answers) = recorded();
    let ids: BTreeSet<_> = vectors.iter().map(|v| &v.id).collect();
    assert_eq!(ids.len(), vectors.len());
    let expected = vectors
        .iter()
        .flat_map(|v| &v.steps)
        .flat_map(|s| &s.expect);
    let named: BTreeSet<_> = expected.map(|e| &e.answer).collect();
    assert_eq!(named, answers.answers.keys().collect());
}

#[test]
fn the_readme_gives_the_numbers_of_today() {
    let (vectors, answers) = recorded();
    let readme = std::fs::read_to_string(committed().join("README.md")).unwrap();
    let of = |kind: &str| vectors.iter().filter(|v| v.origin.kind() == kind).count();
    let steps: usize = vectors.iter().map(|v| v.steps.len()).sum();
    let steps = format!("{},{:03}", steps / 1000, steps % 1000);
    let graphs = SETTINGS.iter().map(|terms| Graph::of(*terms));
    let edges: usize = graphs.map(|graph| graph.edge_count()).sum();
    let edges = format!("{},{:03} edges", edges / 1000, edges % 1000);
    for said in [
        edges,
        format!("`ietf-01/danger/` | {} |", of("danger")),
        format!("`ietf-01/fork/` | {} |", of("fork")),
        format!("`ietf-01/edge/` | {} |", of("edge")),
        format!("`ietf-01/probe/` | {} |", of("probe")),
        format!("the {} answers", answers.answers.len()),
        format!("{} vectors, {steps} steps", vectors.len()),
    ] {
        assert!(
            readme.contains(&said),
            "vectors/README.md does not say “{said}”"
        );
    }
}
