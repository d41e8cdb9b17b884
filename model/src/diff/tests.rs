//! What differs is found, what does not is not, and what people noted is both.

use super::{Difference, Shows, Side, changes, diff, search};
use crate::deferral::step;
use crate::draft::Draft;
use crate::generate::experiment;
use crate::question::{Question, Readings};
use crate::terms::Terms;

fn side(text: &str) -> Side {
    Side::parse(text, Draft::pins).expect("it is well written")
}

fn between(one: &str, other: &str) -> Difference {
    diff(&side(one), &side(other))
}

/// Every text with the one before it.
const STEPS: [(&str, &str); 8] = [
    ("oidc-00", "may-16"),
    ("may-16", "gerber-00"),
    ("gerber-00", "ietf-00"),
    ("ietf-00", "ietf-01"),
    ("ietf-01", "pr-47"),
    ("ietf-01", "pr-67"),
    ("ietf-01", "pr-68"),
    ("ietf-01", "pr-71"),
];

#[test]
fn every_change_that_is_said_to_show_is_found() {
    for (one, other) in STEPS {
        let difference = between(one, other);
        let noted = changes(side(one).draft, side(other).draft);
        assert!(!noted.is_empty(), "{one} and {other} are neighbours");
        for change in noted {
            for shows in change.shows {
                let found = shows.in_difference(&difference);
                let expected = !matches!(shows, Shows::Nowhere(_));
                assert_eq!(found, expected, "{one}..{other}: {} {shows:?}", change.id);
            }
        }
    }
}

#[test]
fn nothing_is_found_that_was_not_noted() {
    for (one, other) in STEPS {
        let found = between(one, other);
        let noted = changes(side(one).draft, side(other).draft);
        let shown = |shows: &dyn Fn(Shows) -> bool| {
            noted
                .iter()
                .any(|change| change.shows.iter().any(|s| shows(*s)))
        };
        for name in &found.names {
            assert!(
                shown(&|s| s == Shows::Name(name.role)),
                "{one}..{other}: {name:?}"
            );
        }
        for glance in &found.glances {
            assert!(
                shown(&|s| s == Shows::Glance(glance.glance)),
                "{one}..{other}: {glance:?}"
            );
        }
        for settled in &found.settled {
            assert!(
                shown(&|s| s == Shows::Settled(settled.question)),
                "{one}..{other}: {settled:?}"
            );
        }
    }
}

/// Of the ancestors more follows than was noted: where a server need not defer,
/// a lost answer leaves more possible than a code.
#[test]
fn no_fork_is_found_from_the_first_submission_on_that_was_not_noted() {
    for (one, other) in &STEPS[2..] {
        let noted = changes(side(one).draft, side(other).draft);
        let mut forks = between(one, other).forks;
        forks.retain(|fork| {
            let mut shows = noted.iter().flat_map(|change| change.shows);
            !shows.any(|s| s.is_fork(fork))
        });
        assert!(forks.is_empty(), "{one}..{other}: {forks:#?}");
    }
}

#[test]
fn a_text_does_not_differ_from_itself_and_that_is_all_of_it() {
    for draft in Draft::ALL {
        let itself = between(draft.id, draft.id);
        assert!(itself.is_none(), "{draft:?}: {:?}", itself.forks);
        assert!(itself.is_exhaustive());
        let pairs: usize = itself.searched.iter().map(|s| s.pairs).sum();
        assert!(pairs > 100, "{draft:?}: only {pairs} pairs");
    }
}

/// A history is one that both sides allow, and the answers are those that the
/// relation gives after it.
#[test]
fn a_fork_is_what_it_says() {
    for (one, other) in STEPS {
        let (one, other) = (side(one), side(other));
        for fork in diff(&one, &other).forks {
            for (side, only, others) in [
                (&one, &fork.only_one, &fork.only_other),
                (&other, &fork.only_other, &fork.only_one),
            ] {
                let terms = fork.terms.under(side.draft);
                let mut states = vec![crate::Deferral::ABSENT];
                for (event, answer) in &fork.history {
                    let next = states
                        .iter()
                        .flat_map(|d| step(*d, *event, &terms, &side.readings));
                    states = next
                        .filter(|o| o.answer == *answer)
                        .map(|o| o.deferral)
                        .collect();
                    assert!(!states.is_empty(), "{fork:?}");
                }
                let met: Vec<_> = states
                    .iter()
                    .flat_map(|d| step(*d, fork.event, &terms, &side.readings))
                    .map(|o| o.answer)
                    .collect();
                assert!(only.iter().all(|answer| met.contains(answer)), "{fork:?}");
                assert!(
                    !others.iter().any(|answer| met.contains(answer)),
                    "{fork:?}"
                );
            }
        }
    }
}

/// Where the shorter search for one experiment finds something, this one does,
/// and no later.
#[test]
fn two_readings_are_told_apart_wherever_an_experiment_does() {
    for question in Question::ALL {
        for reading in question.readings().filter(|r| *r != question.pin()) {
            let other = Readings::pins().with(*question, reading);
            let Some(known) = experiment(Terms::CREDENTIALS, &Readings::pins(), &other) else {
                continue;
            };
            let draft = Draft::DEFAULT;
            let one = Side {
                draft,
                readings: Readings::pins(),
            };
            let other = Side {
                draft,
                readings: other,
            };
            let found = search(Terms::CREDENTIALS, &one, &other, 100_000);
            let shortest = found.forks.iter().map(|f| f.history.len() + 1).min();
            let shortest = shortest.unwrap_or(usize::MAX);
            assert!(
                shortest <= known.events.len(),
                "{question}={reading}: {shortest}"
            );
        }
    }
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let found = search(Terms::CREDENTIALS, &side("ietf-00"), &side("ietf-01"), 50);
    assert!(found.forks.is_empty());
    assert!(
        found.cut.is_some_and(|length| length > 0),
        "{:?}",
        found.cut
    );
}

#[test]
fn a_side_that_is_none_is_named() {
    let error = |text| Side::parse(text, Draft::pins).unwrap_err().to_string();
    assert!(error("ietf-99").contains("ietf-99"));
    assert!(error("ietf-01+C-02=Z").contains("C-02 has no reading `Z`"));
}
