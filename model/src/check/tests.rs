//! Which reading breaks what, and that two independent searches agree.

use std::collections::BTreeSet;

use super::{Case, Deviation, Expected, second_opinion};
use crate::draft::Draft;
use crate::property::{Properties, Property};
use crate::question::Readings;
use crate::world::Setting;

/// Broken at the pins: the price of `expired_token` after the lifetime, of one
/// response only, and of testing the lifetime at each attempt.
const PINS: [(Property, usize); 3] = [
    (Property::L2Late, 6),
    (Property::L2Lost, 7),
    (Property::L5Late, 5),
];

fn case(choice: &str) -> Case {
    Case::all(Draft::DEFAULT)
        .into_iter()
        .find(|c| c.name == choice)
        .unwrap_or_else(|| panic!("no case {choice}"))
}

/// Checks a reading, against the record too: `changed` are the properties that fare otherwise than at
/// the pins, with the length of a shortest counterexample; 0 means that the
/// reading heals them.
fn check(choice: &str, changed: &[(Property, usize)]) {
    let found = case(choice).check().expect("the search is exhaustive");
    let recorded = Expected::recorded().expect("the record is well formed");
    assert_eq!(recorded.deviations(&found), []);
    for property in Property::ALL {
        let steps = |list: &[(Property, usize)]| {
            let entry = list.iter().find(|(p, _)| p == property);
            entry.map(|(_, steps)| *steps)
        };
        let expected = steps(changed).or(steps(&PINS)).unwrap_or(0);
        let found = found.broken.get(property).map_or(0, Vec::len);
        assert_eq!(found, expected, "{choice}: steps to break {property}");
    }
}

#[test]
fn the_pins_pay_for_delivery_and_for_nothing_else() {
    check("pins", &[]);
}

#[test]
fn a_first_match_reading_issues_two_tokens() {
    check(
        "C-01=A",
        &[(Property::S1, 6), (Property::S3, 8), (Property::L2Lost, 0)],
    );
}

#[test]
fn an_approval_that_outlives_its_code_heals_late_delivery_and_breaks_the_lifetime() {
    check("C-02=A", &[(Property::S3, 6), (Property::L2Late, 0)]);
}

#[test]
fn disposal_at_the_decision_loses_the_outcome() {
    let changed = [
        (Property::L1, 4),
        (Property::L2, 4),
        (Property::L2Late, 7),
        (Property::L2Lost, 0),
    ];
    check("C-08=B", &changed);
}

#[test]
fn a_credential_used_up_by_the_deferral_cannot_ask_again() {
    check("C-45=A", &[(Property::L2Lost, 2)]);
}

#[test]
fn a_revocation_without_the_proof_destroys_the_request() {
    let changed = [(Property::S5, 2), (Property::L1, 6), (Property::L2, 5)];
    check("C-52=C", &changed);
}

#[test]
fn a_secret_destroyed_early_leaves_the_callback_bare_or_unsent() {
    check("C-58=B", &[(Property::S9, 3), (Property::L5, 3)]);
}

#[test]
fn a_callback_after_cancellation_is_unsound() {
    check("C-59=A", &[(Property::S10, 4)]);
}

#[test]
fn a_rate_test_before_the_state_spoils_a_callback_and_harms_no_patient_client() {
    check("C-10=A", &[(Property::S10, 7)]);
}

#[test]
fn the_record_has_every_case_and_a_deviation_from_it_is_named() {
    let mut recorded = Expected::recorded().expect("the record is well formed");
    let names: Vec<String> = Case::all(Draft::DEFAULT)
        .into_iter()
        .map(|c| c.name)
        .collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert!(recorded.cases.keys().eq(&sorted));

    let found = case("C-08=B").check().expect("the search is exhaustive");
    let expected = recorded.cases.get_mut("C-08=B").expect("just listed");
    expected.states += 1;
    expected.broken.remove("L1");
    let deviations = recorded.deviations(&found);
    assert!(matches!(deviations[0], Deviation::States { .. }));
    let property = deviations[1].to_string();
    assert_eq!(property, "C-08=B: L1 breaks in 4 steps, recorded: holds");
    recorded.cases.remove("C-08=B");
    let missing = Deviation::Unrecorded("C-08=B".to_owned());
    assert_eq!(recorded.deviations(&found), [missing]);
}

#[test]
fn stateright_counts_the_same_states_and_breaks_the_same_properties() {
    for choice in ["pins", "C-02=A", "C-08=B"] {
        let case = case(choice);
        let ours = case.check().expect("the search is exhaustive");
        let theirs = second_opinion(&Setting::new(case.draft, case.readings), 2);
        assert!(theirs.finished, "{choice}");
        assert_eq!(theirs.states, ours.states, "{choice}");
        let broken: Vec<_> = ours.broken.into_keys().collect();
        assert_eq!(
            theirs.broken.into_iter().collect::<Vec<_>>(),
            broken,
            "{choice}"
        );
    }
}

#[test]
fn a_counterexample_leads_where_it_says() {
    let case = Case::pins(Draft::DEFAULT);
    let setting = Setting::new(case.draft, case.readings);
    for (property, path) in case.check().expect("the search is exhaustive").broken {
        let mut worlds = vec![crate::world::World::new()];
        for action in &path {
            let mut after = Vec::new();
            for world in &worlds {
                setting.moves(*world, &mut |m| {
                    if m.action == *action {
                        after.push(m.next);
                    }
                });
            }
            worlds = after;
        }
        let broken = worlds.iter().any(|w| w.broken().contains(property));
        assert!(
            broken,
            "{property}: replaying its counterexample breaks nothing"
        );
    }
}

#[test]
fn an_open_choice_is_checked_too() {
    let both = Readings::pins().union(&case("C-05=B").readings);
    let open = Case {
        name: "C-05 open".to_owned(),
        draft: Draft::DEFAULT,
        readings: both,
    };
    let broken = open.check().expect("the search is exhaustive").broken;
    assert_eq!(broken.get(&Property::S8).map(Vec::len), Some(6));
}

/// Where each question is read as it is by default, no text from the first submission on breaks what the last one keeps.
/// The ancestors do: by OpenID's, who was told `access_denied` is told `expired_token` later; by that of May, a client
/// learns from a revocation which codes others hold (issue 3 of the tracker). Nor do the siblings: there `slow_down` raises
/// the interval, and one that answers a repeated poll and gets lost raises it unseen.
#[test]
fn every_text_but_the_ancestors_keeps_what_the_default_keeps() {
    let broken = |draft: &'static Draft| -> BTreeSet<Property> {
        let checked = Case::pins(draft).check();
        let checked = checked.unwrap_or_else(|e| panic!("{draft:?}: {e}"));
        // What is about something that the text has not is not put to the test either.
        let about_nothing = Properties::ALL.without(draft.properties());
        let broken = checked.broken.keys();
        assert!(checked.untested.is_empty(), "{draft:?}");
        assert!(
            broken.copied().all(|p| !about_nothing.contains(p)),
            "{draft:?}"
        );
        checked.broken.into_keys().collect()
    };
    let usual = broken(Draft::DEFAULT);
    for draft in Draft::ALL {
        let beyond: Vec<Property> = broken(draft).difference(&usual).copied().collect();
        let expected: &[Property] = match draft.id {
            "oidc-00" => &[Property::S8],
            "may-16" => &[Property::S7],
            // Who never hears a `slow_down` that raised the interval is too fast ever after.
            "rfc8628" | "ciba-poll" | "ciba-ping" | "arop-ciba" | "arop-txn" => &[Property::L4],
            _ => &[],
        };
        assert_eq!(beyond, expected, "{draft:?}");
    }
}
