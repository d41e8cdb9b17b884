//! Every row with a check of its own is shown by some vector, and every reading that can be told apart is told by one.

use std::collections::BTreeSet;

use dtr_model::draft::Draft;
use dtr_model::question::{self, Entry, Place, Reading};
use dtr_model::requirement;

use super::complete::Coverage;
use super::{Notes, Rule};
use crate::vector::format::{Answers, Origin, Vector};

/// Why no vector tells the readings of a question about requests that are under way together.
const AT_ONCE: &str =
    "it takes requests at the same time, and the steps of a vector follow each other";

/// Rows and questions that no vector can show, and why not.
pub const NOT_IN_VECTORS: &[(&str, &str)] = &[
    (
        "DTR-8.2-12",
        "how long answers take shows in the medians of many, not in one of them",
    ),
    (
        "DTR-11.5-05",
        "how long a server waits is measured by the consumer's clock, while that of a vector stands still",
    ),
    (
        "DTR-11.5-06",
        "how much is read of a body without end is known to the connection, and to no request or answer",
    ),
    (
        "DEV-3.1-06",
        "most readers of JSON do not tell whether a member was there twice",
    ),
    (
        "DEV-3.3-01",
        "it takes somebody with a user code at the verification page, while a visit begins at an interaction URI",
    ),
    (
        "DEV-3.3-02",
        "that the user code is not in the URI is recommended, while what an answer says has to hold",
    ),
    (
        "CIBA-7.1-04",
        "it takes assertions by a key that the client registered, while consumers authenticate as they have registered",
    ),
    ("C-14", AT_ONCE),
    (
        "C-44",
        "it takes a client that registers during the vector and a device with its user code (RFC 8628), while requests are sent by clients registered before, and a visit begins at an interaction URI",
    ),
    (
        "C-53",
        "it takes two certificates of one subject, while requests have no word for the connection they come over",
    ),
    ("C-72", AT_ONCE),
    (
        "C-78",
        "it takes polls by a client registered without the polling grant, while requests are sent by clients registered before the first step, with it",
    ),
];

/// Readings that no vector of RFC 8628 or CIBA tells, though vectors of other texts do, and why not.
pub const NOT_UNDER_SIBLINGS: &[(&str, &str)] =
    &[("C-05/A", NO_CANCELLATION), ("C-06/B", NO_CANCELLATION)];

/// Checks that AROP, or the text beneath it that no other vectors are of, has to itself and that no vector shows.
const NOT_UNDER_PROFILES: &[&str] = &[
    "AROP-3-02",
    "AROP-7.4-09",
    "AROP-7.4-13",
    "AROP-8-01",
    "AROP-9.2-06",
    "TXN-4.2.1-01",
    "TXN-4.2.1-03",
    "TXN-4.6-03",
    "TXN-4.6-04",
    "TXN-4.6-05",
    "TXN-4.6-08",
    "TXN-4.6-09",
    "TXN-5.1-01",
    "TXN-5.4-05",
    "TXN-5.4-06",
    "TXN-5.4-07",
    "TXN-5.4-08",
    "TXN-6-05",
];

const NO_CANCELLATION: &str = "nothing is cancelled but by a server that loses its patience (C-24), and none does that reads everything else as pinned";

/// What vectors show, of all that could be.
pub(super) fn check(
    notes: &mut Notes,
    coverage: &mut Coverage,
    vectors: &[&Vector],
    answers: &Answers,
    draft: &Draft,
) {
    let shown = Shown::of(vectors, answers);
    let excused = |id: &str| NOT_IN_VECTORS.iter().any(|(known, _)| *known == id);
    let own = draft.own_endpoint.is_some();
    let absent = |id: &str| own && NOT_UNDER_SIBLINGS.iter().any(|(known, _)| *known == id);
    let path = notes.dir.join(draft.id);
    if draft.is_profile() {
        return profiled(notes, coverage, &path, &shown, draft);
    }
    let (mut all, mut seen) = (0, 0);
    for row in draft.ledger().rows().iter().filter(|row| row.is_checked()) {
        all += 1;
        seen += usize::from(shown.rows.contains(row.id));
        settle(
            notes,
            &path,
            row.id,
            shown.rows.contains(row.id),
            excused(row.id),
        );
    }
    (coverage.all_rows, coverage.rows) = (all, seen);
    for entry in question::catalogue() {
        let shows = matches!(entry.place, Place::Relation(_) | Place::Probe);
        if !shows || !draft.leaves_open(entry) {
            continue;
        }
        for (reading, told) in shown.told(entry) {
            let id = format!("{}/{reading}", entry.id);
            coverage.all_readings += 1;
            coverage.readings += usize::from(told);
            settle(notes, &path, &id, told, excused(entry.id) || absent(&id));
        }
    }
    for (id, _) in NOT_IN_VECTORS {
        let mut texts = requirement::editions().iter();
        let row = texts.any(|text| text.row(id).is_some_and(|row| row.is_checked()));
        if !row && question::named_entry(id).is_none() {
            let detail =
                format!("NOT_IN_VECTORS has {id}, which is neither a check nor a question");
            notes.complain(&path, "", Rule::Coverage, detail);
        }
    }
}

/// The vectors of a profile are made of traces alone, and about what the profile has to itself: what it is laid over has
/// vectors of its own. What one response or one challenge shows, whatever came before, is left to the suite.
fn profiled(
    notes: &mut Notes,
    coverage: &mut Coverage,
    path: &std::path::Path,
    shown: &Shown<'_>,
    draft: &Draft,
) {
    for row in draft.ledger().checks_of_profile() {
        let is_shown = shown.rows.contains(row.id);
        coverage.all_rows += 1;
        coverage.rows += usize::from(is_shown);
        let excused = NOT_UNDER_PROFILES.contains(&row.id);
        settle(notes, path, row.id, is_shown, excused);
    }
}

/// A thing is either shown or excused.
fn settle(notes: &mut Notes, path: &std::path::Path, id: &str, shown: bool, excused: bool) {
    let detail = match (shown, excused) {
        (true, false) | (false, true) => return,
        (false, false) => {
            format!("{id} is in no vector: write one, or say why not in NOT_IN_VECTORS")
        }
        (true, true) => format!("{id} is in a vector by now, and still in NOT_IN_VECTORS"),
    };
    notes.complain(path, "", Rule::Coverage, detail);
}

/// Whether the vector is there to tell this reading from the pinned one, or the pinned one from another.
fn forks(vector: &Vector, entry: &Entry, reading: Reading) -> bool {
    let Origin::Fork(choice) = &vector.origin else {
        return false;
    };
    let (id, letter) = choice.split_once('=').unwrap_or_default();
    id == entry.id && (entry.pin == Some(reading) || letter == reading.to_string())
}

struct Shown<'a> {
    vectors: &'a [&'a Vector],
    answers: &'a Answers,
    rows: BTreeSet<String>,
}

impl<'a> Shown<'a> {
    fn of(vectors: &'a [&'a Vector], answers: &'a Answers) -> Shown<'a> {
        let mut rows = BTreeSet::new();
        for vector in vectors {
            rows.extend(vector.requirements.iter().cloned());
            rows.extend(vector.carried_out(answers));
        }
        Shown {
            vectors,
            answers,
            rows,
        }
    }

    /// The readings of a question, each with whether some vector tells it: by an answer that leaves it and not all of
    /// them; by what the vector is for, which is to tell a reading from the pinned one; or, where the reading breaks a row
    /// outright, by failing and naming that row.
    fn told(&self, entry: &Entry) -> Vec<(Reading, bool)> {
        let all = entry.readings.len();
        let readings = entry.lettered().map(|(reading, described)| {
            let letter = reading.to_string();
            let told = self.vectors.iter().any(|vector| {
                let expected = vector.steps.iter().flat_map(|step| &step.expect);
                let mut left = expected.filter_map(|e| e.readings.get(entry.id));
                let broken = described.breaks;
                forks(vector, entry, reading)
                    || left.any(|left| left.len() < all && left.contains(&letter))
                    || broken.is_some_and(|row| self.fails(vector, entry.id, row))
            });
            (reading, told)
        });
        readings.collect()
    }

    fn fails(&self, vector: &Vector, question: &str, row: &str) -> bool {
        let about = vector.questions.iter().any(|id| id == question);
        about
            && (vector.requirements.iter().any(|id| id == row)
                || vector.carried_out(self.answers).contains(row))
    }
}
