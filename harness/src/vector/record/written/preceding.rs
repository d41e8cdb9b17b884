//! The preceding endpoint and its hint (Sections 5.2 and 6.1).

use std::collections::BTreeMap;

use super::DRAFT;
use super::ask::Ask;
use super::choice::{
    Choice, authorization_code, deferred, error, interaction_at_once, optional, refusal,
    refusal_but, token_at_once,
};
use super::sheet::Sheet;
use crate::probe::preceding::ERRORS;
use crate::vector::format::{Answer, MemberType, Policy, Redirect};
use crate::vector::record::answers::{self, carries_out};

/// Statuses of a page that says what is wrong.
const PAGE: [u16; 6] = [400, 401, 403, 404, 405, 422];

pub(super) fn sheets() -> Vec<Sheet> {
    vec![
        hint_unseen(),
        defects(),
        unknown_modes(),
        pushed(),
        corrected(),
    ]
}

fn hint_unseen() -> Sheet {
    Sheet::with_code(
        "probe-hint-unseen",
        "Makes one authorization request without a hint and one with it, which are answered alike.",
    )
    .authorize("authorization request", 1, Ask::authorization(1))
    .ask(
        "authorization request, hinted",
        &["K-3-02", "DTR-5.2-04", "K-5.2-02", "K-6.1-01"],
        Ask::authorization(2).opted_in(),
        [authorization_code(2).like(1)],
    )
}

/// What is wrong, how it comes about, and the refusals allowed.
type Defect = (&'static str, fn(Ask) -> Ask, [Choice; 2]);

fn defects() -> Sheet {
    let mut sheet = Sheet::with_code(
        "probe-preceding-defects",
        "Makes authorization requests with something wrong, without a hint and with it, which are refused alike.",
    );
    let changes: [Defect; 3] = [
        (
            "no response_type",
            |ask| ask.without("response_type"),
            [wrong(), page()],
        ),
        (
            "an unknown response_type",
            |ask| ask.with("response_type", "x-unknown"),
            [wrong(), page()],
        ),
        (
            "a redirect URI of nobody",
            |ask| ask.with("redirect_uri", "https://nobody.example/"),
            [page(), wrong()],
        ),
    ];
    for (at, (what, change, refusals)) in changes.into_iter().enumerate() {
        let taken = authorization_code(1).stop();
        let plain = change(Ask::authorization(1));
        let hinted = plain.clone().opted_in();
        let alike = refusals.clone().map(|choice| choice.like(2 * at + 1));
        let plainly = refusals.into_iter().chain([taken]);
        sheet = sheet.ask(what, &[], plain, plainly).ask(
            &format!("{what}, hinted"),
            &["DTR-6.1.1-01", "DTR-6.1.1-03"],
            hinted,
            alike,
        );
    }
    sheet
}

fn unknown_modes() -> Sheet {
    let mut sheet = Sheet::with_code(
        "probe-preceding-modes",
        "Hints with values that nobody knows, which changes nothing about the answer.",
    )
    .authorize("authorization request", 1, Ask::authorization(1));
    let values = ["x-unknown", "x-unknown deferred", "deferred x-unknown"];
    for (number, value) in (2..).zip(values) {
        sheet = sheet.ask(
            &format!("authorization request, hinted with `{value}`"),
            &["DTR-6.1.1-02"],
            Ask::authorization(number).with(DRAFT.completion_mode, value),
            [authorization_code(number).like(1)],
        );
    }
    sheet
}

/// The same in a signed request (RFC 9101) is a probe's alone: it takes a client that registers its key in the course of
/// it, while the requests of a vector are sent by clients registered before.
fn pushed() -> Sheet {
    let mut taken = answers::json(vec![201]);
    taken.members = answers::members([
        ("request_uri", answers::of_type(MemberType::String)),
        ("expires_in", answers::of_type(MemberType::Seconds)),
    ]);
    let taken = Choice::new("pushed", Answer::Response(taken));
    Sheet::with_code(
        "probe-hint-pushed",
        "Hints in a pushed authorization request, and forgets the opt-in: the hint was seen.",
    )
    .ask(
        "pushed authorization request, hinted",
        &[],
        Ask::pushed(1).opted_in(),
        [
            taken.captures("request_uri", "request_uri"),
            refusal().stop(),
        ],
    )
    .authorize(
        "authorization request by reference",
        1,
        Ask::by_reference("{request_uri}"),
    )
    .ask(
        "a token request without opt-in",
        &["K-5.2-01", "DTR-5.2-06"],
        Ask::code(1).policy(Policy::Complete),
        [error(&["invalid_request"])],
    )
}

fn corrected() -> Sheet {
    Sheet::with_code(
        "probe-hint-corrected",
        "Tells the readings of C-37: forgets the opt-in after a hint, and then makes up for it.",
    )
    .authorize(
        "authorization request, hinted",
        1,
        Ask::authorization(1).opted_in(),
    )
    .ask(
        "a token request without opt-in",
        &["DTR-5.2-06"],
        Ask::code(1).policy(Policy::Complete),
        [error(&["invalid_request"])],
    )
    .ask(
        "the same with opt-in",
        &[],
        Ask::code(1).opted_in().policy(Policy::Defer),
        [
            deferred().reads("C-37", &["B"]),
            interaction_at_once().reads("C-37", &["B"]),
            token_at_once().reads("C-37", &["B"]),
            error(&["invalid_grant"]).reads("C-37", &["A"]),
            refusal_but(&["invalid_grant"]),
        ],
    )
}

/// A redirect with an error of the grant's own.
fn wrong() -> Choice {
    let mut requirements = BTreeMap::new();
    carries_out(&mut requirements, "DTR-6.1.1-03", &["error"]);
    let answer = Answer::Redirect(Redirect {
        query: answers::members([("error", answers::one_of(&ERRORS))]),
        without: Vec::new(),
        requirements,
    });
    Choice::new("authorization_error", answer)
}

/// A page that says what is wrong, or JSON with an error of the grant's own.
fn page() -> Choice {
    let mut answer = answers::json(PAGE.to_vec());
    answer.media_type = None;
    answer.members = answers::members([("error", optional(answers::one_of(&ERRORS)))]);
    carries_out(&mut answer.requirements, "DTR-6.1.1-03", &["error"]);
    Choice::new("authorization_error_page", Answer::Response(answer))
}
