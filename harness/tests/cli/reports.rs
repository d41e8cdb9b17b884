//! Reports in files, known failures, and runs in parts.

use dtr_harness::report::partition::Partition;
use dtr_harness::suite;
use dtr_model::draft::Draft;
use serde_json::Value;

use crate::support::Place;

/// A selection of few traces, and one of many.
const FEW: &str = "fork-C-02";
const MANY: &str = "edge";
/// A check that holds whenever it is put to the test.
const HOLDS: &str = "DTR-6.4-07";

fn known(check: &str, more: &str) -> String {
    format!("[[known]]\ncheck = \"{check}\"\nreason = \"release 4\"\n{more}")
}

impl Place {
    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("JSON")
    }

    /// Runs one of `of` parts of a selection.
    fn part(&self, index: usize, of: usize, select: &str, code: i32) -> String {
        let (name, part) = (format!("{index}.json"), format!("{index}/{of}"));
        let run = [
            "run",
            "--in-process",
            "--select",
            select,
            "--partition",
            &part,
        ];
        self.run(&[&run[..], &["--json", &name]].concat())
            .exits(code);
        name
    }
}

#[test]
fn every_kind_of_report_is_written_along_with_the_others() {
    let place = Place::new();
    let files = ["--json", "r.json", "--junit", "r.xml", "--html", "r.html"];
    let run = ["run", "--in-process", "--select", FEW];
    place.run(&[&run[..], &files[..]].concat()).exits(0);
    assert_eq!(place.json("r.json")["select"], FEW);
    assert!(
        place
            .read("r.xml")
            .contains("<testsuite name=\"Section 6.5.1\"")
    );
    let page = place.read("r.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("pass: bundled reference server"));
    for flag in ["--junit", "--html"] {
        let path = "no/such/place";
        place
            .run(&["run", flag, path])
            .refuses(&["cannot write", path]);
    }
}

#[test]
fn what_holds_is_told_to_who_asks() {
    let place = Place::new();
    let run = ["run", "--in-process", "--select", FEW];
    let short = place.run(&run).exits(0).says(&["✓ Section 6.4"]);
    assert!(!short.out.contains(HOLDS), "{}", short.out);
    let long = place.run(&[&run[..], &["--verbose"]].concat());
    long.exits(0)
        .says(&["✓ Section 6.4", HOLDS, "nothing in this part of the suite"]);
}

/// As many parts as one likes come to what one run comes to.
#[test]
fn parts_add_up_to_the_whole() {
    let place = Place::new();
    let whole = [
        "run",
        "--in-process",
        "--select",
        MANY,
        "--json",
        "whole.json",
    ];
    place.run(&whole).exits(0);
    let parts: Vec<String> = (1..=4).map(|i| place.part(i, 4, MANY, 0)).collect();
    let mut merge = vec![
        "merge", "--json", "sum.json", "--junit", "sum.xml", "--html", "sum.html",
    ];
    merge.extend(parts.iter().map(String::as_str));
    place
        .run(&merge)
        .exits(0)
        .says(&["pass: bundled reference server"]);
    let [mut whole, mut sum] = ["whole.json", "sum.json"].map(|name| place.json(name));
    assert!(whole["counts"]["traces"].as_u64() > Some(100));
    assert!(sum["elapsed"].as_f64() > Some(0.0));
    for document in [&mut whole, &mut sum] {
        document["elapsed"] = Value::Null;
    }
    assert_eq!(sum, whole);
    for part in &parts {
        assert_ne!(
            place.json(part)["counts"]["traces"],
            whole["counts"]["traces"]
        );
    }

    place
        .run(&["merge", "1.json", "2.json", "4.json"])
        .refuses(&["partition 3/4 is missing"]);
    place
        .run(&["merge", "1.json", "1.json"])
        .refuses(&["1/4", "twice"]);
    place
        .run(&["merge", "whole.json"])
        .refuses(&["whole.json", "not of a partition"]);
    place.write("other.json", "{}");
    place
        .run(&["merge", "other.json"])
        .refuses(&["other.json is no report", "verdict"]);
    place
        .run(&["merge", "none.json"])
        .refuses(&["cannot read none.json"]);
    place.run(&["merge"]).refuses(&["<FILE>..."]);
}

/// Nothing was run there, and nothing is said about it.
#[test]
fn a_part_without_traces_passes_for_nothing() {
    let traces = suite::recorded(Draft::DEFAULT);
    let id = &traces.first().expect("a trace").id;
    let elsewhere = (1..=2)
        .map(|index| Partition { index, of: 2 })
        .find(|part| !part.holds(id))
        .expect("it belongs to one of two");
    let part = elsewhere.to_string();
    let run = ["run", "--in-process", "--select", id, "--partition", &part];
    let words = ["inconclusive: bundled", " 0 traces, "];
    Place::new().run(&run).exits(3).says(&words);
}

#[test]
fn what_is_no_part_is_refused() {
    for part in ["0/4", "5/4", "2", "1/0", "a/b"] {
        crate::support::dtr(&["run", "--partition", part]).refuses(&[part, "2/4"]);
    }
}

/// A passing run whose baseline expects what is not so does not pass.
#[test]
fn a_stale_baseline_fails_the_run() {
    let place = Place::new();
    let run = [
        "run",
        "--in-process",
        "--select",
        FEW,
        "--baseline",
        "known.toml",
    ];
    place.write("known.toml", &known(HOLDS, "expires = \"2020-01-31\"\n"));
    place.run(&run).exits(1).says(&[
        "stale in the baseline, line 2",
        HOLDS,
        "expired on 2020-01-31",
    ]);
    place.write("known.toml", &known("DTR-0-00", ""));
    let ran = place.run(&[&run[..], &["--json", "r.json", "--junit", "r.xml"]].concat());
    ran.exits(1)
        .says(&["there is no such check", "fail: bundled"]);
    assert_eq!(
        place.json("r.json")["baseline"]["stale"][0]["check"],
        "DTR-0-00"
    );
    assert!(place.read("r.xml").contains("Baseline: DTR-0-00"));
    // What was run is too little to say that it does not fail elsewhere.
    place.write("known.toml", &known(HOLDS, ""));
    place.run(&run).exits(0);
}

#[test]
fn a_baseline_that_makes_no_sense_is_known_before_the_run() {
    let place = Place::new();
    let run = ["run", "--baseline", "known.toml"];
    place.run(&run).refuses(&["cannot read known.toml"]);
    for (text, words) in [
        (
            "[[known]]\ncheck = \"DTR-6.6-01\"\n",
            ["known.toml:1:1", "reason"],
        ),
        (
            "[[known]]\ncheck = \"a\"\nreason = \"\"\n",
            ["known.toml:3:10", "acceptable"],
        ),
        (
            "[[known]]\ncheck = \"a\"\nreason = \"b\"\nexpires = \"soon\"\n",
            ["known.toml:4:11", "2027-01-31"],
        ),
        (
            "[[known]]\ncheck = \"a\"\nreson = \"b\"\n",
            ["known.toml:3:1", "reson"],
        ),
    ] {
        place.write("known.toml", text);
        place.run(&run).refuses(&words);
    }
}
