//! Revocations in every shape (Section 8.2).

use super::ask::Ask;
use super::choice::{Choice, cancelled, revoked, token};
use super::sheet::Sheet;
use crate::vector::format::{Answer, Decision, MemberType, Proof, Role};
use crate::vector::record::answers;

pub(super) fn sheets() -> Vec<Sheet> {
    vec![hints(), token_outlives_its_code()]
}

fn token_outlives_its_code() -> Sheet {
    let mut counts = answers::json(vec![200]);
    counts.members = answers::members([("active", answers::of_type(MemberType::True))]);
    let counts = || Choice::new("token_counts", Answer::Response(counts.clone()));
    let mut silent = answers::json(vec![200, 400, 401, 403, 404]);
    silent.media_type = None;
    let silent = Choice::new("introspection_without_result", Answer::Response(silent));
    Sheet::with_credentials(
        "probe-token-outlives-its-code",
        "Revokes a redeemed code, and asks whether the token still counts.",
    )
    .deferred()
    .decide("approved", Decision::Approve)
    .wait(1)
    .poll(
        "the poll that redeems the code",
        &[],
        [token().captures("access_token", "access_token")],
    )
    .ask(
        "whether the token counts",
        &[],
        Ask::introspection("{access_token}"),
        [counts(), silent.stop()],
    )
    .ask(
        "the redeemed code revoked",
        &[],
        Ask::revocation(),
        [revoked()],
    )
    .ask(
        "whether it still counts",
        &["DTR-8.2-06"],
        Ask::introspection("{access_token}"),
        [counts()],
    )
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
