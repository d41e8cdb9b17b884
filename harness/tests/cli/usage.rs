//! Wrong words on the command line, and the help that sets them right.

use std::process::{Command, Stdio};

use crate::support::dtr;

#[test]
fn alone_it_tells_what_it_can_do() {
    let ran = dtr(&[]);
    let words = [
        "Usage: dtr <COMMAND>",
        "check",
        "run",
        "serve",
        "vectors",
        "explain",
    ];
    ran.refuses(&words).complains(&[
        "0 pass, 1 fail, 2 usage or setup error, 3 inconclusive",
        "`dtr run`",
    ]);
}

#[test]
fn every_verb_has_help_that_names_its_options() {
    let verbs: [(&str, &[&str]); 7] = [
        ("merge", &["--json", "--junit", "--html", "--baseline"]),
        (
            "check",
            &["--draft", "--reading", "--thorough", "--json", "--record"],
        ),
        (
            "run",
            &[
                "--url",
                "--draft",
                "--select",
                "--seed",
                "--json",
                "--junit",
                "--html",
                "--baseline",
                "--partition",
                "--verbose",
                "--failures",
            ],
        ),
        (
            "serve",
            &["--listen", "--config", "--control", "--print-config"],
        ),
        ("vectors", &["record", "replay", "lint", "list"]),
        ("schema", &["report"]),
        ("explain", &["C-02", "S1", "DTR-"]),
    ];
    for (verb, options) in verbs {
        let ran = dtr(&[verb, "--help"]).exits(0).says(options);
        assert_eq!(ran.err, "", "{verb}");
    }
}

#[test]
fn a_wrong_verb_or_flag_is_named() {
    dtr(&["chekc"]).refuses(&["chekc", "check"]);
    dtr(&["run", "--sede", "3"]).refuses(&["--sede", "--seed"]);
    dtr(&["run", "--seed", "many"]).refuses(&["--seed", "many"]);
    dtr(&["run", "--in-process", "--url", "http://127.0.0.1"]).refuses(&["--in-process", "--url"]);
}

#[test]
fn an_unknown_draft_is_answered_with_those_there_are() {
    for verb in ["check", "run"] {
        dtr(&[verb, "--draft", "nope"]).refuses(&["nope", "ietf-01"]);
    }
    let ledgers = ["nope", "gerber-00, ietf-00, ietf-01"];
    dtr(&["coverage", "--draft", "nope"]).refuses(&ledgers);
    dtr(&["explain", "--draft", "nope", "C-02"]).refuses(&ledgers);
}

/// What prints long lists.
const TALKATIVE: [[&str; 2]; 2] = [["explain", "requirements"], ["coverage", "--verbose"]];

/// `dtr explain requirements | head -1` ends as if everything had been read.
#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    for args in TALKATIVE {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dtr"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

/// A report that could not be told is not told to have passed.
#[test]
fn standard_output_that_is_full_is_an_error() {
    for args in TALKATIVE {
        let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
            return;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_dtr"))
            .args(args)
            .stdout(full)
            .output()
            .expect("the binary starts");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(err.contains("standard output"), "{args:?}: {err}");
    }
}
