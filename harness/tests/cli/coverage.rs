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

#[test]
fn an_older_text_has_its_own_ledger() {
    let ran = dtr(&["coverage", "--draft", "gerber-00", "--json"]).exits(0);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(rows.len(), 202);
    let row = |id: &str| rows.iter().find(|row| row["id"] == id);
    let expired = row("DTR-6.5.1-04").expect("all texts have it");
    assert_eq!(expired["section"], "5.5.1 step 3");
    let unannounced = row("DTR-5.1-08").expect("all texts have it");
    assert_eq!(unannounced["level"], "SHOULD");
    assert_eq!(row("DTR-6.4-14"), None, "it knows no interaction");

    let ran = dtr(&["coverage", "--draft", "ietf-00"]).exits(0);
    ran.says(&["234 rows", "109 checked"]);
}

#[test]
fn a_sibling_has_rows_of_its_own_that_name_ours() {
    let ran = dtr(&["coverage", "--draft", "rfc8628", "--json"]).exits(0);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(rows.len(), 56);
    let row = |id: &str| rows.iter().find(|row| row["id"] == id);
    let denied = row("DEV-3.5-08").expect("a row");
    assert_eq!(denied["as"], serde_json::json!(["DTR-6.5.1-06"]));
    assert_eq!(row("DTR-6.5.1-06"), None);

    let ran = dtr(&["coverage", "--draft", "ciba-poll", "--verbose"]).exits(0);
    ran.says(&["91 rows", "CIBA-11-05", "checked as DTR-6.5.1-06"]);
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
    let other = ["coverage", "--report", "part.json", "--draft", "ietf-00"];
    place
        .run(&other)
        .refuses(&["part.json", "a run by ietf-01", "--draft ietf-01"]);
}

/// It tells of the vectors of ietf-01.
#[test]
fn a_page_is_written_of_the_default_only() {
    let place = Place::new();
    place
        .run(&[
            "run",
            "--select",
            "probe-hint-unseen",
            "--json",
            "part.json",
        ])
        .exits(0);
    let report = place.read("part.json");
    let report = report.replace(r#""draft": "ietf-01""#, r#""draft": "ietf-00""#);
    place.write("older.json", &report);
    let older = ["coverage", "--draft", "ietf-00", "--report", "older.json"];
    place.run(&older).exits(1).says(&["234 rows"]);
    let page = [&older[..], &["--page", "page.md"]].concat();
    place.run(&page).refuses(&["--page", "not about ietf-00"]);
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
    let all = dtr(&["coverage"]).exits(0).out;
    let (_, all) = all.split_once("all ").expect("a line about all");
    let watched = all
        .split(", ")
        .find(|part| part.ends_with("by `dtr client`"));
    let watched = watched.and_then(|part| part.split_whitespace().next());
    let said = format!("looks at {} of them", watched.expect("some"));
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
