//! How callbacks are made (Sections 7.1, 11.5 and 11.6), seen by an endpoint that does not behave.

use dtr_model::draft::Draft;
use dtr_model::event::Code;

use super::DRAFT;
use super::ask::Ask;
use super::choice::{
    Choice, callback, deferred, deferred_again, deferred_too, error, interaction_at_once, refusal,
    refusal_but, silence, slow_down, token, token_at_once,
};
use super::sheet::{CODE, Sheet};
use crate::vector::format::{Answer, Callback, Decision, Policy};
use crate::vector::record::answers::one_of;

/// An endpoint that takes what comes.
const TAKEN: (u16, Option<&str>) = (204, None);
/// What asks for something where nothing may be asked for.
const DEMAND: &str = r#"{"error":"access_denied","status":"cancelled","revoke":true}"#;
/// A notification token that is no bearer value.
const ILL_FORMED: &str = "two\r\nlines";
/// One with far less than the 128 bits of Section 6.3.
const WEAK: &str = "weak";

pub(super) fn sheets() -> Vec<Sheet> {
    vec![
        without_token(),
        ill_formed_token(),
        weak_token(),
        redirected(),
        answer_ignored(),
        tried_again(),
        tokens(),
    ]
}

fn without_token() -> Sheet {
    let bare = changed("callback_without_token", |callback| {
        callback.bearer = None;
        callback.url_without.truncate(1);
        callback
            .requirements
            .retain(|_, rules| *rules != ["bearer"]);
    });
    Sheet::with_credentials(
        "probe-callback-without-token",
        "Tells the readings of C-57: supplies no notification token, and looks for a callback and its `Authorization` header.",
    )
    .called()
    .deferred_by(
        "a request without a notification token",
        Ask::credentials().opted_in(),
    )
    .decide("approved", Decision::Approve)
    .callback(
        "its callback",
        &["DTR-7.1-05"],
        CODE,
        TAKEN,
        [
            bare.carrying_out("DTR-7.1-05", &["bearer"])
                .reads("C-57", &["A"]),
            silence().reads("C-57", &["B", "C"]),
        ],
    )
}

fn ill_formed_token() -> Sheet {
    let request = Ask::credentials().opted_in();
    let request = request.with(DRAFT.client_notification_token, ILL_FORMED);
    Sheet::with_credentials(
        "probe-ill-formed-token",
        "Tells the readings of C-67: supplies a notification token that is no bearer value, for it has a line break in it.",
    )
    .called()
    .ask(
        "a notification token with a line break",
        &[],
        request.policy(Policy::Defer),
        [
            error(&["invalid_request"]).reads("C-67", &["B"]),
            deferred().reads("C-67", &["A"]),
            interaction_at_once().reads("C-67", &["A"]),
            token_at_once().reads("C-67", &["A"]),
            refusal_but(&["invalid_request"]),
        ],
    )
}

/// What `probe-weak-token` says of it.
fn weak_token() -> Sheet {
    let request = Ask::credentials().opted_in();
    let request = request.with(DRAFT.client_notification_token, WEAK);
    let licensed = |draft: &Draft| draft.rules.weak_token_refusable;
    let unlicensed = |draft: &Draft| !draft.rules.weak_token_refusable;
    let code = "invalid_request";
    Sheet::with_credentials(
        "probe-weak-token",
        "Supplies a notification token that is easily guessed, for it has four characters.",
    )
    .called()
    .ask(
        "a notification token of four characters",
        &["DTR00-6.3.1-02", "DTR-6.3.1-04"],
        request.policy(Policy::Defer),
        [
            error(&[code]).by(licensed),
            deferred(),
            interaction_at_once(),
            token_at_once(),
            refusal_but(&[code]).by(licensed),
            refusal().by(unlicensed),
        ],
    )
}

fn redirected() -> Sheet {
    Sheet::with_credentials(
        "probe-callback-redirected",
        "Answers a callback with a redirect, which is not followed.",
    )
    .called()
    .deferred()
    .decide("approved", Decision::Approve)
    .callback(
        "a callback that is redirected",
        &["DTR-7.1-10"],
        CODE,
        (307, None),
        [callback(), silence()],
    )
}

fn answer_ignored() -> Sheet {
    Sheet::with_credentials(
        "probe-callback-answer-ignored",
        "Tells the readings of C-60 and C-66: answers a callback with a demand, polls, and looks for another callback.",
    )
    .called()
    .deferred()
    .decide("approved", Decision::Approve)
    .callback(
        "a callback that is answered with a demand",
        &[],
        CODE,
        (200, Some(DEMAND)),
        [callback(), silence().stop()],
    )
    .poll(
        "the poll after it",
        &["K-11.5-01", "K-7-03"],
        [token().reads("C-66", &["A"]), slow_down().stop()],
    )
    .wait(1)
    .callback(
        "another callback",
        &[],
        CODE,
        TAKEN,
        [
            silence().reads("C-60", &["A", "B"]),
            callback().reads("C-60", &["C"]),
        ],
    )
}

fn tried_again() -> Sheet {
    Sheet::with_credentials(
        "probe-callback-tried-again",
        "Tells the readings of C-61: does not take a callback, and waits for another.",
    )
    .called()
    .deferred()
    .decide("approved", Decision::Approve)
    .callback(
        "a callback that is not taken",
        &[],
        CODE,
        (503, None),
        [callback(), silence().stop()],
    )
    .wait(1)
    .callback(
        "another callback",
        &[],
        CODE,
        TAKEN,
        [
            callback().reads("C-61", &["B"]),
            silence().reads("C-61", &["A"]),
        ],
    )
}

fn tokens() -> Sheet {
    let (code, token) = ("{deferral_code_2}", "{client_notification_token_2}");
    let second = changed("callback_of_the_second", |callback| {
        callback.bearer = Some(token.to_owned());
        callback
            .members
            .insert(DRAFT.deferral_code.to_owned(), one_of(&[code]));
        callback.url_without = vec![code.to_owned(), token.to_owned()];
    });
    let row = &["K-11.6-01", "DTR-6.3-03"];
    Sheet::with_credentials(
        "probe-callback-tokens",
        "Has two requests deferred with a notification token each, and resolves the later one first.",
    )
    .called()
    .deferred()
    .ask(
        "another with a notification token of its own",
        &[],
        Ask::credentials()
            .opted_in()
            .with(DRAFT.client_notification_token, token)
            .policy(Policy::Defer),
        [
            deferred_too().captures(DRAFT.deferral_code, "deferral_code_2"),
            deferred_again(false, Code::Same).stop(),
            deferred_again(true, Code::Other).stop(),
            token_at_once().stop(),
            refusal().stop(),
        ],
    )
    .decide_about("the later one is approved", code, Decision::Approve)
    .callback("its callback", row, code, TAKEN, [second, silence()])
    .decide("the earlier one is approved", Decision::Approve)
    .callback("its callback", row, CODE, TAKEN, [callback(), silence()])
}

/// A callback that looks otherwise, under another name.
fn changed(name: &str, change: impl FnOnce(&mut Callback)) -> Choice {
    let mut answer = callback().looks();
    if let Answer::Callback(callback) = &mut answer {
        change(callback);
    }
    Choice::new(name, answer)
}
