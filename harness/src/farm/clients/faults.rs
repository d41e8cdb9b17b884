//! The faults, in the order in which a client meets its rules.

use std::time::Duration;

use super::ClientFault;
use super::wrong::How;
use crate::client::situation::UNHEARD_OF;
use crate::exchange::Answered;

fn is_opening(answered: &Answered) -> bool {
    answered.members.contains_key("expires_in") && !answered.is_token()
}

fn takes_for_pending(answered: &mut Answered, error: &str) {
    if answered.is(error) {
        answered.fail(400, "authorization_pending");
    }
}

/// All of them.
pub const FAULTS: &[ClientFault] = &[
    ClientFault {
        id: "client-polls-at-once",
        does: "waits for nothing between polls",
        breaks: &["client-waits-interval"],
        situations: &["interval"],
        how: How::Hears(|_, answered| {
            if is_opening(answered) {
                answered.set("interval", 0);
            }
        }),
    },
    ClientFault {
        id: "client-defaults-to-a-second",
        does: "waits a second where no interval is announced",
        breaks: &["client-waits-five-seconds"],
        situations: &["default-interval"],
        how: How::Hears(|_, answered| {
            if is_opening(answered) {
                answered.set("interval", 1);
            }
        }),
    },
    ClientFault {
        id: "client-deaf-to-slow-down",
        does: "takes slow_down for authorization_pending",
        breaks: &["client-slows-down", "client-stays-slow"],
        situations: &["slow-down"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "slow_down")),
    },
    ClientFault {
        id: "client-slow-once",
        does: "waits longer once after slow_down, then as before",
        breaks: &["client-stays-slow"],
        situations: &["slow-down"],
        how: How::Repeats(3, Duration::from_millis(1200)),
    },
    ClientFault {
        id: "client-gives-up",
        does: "takes authorization_pending for a denial",
        breaks: &["client-polls-again"],
        situations: &["interval"],
        how: How::Hears(|_, answered| {
            if answered.is("authorization_pending") && !answered.is_deferred() {
                answered.fail(400, "access_denied");
            }
        }),
    },
    ClientFault {
        id: "client-polls-overlap",
        does: "polls again before the last poll was answered",
        breaks: &["client-does-not-overlap"],
        situations: &["late-answer"],
        how: How::Repeats(1, Duration::from_millis(1200)),
    },
    ClientFault {
        id: "client-polls-with-token",
        does: "polls once more when it has the token",
        breaks: &["client-stops-with-token"],
        situations: &["interval"],
        how: How::Hears(|_, answered| {
            if answered.is_token() {
                answered.fail(400, "authorization_pending");
            }
        }),
    },
    ClientFault {
        id: "client-ignores-denial",
        does: "polls on after access_denied",
        breaks: &["client-stops-when-denied"],
        situations: &["denied"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "access_denied")),
    },
    ClientFault {
        id: "client-ignores-expiry",
        does: "polls on after expired_token",
        breaks: &["client-stops-when-expired"],
        situations: &["expired"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "expired_token")),
    },
    ClientFault {
        id: "client-ignores-invalid-grant",
        does: "polls on after invalid_grant",
        breaks: &["client-stops-after-invalid-grant"],
        situations: &["invalid-grant"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "invalid_grant")),
    },
    ClientFault {
        id: "client-ignores-invalid-request",
        does: "polls on after invalid_request",
        breaks: &["client-stops-after-invalid-request"],
        situations: &["invalid-request"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "invalid_request")),
    },
    ClientFault {
        id: "client-ignores-unknown-errors",
        does: "polls on after an error that it does not know",
        breaks: &["client-stops-after-unknown-error"],
        situations: &["unheard-of"],
        how: How::Hears(|_, answered| takes_for_pending(answered, UNHEARD_OF)),
    },
    ClientFault {
        id: "client-with-other-scope",
        does: "asks for what it is not registered for",
        breaks: &["client-asks-in-form"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("scope", "openid nothing-of-the-kind");
            }
        }),
    },
    ClientFault {
        id: "client-polls-as-nobody",
        does: "polls without its credentials",
        breaks: &["client-polls-in-form"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_poll() {
                asked.headers.remove("authorization");
            }
        }),
    },
    ClientFault {
        id: "client-polls-without-code",
        does: "calls the code by another name",
        breaks: &["client-polls-in-form"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_poll() {
                asked.remove(asked.handle());
            }
        }),
    },
    ClientFault {
        id: "client-with-spaced-token",
        does: "sends a notification token that cannot stand after Bearer",
        breaks: &["client-writes-bearer-tokens"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                let spaced = "a token of enough octets, with spaces between";
                asked.set("client_notification_token", spaced);
            }
        }),
    },
    ClientFault {
        id: "client-repeats-mode",
        does: "sends the value of completion_mode twice",
        breaks: &["client-repeats-no-mode"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("completion_mode", "deferred deferred");
            }
        }),
    },
    ClientFault {
        id: "client-opts-in-again",
        does: "sends completion_mode with every poll",
        breaks: &["client-opts-in-once"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_poll() {
                asked.set("completion_mode", "deferred");
            }
        }),
    },
    ClientFault {
        id: "client-without-openid",
        does: "leaves openid out of its scope",
        breaks: &["client-asks-for-openid"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("scope", "payments");
            }
        }),
    },
    ClientFault {
        id: "client-with-two-hints",
        does: "says in two ways whom its request is about",
        breaks: &["client-gives-one-hint"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("id_token_hint", "a.b.c");
            }
        }),
    },
    ClientFault {
        id: "client-without-notification-token",
        does: "sends no notification token, though it can be called",
        breaks: &["client-sends-notification-token"],
        situations: &["interval"],
        how: How::Sends(|asked| asked.remove("client_notification_token")),
    },
    ClientFault {
        id: "client-with-weak-token",
        does: "sends a notification token of nine characters",
        breaks: &["client-makes-strong-tokens"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("client_notification_token", "weak-weak");
            }
        }),
    },
    ClientFault {
        id: "client-with-one-token",
        does: "sends the same notification token with every request",
        breaks: &["client-makes-new-tokens"],
        situations: &["interval", "denied"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                let same = "the-same-token-for-everything-0123456789";
                asked.set("client_notification_token", same);
            }
        }),
    },
    ClientFault {
        id: "client-makes-up-codes",
        does: "goes on with a code of its own where it was given none",
        breaks: &["client-looks-at-acknowledgement"],
        situations: &["without-code"],
        how: How::Hears(|asked, answered| {
            if asked.is_initial() {
                answered.set(answered.handle(), "made-up");
            }
        }),
    },
    ClientFault {
        id: "client-needs-no-lifetime",
        does: "goes on where it is not told the lifetime",
        breaks: &["client-looks-at-acknowledgement"],
        situations: &["without-lifetime"],
        how: How::Hears(|asked, answered| {
            if asked.is_initial() {
                answered.set("expires_in", 60);
            }
        }),
    },
    ClientFault {
        id: "client-with-other-grant",
        does: "polls with the grant type of another flow",
        breaks: &["client-polls-in-form"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_poll() {
                asked.set("grant_type", "authorization_code");
            }
        }),
    },
    ClientFault {
        id: "client-does-not-encode",
        does: "puts the code into the form as it is, where a plus stands for a space",
        breaks: &["client-keeps-code-as-it-is"],
        situations: &["odd-code"],
        how: How::Sends(|asked| {
            if let Some(code) = asked.code().map(|code| code.replace('+', " ")) {
                asked.set(asked.handle(), &code);
            }
        }),
    },
    ClientFault {
        id: "client-believes-anybody",
        does: "accepts callbacks with whatever token",
        breaks: &[
            "client-refuses-forged-callbacks",
            "client-answers-forged-callbacks-401",
        ],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 401 { 204 } else { status }),
    },
    ClientFault {
        id: "client-forbids",
        does: "answers callbacks with another token 403",
        breaks: &["client-answers-forged-callbacks-401"],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 401 { 403 } else { status }),
    },
    ClientFault {
        id: "client-answers-ok",
        does: "answers callbacks 200",
        breaks: &["client-answers-callbacks-204"],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 204 { 200 } else { status }),
    },
    ClientFault {
        id: "client-redirects",
        does: "answers callbacks with a redirect",
        breaks: &[
            "client-redirects-no-callback",
            "client-answers-callbacks-204",
            "client-skips-unknown-members",
        ],
        situations: &["callbacks", "odd-callback"],
        how: How::Answers(|_, status| if status == 204 { 302 } else { status }),
    },
    ClientFault {
        id: "client-knows-all-members",
        does: "refuses callbacks with members that it does not know",
        breaks: &["client-skips-unknown-members"],
        situations: &["odd-callback"],
        how: How::Answers(|body, status| {
            let unknown = body.windows(10).any(|part| part == b"x_unknown_");
            if unknown { 400 } else { status }
        }),
    },
    ClientFault {
        id: "client-leaves-it-at-callbacks",
        does: "does not poll, though it was called",
        breaks: &["client-polls-after-callback"],
        situations: &["callbacks"],
        how: How::Silent,
    },
];
