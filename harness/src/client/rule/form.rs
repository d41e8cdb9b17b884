//! What is in a client's requests (Sections 5, 6.3, 6.5; RFC 8628 Section 3.4; CIBA Core Sections 7.1, 10.1).

use super::{Finding, Judge, Rule};
use crate::client::log::{Form, Log, Poll, Said};
use crate::client::situation::Acknowledgement;
use crate::entropy;

/// Least entropy of a notification token, in bits (Section 6.3, CIBA Core Section 7.1).
const TOKEN_BITS: u32 = 128;
/// Its greatest length, in characters (CIBA Core Section 7.1).
const TOKEN_LENGTH: usize = 1024;
/// The parameters that say whom a request is about (CIBA Core Section 7.1).
const HINTS: [&str; 3] = ["login_hint_token", "id_token_hint", "login_hint"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "client-asks-in-form",
        does: "makes a request that the server takes up",
        rows: &["CIBA-7.1-01", "CIBA-7.1-02"],
        advice: true,
        judge: Judge::Each(taken_up),
    },
    Rule {
        id: "client-repeats-no-mode",
        does: "sends no value of completion_mode twice",
        rows: &["DTR-5.1-02"],
        advice: false,
        judge: Judge::Each(|log| {
            each_opening(log, log.draft.completion_mode, |value| {
                let values: Vec<&str> = value.split(' ').collect();
                let twice = values
                    .iter()
                    .find(|one| values.iter().filter(|other| other == one).count() > 1);
                Finding::of(twice.is_none(), || {
                    format!("the value of completion_mode is \"{value}\"")
                })
            })
        }),
    },
    Rule {
        id: "client-asks-for-openid",
        does: "has openid in its scope",
        rows: &["CIBA-7.1-06", "CIBA-7.1-07", "AROP-9.2-02"],
        advice: false,
        judge: Judge::Each(|log| {
            openings(log, |form| {
                let scope = Log::value(form, "scope").unwrap_or_default();
                Finding::of(scope.split(' ').any(|value| value == "openid"), || {
                    format!("the scope is \"{scope}\"")
                })
            })
        }),
    },
    Rule {
        id: "client-gives-one-hint",
        does: "has one hint about the user, and one only",
        rows: &["CIBA-7.1-25"],
        advice: false,
        judge: Judge::Each(|log| {
            openings(log, |form| {
                let hints = HINTS.iter().filter(|hint| Log::value(form, hint).is_some());
                let count = hints.count();
                Finding::of(count == 1, || format!("there are {count} hints"))
            })
        }),
    },
    Rule {
        id: "client-sends-notification-token",
        does: "has a notification token, as one that is to be called",
        rows: &["DTR-6.3-07", "CIBA-7.1-09"],
        advice: false,
        judge: Judge::Each(|log| {
            openings(log, |form| {
                let token = Log::value(form, log.draft.client_notification_token);
                Finding::of(token.is_some(), || "there is none".to_owned())
            })
        }),
    },
    Rule {
        id: "client-makes-strong-tokens",
        does: "has notification tokens that can hold 128 bits",
        rows: &["DTR-6.3-05", "CIBA-7.1-12"],
        advice: false,
        judge: Judge::Each(|log| each_opening(log, log.draft.client_notification_token, strong)),
    },
    Rule {
        id: "client-writes-bearer-tokens",
        does: "has notification tokens of at most 1024 of the characters that can stand after Bearer",
        rows: &["CIBA-7.1-10", "CIBA-7.1-11"],
        advice: false,
        judge: Judge::Each(|log| each_opening(log, log.draft.client_notification_token, bearer)),
    },
    Rule {
        id: "client-makes-new-tokens",
        does: "has another notification token in every request",
        rows: &["DTR-11.6-04"],
        advice: false,
        judge: Judge::Together(new_tokens),
    },
    Rule {
        id: "client-looks-at-acknowledgement",
        does: "does not go on with an acknowledgement that lacks something",
        rows: &["CIBA-7.4-01"],
        advice: false,
        judge: Judge::Each(|log| {
            match log.situation.acknowledgement.lacks_something() && log.code.is_some() {
                true => Finding::of(log.polls.is_empty(), || {
                    "it was polled nevertheless".to_owned()
                }),
                false => Finding::Untested,
            }
        }),
    },
    Rule {
        id: "client-polls-in-form",
        does: "polls with the grant type, the code and its own credentials",
        rows: &[
            "DTR-6.5-01",
            "DTR-6.5-02",
            "DTR-6.5-03",
            "DEV-3.4-01",
            "DEV-3.4-02",
            "DEV-3.4-03",
            "CIBA-10.1-05",
            "CIBA-10.1-06",
            "CIBA-10.1-07",
            "AROP-9.1-02",
        ],
        advice: false,
        judge: Judge::Each(|log| polls(log, |poll| in_form(log, poll))),
    },
    Rule {
        id: "client-keeps-code-as-it-is",
        does: "takes the code for opaque: sends it as it came, encoded as forms are",
        rows: &["DTR-4.1-02", "CIBA-7.3-05", "CIBA-7.4-02"],
        advice: true,
        judge: Judge::Each(|log| match &log.code {
            Some(issued) if log.situation.acknowledgement == Acknowledgement::OddCode => {
                polls(log, |poll| {
                    let sent = Log::value(&poll.form, log.draft.deferral_code);
                    Finding::of(sent == Some(issued), || {
                        format!("\"{issued}\" came back as \"{}\"", sent.unwrap_or_default())
                    })
                })
            }
            _ => Finding::Untested,
        }),
    },
    Rule {
        id: "client-opts-in-once",
        does: "has no completion_mode in a poll",
        rows: &["DTR-5.2-09"],
        advice: false,
        judge: Judge::Each(|log| {
            polls(log, |poll| {
                let mode = Log::value(&poll.form, log.draft.completion_mode);
                Finding::of(mode.is_none(), || "a poll has it".to_owned())
            })
        }),
    },
];

/// Judges every request for a token.
fn openings(log: &Log, judge: impl Fn(&Form) -> Finding) -> Finding {
    Finding::all(log.openings.iter().map(|opening| judge(&opening.form)))
}

/// Judges a parameter of every request that has it.
fn each_opening(log: &Log, name: &str, judge: impl Fn(&str) -> Finding) -> Finding {
    openings(log, |form| match Log::value(form, name) {
        Some(value) => judge(value),
        None => Finding::Untested,
    })
}

/// Judges every poll.
fn polls(log: &Log, judge: impl Fn(&Poll) -> Finding) -> Finding {
    Finding::all(log.polls.iter().map(judge))
}

/// Whether a poll has what it takes, to the server as well.
fn in_form(log: &Log, poll: &Poll) -> Finding {
    let grant = Log::value(&poll.form, "grant_type").unwrap_or_default();
    if grant != log.draft.deferred_grant {
        return Finding::Broken(format!("the grant type of a poll is \"{grant}\""));
    }
    if Log::value(&poll.form, log.draft.deferral_code).is_none() {
        return Finding::Broken(format!("a poll has no {}", log.draft.deferral_code));
    }
    // Once there is an outcome, whatever comes is refused.
    let over = log.outcome().is_some_and(|(at, _)| at <= poll.at);
    // That an odd code came back as another has a rule of its own.
    let is_odd = log.situation.acknowledgement == Acknowledgement::OddCode;
    match &poll.answer {
        Some((_, Said::Refused(error))) if !over && !is_odd => {
            Finding::Broken(format!("a poll is refused: {error}"))
        }
        _ => Finding::Held,
    }
}

fn strong(token: &str) -> Finding {
    let bits = entropy::most_bits(token);
    Finding::of(bits >= TOKEN_BITS, || {
        format!("\"{token}\" holds at most {bits} bits")
    })
}

/// A b64token (RFC 6750 Section 2.1).
fn bearer(token: &str) -> Finding {
    if token.len() > TOKEN_LENGTH {
        return Finding::Broken(format!("one is {} characters long", token.len()));
    }
    let bare = token.trim_end_matches('=');
    let known = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    Finding::of(!bare.is_empty() && bare.chars().all(known), || {
        format!("\"{token}\" is not what can stand after Bearer")
    })
}

/// Whether the server took up one of the client's requests: others may have been tries, to see what it wants.
fn taken_up(log: &Log) -> Finding {
    let mut refused = log
        .openings
        .iter()
        .filter_map(|opening| opening.answer.as_ref());
    match (log.openings.is_empty(), &log.code) {
        (true, _) => Finding::Untested,
        (false, Some(_)) => Finding::Held,
        (false, None) => {
            let said = refused.next_back().map_or("nothing", |(_, said)| said);
            Finding::Broken(format!("the server answered: {said}"))
        }
    }
}

fn new_tokens(logs: &[Log]) -> Finding {
    let requests = logs.iter().flat_map(|log| {
        let name = log.draft.client_notification_token;
        let tokens = log.openings.iter();
        let deferred = tokens.filter(|opening| opening.is_deferred());
        deferred.filter_map(move |opening| Log::value(&opening.form, name))
    });
    let mut tokens: Vec<&str> = requests.collect();
    let sent = tokens.len();
    if sent < 2 {
        return Finding::Untested;
    }
    tokens.sort_unstable();
    tokens.dedup();
    Finding::of(tokens.len() == sent, || {
        format!("{sent} requests had {} tokens", tokens.len())
    })
}
