//! The link behind `interaction_uri` (Section 6.4).

use dtr_model::event::{Answer, Caller, Decision, Event, Steer, TokenRequest};
use dtr_model::question::Reading;
use serde_json::Value;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Told};
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-links-differ",
        does: "has two requests deferred that need interaction, and compares their links",
        rows: &["DTR-6.4-18"],
        questions: &["C-32"],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(differ(scene)),
    },
    Probe {
        id: "probe-interaction-members",
        does: "looks at what a poll that needs interaction repeats",
        rows: &["DTR-6.6-03"],
        questions: &["C-30"],
        needs: &[Need::Control(Name::NeedInteraction)],
        steps: |scene| Box::pin(members(scene)),
    },
];

async fn differ(scene: &mut Scene) -> Result<(), Halt> {
    let mut links = Vec::new();
    for what in ["a request that needs interaction", "another"] {
        let request = TokenRequest {
            steer: Steer::Interact,
            ..scene.plain()
        };
        let told = scene.ask(what, Asking::Initial(request), &|_| {}).await?;
        if told.error() == Some("interaction_required") {
            scene.reads("C-32", Reading::A);
        }
        let link = told.text("interaction_uri").map(str::to_owned);
        let none = || Halt::Elsewhere(format!("{what} came without an interaction URI"));
        links.push(link.ok_or_else(none)?);
        scene.put_aside()?;
    }
    scene.check("DTR-6.4-18", links[0] != links[1], || {
        "two requests have one interaction URI".to_owned()
    });
    Ok(())
}

async fn members(scene: &mut Scene) -> Result<(), Halt> {
    let plain = scene.plain();
    let opened = scene
        .deferred_by(plain, "an ordinary request", &|_| {})
        .await?;
    scene.decide(Decision::NeedInteraction).await?;
    let told = scene
        .ask("a poll", Asking::Poll(Caller::Owner), &|_| {})
        .await?;
    scene.check("DTR-6.6-03", told.is(Answer::InteractionRequired), || {
        format!("a request that needs interaction is {}", told.seen)
    });
    let repeated: Vec<&str> = ["deferral_code", "expires_in", "interval"]
        .into_iter()
        .filter(|name| told.members.contains_key(*name))
        .collect();
    let member = |told: &Told, name: &str| told.members.get(name).cloned().unwrap_or(Value::Null);
    let same = ["deferral_code", "interval"]
        .into_iter()
        .all(|name| !repeated.contains(&name) || member(&told, name) == member(&opened, name));
    scene.reads(
        "C-30",
        match (repeated.is_empty(), same) {
            (true, _) => Reading::A,
            (false, true) => Reading::B,
            (false, false) => Reading::C,
        },
    );
    scene
        .event(Event::Decide(Decision::InteractionDone))
        .await?;
    Ok(())
}
