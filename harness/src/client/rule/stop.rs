//! When a client stops (Section 6.6; RFC 8628 Section 3.5; CIBA Core Section 11).

use super::{Finding, Judge, Rule, is};
use crate::client::log::{Log, Said};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "client-stops-with-token",
        does: "does not poll once it has the token",
        rows: &[],
        advice: true,
        judge: Judge::Each(|log| match log.outcome() {
            Some((_, Said::Token)) => stops(log),
            _ => Finding::Untested,
        }),
    },
    Rule {
        id: "client-stops-when-denied",
        does: "does not poll after access_denied",
        rows: &["DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_in(log, "denied")),
    },
    Rule {
        id: "client-stops-when-expired",
        does: "does not poll after expired_token",
        rows: &["DTR-6.6-07", "DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_in(log, "expired")),
    },
    Rule {
        id: "client-stops-after-invalid-grant",
        does: "does not poll after invalid_grant",
        rows: &["DTR-6.6-13", "DTR-6.6-14", "DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_in(log, "invalid-grant")),
    },
    Rule {
        id: "client-stops-after-invalid-request",
        does: "does not poll after invalid_request",
        rows: &["DTR-6.6-17", "DTR-11.3-03", "DEV-3.5-12", "CIBA-11-08"],
        advice: true,
        judge: Judge::Each(|log| stops_in(log, "invalid-request")),
    },
    Rule {
        id: "client-stops-after-unknown-error",
        does: "does not poll after an error that it does not know",
        rows: &["DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_in(log, "unheard-of")),
    },
];

fn stops_in(log: &Log, situation: &str) -> Finding {
    match (is(log, situation), log.outcome()) {
        (true, Some((_, Said::Error(_)))) => stops(log),
        _ => Finding::Untested,
    }
}

/// Whether no poll came after the outcome.
fn stops(log: &Log) -> Finding {
    let Some((at, _)) = log.outcome() else {
        return Finding::Untested;
    };
    let later = log.polls.iter().find(|poll| poll.at > at);
    Finding::of(later.is_none(), || {
        let after = later.map_or(0.0, |poll| (poll.at - at).as_secs_f64());
        format!("a poll came {after:.1} s after the outcome")
    })
}
