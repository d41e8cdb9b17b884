//! When there is an interaction URI, and what comes with it (Sections 6.4 and 6.6).

use super::DRAFT;
use super::choice::{
    Choice, deferred, interaction, interaction_at_once, optional, pending, refusal, token_at_once,
};
use super::sheet::{CODE, Sheet};
use crate::vector::format::{Decision, Member, MemberType, Policy};
use crate::vector::record::answers::{of_type, one_of};

const LINK: &str = "interaction_uri";

pub(super) fn sheets() -> Vec<Sheet> {
    vec![beside_pending(), members(), without_a_user()]
}

fn beside_pending() -> Sheet {
    let linked = || {
        let rule = of_type(MemberType::HttpsUri);
        pending().member("pending_with_link", LINK, rule)
    };
    let bare = || pending().without("pending_without_link", &[LINK]);
    let row = &["DTR-6.4-13"];
    Sheet::with_credentials(
        "probe-link-beside-pending",
        "Tells the readings of C-29: looks for a link in polls before interaction is needed and after it was done.",
    )
    .deferred()
    .wait(1)
    .poll(
        "a poll before interaction is needed",
        row,
        [
            bare().reads("C-29", &["B", "C"]),
            linked().reads("C-29", &["A"]).stop(),
        ],
    )
    .decide("interaction is needed", Decision::NeedInteraction)
    .decide("interaction took place", Decision::InteractionDone)
    .wait(1)
    .poll(
        "a poll after it was done",
        row,
        [
            bare().reads("C-29", &["C"]),
            linked().reads("C-29", &["B"]),
        ],
    )
}

fn members() -> Sheet {
    let repeats = ["deferral_code", "expires_in", "interval"];
    let alone = interaction().without("interaction_required_alone", &repeats);
    let interval = one_of(&["{interval}"]);
    let repeating = interaction()
        .member(
            "interaction_required_repeating",
            "interval",
            optional(interval),
        )
        .member(
            "interaction_required_repeating",
            DRAFT.deferral_code,
            optional(one_of(&[CODE])),
        );
    let (sheet, request) = Sheet::with_credentials(
        "probe-interaction-members",
        "Tells the readings of C-30: looks at what a poll that needs interaction repeats.",
    )
    .opted_in();
    sheet
        .ask(
            "a request that is to be deferred",
            &[],
            request.policy(Policy::Defer),
            [
                deferred().captures("interval", "interval"),
                token_at_once().stop(),
                interaction_at_once().stop(),
                refusal().stop(),
            ],
        )
        .decide("interaction is needed", Decision::NeedInteraction)
        .wait(1)
        .poll(
            "a poll",
            &["DTR-6.6-03"],
            [
                alone.reads("C-30", &["A"]),
                repeating.reads("C-30", &["B"]),
                interaction().reads("C-30", &["C"]),
            ],
        )
}

fn without_a_user() -> Sheet {
    let (sheet, request) = Sheet::with_credentials(
        "probe-interaction-without-a-user",
        "Tells the readings of C-32: a client without a user opts in with what needs interaction.",
    )
    .opted_in();
    sheet.ask(
        "a request that needs interaction",
        &[],
        request.policy(Policy::Interact),
        [
            interaction_at_once().reads("C-32", &["A"]),
            refusal().reads("C-32", &["B"]),
            deferred(),
            token_at_once(),
        ],
    )
}

/// `interaction_required` with the link that came first, or with another one.
pub(super) fn linked(same: bool) -> Choice {
    let first = "{interaction_uri}".to_owned();
    let (name, one_of, none_of) = match same {
        true => ("interaction_required_same_link", vec![first], Vec::new()),
        false => ("interaction_required_other_link", Vec::new(), vec![first]),
    };
    let rule = Member {
        one_of,
        none_of,
        ..of_type(MemberType::HttpsUri)
    };
    interaction().member(name, LINK, rule)
}
