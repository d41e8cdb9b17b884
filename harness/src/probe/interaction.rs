//! The link behind `interaction_uri` (Section 6.4).

use dtr_model::event::{Answer, Caller, Decision, Event, Steer, TokenRequest};
use dtr_model::question::Reading;
use serde_json::Value;
use url::Url;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Told};
use crate::target::TransportFailure;
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-links-differ",
        does: "has two requests deferred that need interaction, and compares their links",
        rows: &["DTR-6.4-18"],
        questions: &["C-32"],
        needs: &[Need::Interaction, Need::Reusable],
        steps: |scene| Box::pin(differ(scene)),
    },
    Probe {
        id: "probe-link-opened",
        does: "opens the link, does nothing there, and polls",
        rows: &["DTR-6.4-19"],
        questions: &[],
        needs: &[Need::Interaction],
        steps: |scene| Box::pin(opened(scene)),
    },
    Probe {
        id: "probe-link-used-again",
        does: "finishes the interaction, and does the same again",
        rows: &["DTR-6.4-20"],
        questions: &[],
        needs: &[Need::Interaction],
        steps: |scene| Box::pin(used_again(scene)),
    },
    Probe {
        id: "probe-link-after-the-code",
        does: "tries to finish the interaction after the lifetime of the code",
        rows: &["DTR-6.4-21"],
        questions: &[],
        needs: &[Need::Interaction],
        steps: |scene| Box::pin(after_the_code(scene)),
    },
    Probe {
        id: "probe-link-after-cancellation",
        does: "cancels the request, and tries to finish the interaction",
        rows: &["DTR-8.2-04"],
        questions: &["C-34"],
        needs: &[Need::Interaction, Need::Revocation],
        steps: |scene| Box::pin(after_cancellation(scene)),
    },
    Probe {
        id: "probe-link-kept",
        does: "compares the links of two polls, and of a third after somebody signed in at the first",
        rows: &[],
        questions: &["C-31"],
        needs: &[Need::Interaction],
        steps: |scene| Box::pin(kept(scene)),
    },
    Probe {
        id: "probe-link-beside-pending",
        does: "looks for a link in polls before interaction is needed and after it was done",
        rows: &[],
        questions: &["C-29"],
        needs: &[
            Need::Interaction,
            Need::Control(Name::NeedInteraction),
            Need::Control(Name::InteractionDone),
        ],
        steps: |scene| Box::pin(beside_pending(scene)),
    },
    Probe {
        id: "probe-interaction-members",
        does: "looks at what a poll that needs interaction repeats",
        rows: &["DTR-6.6-03"],
        questions: &["C-30"],
        needs: &[Need::Interaction, Need::Control(Name::NeedInteraction)],
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
        match told.error() {
            Some("interaction_required") => scene.reads("C-32", Reading::A),
            Some("invalid_scope" | "access_denied" | "unauthorized_client") => {
                scene.reads("C-32", Reading::B);
                return Ok(());
            }
            _ => {}
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

/// A request that waits for interaction, and its link.
async fn waiting(scene: &mut Scene) -> Result<Url, Halt> {
    let request = TokenRequest {
        steer: Steer::Interact,
        ..scene.plain()
    };
    scene
        .deferred_by(request, "a request that needs interaction", &|_| {})
        .await?;
    let none = || Halt::Elsewhere("the deferred response has no interaction URI".to_owned());
    scene.interaction_uri().ok_or_else(none)
}

async fn opened(scene: &mut Scene) -> Result<(), Halt> {
    let link = waiting(scene).await?;
    match scene.fetch("the interaction URI, opened", link).await {
        Err(Halt::Failed(TransportFailure::Unreachable(why))) => {
            let why = format!("the interaction URI leads nowhere from here ({why})");
            return Err(Halt::Elsewhere(why));
        }
        opened => drop(opened?),
    }
    scene.wait(1).await?;
    let told = scene.poll("a poll after it", &|_| {}).await?;
    let waits = told.is(Answer::InteractionRequired);
    scene.check("DTR-6.4-19", waits, || {
        format!("the link was only opened, and the request is {}", told.seen)
    });
    Ok(())
}

async fn used_again(scene: &mut Scene) -> Result<(), Halt> {
    let link = waiting(scene).await?;
    if !scene
        .visit("a visit that finishes the interaction", &link)
        .await?
    {
        return Err(Halt::Elsewhere(
            "the visit did not finish the interaction".to_owned(),
        ));
    }
    scene.wait(1).await?;
    let told = scene.poll("a poll after it", &|_| {}).await?;
    if told.is(Answer::InteractionRequired) {
        return Err(Halt::Elsewhere(
            "the visit did not finish the interaction".to_owned(),
        ));
    }
    // Where the interaction was not the last word, there is something to be finished again.
    let needed_again = !told.is_token() && scene.target().can(Name::NeedInteraction);
    if needed_again {
        scene.decide(Decision::NeedInteraction).await?;
    }
    scene.visit("the same visit again", &link).await?;
    scene.wait(1).await?;
    let again = scene.poll("a poll after it", &|_| {}).await?;
    let changed = match needed_again {
        true => !again.is(Answer::InteractionRequired),
        false => again.is_token(),
    };
    scene.check("DTR-6.4-20", !changed, || {
        format!("the same visit again, and the request is {}", again.seen)
    });
    Ok(())
}

async fn after_the_code(scene: &mut Scene) -> Result<(), Halt> {
    let link = waiting(scene).await?;
    let lifetime = scene.target().limits.lifetime;
    scene.wait(u64::from(lifetime)).await?;
    let done = scene.visit("a visit after the lifetime", &link).await?;
    let told = scene.poll("a poll after it", &|_| {}).await?;
    scene.check("DTR-6.4-21", !done && told.is(Answer::ExpiredToken), || {
        format!("the link outlives the code, which is {}", told.seen)
    });
    Ok(())
}

async fn after_cancellation(scene: &mut Scene) -> Result<(), Halt> {
    let link = waiting(scene).await?;
    scene.event(Event::REVOKE).await?;
    let done = scene.visit("a visit after the cancellation", &link).await?;
    let told = scene.poll("a poll after it", &|_| {}).await?;
    scene.check("DTR-8.2-04", told.is(Answer::AccessDenied), || {
        format!(
            "a cancelled request is {} after a visit to its link",
            told.seen
        )
    });
    scene.reads("C-34", if done { Reading::A } else { Reading::B });
    Ok(())
}

async fn kept(scene: &mut Scene) -> Result<(), Halt> {
    let first = waiting(scene).await?;
    scene.wait(1).await?;
    scene.poll("a poll", &|_| {}).await?;
    if scene.interaction_uri().as_ref() != Some(&first) {
        scene.reads("C-31", Reading::A);
        return Ok(());
    }
    scene
        .open("a visit that stops short of the last step", &first)
        .await?;
    scene.wait(1).await?;
    let told = scene.poll("another poll", &|_| {}).await?;
    if told.is(Answer::InteractionRequired) {
        let same = scene.interaction_uri().as_ref() == Some(&first);
        scene.reads("C-31", if same { Reading::B } else { Reading::C });
    }
    Ok(())
}

async fn beside_pending(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let before = scene
        .poll("a poll before interaction is needed", &|_| {})
        .await?;
    scene.decide(Decision::NeedInteraction).await?;
    scene.decide(Decision::InteractionDone).await?;
    scene.wait(1).await?;
    let after = scene.poll("a poll after it was done", &|_| {}).await?;
    let linked = |told: &Told| {
        told.is(Answer::AuthorizationPending) && told.text("interaction_uri").is_some()
    };
    scene.reads(
        "C-29",
        match (linked(&before), linked(&after)) {
            (true, _) => Reading::A,
            (false, true) => Reading::B,
            (false, false) => Reading::C,
        },
    );
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
