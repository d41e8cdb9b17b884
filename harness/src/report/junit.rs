//! The report for CI services: JUnit's XML. A suite for each section of the
//! text, a case for each check, and one more suite for the run as a whole, for
//! a report of checks that held says nothing of traces that came to no verdict.

use std::fmt::Write;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::document::{Check, Document, FailureDocument, Verdict};
use super::sections::{self, Section};

/// The report as XML.
///
/// # Errors
/// When the XML cannot be written, which nothing in a document causes.
pub fn render(document: &Document) -> Result<String, SerializeError> {
    let mut report = Report::new(format!(
        "dtr: {}, judged by {}",
        document.target, document.draft.id
    ));
    report.set_time(Duration::try_from_secs_f64(document.elapsed).unwrap_or_default());
    for section in sections::sections(document) {
        report.add_test_suite(suite(document, &section));
    }
    report.add_test_suite(whole(document));
    report.to_string()
}

fn suite(document: &Document, section: &Section<'_>) -> TestSuite {
    let mut suite = TestSuite::new(format!("Section {}", section.number));
    for check in &section.checks {
        suite.add_test_case(case(document, check));
    }
    suite
}

fn case(document: &Document, check: &Check) -> TestCase {
    let mut case = TestCase::new(
        format!("{} {}", check.id, sections::asks(document, check)),
        status(document, check),
    );
    case.set_classname(format!("dtr.{}", document.draft.id));
    case.set_time(Duration::ZERO);
    if check.verdict == Verdict::Warn {
        let slighted = document
            .requirements
            .get(&check.id)
            .map_or(0, |r| r.slighted);
        case.set_system_out(format!(
            "warning: this {} was not followed, {slighted} times",
            check.level
        ));
    }
    case
}

fn status(document: &Document, check: &Check) -> TestCaseStatus {
    let why = check.why.as_deref().unwrap_or_default();
    match check.verdict {
        Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Known => skipped(&format!("known failure: {why}")),
        Verdict::Unobserved | Verdict::Inconclusive => skipped(why),
        Verdict::Fail => {
            let told = document.failures.iter();
            let told = told.filter(|f| f.requirements.contains(&check.id));
            let remarks = document.metadata.iter();
            let remarks = remarks.filter(|r| r.requirement.as_ref() == Some(&check.id));
            let mut lines: Vec<String> = told.clone().map(|f| f.detail.clone()).collect();
            lines.extend(remarks.map(|r| format!("metadata: {}", r.detail)));
            let message = lines.first().cloned().unwrap_or_else(|| {
                let broken = document.requirements.get(&check.id).map_or(0, |r| r.broken);
                format!("broken {broken} times, along with what is told elsewhere")
            });
            let mut text = format!("{}: {}\n", check.level, sections::asks(document, check));
            lines.iter().skip(1).for_each(|line| {
                let _ = writeln!(text, "also: {line}");
            });
            told.for_each(|f| describe(&mut text, f));
            failed(NonSuccessKind::Failure, &check.level, &message, text)
        }
    }
}

/// A failure with what is needed to see it again.
fn describe(text: &mut String, failure: &FailureDocument) {
    let _ = writeln!(
        text,
        "\n{}\nAgain: dtr run --select {}\n\n{}",
        failure.diagram, failure.trace, failure.script
    );
}

/// What belongs to no single check.
fn whole(document: &Document) -> TestSuite {
    let mut suite = TestSuite::new("The run as a whole");
    let mut add = |name: &str, status| {
        let mut case = TestCase::new(name, status);
        case.set_classname(format!("dtr.{}", document.draft.id));
        case.set_time(Duration::ZERO);
        suite.add_test_case(case);
    };
    add("Every trace comes to a verdict", finished(document));
    for (why, traces) in &document.skipped {
        let name = format!("{} traces are run", traces.traces);
        add(&name, skipped(why));
    }
    let metadata = document.metadata.iter().find(|r| r.requirement.is_none());
    add(
        "The metadata can be judged",
        match metadata {
            None => TestCaseStatus::success(),
            Some(remark) => failed(
                NonSuccessKind::Error,
                "inconclusive",
                &remark.detail,
                String::new(),
            ),
        },
    );
    let nameless = document
        .failures
        .iter()
        .filter(|f| f.requirements.is_empty());
    add(
        "No trace fails beyond the ledger",
        match document.counts.unattributed {
            0 => TestCaseStatus::success(),
            count => {
                let mut text = String::new();
                nameless.for_each(|f| describe(&mut text, f));
                failed(
                    NonSuccessKind::Failure,
                    "fail",
                    &format!("{count} traces do"),
                    text,
                )
            }
        },
    );
    for stale in document.baseline.iter().flat_map(|b| &b.stale) {
        let name = format!("Baseline: {}", stale.check);
        let message = format!("stale, line {}: {}", stale.line, stale.why);
        add(
            &name,
            failed(NonSuccessKind::Failure, "stale", &message, String::new()),
        );
    }
    suite
}

fn finished(document: &Document) -> TestCaseStatus {
    let message = match document.inconclusive.len() {
        0 if document.interrupted => "the run was stopped before its end".to_owned(),
        0 if document.counts.traces == 0 => "no trace was run".to_owned(),
        0 => return TestCaseStatus::success(),
        count => format!("{count} traces came to none"),
    };
    let mut text = String::new();
    for trace in &document.inconclusive {
        let _ = writeln!(text, "{}: {}", trace.trace, trace.why);
    }
    failed(NonSuccessKind::Error, "inconclusive", &message, text)
}

fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(allowed(why));
    status
}

fn failed(kind: NonSuccessKind, type_: &str, message: &str, text: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(allowed(message)).set_type(type_);
    if !text.is_empty() {
        status.set_description(allowed(&text));
    }
    status
}

/// The library leaves out control characters; these two XML cannot hold either.
fn allowed(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
