//! What error descriptions say (Sections 6.6 and 9.4). What they give away is a rule of every response.

use dtr_model::event::Decision;
use dtr_model::question::Reading;

use super::{Halt, Need, Probe, Scene};
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-redeemed-described",
        does: "compares what is said of a redeemed code of one's own with what is said of an unknown one",
        rows: &["DTR-6.6-10"],
        questions: &["C-74"],
        needs: &[Need::Control(Name::Approve)],
        steps: |scene| Box::pin(redeemed(scene)),
    },
    Probe {
        id: "probe-progress",
        does: "looks at what pending polls say of their progress",
        rows: &["DTR-9.4-01", "DTR-9.4-03"],
        questions: &["C-82"],
        needs: &[],
        steps: |scene| Box::pin(progress(scene)),
    },
];

/// What describes an error.
const DESCRIPTION: &str = "error_description";

async fn redeemed(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    scene.decide(Decision::Approve).await?;
    let token = scene
        .poll("the poll that redeems the code", &|_| {})
        .await?;
    if !token.is_token() {
        return Err(Halt::Elsewhere(format!(
            "an approved request was answered {}",
            token.seen
        )));
    }
    let again = scene.poll("a poll of the redeemed code", &|_| {}).await?;
    let unknown = scene
        .poll("a poll of an unknown code", &|form| {
            form.set("deferral_code", "nobody-issued-this-code")
        })
        .await?;
    let told_apart = again.text(DESCRIPTION) != unknown.text(DESCRIPTION);
    scene.check("DTR-6.6-10", told_apart, || {
        let said = again.text(DESCRIPTION).unwrap_or("nothing");
        format!("both are described alike: {said}")
    });
    scene.reads("C-74", if told_apart { Reading::A } else { Reading::B });
    Ok(())
}

/// Whether progress is worth telling is the server's to say; how it is told is not.
async fn progress(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let told = scene.poll("a poll", &|_| {}).await?;
    let Some(said) = told.text(DESCRIPTION).map(str::to_owned) else {
        return Ok(());
    };
    scene.check("DTR-9.4-01", true, String::new);
    let opaque = !said.contains(char::is_whitespace);
    scene.check("DTR-9.4-03", opaque, || {
        format!("progress in prose: {said}")
    });
    scene.reads("C-82", if opaque { Reading::A } else { Reading::B });
    Ok(())
}
