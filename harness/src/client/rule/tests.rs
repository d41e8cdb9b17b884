//! Clients that do as they may, and clients that do not, as what was written down of them.

use std::collections::BTreeSet;
use std::time::Duration;

use dtr_model::draft::Draft;
use dtr_model::requirement::{Binding, editions};

use super::*;
use crate::client::log::{DEFERRED, Form, Opening, Poll, Said, SentCallback};
use crate::client::situation::{Callback, Situation, UNHEARD_OF};

fn seconds(at: f64) -> Duration {
    Duration::from_secs_f64(at)
}

fn log(draft: &'static Draft, situation: &str) -> Log {
    let mut log = Log::new(draft, Situation::named(situation).unwrap());
    log.code = Some("code".to_owned());
    log
}

fn form(pairs: &[(&str, &str)]) -> Form {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// A request for a token with these parameters, and what was said of it.
fn asks(log: &mut Log, pairs: &[(&str, &str)], said: &str) {
    log.openings.push(Opening {
        at: Duration::ZERO,
        form: form(pairs),
        answer: Some((Duration::ZERO, said.to_owned())),
    });
}

/// A poll, answered at once.
fn polls(log: &mut Log, at: f64, said: Said) {
    let grant = ("grant_type", log.draft.deferred_grant);
    log.polls.push(Poll {
        at: seconds(at),
        form: form(&[grant, (log.draft.deferral_code, "code")]),
        answer: Some((seconds(at), said)),
    });
}

/// A callback, answered with this status a fifth of a second later.
fn is_called(log: &mut Log, at: f64, callback: Callback, status: u16) {
    log.callbacks.push(SentCallback {
        callback,
        sent: seconds(at),
        answer: Some((seconds(at + 0.2), Ok(status))),
    });
}

fn ends(log: &mut Log) {
    log.ended = Some("exit status: 0".to_owned());
}

fn finding(rule: &str, logs: &[Log]) -> Finding {
    named(rule).unwrap().finding(logs).0
}

#[track_caller]
fn breaks(rule: &str, log: &Log, words: &str) {
    match finding(rule, std::slice::from_ref(log)) {
        Finding::Broken(what) => assert!(what.contains(words), "{what}"),
        other => panic!("{rule}: {other:?}"),
    }
}

#[track_caller]
fn finds(rule: &str, log: &Log, found: Finding) {
    assert_eq!(finding(rule, std::slice::from_ref(log)), found, "{rule}");
}

/// A rule leads to rows that are for clients, of whichever ledger, and has a name of its own.
#[test]
fn rules_are_about_rows_for_clients() {
    let mut names = BTreeSet::new();
    for rule in all() {
        assert!(names.insert(rule.id), "{} twice", rule.id);
        assert!(rule.id.starts_with("client-"), "{}", rule.id);
        assert!(rule.advice || !rule.rows.is_empty(), "{}", rule.id);
        for id in rule.rows {
            let mut rows = editions()
                .iter()
                .filter_map(|edition| edition.row(id))
                .peekable();
            assert!(rows.peek().is_some(), "{} names {id}", rule.id);
            assert!(rows.all(|row| row.binding == Binding::Client), "{id}");
        }
    }
}

#[test]
fn a_poll_may_arrive_a_little_early_and_no_more() {
    let after = |wait: f64| {
        let mut log = log(Draft::DEFAULT, "interval");
        polls(&mut log, 1.0, Said::Pending);
        polls(&mut log, 1.0 + wait, Said::Token);
        log
    };
    finds("client-waits-interval", &after(1.8), Finding::Held);
    breaks("client-waits-interval", &after(1.7), "2 s were due");
}

#[test]
fn a_callback_ends_the_wait_if_it_is_true() {
    let woken = |callback, status| {
        let mut log = log(Draft::DEFAULT, "interval");
        polls(&mut log, 1.0, Said::Pending);
        is_called(&mut log, 1.2, callback, status);
        // Before the callback is answered.
        polls(&mut log, 1.3, Said::Pending);
        log
    };
    let by = |callback| woken(callback, 204);
    finds(
        "client-waits-interval",
        &by(Callback::Valid),
        Finding::Untested,
    );
    finds(
        "client-waits-interval",
        &by(Callback::Extended),
        Finding::Untested,
    );
    breaks("client-waits-interval", &by(Callback::Forged), "0.3 s");
    breaks("client-waits-interval", &by(Callback::Bare), "0.3 s");
}

#[test]
fn slow_down_is_for_the_next_poll_or_for_all_as_the_text_has_it() {
    let client = |draft| {
        let mut log = log(draft, "slow-down");
        polls(&mut log, 1.0, Said::Pending);
        polls(&mut log, 2.0, Said::SlowDown);
        polls(&mut log, 8.0, Said::Pending);
        polls(&mut log, 9.0, Said::Token);
        log
    };
    let (new, old) = (client(Draft::DEFAULT), client(&Draft::RFC_8628));
    finds("client-slows-down", &new, Finding::Held);
    finds("client-stays-slow", &new, Finding::Held);
    assert!(!named("client-stays-slow").unwrap().is_asked(Draft::DEFAULT));
    finds("client-slows-down", &old, Finding::Held);
    breaks("client-stays-slow", &old, "6 s were due");
}

#[test]
fn whoever_is_stopped_while_it_waits_has_not_given_up() {
    let mut patient = log(Draft::DEFAULT, "interval");
    finds("client-polls-again", &patient, Finding::Untested);
    polls(&mut patient, 1.0, Said::Pending);
    finds("client-polls-again", &patient, Finding::Untested);
    ends(&mut patient);
    breaks("client-polls-again", &patient, "after poll 1");

    let mut called = log(Draft::DEFAULT, "callbacks");
    is_called(&mut called, 1.0, Callback::Valid, 204);
    finds("client-polls-after-callback", &called, Finding::Untested);
    ends(&mut called);
    breaks("client-polls-after-callback", &called, "no poll came");
    // While its handler still answers.
    polls(&mut called, 1.1, Said::Token);
    finds("client-polls-after-callback", &called, Finding::Held);
}

#[test]
fn only_the_error_of_the_situation_ends_it() {
    let all = [
        ("denied", "access_denied", "client-stops-when-denied"),
        ("expired", "expired_token", "client-stops-when-expired"),
        (
            "invalid-grant",
            "invalid_grant",
            "client-stops-after-invalid-grant",
        ),
        (
            "invalid-request",
            "invalid_request",
            "client-stops-after-invalid-request",
        ),
        ("unheard-of", UNHEARD_OF, "client-stops-after-unknown-error"),
    ];
    for (situation, error, rule) in all {
        let mut log = log(&Draft::RFC_8628, situation);
        polls(&mut log, 1.0, Said::Refused("invalid_client".to_owned()));
        finds(rule, &log, Finding::Untested);
        polls(&mut log, 2.0, Said::Error(error));
        finds(rule, &log, Finding::Held);
        polls(&mut log, 3.0, Said::Error(error));
        breaks(rule, &log, "1.0 s after the outcome");
        for (.., other) in all.iter().filter(|(.., other)| *other != rule) {
            finds(other, &log, Finding::Untested);
        }
    }
}

#[test]
fn a_poll_that_the_server_refuses_was_wrong_unless_all_was_over() {
    let refused = || Said::Refused("invalid_client".to_owned());
    let mut late = log(&Draft::RFC_8628, "interval");
    polls(&mut late, 1.0, Said::Token);
    polls(&mut late, 2.0, refused());
    finds("client-polls-in-form", &late, Finding::Held);
    let mut wrong = log(&Draft::RFC_8628, "interval");
    polls(&mut wrong, 1.0, refused());
    breaks("client-polls-in-form", &wrong, "invalid_client");
}

#[test]
fn a_request_that_is_tried_twice_is_one() {
    let token = [("client_notification_token", "the-token-of-this-request")];
    let mut tried = log(Draft::DEFAULT, "interval");
    asks(&mut tried, &token, "invalid_client");
    asks(&mut tried, &token, DEFERRED);
    finds("client-asks-in-form", &tried, Finding::Held);
    finds("client-makes-new-tokens", &tried, Finding::Untested);
    let again = [tried.clone(), tried.clone()];
    let found = finding("client-makes-new-tokens", &again);
    assert_eq!(found, Finding::Broken("2 requests had 1 tokens".to_owned()));
    tried.code = None;
    tried.openings.pop();
    breaks("client-asks-in-form", &tried, "invalid_client");
}

#[test]
fn a_long_token_is_cibas_concern() {
    let long = "a1-".repeat(400);
    let mut log = log(&Draft::CIBA_PING, "interval");
    asks(&mut log, &[("client_notification_token", &long)], DEFERRED);
    finds("client-makes-strong-tokens", &log, Finding::Held);
    breaks("client-writes-bearer-tokens", &log, "1200 characters");
    assert!(
        !named("client-writes-bearer-tokens")
            .unwrap()
            .is_asked(Draft::DEFAULT)
    );
}
