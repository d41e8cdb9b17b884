//! What is asked of a client, and what shows that it does so.

mod callback;
mod form;
mod pace;
mod stop;
#[cfg(test)]
mod tests;

use dtr_model::draft::Draft;
use dtr_model::requirement::{Level, Requirement};

use super::log::Log;

/// Something that is asked of a client.
#[derive(Debug)]
pub struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// What a client does.
    pub does: &'static str,
    /// The rows of all ledgers that ask for it.
    pub rows: &'static [&'static str],
    /// Whether it is advice where no row of a text asks for it; otherwise it is nothing there.
    pub advice: bool,
    /// What a client's ways through situations say about it.
    pub judge: Judge,
}

/// How it is judged.
#[derive(Debug)]
pub enum Judge {
    /// In each situation by itself.
    Each(fn(&Log) -> Finding),
    /// By all situations together.
    Together(fn(&[Log]) -> Finding),
}

/// What was found about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It was not put to the test.
    Untested,
    /// The client kept it.
    Held,
    /// It did not, and what it did instead.
    Broken(String),
}

impl Finding {
    /// Held, or broken as `what` says.
    fn of(held: bool, what: impl FnOnce() -> String) -> Finding {
        match held {
            true => Finding::Held,
            false => Finding::Broken(what()),
        }
    }

    /// The first that is broken, or else that some held.
    fn all(findings: impl IntoIterator<Item = Finding>) -> Finding {
        let worse = |worst, finding| match (worst, finding) {
            (Finding::Broken(what), _) | (_, Finding::Broken(what)) => Finding::Broken(what),
            (Finding::Held, _) | (_, Finding::Held) => Finding::Held,
            (Finding::Untested, Finding::Untested) => Finding::Untested,
        };
        findings.into_iter().fold(Finding::Untested, worse)
    }
}

impl Rule {
    /// What was found, and the situation that it was found in, if it was one.
    pub fn finding<'a>(&self, logs: &'a [Log]) -> (Finding, Option<&'a Log>) {
        match self.judge {
            Judge::Together(judge) => (judge(logs), None),
            Judge::Each(judge) => {
                let mut best = Finding::Untested;
                for log in logs {
                    match judge(log) {
                        Finding::Broken(what) => return (Finding::Broken(what), Some(log)),
                        Finding::Held => best = Finding::Held,
                        Finding::Untested => {}
                    }
                }
                (best, None)
            }
        }
    }

    /// Its rows in the ledger of a text.
    pub fn rows_in(&self, draft: &Draft) -> Vec<&'static Requirement> {
        let ledger = draft.ledger();
        self.rows.iter().filter_map(|id| ledger.row(id)).collect()
    }

    /// Whether a text asks for it, or it is advice there.
    pub fn is_asked(&self, draft: &Draft) -> bool {
        self.advice || !self.rows_in(draft).is_empty()
    }

    /// The keyword of the strictest row in a text; nothing where it is advice.
    pub fn level(&self, draft: &Draft) -> Option<Level> {
        let mut levels: Vec<Level> = self.rows_in(draft).iter().map(|row| row.level).collect();
        levels.sort_by_key(|level| (level.is_licence(), !level.is_absolute()));
        levels.first().copied()
    }
}

/// All of them, in the order in which a client meets them.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [form::RULES, pace::RULES, stop::RULES, callback::RULES]
        .into_iter()
        .flatten()
}

/// The rule with this id.
pub fn named(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The rules that bear on a row.
pub fn of_row(id: &str) -> impl Iterator<Item = &'static Rule> {
    all().filter(move |rule| rule.rows.contains(&id))
}
