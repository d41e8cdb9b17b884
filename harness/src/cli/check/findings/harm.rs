//! What one question breaks, and how bad that is.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use dtr_model::check::Checked;
use dtr_model::finding::beyond;
use dtr_model::property::Property;
use dtr_model::question::{Entry, Place, Reading};
use dtr_model::world::Action;

/// What a reading breaks.
#[derive(Debug, Clone)]
pub(super) struct Cost<'a> {
    pub(super) reading: Reading,
    /// Each with a shortest way there; none where that was judged and not searched for.
    broken: BTreeMap<Property, Option<&'a [Action]>>,
}

impl<'a> Cost<'a> {
    /// In a cell of a table.
    pub(super) fn in_short(&self) -> String {
        let each = self.broken.iter().map(|(property, path)| match path {
            Some(path) => format!("{property} in {}", path.len()),
            None => format!("{property} (judged, not searched)"),
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// The ways, each once, with all that they lead to.
    pub(super) fn stories(&self) -> Vec<(&'a [Action], Vec<Property>)> {
        let mut stories: Vec<(&[Action], Vec<Property>)> = Vec::new();
        for (property, path) in &self.broken {
            let Some(path) = path else { continue };
            match stories.iter_mut().find(|(known, _)| known == path) {
                Some((_, properties)) => properties.push(*property),
                None => stories.push((path, vec![*property])),
            }
        }
        stories
    }
}

/// The readings of a question that break something. What the pins break counts for the pin of a question that has a
/// reading which repairs it.
pub(super) fn costs<'a>(entry: &Entry, pins: &'a Checked, cases: &'a [Checked]) -> Vec<Cost<'a>> {
    let Place::Relation(question) = entry.place else {
        let judged = entry.lettered().map(|(reading, text)| Cost {
            reading,
            broken: text
                .costs
                .iter()
                .map(|property| (*property, None))
                .collect(),
        });
        return judged.filter(|cost| !cost.broken.is_empty()).collect();
    };
    let of = |reading: Reading| {
        let name = format!("{question}={reading}");
        cases.iter().find(|case| case.name == name)
    };
    let cost = |reading: Reading| {
        let broken = match of(reading) {
            Some(case) => beyond(pins, case),
            None => repaired(
                pins,
                &question.readings().filter_map(of).collect::<Vec<_>>(),
            ),
        };
        let broken = broken
            .into_iter()
            .map(|(property, path)| (property, Some(path)));
        Cost {
            reading,
            broken: broken.collect(),
        }
    };
    question
        .readings()
        .map(cost)
        .filter(|cost| !cost.broken.is_empty())
        .collect()
}

/// What the pins break and one of `others` does not.
fn repaired<'a>(pins: &'a Checked, others: &[&Checked]) -> BTreeMap<Property, &'a [Action]> {
    let broken = pins.broken.iter();
    broken
        .filter(|(property, _)| {
            others
                .iter()
                .any(|case| !case.broken.contains_key(property))
        })
        .map(|(property, path)| (*property, path.as_slice()))
        .collect()
}

/// How bad it is: safety before liveness, more before fewer, shorter before longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Harm {
    safety: usize,
    liveness: usize,
    steps: Reverse<usize>,
}

impl Harm {
    pub(super) fn of<'a>(costs: impl Iterator<Item = Cost<'a>>) -> Harm {
        let mut broken: BTreeMap<Property, usize> = BTreeMap::new();
        for cost in costs {
            for (property, path) in cost.broken {
                let steps = path.map_or(usize::MAX, <[Action]>::len);
                let known = broken.entry(property).or_insert(steps);
                *known = steps.min(*known);
            }
        }
        let safety = broken.keys().filter(|p| p.id().starts_with('S')).count();
        Harm {
            safety,
            liveness: broken.len() - safety,
            steps: Reverse(broken.values().copied().min().unwrap_or(usize::MAX)),
        }
    }
}
