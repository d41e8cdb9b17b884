//! `completion_mode` in every shape (Sections 5.1 and 5.3).

use dtr_model::event::TokenRequest;
use dtr_model::question::Reading;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Parameters, Told};
use crate::target::control::Name;

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
        id: "probe-refused-outright",
        does: "opts in with what policy refuses at once",
        rows: &["DTR-6.3.1-04"],
        questions: &["C-43"],
        needs: &[Need::Reusable, Need::Control(Name::DenyNext)],
        steps: |scene| Box::pin(refused(scene)),
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
        does: "opts in with the authorization code grant and no hint, and once more with a hint if that was refused",
        rows: &["DTR-5.2-02", "DTR-5.3-03"],
        questions: &["C-38"],
        needs: &[Need::Preceding],
        steps: |scene| Box::pin(accepted_without_hint(scene)),
    },
];

async fn unknown_modes(scene: &mut Scene) -> Result<(), Halt> {
    let ordinary = scene
        .ask(
            "an ordinary opted-in request",
            Asking::Initial(scene.plain()),
            &|_| {},
        )
        .await?;
    served(&ordinary)?;
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
    let request = scene.at_once().without_opt_in();
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

async fn refused(scene: &mut Scene) -> Result<(), Halt> {
    scene.to_be_refused().await?;
    // No steering: the server was told what to do.
    let asking = Asking::Unsteered(scene.plain());
    let told = scene.ask("the refused request", asking, &|_| {}).await?;
    match told.error() {
        Some("access_denied") => scene.reads("C-43", Reading::A),
        Some(_) if !told.is_served() => scene.reads("C-43", Reading::B),
        _ => {}
    }
    Ok(())
}

async fn with_mode(scene: &mut Scene, what: &str, value: &str) -> Result<Told, Halt> {
    let asking = Asking::Initial(scene.plain());
    let alter = |form: &mut Parameters| form.set(MODE, value);
    scene.ask(what, asking, &alter).await
}

/// A server may refuse what it likes, but not because of the opt-in.
async fn accepted(scene: &mut Scene) -> Result<(), Halt> {
    let bare = scene.at_once().without_opt_in();
    let told = scene
        .ask("a request without opt-in", Asking::Initial(bare), &|_| {})
        .await?;
    served(&told)?;
    let asking = Asking::Initial(scene.at_once());
    let told = scene.ask("the same with opt-in", asking, &|_| {}).await?;
    scene.check("DTR-5.3-03", told.is_served(), || {
        format!(
            "with `completion_mode` the request is answered {}",
            told.seen
        )
    });
    Ok(())
}

/// The authorization code is good once, so there is nothing to compare with but another, which was hinted for.
async fn accepted_without_hint(scene: &mut Scene) -> Result<(), Halt> {
    let asking = Asking::Initial(scene.plain());
    let told = scene
        .ask("an opted-in request without a hint", asking, &|_| {})
        .await?;
    if told.is_deferred() {
        scene.check("DTR-5.2-02", true, String::new);
        scene.check("DTR-5.3-03", true, String::new);
        scene.reads("C-38", Reading::B);
    }
    if told.is_served() {
        return Ok(());
    }
    let hinted = TokenRequest {
        hinted: true,
        ..scene.plain()
    };
    let again = scene
        .ask("the same after a hint", Asking::Initial(hinted), &|_| {})
        .await?;
    if again.is_deferred() {
        scene.check("DTR-5.2-02", false, || {
            format!("without a hint: {}; after one: {}", told.seen, again.seen)
        });
        scene.reads("C-38", Reading::A);
    }
    Ok(())
}

fn served(told: &Told) -> Result<(), Halt> {
    match told.is_served() {
        true => Ok(()),
        false => Err(Halt::Elsewhere(format!(
            "an ordinary request is refused, {}, so a refusal says nothing",
            told.seen
        ))),
    }
}
