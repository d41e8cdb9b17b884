//! What should come out: unique-state counts and broken properties, kept in the
//! repository and written by `dtr check --record`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Checked;
use crate::draft::Draft;
use crate::property::Property;

/// The recorded outcome of every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The edition checked.
    pub draft: String,
    /// By the case's name.
    pub cases: BTreeMap<String, ExpectedCase>,
}

/// The recorded outcome of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedCase {
    /// Unique states.
    pub states: usize,
    /// Broken properties, with the length of a shortest counterexample.
    pub broken: BTreeMap<String, usize>,
}

/// Where a check and its record part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Deviation {
    /// Nothing is recorded for this case.
    #[error("{0} is not recorded; `dtr check --record` records it")]
    Unrecorded(String),
    /// Another number of states.
    #[error("{case}: {found} unique states, recorded are {recorded}")]
    States {
        /// The case.
        case: String,
        /// States found now.
        found: usize,
        /// States recorded.
        recorded: usize,
    },
    /// A property fares otherwise than recorded.
    #[error("{case}: {property} {found}, recorded: {recorded}")]
    Property {
        /// The case.
        case: String,
        /// The property.
        property: String,
        /// How it fares now.
        found: String,
        /// How it fared.
        recorded: String,
    },
}

impl Expected {
    /// The record in the repository.
    ///
    /// # Errors
    /// When the recorded file is no such record.
    pub fn recorded() -> Result<Expected, serde_json::Error> {
        serde_json::from_str(include_str!("../../expected.json"))
    }

    /// A record of these outcomes.
    pub fn of<'a>(draft: &Draft, checked: impl IntoIterator<Item = &'a Checked>) -> Expected {
        let cases = checked
            .into_iter()
            .map(|c| (c.name.clone(), ExpectedCase::of(c)));
        Expected {
            draft: draft.id.to_owned(),
            cases: cases.collect(),
        }
    }

    /// Everything in which `checked` differs from the record.
    pub fn deviations(&self, checked: &Checked) -> Vec<Deviation> {
        let Some(recorded) = self.cases.get(&checked.name) else {
            return vec![Deviation::Unrecorded(checked.name.clone())];
        };
        let found = ExpectedCase::of(checked);
        let mut deviations = Vec::new();
        if found.states != recorded.states {
            deviations.push(Deviation::States {
                case: checked.name.clone(),
                found: found.states,
                recorded: recorded.states,
            });
        }
        for property in Property::ALL {
            let (now, then) = (found.fares(*property), recorded.fares(*property));
            if now != then {
                deviations.push(Deviation::Property {
                    case: checked.name.clone(),
                    property: property.id().to_owned(),
                    found: now,
                    recorded: then,
                });
            }
        }
        deviations
    }
}

impl ExpectedCase {
    fn of(checked: &Checked) -> ExpectedCase {
        let broken = checked
            .broken
            .iter()
            .map(|(p, path)| (p.id().to_owned(), path.len()));
        ExpectedCase {
            states: checked.states,
            broken: broken.collect(),
        }
    }

    fn fares(&self, property: Property) -> String {
        match self.broken.get(property.id()) {
            Some(steps) => format!("breaks in {steps} steps"),
            None => "holds".to_owned(),
        }
    }
}
