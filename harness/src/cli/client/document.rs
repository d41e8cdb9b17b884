//! What `dtr client --json` writes. `dtr schema client` prints its schema.

use std::time::Duration;

use dtr_model::draft::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::client::log::Log;
use crate::client::rule::{self, Finding, Rule};
use crate::report::document::{Check, Verdict, keyword};

/// What a client was found to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(in crate::cli) struct Document {
    /// pass, fail or inconclusive.
    pub(super) verdict: Verdict,
    /// The edition judged by.
    #[schemars(with = "String")]
    pub(super) draft: &'static Draft,
    /// The client under test.
    client: String,
    /// One for each rule that the text has for clients, or that is advice. `trace` is the situation that breaks it.
    pub(super) checks: Vec<Check>,
    /// What happened in each situation.
    pub(super) situations: Vec<Played>,
    /// Wall time in seconds.
    elapsed: f64,
}

/// A situation, and what happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Played {
    /// Stable id.
    pub(super) id: String,
    /// What the server does.
    pub(super) does: String,
    /// What was sent and answered, a line each.
    pub(super) exchange: Vec<String>,
    /// How the client ended, and what it said last; absent for one that had to be stopped.
    pub(super) ended: Option<String>,
}

impl Document {
    /// Judges a client by what it did.
    pub(super) fn of(
        client: &Client,
        draft: &'static Draft,
        logs: &[Log],
        elapsed: Duration,
    ) -> Document {
        let asked = rule::all().filter(|rule| rule.is_asked(draft));
        let checks: Vec<Check> = asked.map(|rule| check(rule, draft, logs)).collect();
        let any = |verdict| checks.iter().any(|check| check.verdict == verdict);
        Document {
            verdict: match (
                any(Verdict::Fail),
                logs.iter().any(|log| log.outcome().is_some()),
            ) {
                (true, _) => Verdict::Fail,
                (false, true) => Verdict::Pass,
                // Whoever got nowhere was not seen to do anything.
                (false, false) => Verdict::Inconclusive,
            },
            draft,
            client: match client {
                Client::Bundled => "bundled client".to_owned(),
                Client::Command(command) => command.join(" "),
            },
            checks,
            situations: logs.iter().map(played).collect(),
            elapsed: elapsed.as_secs_f64(),
        }
    }

    /// How it begins: the verdict, on whom, by what.
    pub(super) fn summary(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "inconclusive",
            _ => "pass",
        };
        let count = |verdict| self.checks.iter().filter(|c| c.verdict == verdict).count();
        let played = match self.situations.len() {
            1 => "1 situation".to_owned(),
            count => format!("{count} situations"),
        };
        format!(
            "{verdict}: {}, judged by {}\n  {} rules held, {} broken, {} with a warning, {} not put to the test; \
             {played} in {:.1} s",
            self.client,
            self.draft.id,
            count(Verdict::Pass),
            count(Verdict::Fail),
            count(Verdict::Warn),
            count(Verdict::Unobserved),
            self.elapsed
        )
    }
}

fn check(rule: &Rule, draft: &'static Draft, logs: &[Log]) -> Check {
    let level = rule.level(draft);
    let (finding, log) = rule.finding(logs);
    let (verdict, why) = match finding {
        Finding::Held => (Verdict::Pass, None),
        Finding::Untested => (Verdict::Unobserved, None),
        Finding::Broken(what) => match level.is_some_and(|level| level.is_absolute()) {
            true => (Verdict::Fail, Some(what)),
            false => (Verdict::Warn, Some(what)),
        },
    };
    let rows = rule.rows_in(draft);
    Check {
        id: rule.id.to_owned(),
        requirements: rows.iter().map(|row| row.id.to_owned()).collect(),
        level: level.map_or("advice", keyword).to_owned(),
        verdict,
        why,
        trace: log.map(|log| log.situation.id.to_owned()),
    }
}

fn played(log: &Log) -> Played {
    Played {
        id: log.situation.id.to_owned(),
        does: log.situation.does.to_owned(),
        exchange: log.lines(),
        ended: log.ended.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::log::{Poll, Said};
    use crate::client::situation::Situation;

    /// A client that polls at these seconds, each time answered that its request is pending.
    fn polling(at: &[u64]) -> Log {
        let interval = Situation::named("interval").unwrap();
        let mut log = Log::new(Draft::DEFAULT, interval);
        log.code = Some("code".to_owned());
        log.ended = Some("it gave up".to_owned());
        log.polls = at
            .iter()
            .map(|seconds| Poll {
                at: Duration::from_secs(*seconds),
                form: Vec::new(),
                answer: Some((Duration::from_secs(*seconds), Said::Pending)),
            })
            .collect();
        log
    }

    fn judged(at: &[u64]) -> Document {
        Document::of(
            &Client::Bundled,
            Draft::DEFAULT,
            &[polling(at)],
            Duration::ZERO,
        )
    }

    #[test]
    fn what_must_be_fails_what_should_be_warns_and_nothing_is_inconclusive() {
        let find = |document: &Document, id: &str| {
            let check = document.checks.iter().find(|check| check.id == id);
            check.cloned().unwrap()
        };
        let hasty = judged(&[2, 3]);
        assert_eq!(hasty.verdict, Verdict::Fail);
        let broken = find(&hasty, "client-waits-interval");
        assert_eq!(
            (broken.verdict, broken.level.as_str()),
            (Verdict::Fail, "MUST")
        );
        assert_eq!(broken.trace.as_deref(), Some("interval"));
        assert!(
            broken
                .why
                .unwrap()
                .contains("poll 2 came 1.0 s after poll 1, and 2 s were due")
        );
        let patient = judged(&[2, 4]);
        assert_eq!(
            find(&patient, "client-waits-interval").verdict,
            Verdict::Pass
        );
        assert_eq!(find(&patient, "client-polls-again").verdict, Verdict::Warn);
        let nothing = Document::of(&Client::Bundled, Draft::DEFAULT, &[], Duration::ZERO);
        assert_eq!(nothing.verdict, Verdict::Inconclusive);
    }
}
