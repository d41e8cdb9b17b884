//! Revocations in every shape (Section 8.2).

use super::ask::Ask;
use super::choice::{cancelled, revoked};
use super::sheet::Sheet;
use crate::vector::format::{Proof, Role};

pub(super) fn sheets() -> Vec<Sheet> {
    vec![hints()]
}

fn hints() -> Sheet {
    let foreign = Ask::revocation().by(Role::Other).proof(Proof::OtherKey);
    Sheet::with_credentials(
        "probe-revocation-hints",
        "Tells the readings of C-73: revokes the code of somebody else, and one's own with another hint.",
    )
    .deferred()
    .ask(
        "a revocation by another client, without a hint",
        &["DTR-8.2-05"],
        foreign,
        [revoked().reads("C-73", &["A"])],
    )
    .ask(
        "a revocation with another hint",
        &["K-8.2-01"],
        Ask::revocation().with("token_type_hint", "access_token"),
        [revoked()],
    )
    .wait(1)
    .poll("a poll of the revoked code", &["K-8.2-01"], cancelled())
}
