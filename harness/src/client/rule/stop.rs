//! When a client stops (Section 6.6; RFC 8628 Section 3.5; CIBA Core Section 11).

use super::{Finding, Judge, Rule};
use crate::client::log::{Log, Said};
use crate::client::situation::UNHEARD_OF;

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
        judge: Judge::Each(|log| stops_after(log, "access_denied")),
    },
    Rule {
        id: "client-stops-when-expired",
        does: "does not poll after expired_token",
        rows: &["DTR-6.6-07", "DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_after(log, "expired_token")),
    },
    Rule {
        id: "client-stops-after-invalid-grant",
        does: "does not poll after invalid_grant",
        rows: &["DTR-6.6-13", "DTR-6.6-14", "DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_after(log, "invalid_grant")),
    },
    Rule {
        id: "client-stops-after-invalid-request",
        does: "does not poll after invalid_request",
        rows: &["DTR-6.6-17", "DTR-11.3-03", "DEV-3.5-12", "CIBA-11-08"],
        advice: true,
        judge: Judge::Each(|log| stops_after(log, "invalid_request")),
    },
    Rule {
        id: "client-stops-after-unknown-error",
        does: "does not poll after an error that it does not know",
        rows: &["DEV-3.5-12"],
        advice: true,
        judge: Judge::Each(|log| stops_after(log, UNHEARD_OF)),
    },
];

fn stops_after(log: &Log, error: &str) -> Finding {
    match log.outcome() {
        Some((_, Said::Error(said))) if *said == error => stops(log),
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
