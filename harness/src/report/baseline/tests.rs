use super::*;
use crate::engine::Outcome;
use crate::report::document::Setting;

const BROKEN: &str = "DTR-6.6-01";
const HELD: &str = "DTR-6.5.1-07";
const UNSEEN: &str = "DTR-6.5.1-04";

/// A run in which one row was broken and another held.
fn document() -> Document {
    let mut outcome = Outcome {
        traces: 2,
        ..Outcome::default()
    };
    outcome.tally.broken(BROKEN);
    outcome.tally.held(HELD);
    Document::new(&outcome, &[], Setting::default())
}

fn applied(toml: &str, today: &str, mut document: Document) -> Document {
    let baseline = Baseline::parse(toml).unwrap();
    let today = Date::parse(today, &Iso8601::DATE).unwrap();
    baseline.apply_on(&mut document, today);
    document
}

fn entry(check: &str) -> String {
    format!("[[known]]\ncheck = \"{check}\"\nreason = \"release 4\"\nexpires = \"2027-01-31\"\n")
}

fn stale(document: &Document) -> Vec<(&str, &str)> {
    let applied = document.baseline.as_ref().unwrap();
    let stale = applied.stale.iter();
    stale.map(|s| (&*s.check, &*s.why)).collect()
}

#[test]
fn a_known_failure_fails_nothing_and_is_shown() {
    assert_eq!(document().verdict, Verdict::Fail);
    let document = applied(&entry(BROKEN), "2027-01-31", document());
    assert_eq!(document.verdict, Verdict::Pass);
    assert_eq!(stale(&document), []);
    let check = document.checks.iter().find(|c| c.id == BROKEN).unwrap();
    assert_eq!(check.verdict, Verdict::Known);
    assert_eq!(check.why.as_deref(), Some("release 4"));
}

#[test]
fn a_failure_that_is_not_known_fails_beside_one_that_is() {
    let mut outcome = Outcome {
        traces: 2,
        ..Outcome::default()
    };
    outcome.tally.broken(BROKEN);
    outcome.tally.broken(HELD);
    let document = Document::new(&outcome, &[], Setting::default());
    let document = applied(&entry(BROKEN), "2027-01-01", document);
    assert_eq!(document.verdict, Verdict::Fail);
}

#[test]
fn an_entry_that_has_expired_or_names_nothing_is_stale() {
    let late = applied(&entry(BROKEN), "2027-02-01", document());
    assert_eq!(stale(&late), [(BROKEN, "it expired on 2027-01-31")]);
    assert_eq!(late.verdict, Verdict::Fail);
    let none = applied(
        &(entry(BROKEN) + &entry("DTR-0-00")),
        "2027-01-01",
        document(),
    );
    assert_eq!(stale(&none), [("DTR-0-00", "there is no such check")]);
    assert_eq!(none.verdict, Verdict::Fail);
}

#[test]
fn what_does_not_fail_any_more_is_stale_in_a_whole_run_only() {
    let both = entry(BROKEN) + &entry(HELD);
    let whole = applied(&both, "2027-01-01", document());
    assert_eq!(stale(&whole), [(HELD, "it does not fail any more")]);
    assert_eq!(whole.verdict, Verdict::Fail);
    let part = Document {
        partition: "1/2".parse().ok(),
        ..document()
    };
    let part = applied(&both, "2027-01-01", part);
    assert_eq!(stale(&part), []);
    assert_eq!(part.verdict, Verdict::Pass);
    let unseen = entry(BROKEN) + &entry(UNSEEN);
    assert_eq!(stale(&applied(&unseen, "2027-01-01", document())), []);
}

/// A failure that belongs to no check cannot be known.
#[test]
fn what_breaks_no_row_stays_a_failure() {
    let mut document = document();
    document.counts.unattributed = 1;
    let document = applied(&entry(BROKEN), "2027-01-01", document);
    assert_eq!(document.verdict, Verdict::Fail);
}

#[test]
fn errors_say_where() {
    for (toml, at, what) in [
        ("[[known]]\ncheck = 7\nreason = \"r\"", (2, 9), "string"),
        ("[[known]]\nchek = \"a\"", (2, 1), "chek"),
        ("[[known]]\ncheck = \"a\"", (1, 1), "reason"),
        ("[[known]]\ncheck = \"a\"\nreason = \" \"", (3, 10), "why"),
        (
            "[[known]]\ncheck = \"a\"\nreason = \"ä\"\nexpires = \"soon\"",
            (4, 11),
            "2027-01-31",
        ),
        (
            "[[known]]\ncheck = \"a\"\nreason = \"r\"\nexpires = \"2027-02-30\"",
            (4, 11),
            "no date",
        ),
        ("# ä\na = [", (2, 6), "array"),
        (
            "[[known]]\ncheck = \"a\"\nreason = \"r\"\n[[known]]\ncheck = \"a\"\nreason = \"r\"",
            (5, 9),
            "line 2",
        ),
    ] {
        let (offset, told) = Baseline::parse(toml).unwrap_err();
        assert_eq!(position(toml, offset), at, "{toml}: {told}");
        assert!(told.contains(what), "{toml}: {told}");
    }
}
