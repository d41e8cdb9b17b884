//! Servers of every lawful reading, played by the relation itself: none of them
//! may fail a vector, and one that breaks a MUST has to.

use dtr_model::{Deferral, step};

use super::*;
use crate::vector::record::traces;

/// What became of a server at a trace.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Passed,
    Stopped,
    Failed(usize, Answer),
}

/// Plays a server of these readings that uses its discretion at random.
fn play(trace: &Trace, judged: &[Judged], readings: &Readings, random: &mut fastrand::Rng) -> Fate {
    let mut deferral = Deferral::ABSENT;
    for (at, moment) in judged.iter().enumerate() {
        let outcomes = step(deferral, moment.event, &trace.terms, readings);
        // More often than not what is preferred, so that servers get somewhere.
        let nth = if random.u8(..3) > 0 {
            0
        } else {
            random.usize(..outcomes.len())
        };
        let answer = outcomes[nth].answer;
        let Some(choice) = moment
            .choices
            .iter()
            .find(|c| c.allowed.answer.covers(answer))
        else {
            return Fate::Failed(at, answer);
        };
        if !choice.allowed.goes_on {
            return Fate::Stopped;
        }
        deferral = outcomes[nth].deferral;
    }
    Fate::Passed
}

fn all() -> Vec<(Trace, Vec<Judged>)> {
    let traces = traces(Draft::DEFAULT).into_iter();
    traces
        .map(|trace| {
            let judged = judge(&trace).expect("the pins are lawful");
            (trace, judged)
        })
        .collect()
}

#[test]
fn no_lawful_server_fails() {
    let lawful = Readings::lawful();
    let mut random = fastrand::Rng::with_seed(7);
    let mut passed = 0;
    for (trace, judged) in all() {
        for _ in 0..30 {
            // One lawful reading of each question, at random.
            let readings = Question::ALL.iter().fold(Readings::pins(), |chosen, q| {
                let of: Vec<_> = lawful.of(*q).collect();
                chosen.with(*q, of[random.usize(..of.len())])
            });
            let fate = play(&trace, &judged, &readings, &mut random);
            assert!(
                !matches!(fate, Fate::Failed(..)),
                "{}: {fate:?} {readings:?}",
                trace.id
            );
            passed += usize::from(fate == Fate::Passed);
        }
    }
    assert!(passed > 1000, "only {passed} plays came to their end");
}

/// Readings whose answers another, lawful one explains as well, so that nothing
/// seen of one code convicts them: `invalid_grant` after a cancellation is also
/// what forgetting the identifier looks like (C-05/B).
const EXCUSED: &[&str] = &["C-70=B"];

#[test]
fn a_server_that_reads_a_question_against_a_must_fails_the_vector_of_its_fork() {
    let all = all();
    let mut seen = 0;
    for question in Question::ALL {
        for (reading, entry) in question.readings().zip(question.entry().readings) {
            let origin = dtr_model::trace::Origin::Fork(format!("{question}={reading}"));
            let mut forks = all
                .iter()
                .filter(|(trace, _)| trace.origin == origin)
                .peekable();
            if entry.breaks.is_none() || forks.peek().is_none() {
                continue;
            }
            let readings = Readings::pins().with(*question, reading);
            let mut random = fastrand::Rng::with_seed(7);
            let caught = forks.any(|(trace, judged)| {
                (0..30).any(|_| {
                    matches!(
                        play(trace, judged, &readings, &mut random),
                        Fate::Failed(..)
                    )
                })
            });
            let name = format!("{question}={reading}");
            assert_eq!(caught, !EXCUSED.contains(&name.as_str()), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 8, "only {seen} readings were put to the test");
}
