//! `completion_mode` in every shape (Sections 5.1 and 5.3).

use dtr_model::question::Reading;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Parameters, Told};

const MODE: &str = "completion_mode";
/// A value that no specification defines.
const UNKNOWN: &str = "x-unknown";

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-unknown-modes",
        does: "opts in with values beside `deferred` that nobody knows, and asks with such a value alone",
        rows: &["DTR-5.1-03", "DTR-5.3-04", "K-5.1-01"],
        questions: &[],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(unknown_modes(scene)),
    },
    Probe {
        id: "probe-repeated-mode",
        does: "opts in with `deferred` twice in one value",
        rows: &[],
        questions: &["C-40"],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(repeated_mode(scene)),
    },
    Probe {
        id: "probe-opt-in-with-credentials",
        does: "opts in with a grant that can be used again and again",
        rows: &["DTR-5.3-03"],
        questions: &[],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(accepted(scene)),
    },
    Probe {
        id: "probe-opt-in-with-code",
        does: "opts in with the authorization code grant",
        rows: &["DTR-5.3-03"],
        questions: &["C-38"],
        needs: &[Need::Preceding],
        steps: |scene| Box::pin(accepted_without_hint(scene)),
    },
];

async fn unknown_modes(scene: &mut Scene) -> Result<(), Halt> {
    for (what, value) in [
        (
            "`deferred` before a value that nobody knows",
            "deferred x-unknown",
        ),
        (
            "`deferred` behind a value that nobody knows",
            "x-unknown deferred",
        ),
    ] {
        let told = with_mode(scene, what, value).await?;
        for row in ["DTR-5.1-03", "K-5.1-01"] {
            scene.check(row, told.is_served(), || format!("{what}: {}", told.seen));
        }
    }
    let request = dtr_model::event::TokenRequest {
        opted_in: false,
        ..scene.at_once()
    };
    let asking = Asking::Initial(request);
    let bare = scene.ask("no completion_mode", asking, &|_| {}).await?;
    let what = "a value that nobody knows, alone";
    let alone = scene
        .ask(what, asking, &|form| form.set(MODE, UNKNOWN))
        .await?;
    let alike = (alone.is_token(), alone.error()) == (bare.is_token(), bare.error());
    for row in ["DTR-5.1-03", "DTR-5.3-04"] {
        scene.check(row, alike, || {
            format!("{what}: {}; without it: {}", alone.seen, bare.seen)
        });
    }
    Ok(())
}

async fn repeated_mode(scene: &mut Scene) -> Result<(), Halt> {
    let told = with_mode(scene, "`deferred` twice", "deferred deferred").await?;
    match told.error() {
        _ if told.is_served() => scene.reads("C-40", Reading::A),
        Some("invalid_request") => scene.reads("C-40", Reading::B),
        _ => {}
    }
    Ok(())
}

async fn with_mode(scene: &mut Scene, what: &str, value: &str) -> Result<Told, Halt> {
    let asking = Asking::Initial(scene.plain());
    let alter = |form: &mut Parameters| form.set(MODE, value);
    scene.ask(what, asking, &alter).await
}

async fn accepted(scene: &mut Scene) -> Result<(), Halt> {
    for request in [scene.plain(), scene.at_once()] {
        let told = scene
            .ask("an opted-in request", Asking::Initial(request), &|_| {})
            .await?;
        scene.check("DTR-5.3-03", told.is_served(), || {
            format!("an opted-in request was answered {}", told.seen)
        });
    }
    Ok(())
}

async fn accepted_without_hint(scene: &mut Scene) -> Result<(), Halt> {
    let asking = Asking::Initial(scene.plain());
    let told = scene
        .ask("an opted-in request without a hint", asking, &|_| {})
        .await?;
    scene.check("DTR-5.3-03", told.is_served(), || {
        format!("an opted-in request was answered {}", told.seen)
    });
    if told.is_deferred() {
        scene.reads("C-38", Reading::B);
    }
    Ok(())
}
