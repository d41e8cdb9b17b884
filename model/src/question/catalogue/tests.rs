use super::*;
use crate::check::Expected;
use crate::requirement;

#[test]
fn eighty_two_questions_in_order() {
    let ids: Vec<&str> = catalogue().iter().map(|e| e.id).collect();
    let expected: Vec<String> = (1..=82).map(|n| format!("C-{n:02}")).collect();
    assert_eq!(ids, expected);
    assert_eq!(named_entry("C-40").map(|e| e.id), Some("C-40"));
    assert!(named_entry("C-83").is_none());
}

#[test]
fn every_question_has_an_alternative_and_a_pin_among_its_readings() {
    for entry in catalogue() {
        let letters: Vec<Reading> = entry.lettered().map(|(letter, _)| letter).collect();
        assert!(letters.len() >= 2, "{} has no alternative", entry.id);
        assert_eq!(letters.len(), entry.readings.len(), "{}", entry.id);
        let editorial = matches!(entry.place, Place::Nowhere(why) if why.starts_with("editorial"));
        assert!(
            entry.pin.map_or(editorial, |pin| letters.contains(&pin)),
            "the pin of {} is none of its readings",
            entry.id
        );
    }
}

#[test]
fn what_can_be_told_apart_has_an_experiment() {
    for entry in catalogue() {
        let told = !matches!(entry.place, Place::Nowhere(_));
        assert!(!told || entry.experiment.is_some(), "{}", entry.id);
    }
}

#[test]
fn a_question_of_the_relation_and_its_entry_lead_to_each_other() {
    let asked = |e: &Entry| match e.place {
        Place::Relation(question) => Some((question, e.id)),
        Place::Probe | Place::Nowhere(_) => None,
    };
    let found: Vec<_> = catalogue().iter().filter_map(asked).collect();
    let questions: Vec<_> = Question::ALL.iter().map(|q| (*q, q.id())).collect();
    assert_eq!(found, questions);
    for question in Question::ALL {
        assert_eq!(question.entry().place, Place::Relation(*question));
        assert_eq!(Some(question.pin()), question.entry().pin);
    }
}

/// The relation's matches treat a fourth reading as the third.
#[test]
fn no_question_of_the_relation_has_a_fourth_reading() {
    for question in Question::ALL {
        assert!(!question.readings().any(|r| r == Reading::D), "{question}");
    }
}

#[test]
fn what_a_reading_breaks_is_a_must_of_the_ledger_and_never_the_pin() {
    for entry in catalogue() {
        for (letter, reading) in entry.lettered() {
            let Some(id) = reading.breaks else { continue };
            let row = requirement::named(id).unwrap_or_else(|| panic!("{}: no row {id}", entry.id));
            assert!(row.level.is_absolute(), "{}: {id} is no MUST", entry.id);
            assert_ne!(Some(letter), entry.pin, "the pin of {}", entry.id);
        }
    }
}

/// A property is given up by a reading if it is broken under it and holds under
/// another reading of the same question.
#[test]
fn the_relation_gives_up_what_the_catalogue_says() {
    let recorded = Expected::recorded().expect("the record is kept by `dtr check --record`");
    for question in Question::ALL {
        let breaks = |reading: Reading, property: &Property| {
            let case = match reading == question.pin() {
                true => "pins".to_owned(),
                false => format!("{question}={reading}"),
            };
            recorded.cases[&case].broken.contains_key(property.id())
        };
        for (letter, reading) in question.entry().lettered() {
            let given_up = |p: &&Property| {
                breaks(letter, p) && question.readings().any(|other| !breaks(other, p))
            };
            let costs: Vec<Property> = Property::ALL.iter().filter(given_up).copied().collect();
            assert_eq!(reading.costs, costs, "{question}/{letter}");
        }
    }
}
