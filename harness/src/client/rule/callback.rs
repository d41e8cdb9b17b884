//! What a client makes of callbacks (Section 7.1; CIBA Core Section 10.2).

use super::{Finding, Judge, Rule};
use crate::client::log::{Log, SentCallback};
use crate::client::situation::Callback;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "client-refuses-forged-callbacks",
        does: "accepts no callback without the token that it sent",
        rows: &["DTR-7.1-03", "CIBA-10.2-03"],
        advice: false,
        judge: Judge::Each(|log| {
            answers(
                log,
                |callback| !callback.is_true(),
                |status| !(200..300).contains(&status),
            )
        }),
    },
    Rule {
        id: "client-answers-forged-callbacks-401",
        does: "answers such a callback 401",
        rows: &["DTR-7.1-04", "CIBA-10.2-04"],
        advice: false,
        judge: Judge::Each(|log| {
            answers(log, |callback| !callback.is_true(), |status| status == 401)
        }),
    },
    Rule {
        id: "client-answers-callbacks-204",
        does: "answers a callback with its token 204",
        rows: &["DTR-7.1-08", "CIBA-10.2-05"],
        advice: false,
        judge: Judge::Each(|log| {
            answers(
                log,
                |callback| callback == Callback::Valid,
                |status| status == 204,
            )
        }),
    },
    Rule {
        id: "client-skips-unknown-members",
        does: "skips members of a callback that it does not know",
        rows: &["DTR-7.1-11"],
        advice: false,
        judge: Judge::Each(|log| {
            answers(
                log,
                |callback| callback == Callback::Extended,
                |status| (200..300).contains(&status),
            )
        }),
    },
    Rule {
        id: "client-redirects-no-callback",
        does: "answers no callback with a redirect",
        rows: &["DTR-7.1-09", "CIBA-10.2-08"],
        advice: false,
        judge: Judge::Each(|log| answers(log, |_| true, |status| !(300..400).contains(&status))),
    },
    Rule {
        id: "client-polls-after-callback",
        does: "polls once a callback has come",
        rows: &["DTR-11.4-02"],
        advice: false,
        judge: Judge::Each(polls_after_callback),
    },
];

/// Judges the status that some of the callbacks are answered with.
fn answers(log: &Log, wanted: fn(Callback) -> bool, is_right: fn(u16) -> bool) -> Finding {
    let wanted = log
        .callbacks
        .iter()
        .filter(|called| wanted(called.callback));
    Finding::all(wanted.map(|called| match called.answer {
        Some((_, Ok(status))) => Finding::of(is_right(status), || {
            format!("a {} is answered {status}", called.callback.name())
        }),
        Some((_, Err(_))) | None => Finding::Untested,
    }))
}

/// A client that is stopped while it waits, for however long, has not shown that it would not poll.
fn polls_after_callback(log: &Log) -> Finding {
    let accepted = |called: &&SentCallback| {
        called.callback.is_true() && matches!(called.answer, Some((_, Ok(200..300))))
    };
    let Some(called) = log.callbacks.iter().find(accepted) else {
        return Finding::Untested;
    };
    match (
        log.polls.iter().any(|poll| poll.at >= called.sent),
        &log.ended,
    ) {
        (true, _) => Finding::Held,
        (false, Some(_)) => {
            Finding::Broken("no poll came after a callback that was accepted".to_owned())
        }
        (false, None) => Finding::Untested,
    }
}
