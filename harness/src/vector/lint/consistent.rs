//! A vector agrees with itself, with its name, and with what it refers to.

use std::collections::BTreeSet;
use std::path::Path;

use dtr_model::draft::Draft;
use dtr_model::question::{self, Readings};

use super::{Notes, Rule};
use crate::vector::format::{Answers, Expected, Origin, Then, Vector};
use crate::vector::{placeholder, store};

/// Checks one vector.
pub(super) fn check(
    notes: &mut Notes,
    path: &Path,
    vector: &Vector,
    draft: &Draft,
    answers: Option<&Answers>,
) {
    let place = store::place(vector);
    if !path.ends_with(&place) {
        let detail = format!(
            "a vector of this id and origin belongs in {}",
            place.display()
        );
        notes.complain(path, "/id", Rule::Id, detail);
    }
    requirements(notes, path, vector, draft);
    questions(notes, path, vector, draft);
    times(notes, path, vector);
    if let Some(answers) = answers {
        names(notes, path, vector, answers);
        placeholders(notes, path, vector, answers);
    }
}

fn requirements(notes: &mut Notes, path: &Path, vector: &Vector, draft: &Draft) {
    for (at, id) in vector.requirements.iter().enumerate() {
        if draft.ledger().row(id).is_none() {
            let detail = format!("{} has no requirement {id}", draft.id);
            notes.complain(
                path,
                &format!("/requirements/{at}"),
                Rule::Requirement,
                detail,
            );
        }
    }
    let all: BTreeSet<&String> = vector.requirements.iter().collect();
    let of_steps = vector.steps.iter().flat_map(|step| &step.requirements);
    let of_steps: BTreeSet<&String> = of_steps.collect();
    for id in all.symmetric_difference(&of_steps) {
        let detail = format!("{id} is not both here and at a step");
        notes.complain(path, "/requirements", Rule::Requirement, detail);
    }
}

fn questions(notes: &mut Notes, path: &Path, vector: &Vector, draft: &Draft) {
    for (at, id) in vector.questions.iter().enumerate() {
        if !question::named_entry(id).is_some_and(|entry| draft.leaves_open(entry)) {
            let detail = format!("{} leaves open no question {id}", draft.id);
            notes.complain(path, &format!("/questions/{at}"), Rule::Question, detail);
        }
    }
    for (pointer, expected) in expected(vector) {
        for (id, readings) in &expected.readings {
            let known = readings.iter().all(|letter| has_reading(id, letter));
            if !known || !vector.questions.contains(id) {
                let detail =
                    format!("{id} or its reading does not exist, or is not in `questions`");
                notes.complain(
                    path,
                    &format!("{pointer}/readings/{id}"),
                    Rule::Question,
                    detail,
                );
            }
        }
    }
    if let Origin::Fork(choice) = &vector.origin
        && Readings::open().choose(choice).is_err()
    {
        let detail = format!("there is no reading {choice}");
        notes.complain(path, "/origin/fork", Rule::Question, detail);
    }
}

fn has_reading(id: &str, letter: &str) -> bool {
    question::named_entry(id).is_some_and(|entry| {
        let mut letters = entry.lettered();
        letters.any(|(reading, _)| reading.to_string() == letter)
    })
}

fn times(notes: &mut Notes, path: &Path, vector: &Vector) {
    let mut before = 0;
    for (at, step) in vector.steps.iter().enumerate() {
        let pointer = format!("/steps/{at}/at");
        if step.at < before {
            notes.complain(path, &pointer, Rule::Time, "earlier than the step before");
        }
        if step.at % vector.setup.seconds_per_tick.max(1) != 0 {
            notes.complain(
                path,
                &pointer,
                Rule::Time,
                "no multiple of seconds_per_tick",
            );
        }
        before = step.at;
    }
}

/// Answers are defined, and each step that expects some has one pinned, after
/// which the vector goes on.
fn names(notes: &mut Notes, path: &Path, vector: &Vector, answers: &Answers) {
    for (pointer, expected) in expected(vector) {
        if !answers.answers.contains_key(&expected.answer) {
            let detail = format!("`{}` is not in {}", expected.answer, store::ANSWERS);
            notes.complain(path, &format!("{pointer}/answer"), Rule::Answer, detail);
        }
    }
    for (at, step) in vector.steps.iter().enumerate() {
        let pointer = format!("/steps/{at}/expect");
        let pinned: Vec<_> = step.expect.iter().filter(|e| e.pinned).collect();
        let names: BTreeSet<_> = step.expect.iter().map(|e| &e.answer).collect();
        if !step.expect.is_empty() && pinned.len() != 1 {
            notes.complain(
                path,
                &pointer,
                Rule::Answer,
                "one answer is pinned, no more and no less",
            );
        }
        if pinned.iter().any(|e| e.then == Then::Stop) {
            notes.complain(
                path,
                &pointer,
                Rule::Answer,
                "the vector stops after the pinned answer",
            );
        }
        for (n, expected) in step.expect.iter().enumerate() {
            if expected.like.is_some_and(|like| like == 0 || like > at) {
                let detail = "`like` is no earlier step, counted from 1";
                notes.complain(path, &format!("{pointer}/{n}/like"), Rule::Answer, detail);
            }
        }
        if names.len() != step.expect.len() {
            notes.complain(path, &pointer, Rule::Answer, "the same answer twice");
        }
    }
}

/// A placeholder is supplied, or captured by every earlier answer of some step
/// after which the vector goes on.
fn placeholders(notes: &mut Notes, path: &Path, vector: &Vector, answers: &Answers) {
    let mut known: BTreeSet<&str> = vector.setup.supplies.iter().map(String::as_str).collect();
    let needed = placeholder::supplied(vector, answers);
    for name in vector
        .setup
        .supplies
        .iter()
        .filter(|name| !needed.contains(name))
    {
        let detail = format!("{{{name}}} is supplied and never used");
        notes.complain(path, "/setup/supplies", Rule::Placeholder, detail);
    }
    for (at, step) in vector.steps.iter().enumerate() {
        let mut used = placeholder::in_action(step);
        // Without these the step is left out.
        used.retain(|name| !step.needs.iter().any(|needed| needed == name));
        let named = step
            .expect
            .iter()
            .filter_map(|e| answers.answers.get(&e.answer));
        used.extend(named.flat_map(placeholder::in_answer));
        for name in used.difference(&known) {
            let detail = format!("{{{name}}} is used before it is supplied or captured");
            notes.complain(path, &format!("/steps/{at}"), Rule::Placeholder, detail);
        }
        let going_on = step.expect.iter().filter(|e| e.then == Then::Continue);
        let captured = going_on.map(|e| {
            e.captures
                .values()
                .map(String::as_str)
                .collect::<BTreeSet<_>>()
        });
        known.extend(captured.reduce(|all, one| &all & &one).unwrap_or_default());
    }
}

fn expected(vector: &Vector) -> impl Iterator<Item = (String, &Expected)> {
    vector.steps.iter().enumerate().flat_map(|(at, step)| {
        let each = step.expect.iter().enumerate();
        each.map(move |(n, expected)| (format!("/steps/{at}/expect/{n}"), expected))
    })
}
