//! What many observations add up to: for each requirement how often it held and
//! broke, the evidence for how the server reads the open points, and where the
//! deferrals went.

use std::collections::BTreeMap;

use dtr_model::question::Reading;

use super::{Evidence, Visit};

/// How often a requirement was observed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Observations in which it held.
    pub held: u64,
    /// Observations that break it.
    pub broken: u64,
    /// Observations in which a SHOULD was not followed.
    pub slighted: u64,
}

/// What became of sound requests that opted in, where nothing but the server's discretion was in the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// Deferred, or answered with a token.
    pub served: u64,
    /// Refused.
    pub refused: u64,
}

impl Served {
    /// Whether there were some and none was served.
    pub fn never(&self) -> bool {
        self.served == 0 && self.refused > 0
    }

    fn add(&mut self, other: Served) {
        self.served += other.served;
        self.refused += other.refused;
    }
}

/// Requirement by requirement, the evidence about readings, and the places visited.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// By requirement id.
    pub requirements: BTreeMap<&'static str, Count>,
    /// What the traces leave possible.
    pub evidence: Evidence,
    /// Where deferrals went, and how often.
    pub visits: BTreeMap<Visit, u64>,
    /// The readings that probes saw: by question, each reading with a probe that showed it.
    pub shown: BTreeMap<&'static str, BTreeMap<Reading, &'static str>>,
    /// Requests that opted in: with a hint before, without one (Section 5.2), and of grants that have no preceding request.
    pub opted_in: [Served; 3],
}

impl Tally {
    /// Counts an observation in which the requirement held.
    pub fn held(&mut self, id: &'static str) {
        self.requirements.entry(id).or_default().held += 1;
    }

    /// Counts one that breaks it.
    pub fn broken(&mut self, id: &'static str) {
        self.requirements.entry(id).or_default().broken += 1;
    }

    /// Counts one in which a SHOULD was not followed.
    pub fn slighted(&mut self, id: &'static str) {
        self.requirements.entry(id).or_default().slighted += 1;
    }

    /// Notes a reading that a probe saw.
    pub fn show(&mut self, question: &'static str, reading: Reading, probe: &'static str) {
        let readings = self.shown.entry(question).or_default();
        readings.entry(reading).or_insert(probe);
    }

    /// Counts a step from one place to another.
    pub fn visited(&mut self, visit: Visit) {
        *self.visits.entry(visit).or_default() += 1;
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Tally) {
        for (id, count) in other.requirements {
            let mine = self.requirements.entry(id).or_default();
            mine.held += count.held;
            mine.broken += count.broken;
            mine.slighted += count.slighted;
        }
        for (visit, times) in other.visits {
            *self.visits.entry(visit).or_default() += times;
        }
        for (question, readings) in other.shown {
            for (reading, probe) in readings {
                self.show(question, reading, probe);
            }
        }
        self.evidence.extend(other.evidence);
        for (mine, other) in self.opted_in.iter_mut().zip(other.opted_in) {
            mine.add(other);
        }
    }

    /// Counts a request that opted in: at 0 with a hint, at 1 without, at 2 where there is nothing to hint on.
    pub fn opted_in(&mut self, at: usize, served: bool) {
        let count = &mut self.opted_in[at];
        match served {
            true => count.served += 1,
            false => count.refused += 1,
        }
    }
}
