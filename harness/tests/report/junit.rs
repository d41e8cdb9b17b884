//! JUnit's XML against the form that CI services read.

use std::process::Command;

use dtr_harness::report::document::{Document, Setting, SkippedDocument, Verdict};
use dtr_harness::report::junit;

use crate::faulty;
use crate::program::{output, program};

/// Insists that the XML is of the form.
#[track_caller]
fn is_valid(xml: &str) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("report.xml");
    std::fs::write(&path, xml).expect("a file in our own directory");
    let xmllint = program("XMLLINT", &["xmllint"], "libxml2-utils");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/junit.xsd");
    let mut command = Command::new(xmllint);
    output(
        command
            .args(["--noout", "--nonet", "--schema", schema])
            .arg(path),
    );
}

fn count(xml: &str, element: &str) -> usize {
    xml.matches(&format!("<{element} ")).count() + xml.matches(&format!("<{element}>")).count()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs xmllint; .ci/run installs and uses it"]
async fn what_fails_is_told_with_all_that_is_needed_to_see_it_again() {
    let mut document = faulty::document(None).await;
    let skipped = SkippedDocument {
        traces: 7,
        ..SkippedDocument::default()
    };
    document.skipped.insert("no control".to_owned(), skipped);
    let xml = junit::render(&document).expect("XML");
    is_valid(&xml);
    let broken = document
        .checks
        .iter()
        .filter(|c| c.verdict == Verdict::Fail);
    let broken = broken.count();
    assert!(broken > 0);
    assert_eq!(count(&xml, "failure"), broken);
    assert_eq!(count(&xml, "error"), 0);
    let unseen = document
        .checks
        .iter()
        .filter(|c| c.verdict == Verdict::Unobserved);
    assert_eq!(count(&xml, "skipped"), unseen.count() + 1);
    let failure = &document.failures[0];
    let again = format!("dtr run --select {}", failure.trace);
    for words in [
        "Section 6.5.2",
        "curl -sS",
        &again,
        "no answer of this run bears on it",
        "7 traces are run",
    ] {
        assert!(xml.contains(words), "{words}");
    }
}

/// A run that says nothing is not all green.
#[test]
#[ignore = "needs xmllint; .ci/run installs and uses it"]
fn nothing_run_is_an_error() {
    let document = Document::new(&Default::default(), &[], Setting::default());
    let xml = junit::render(&document).expect("XML");
    is_valid(&xml);
    assert_eq!(count(&xml, "error"), 1);
    assert_eq!(count(&xml, "failure"), 0);
}

/// What a server says, and XML cannot hold.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs xmllint; .ci/run installs and uses it"]
async fn control_characters_and_markup_do_not_spoil_it() {
    let mut document = faulty::document(None).await;
    document.failures[0].detail = "\u{0}\u{1b}[31m<b>]]>&\u{fffe}".to_owned();
    document.failures[0].diagram = "]]>\u{8}".to_owned();
    is_valid(&junit::render(&document).expect("XML"));
}

/// The schema itself: it refuses what is not JUnit.
#[test]
#[ignore = "needs xmllint; .ci/run installs and uses it"]
#[should_panic(expected = "unknown")]
fn a_stranger_to_the_form_is_refused() {
    is_valid("<testsuites><testsuite name=\"a\" tests=\"0\"><unknown/></testsuite></testsuites>");
}
