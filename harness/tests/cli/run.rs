//! `dtr run`: against the bundled server, and against one that is only looked at.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::Value;

use crate::serve::Serving;
use crate::support::{Place, Ran, dtr, end_of, interrupt};

/// A selection of few traces.
const FEW: &str = "fork-C-02";

impl Place {
    /// The report of a run with these arguments and that of the exit code.
    fn report(&self, args: &[&str], code: i32) -> (Ran, Value) {
        let args = [&["run", "--json", "report.json"], args].concat();
        let ran = self.run(&args).exits(code);
        let report = serde_json::from_str(&self.read("report.json")).expect("JSON");
        (ran, report)
    }
}

/// What two reports have in common when the same was run.
fn what_counts(report: &Value) -> Value {
    let mut report = report.clone();
    report["elapsed"] = Value::Null;
    report
}

#[track_caller]
fn is_plain(text: &str) {
    assert!(!text.contains('\u{1b}'), "escape codes in: {text:?}");
}

#[track_caller]
fn is_valid(report: &Value) {
    let schema: Value =
        serde_json::from_str(&dtr(&["schema", "report"]).exits(0).out).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let objections: Vec<_> = schema.iter_errors(report).map(|e| e.to_string()).collect();
    assert_eq!(objections, [""; 0]);
}

#[test]
fn the_schema_that_is_published_is_that_of_the_report() {
    let printed = dtr(&["schema", "report"]).exits(0).out;
    let published = include_str!("../../schema/report.schema.json");
    assert!(
        printed == published,
        "stale: dtr schema report > harness/schema/report.schema.json"
    );
}

#[test]
fn a_selection_passes_over_http_and_in_process_and_counts_the_same_each_time() {
    let place = Place::new();
    let (ran, http) = place.report(&["--select", FEW], 0);
    let counts = &http["counts"];
    let traces = counts["traces"].as_u64().expect("a number");
    assert!(traces > 0 && traces < 20, "{counts}");
    assert!(counts["requests"].as_u64() > Some(traces), "{counts}");
    let said = format!("{traces} traces, {} requests, ", counts["requests"]);
    let ran = ran.says(&[
        "pass: bundled reference server, judged by ietf-01",
        &said,
        "; seed 1",
        "How the server reads the open points",
        "Section 6.5.1",
    ]);
    is_plain(&ran.out);
    assert_eq!(ran.err, "", "progress is not for pipes");
    assert!(
        !place.path(".dtr").exists(),
        "nothing failed, so nothing is kept"
    );

    is_valid(&http);
    assert_eq!(http["verdict"], "pass");
    assert_eq!(
        http["readings"]["C-02"]["observed"],
        serde_json::json!(["B"])
    );

    let (_, again) = place.report(&["--select", FEW], 0);
    assert_eq!(what_counts(&http), what_counts(&again));
    let (_, inside) = place.report(&["--select", FEW, "--in-process"], 0);
    assert_eq!(what_counts(&http), what_counts(&inside));
}

/// The walks of a seed are the same, and walk otherwise for another.
#[test]
fn a_seed_decides_the_walks() {
    let place = Place::new();
    let walk = |seed| {
        let args = ["--in-process", "--select", "walk", "--seed", seed];
        what_counts(&place.report(&args, 0).1)
    };
    let seven = walk("7");
    assert_eq!(seven, walk("7"));
    assert_ne!(seven["counts"], walk("8")["counts"]);
}

/// A run of nothing, or of less than was asked for, would pass for nothing.
#[test]
fn every_part_of_a_selection_has_to_name_something() {
    for (selection, part) in [
        ("fork-C-02,nothing-like-this", "`nothing-like-this`"),
        ("", "``"),
    ] {
        let words = [part, "DTR-6.5.1-07", "walk"];
        dtr(&["run", "--select", selection]).refuses(&words);
    }
}

/// A pipe gets none, but for who insists; and who refuses is heard above that.
#[test]
fn colour_can_be_had_and_refused() {
    let place = Place::new();
    let run = |variables: &[&str]| -> String {
        let mut command = place.command(&["explain", "S1"]);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command.envs(variables.iter().map(|name| (name, "1")));
        let child = command.spawn().expect("the binary starts");
        end_of(child, Duration::from_secs(60)).exits(0).out
    };
    is_plain(&run(&[]));
    assert!(run(&["CLICOLOR_FORCE"]).contains('\u{1b}'));
    is_plain(&run(&["CLICOLOR_FORCE", "NO_COLOR"]));
}

#[test]
fn a_report_that_cannot_be_written_is_known_before_the_run() {
    let place = Place::new();
    let path = "no/such/place/report.json";
    place
        .run(&["run", "--select", FEW, "--json", path])
        .refuses(&["cannot write", path]);
}

#[test]
fn kept_failures_that_make_no_sense_are_not_overwritten() {
    let place = Place::new();
    place.write("kept.json", "{ \"traces\": 7 }");
    place
        .run(&["run", "--select", FEW, "--failures", "kept.json"])
        .refuses(&["kept.json", "remove it", "--failures"]);
    assert_eq!(place.read("kept.json"), "{ \"traces\": 7 }");
}

#[test]
fn a_server_that_is_not_there_is_a_matter_of_setup() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    dtr(&["run", "--url", &url]).refuses(&[&url, "cannot connect", "is the server running"]);
    dtr(&["run", "--url", "127.0.0.1"]).refuses(&["127.0.0.1", "scheme"]);
}

#[test]
fn a_server_without_clients_of_ours_is_looked_at_and_not_judged() {
    let server = Serving::start(&Place::new(), &["--listen", "127.0.0.1:0"]);
    let place = Place::new();
    let (ran, report) = place.report(&["--url", &server.url()], 3);
    ran.complains(&["only its metadata"])
        .says(&["inconclusive: http://127.0.0.1:"]);
    is_valid(&report);
    assert_eq!(report["verdict"], "inconclusive");
    assert_eq!(report["metadata"], serde_json::json!([]));
    for row in ["DTR-5.1-05", "DTR-8.4-01"] {
        assert_eq!(report["requirements"][row]["held"], 1, "{row}");
    }
}

#[test]
fn an_interrupted_run_tells_what_it_has_found() {
    // How long it takes to generate the traces, nobody knows: longer each time, until some have been run.
    let waits = (1..6).map(|tries| Duration::from_secs(2 << tries));
    for wait in waits {
        let place = Place::new();
        let ran = interrupted_after(&place, wait);
        let report: Value = serde_json::from_str(&place.read("report.json")).expect("JSON");
        if report["counts"]["traces"].as_u64() > Some(0) {
            return tells_what_it_found(&place, ran, &report);
        }
    }
    panic!("nothing was run in a minute");
}

fn interrupted_after(place: &Place, wait: Duration) -> Ran {
    let mut command = place.command(&["run", "--json", "report.json"]);
    let child = command.spawn().expect("the binary starts");
    std::thread::sleep(wait);
    interrupt(&child);
    end_of(child, Duration::from_secs(20)).exits(3)
}

fn tells_what_it_found(place: &Place, ran: Ran, report: &Value) {
    ran.complains(&["interrupted"])
        .says(&["inconclusive: bundled", " traces, "]);
    is_valid(report);
    assert_eq!(report["verdict"], "inconclusive");
    assert_eq!(report["failures"], serde_json::json!([]));
    assert!(!place.path(".dtr").exists());
}
