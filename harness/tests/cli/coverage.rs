//! `dtr coverage`: the ledger, and a run beside it.

use dtr_model::question;
use serde_json::Value;

use crate::support::{Place, dtr};

#[test]
fn every_row_is_there_and_every_gap_is_named() {
    let ran = dtr(&["coverage"])
        .exits(0)
        .says(&["233 rows", "108 checked"]);
    assert!(!ran.out.contains("open"), "nothing is left to be bound");
    assert!(
        !ran.out.contains("DTR-2-01"),
        "a row that nobody has to attend to"
    );
    dtr(&["coverage", "--verbose"])
        .exits(0)
        .says(&["DTR-2-01", "for clients"]);
}

#[test]
fn as_json_it_is_the_ledger() {
    let ran = dtr(&["coverage", "--json"]).exits(0);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(rows.len(), 233);
    let row = rows
        .iter()
        .find(|row| row["id"] == "DTR-6.5.1-04")
        .expect("a row");
    assert_eq!(row["level"], "MUST");
    assert_eq!(row["binding"], "check");
}

/// `.ci/run` does the same to a whole run, in which all of them are.
#[test]
fn a_check_that_a_run_did_not_observe_is_an_error() {
    let place = Place::new();
    place
        .run(&["run", "--select", "danger", "--json", "part.json"])
        .exits(0);
    place
        .run(&["coverage", "--report", "part.json"])
        .exits(1)
        .says(&["which the run did not observe"]);
    place
        .run(&["coverage", "--report", "absent.json"])
        .refuses(&["absent.json"]);
}

/// What the README says of the ledger is so.
#[test]
fn the_readme_counts_as_the_ledger_does() {
    let ran = dtr(&["coverage", "--json"]).exits(0);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON");
    let clients = rows.iter().filter(|row| row["binding"] == "client").count();
    let readme = include_str!("../../../README.md");
    let said = format!(
        "{clients} of the ledger's {} rows are for clients",
        rows.len()
    );
    assert!(readme.contains(&said), "not said: {said}");
    let probed = question::catalogue()
        .iter()
        .filter(|entry| entry.place == question::Place::Probe)
        .count();
    let said = format!("{probed} are told apart by probes");
    assert!(
        readme.replace('\n', " ").contains(&said),
        "not said: {said}"
    );
}
