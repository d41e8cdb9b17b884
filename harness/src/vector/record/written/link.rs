//! What the link behind `interaction_uri` is good for (Section 6.4).

use dtr_model::event::Code;

use super::ask::Ask;
use super::choice::{
    cancelled, deferred_again, deferred_too, error, interaction, pending, refusal, revoked, token,
    token_at_once, visited,
};
use super::interaction::linked;
use super::sheet::Sheet;
use crate::vector::format::{Member, MemberType, Policy, Until};
use crate::vector::record::answers::of_type;

pub(super) fn sheets() -> Vec<Sheet> {
    vec![
        differ(),
        opened(),
        used_again(),
        after_the_code(),
        after_cancellation(),
        kept(),
    ]
}

fn differ() -> Sheet {
    let link = Member {
        none_of: vec!["{interaction_uri}".to_owned()],
        ..of_type(MemberType::HttpsUri)
    };
    let other = deferred_again(true, Code::Other)
        .member("deferred_with_another_link", "interaction_uri", link)
        .carrying_out("DTR-6.4-18", &["interaction_uri/none_of"]);
    Sheet::with_credentials(
        "probe-links-differ",
        "Has two requests deferred that need interaction, each of which has its own link.",
    )
    .interacting()
    .ask(
        "another request that needs interaction",
        &["DTR-6.4-18"],
        Ask::credentials().opted_in().policy(Policy::Interact),
        [
            other,
            deferred_again(true, Code::Same),
            deferred_too(),
            deferred_again(false, Code::Same),
            token_at_once(),
            refusal(),
        ],
    )
}

fn opened() -> Sheet {
    Sheet::with_credentials(
        "probe-link-opened",
        "Opens the link, does nothing there, and polls: nothing was decided.",
    )
    .interacting()
    .visit("the link is opened", &[], Until::Opened, [])
    .wait(1)
    .poll("a poll after it", &["DTR-6.4-19"], [interaction()])
}

fn used_again() -> Sheet {
    let gone = error(&["invalid_grant"]);
    Sheet::with_credentials(
        "probe-link-used-again",
        "Finishes the interaction, redeems the code, and does the same at the link again: that changes nothing.",
    )
    .interacting()
    .visit(
        "a visit that finishes the interaction",
        &[],
        Until::Finished,
        [visited(true), visited(false).stop()],
    )
    .wait(1)
    .poll(
        "a poll after it",
        &[],
        [token(), pending().stop(), interaction().stop()],
    )
    .visit(
        "the same visit again",
        &["DTR-6.4-20"],
        Until::Finished,
        [visited(false), visited(true)],
    )
    .wait(1)
    .poll("a poll after it", &["DTR-6.4-20"], [gone])
}

fn after_the_code() -> Sheet {
    Sheet::with_credentials(
        "probe-link-after-the-code",
        "Tries to finish the interaction after the lifetime of the code.",
    )
    .interacting()
    .wait(3)
    .visit(
        "a visit after the lifetime",
        &["DTR-6.4-21"],
        Until::Finished,
        [visited(false)],
    )
    .poll(
        "a poll after it",
        &["DTR-6.4-21"],
        [error(&["expired_token"])],
    )
}

fn after_cancellation() -> Sheet {
    Sheet::with_credentials(
        "probe-link-after-cancellation",
        "Tells the readings of C-34: cancels the request, and tries to finish the interaction.",
    )
    .interacting()
    .ask("cancelled", &[], Ask::revocation(), [revoked()])
    .visit(
        "a visit after the cancellation",
        &[],
        Until::Finished,
        [
            visited(false).reads("C-34", &["B"]),
            visited(true).reads("C-34", &["A"]),
        ],
    )
    .wait(1)
    .poll("a poll after it", &["DTR-8.2-04"], cancelled())
}

fn kept() -> Sheet {
    Sheet::with_credentials(
        "probe-link-kept",
        "Tells the readings of C-31: compares the link of a poll with the first one, and with that of another after somebody signed in there.",
    )
    .interacting()
    .wait(1)
    .poll(
        "a poll",
        &["DTR-6.6-03"],
        [
            linked(true).reads("C-31", &["B", "C"]),
            linked(false).reads("C-31", &["A"]).stop(),
        ],
    )
    .visit("a visit that stops short of the last step", &[], Until::LastStep, [])
    .wait(1)
    .poll(
        "another poll",
        &[],
        [
            linked(false).reads("C-31", &["C"]),
            linked(true).reads("C-31", &["B"]),
            pending(),
        ],
    )
}
