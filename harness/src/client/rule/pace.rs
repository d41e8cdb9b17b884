//! How often a client polls (Section 6.5; RFC 8628 Section 3.5; CIBA Core Sections 7.3, 10.1).

use std::time::Duration;

use dtr_model::question::Question;

use super::{Finding, Judge, Rule};
use crate::client::log::{Log, Poll, Said};
use crate::client::situation::Reply;

/// A request may arrive this much sooner after the one before than it was sent after it: the former was under way for longer.
const TOLERANCE: Duration = Duration::from_millis(250);

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "client-waits-interval",
        does: "waits the announced interval between two polls",
        rows: &[
            "DTR-2-01",
            "DTR-6.4-10",
            "DTR-6.5-04",
            "DEV-3.2-08",
            "DEV-3.5-05",
            "CIBA-7.3-08",
            "CIBA-10.1-02",
            "AROP-7.4-01",
        ],
        advice: false,
        judge: Judge::Each(|log| match log.situation.interval {
            Some(_) => gaps(log, |gap| gap.raised == 0),
            None => Finding::Untested,
        }),
    },
    Rule {
        id: "client-waits-five-seconds",
        does: "waits five seconds where no interval is announced",
        rows: &["DEV-3.2-09", "CIBA-7.3-09"],
        advice: false,
        judge: Judge::Each(|log| match log.situation.interval {
            Some(_) => Finding::Untested,
            None => gaps(log, |gap| gap.raised == 0),
        }),
    },
    Rule {
        id: "client-slows-down",
        does: "waits five seconds longer after slow_down",
        rows: &[
            "DTR-6.5-05",
            "DTR-6.6-06",
            "DEV-3.5-07",
            "CIBA-11-03",
            "AROP-7.4-01",
        ],
        advice: false,
        judge: Judge::Each(|log| gaps(log, |gap| gap.after_slow_down)),
    },
    Rule {
        id: "client-stays-slow",
        does: "waits so before every poll after that, too",
        rows: &["DEV-3.5-07", "CIBA-11-03"],
        advice: false,
        judge: Judge::Each(|log| gaps(log, |gap| gap.raised > 0 && !gap.after_slow_down)),
    },
    Rule {
        id: "client-polls-again",
        does: "polls again while the request is pending",
        rows: &["DTR-6.6-02", "DTR-9.2-01", "DEV-3.5-04"],
        advice: false,
        judge: Judge::Each(polls_again),
    },
    Rule {
        id: "client-does-not-overlap",
        does: "sends no poll before the last one was answered",
        rows: &["CIBA-10.1-03"],
        advice: false,
        judge: Judge::Each(|log| match log.situation.polls.contains(&Reply::Late) {
            true => Finding::all(log.polls.windows(2).map(overlap)),
            false => Finding::Untested,
        }),
    },
];

/// The time between two polls.
struct Gap {
    /// How often the interval was raised before.
    raised: u64,
    /// Whether the first of the two was answered so.
    after_slow_down: bool,
    /// Which polls they are.
    polls: [usize; 2],
    waited: Duration,
    due: Duration,
}

/// Judges those that `wanted` takes.
fn gaps(log: &Log, wanted: fn(&Gap) -> bool) -> Finding {
    let interval = log.situation.interval.or(log.draft.default_interval);
    let for_life = log.draft.settles(Question::C20);
    let mut raised = 0;
    let mut findings = Vec::new();
    for (index, pair) in log.polls.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        let Some((_, said)) = &first.answer else {
            continue;
        };
        let after_slow_down = *said == Said::SlowDown;
        raised += u64::from(after_slow_down);
        let counted = match for_life {
            true => raised,
            false => u64::from(after_slow_down),
        };
        let gap = Gap {
            raised,
            after_slow_down,
            polls: [index + 1, index + 2],
            waited: second.at - first.at,
            due: Duration::from_secs(interval.unwrap_or_default() + counted * log.draft.min_raise),
        };
        // How soon one may poll after a callback the texts leave open (C-22).
        if wanted(&gap) && !was_called(log, first.at, second.at) {
            findings.push(judge(&gap));
        }
    }
    Finding::all(findings)
}

fn judge(gap: &Gap) -> Finding {
    Finding::of(gap.waited + TOLERANCE >= gap.due, || {
        let [first, second] = gap.polls;
        format!(
            "poll {second} came {:.1} s after poll {first}, and {} s were due",
            gap.waited.as_secs_f64(),
            gap.due.as_secs()
        )
    })
}

/// Whether a callback came in between that the client believes.
fn was_called(log: &Log, from: Duration, to: Duration) -> bool {
    let mut believed = log
        .callbacks
        .iter()
        .filter(|called| called.callback.is_true());
    believed.any(|called| from <= called.sent && called.sent <= to)
}

fn overlap(pair: &[Poll]) -> Finding {
    let [first, second] = pair else {
        return Finding::Untested;
    };
    let answered = first.answer.as_ref().map(|(at, _)| *at);
    Finding::of(answered.is_some_and(|at| at <= second.at), || {
        format!(
            "a poll came {:.1} s after another one that was not answered yet",
            (second.at - first.at).as_secs_f64()
        )
    })
}

/// Whoever goes away while its request is pending has given up; one that waits, for however long, has not.
fn polls_again(log: &Log) -> Finding {
    let acknowledged = log.code.is_some() && !log.situation.acknowledgement.lacks_something();
    if !log.situation.callbacks.is_empty() || !acknowledged {
        return Finding::Untested;
    }
    let waits = |poll: &Poll| matches!(poll.answer, Some((_, Said::Pending | Said::SlowDown)));
    let again = log.polls.windows(2).any(|pair| waits(&pair[0]));
    match (log.polls.last(), again, &log.ended) {
        (None, _, Some(_)) => Finding::Broken("no poll came at all".to_owned()),
        (Some(last), _, Some(_)) if waits(last) => Finding::Broken(format!(
            "no poll came after poll {}, which was answered that the request is pending",
            log.polls.len()
        )),
        (_, true, _) => Finding::Held,
        (_, false, _) => Finding::Untested,
    }
}
