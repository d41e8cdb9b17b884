//! What is in a client's requests (Sections 5, 6.3, 6.5; RFC 8628 Section 3.4; CIBA Core Sections 7.1, 10.1).

use super::{Finding, Judge, Rule};
use crate::client::log::{Form, Log, Poll};
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
        does: "has notification tokens that can hold 128 bits, in the characters of bearer tokens",
        rows: &["DTR-6.3-05", "CIBA-7.1-10", "CIBA-7.1-11", "CIBA-7.1-12"],
        advice: false,
        judge: Judge::Each(|log| each_opening(log, log.draft.client_notification_token, strong)),
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
        does: "polls with the grant type and the code",
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
        judge: Judge::Each(|log| {
            polls(log, |poll| {
                let grant = Log::value(&poll.form, "grant_type").unwrap_or_default();
                let code = Log::value(&poll.form, log.draft.deferral_code);
                Finding::of(grant == log.draft.deferred_grant && code.is_some(), || {
                    format!("the grant type of a poll is \"{grant}\"")
                })
            })
        }),
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

fn strong(token: &str) -> Finding {
    let bits = entropy::most_bits(token);
    if bits < TOKEN_BITS {
        return Finding::Broken(format!("\"{token}\" holds at most {bits} bits"));
    }
    if token.len() > TOKEN_LENGTH {
        return Finding::Broken(format!("one is {} characters long", token.len()));
    }
    // b64token (RFC 6750 Section 2.1)
    let bare = token.trim_end_matches('=');
    let known = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    Finding::of(bare.chars().all(known), || {
        format!("\"{token}\" is not what can stand after Bearer")
    })
}

fn new_tokens(logs: &[Log]) -> Finding {
    let requests = logs.iter().flat_map(|log| {
        let name = log.draft.client_notification_token;
        let tokens = log.openings.iter();
        tokens.filter_map(move |opening| Log::value(&opening.form, name))
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
