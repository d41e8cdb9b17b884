//! Revocations in every shape, and how long they take (Section 8.2).

use std::time::{Duration, Instant};

use dtr_model::event::{Answer, Caller, Decision, Event};
use dtr_model::question::Reading;
use serde_json::Value;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Told};
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-revocation-time",
        does: "compares how long revocations of known and of unknown codes take",
        rows: &["DTR-8.2-12"],
        questions: &[],
        needs: &[Need::Revocation, Need::Others],
        steps: |scene| Box::pin(time(scene)),
    },
    Probe {
        id: "probe-revocation-hints",
        does: "revokes with another hint, and the code of somebody else",
        rows: &["DTR-8.2-05", "K-8.2-01"],
        questions: &["C-73"],
        needs: &[Need::Revocation, Need::Others],
        steps: |scene| Box::pin(hints(scene)),
    },
    Probe {
        id: "probe-token-outlives-its-code",
        does: "revokes a redeemed code, and asks whether the token still counts",
        rows: &["DTR-8.2-06"],
        questions: &[],
        needs: &[
            Need::Revocation,
            Need::Introspection,
            Need::Control(Name::Approve),
        ],
        steps: |scene| Box::pin(token_outlives_its_code(scene)),
    },
];

/// Pairs of revocations that are timed.
const ROUNDS: usize = 48;
/// The greatest ratio of the medians that still is "about as long", and what noise alone may add.
const RATIO: u32 = 2;
const NOISE: Duration = Duration::from_millis(1);

/// Neither changes anything: the one is about a code that nobody issued, the other about a code of somebody else.
async fn time(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let asking = Asking::Revoke(Caller::OtherClient);
    let mut known = Vec::with_capacity(ROUNDS);
    let mut unknown = Vec::with_capacity(ROUNDS);
    let written = scene.notes().steps.len();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        scene
            .ask("a revocation of a code that there is", asking, &|_| {})
            .await?;
        known.push(began.elapsed());
        let began = Instant::now();
        scene
            .ask("a revocation of one that there is not", asking, &|form| {
                form.set("token", "nobody-issued-this-code-and-nobody-will--x");
            })
            .await?;
        unknown.push(began.elapsed());
        // One round tells as much as all of them.
        scene.notes().steps.truncate(written + 2);
    }
    let (known, unknown) = (median(known), median(unknown));
    let (less, more) = (known.min(unknown), known.max(unknown));
    scene.check("DTR-8.2-12", more <= less * RATIO + NOISE, || {
        format!(
            "a known code takes {known:.1?}, an unknown one {unknown:.1?} (medians of {ROUNDS})"
        )
    });
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn hints(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let foreign = Asking::Revoke(Caller::OtherClient);
    let told = scene
        .ask(
            "a revocation by another client, without a hint",
            foreign,
            &|form| form.remove("token_type_hint"),
        )
        .await?;
    scene.check("DTR-8.2-05", told.is(Answer::Revoked), || {
        format!("the code of another client: {}", told.seen)
    });
    if told.is(Answer::Revoked) {
        scene.reads("C-73", Reading::A);
    } else if told.error().is_some() {
        scene.reads("C-73", Reading::B);
    }
    let told = scene
        .ask(
            "a revocation with another hint",
            Asking::Revoke(Caller::Owner),
            &|form| {
                form.set("token_type_hint", "access_token");
            },
        )
        .await?;
    let gone = scene.poll("a poll of the revoked code", &|_| {}).await?;
    // A hint only helps to search (RFC 7009 Section 2.1).
    let revoked = told.is(Answer::Revoked) && gone.is(Answer::AccessDenied);
    scene.check("K-8.2-01", revoked, || {
        format!(
            "with the hint `access_token`: {}, then {}",
            told.seen, gone.seen
        )
    });
    Ok(())
}

async fn token_outlives_its_code(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    scene.decide(Decision::Approve).await?;
    let token = scene
        .poll("the poll that redeems the code", &|_| {})
        .await?;
    let counts = |told: &Told| told.members.get("active") == Some(&Value::Bool(true));
    let before = scene
        .ask("whether the token counts", Asking::Introspection, &|_| {})
        .await?;
    if !token.is_token() || !counts(&before) {
        let why = "the server does not say of its own fresh token that it counts";
        return Err(Halt::Elsewhere(why.to_owned()));
    }
    scene.event(Event::REVOKE).await?;
    let after = scene
        .ask(
            "whether it still counts after its code was revoked",
            Asking::Introspection,
            &|_| {},
        )
        .await?;
    scene.check("DTR-8.2-06", counts(&after), || {
        "the token does not count any more".to_owned()
    });
    Ok(())
}
