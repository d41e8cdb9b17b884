//! `dtr check`: one reading, mixes, and the record.

use dtr_model::check::{Case, Checked, Expected};
use dtr_model::draft::Draft;
use serde_json::Value;

use crate::support::{Place, dtr};

#[test]
fn a_reading_that_is_none_is_answered_with_the_fix() {
    dtr(&["check", "--reading", "C-02=Z"]).refuses(&["C-02", "`Z`", "A, B, C"]);
    dtr(&["check", "--reading", "C-99=A"]).refuses(&["C-99", "dtr explain questions"]);
    dtr(&["check", "--reading", "nonsense"]).refuses(&["nonsense", "C-02=A"]);
    dtr(&["check", "--reading", ""]).refuses(&["C-02=A"]);
}

/// It would leave a record of one case where all of them should be.
#[test]
fn one_reading_is_not_put_on_record() {
    dtr(&["check", "--reading", "C-01=A", "--record", "x.json"]).refuses(&["--reading"]);
}

/// The record is of the default text.
#[test]
fn another_text_is_not_put_on_record() {
    let other = ["check", "--draft", "gerber-00"];
    for option in ["--record", "--findings"] {
        let args = [&other[..], &[option]].concat();
        dtr(&args).refuses(&[option, "gerber-00", "ietf-01"]);
    }
}

#[test]
fn another_text_is_checked_without_a_record() {
    let args = ["check", "--draft", "gerber-00", "--reading", "C-02=B"];
    dtr(&args).exits(0).says(&["1 counted by stateright too"]);
}

/// It breaks a property because it was asked for: a finding, not a failure.
#[test]
fn a_reading_that_breaks_a_property_comes_with_the_shortest_way_there() {
    let ran = dtr(&["check", "--reading", "C-01=A"]).exits(0).says(&[
        "C-01=A breaks S1 in 6 steps: at most one token response is issued for a code",
        "every search exhausted; 1 counted by stateright too",
    ]);
    let (_, steps) = ran.out.split_once("C-01=A breaks S1").expect("said above");
    let (steps, _) = steps.split_once("\n\n").expect("a blank line ends it");
    let tokens = steps
        .lines()
        .filter(|l| l.ends_with("poll processed → token"));
    assert_eq!(tokens.count(), 2, "{steps}");
    assert_eq!(steps.lines().count(), 7, "{steps}");
    assert_eq!(ran.err, "", "quiet in a pipe");
}

#[test]
fn a_mix_is_one_case_and_json_is_one_document() {
    let mixed = [
        "check",
        "--reading",
        "C-01=A",
        "--reading",
        "C-02=A",
        "--json",
    ];
    let ran = dtr(&mixed).exits(0);
    assert_eq!(ran.err, "");
    let document: Value = serde_json::from_str(&ran.out).expect("one JSON document");
    assert_eq!(document["verdict"], "pass");
    assert_eq!(document["draft"], "ietf-01");
    assert_eq!(document["objections"], Value::Array(Vec::new()));
    let [case] = &document["cases"].as_array().expect("an array")[..] else {
        panic!("{document:#}");
    };
    assert_eq!(case["case"], "C-01=A,C-02=A");
    assert_eq!(case["counted_by_stateright"], true);
    assert!(case["states"].as_u64() > Some(100_000), "{case:#}");
    assert!(
        case["broken"]["S1"]
            .as_array()
            .is_some_and(|path| path.len() == 6),
        "{case:#}"
    );
}

/// The other half of the exit code: what deviates from the record objects.
#[test]
fn whatever_differs_from_the_record_is_an_objection() {
    let case = Case::all(Draft::DEFAULT)
        .into_iter()
        .find(|c| c.name == "C-01=A");
    let mut checked = case
        .expect("a case of the model")
        .check()
        .expect("exhaustive");
    let expected = Expected::recorded().expect("the record");
    assert_eq!(expected.deviations(&checked), []);

    let said = |checked: &Checked| {
        let deviations = expected.deviations(checked);
        deviations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    checked.states += 1;
    assert!(said(&checked).contains("unique states, recorded are"));
    checked.states -= 1;
    let (property, path) = checked.broken.pop_first().expect("it breaks S1");
    assert!(said(&checked).contains("S1 holds, recorded: breaks in 6 steps"));
    checked.broken.insert(property, path[1..].to_vec());
    assert!(said(&checked).contains("S1 breaks in 5 steps, recorded: breaks in 6 steps"));
    checked.name = "C-01=Q".to_owned();
    assert!(said(&checked).contains("C-01=Q is not recorded"));
}

/// Nothing is missing from the record, and nothing in it is about no case.
#[test]
fn the_record_holds_every_case_and_no_other() {
    let expected = Expected::recorded().expect("the record");
    let mut names: Vec<String> = Case::all(Draft::DEFAULT)
        .into_iter()
        .map(|c| c.name)
        .collect();
    names.sort();
    assert_eq!(expected.cases.into_keys().collect::<Vec<_>>(), names);
}

/// Without `--reading` it is the pins, with it the mix; the same every time.
#[test]
fn what_a_server_may_do_is_written_for_other_tools() {
    let place = Place::new();
    let aut = |args: &[&str]| {
        let args = [&["check", "--export", "aut"], args].concat();
        let ran = place.run(&args).exits(0);
        assert_eq!(ran.err, "");
        ran.out
    };
    let pins = aut(&[]);
    assert_eq!(
        pins,
        aut(&["--reading", "C-01=B,C-02=B"]),
        "these are the pins"
    );
    assert_eq!(aut(&["--out", "pins.aut"]), "");
    assert_eq!(pins, place.read("pins.aut"));
    let mixed = aut(&["--reading", "C-11=C,C-13=B"]);
    assert!(mixed.starts_with("des (0, "), "{}", &mixed[..80]);
    assert_ne!(pins, mixed);

    let json = ["check", "--export", "json", "--reading", "C-02=A"];
    let document: Value = serde_json::from_str(&place.run(&json).exits(0).out).expect("JSON");
    assert_eq!(document["readings"], "C-02=A");
    dtr(&["check", "--export", "dot"])
        .exits(0)
        .says(&["digraph \"pins\" {"]);
}

#[test]
fn an_export_that_cannot_be_made_is_answered_with_the_fix() {
    dtr(&["check", "--export", "xml"]).refuses(&["xml", "aut", "dot", "json"]);
    dtr(&["check", "--export", "aut", "--out", "no/such/place.aut"])
        .refuses(&["cannot write no/such/place.aut", "--out"]);
    dtr(&["check", "--out", "pins.aut"]).refuses(&["--export"]);
    dtr(&["check", "--export", "aut", "--reading", "C-02=Z"]).refuses(&["C-02", "A, B, C"]);
    for flag in ["--thorough", "--json", "--findings", "--record"] {
        dtr(&["check", "--export", "aut", flag]).refuses(&["--export", flag]);
    }
}
