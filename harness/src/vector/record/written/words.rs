//! What descriptions and statuses say (Sections 6.6 and 9.4).

use super::DRAFT;
use super::ask::Ask;
use super::choice::{cancelled, error, optional, pending, revoked, slow_down, token};
use super::polling::UNKNOWN;
use super::sheet::Sheet;
use crate::vector::format::{Decision, Header, Member, MemberType, Role};
use crate::vector::record::answers::of_type;

/// What describes an error.
const DESCRIPTION: &str = "error_description";

pub(super) fn sheets() -> Vec<Sheet> {
    vec![redeemed(), progress(), impostor(), status_of_a_denial()]
}

fn redeemed() -> Sheet {
    let invalid = || error(&["invalid_grant"]);
    let described = invalid().member("invalid_grant_described", DESCRIPTION, description());
    let other = Member {
        none_of: vec!["{redeemed_description}".to_owned()],
        ..description()
    };
    let other = invalid().member("invalid_grant_told_apart", DESCRIPTION, optional(other));
    Sheet::with_credentials(
        "probe-redeemed-described",
        "Tells the readings of C-74: compares what is said of a redeemed code of one's own with what is said of an unknown one.",
    )
    .deferred()
    .decide("approved", Decision::Approve)
    .wait(1)
    .poll("the poll that redeems the code", &[], [token()])
    .wait(1)
    .poll(
        "a poll of the redeemed code",
        &["DTR-6.6-10"],
        [
            described.captures(DESCRIPTION, "redeemed_description"),
            invalid().reads("C-74", &["B"]).stop(),
        ],
    )
    .ask(
        "a poll of an unknown code",
        &["DTR-6.6-09", "DTR-6.6-10"],
        Ask::poll().with(DRAFT.deferral_code, UNKNOWN),
        [
            other.reads("C-74", &["A"]),
            invalid().reads("C-74", &["B"]),
            slow_down(),
        ],
    )
}

/// Whether progress is worth telling is the server's to say; how it is told is not.
fn progress() -> Sheet {
    let step = Member {
        opaque: true,
        ..description()
    };
    let step = pending().member("pending_at_a_step", DESCRIPTION, step);
    let prose = pending().member("pending_in_prose", DESCRIPTION, description());
    Sheet::with_credentials(
        "probe-progress",
        "Tells the readings of C-82: takes a request a step further, and looks at what a pending poll says of that.",
    )
    .deferred()
    .progress("taken a step further")
    .wait(1)
    .poll(
        "a poll",
        &["DTR-9.4-01", "DTR-9.4-03"],
        [
            step.reads("C-82", &["A"]),
            prose.reads("C-82", &["B"]),
            pending(),
        ],
    )
}

fn impostor() -> Sheet {
    let refused = || error(&["invalid_client"]);
    let no_store = Header {
        contains: "no-store".to_owned(),
    };
    let kept_out = refused().response("invalid_client_not_to_be_stored", |response| {
        response
            .headers
            .insert("cache-control".to_owned(), no_store);
    });
    Sheet::with_credentials(
        "probe-no-store-on-401",
        "Tells the readings of C-76: polls as an impostor, and looks for `no-store`.",
    )
    .ask(
        "a poll by an impostor",
        &["DTR-6.5.1-02"],
        Ask::poll()
            .with(DRAFT.deferral_code, UNKNOWN)
            .by(Role::Impostor),
        [
            kept_out.reads("C-76", &["A"]),
            refused().reads("C-76", &["B"]),
        ],
    )
}

fn status_of_a_denial() -> Sheet {
    let [denied, forgotten] = cancelled();
    Sheet::with_credentials(
        "probe-status-of-a-denial",
        "Tells the readings of C-77: cancels a request, polls, and looks at the status.",
    )
    .deferred()
    .ask("cancelled", &[], Ask::revocation(), [revoked()])
    .wait(1)
    .poll(
        "a poll of the cancelled code",
        &["DTR-6.5.1-06", "DTR-8.2-04"],
        [denied.reads("C-77", &["A"]), forgotten],
    )
}

/// A description as it has to be, whatever it says.
fn description() -> Member {
    Member {
        tells_no_secret: true,
        names_nobody: true,
        ..of_type(MemberType::String)
    }
}
