//! What error descriptions say (Sections 6.6 and 9.4). What they give away is a rule of every response.

use std::collections::BTreeMap;

use dtr_model::event::{Answer, Caller, Decision};
use dtr_model::question::Reading;
use http::header;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Parameters, Told};
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
        id: "probe-foreign-and-unknown-alike",
        does: "compares all that is said of a code of somebody else with all that is said of an unknown one",
        rows: &["DTR-6.6-12"],
        questions: &[],
        needs: &[Need::Others],
        steps: |scene| Box::pin(alike(scene)),
    },
    Probe {
        id: "probe-progress",
        does: "takes a request a step further, and looks at what pending polls say of that",
        rows: &["DTR-9.4-01", "DTR-9.4-03"],
        questions: &["C-82"],
        needs: &[Need::Control(Name::Progress)],
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

/// Each is asked twice: what differs from one time to the next tells nothing.
async fn alike(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let stranger = Asking::Poll(Caller::OtherClient);
    let code = scene.deferral_code().unwrap_or_default();
    let unknown: String = code.chars().rev().collect();
    let mut foreign_code = Vec::new();
    let mut unknown_code = Vec::new();
    for _ in 0..2 {
        let what = "a poll of a code of somebody else";
        foreign_code.push(scene.ask(what, stranger, &|_| {}).await?);
        let set = |form: &mut Parameters| form.set("deferral_code", &unknown);
        let what = "a poll of an unknown code";
        unknown_code.push(scene.ask(what, stranger, &set).await?);
    }
    let (foreign, unknown) = (said(&foreign_code), said(&unknown_code));
    scene.check("DTR-6.6-12", foreign == unknown, || {
        format!("the one is answered {foreign:?}, the other {unknown:?}")
    });
    Ok(())
}

/// What is said each time: the status, and members as well as header fields with the same value.
fn said(told: &[Told]) -> BTreeMap<String, String> {
    let all = told.iter().map(|told| {
        let members = told.members.iter();
        let members = members.map(|(name, value)| (name.clone(), value.to_string()));
        let headers = told.reply.headers.iter();
        let headers = headers
            .filter(|(name, _)| **name != header::DATE)
            .map(|(name, value)| (format!("{name}:"), format!("{value:?}")));
        let status = ("status".to_owned(), told.reply.status.to_string());
        members.chain(headers).chain([status]).collect()
    });
    all.reduce(|one: BTreeMap<_, _>, other| {
        let same = one
            .into_iter()
            .filter(|(name, value)| other.get(name) == Some(value));
        same.collect()
    })
    .unwrap_or_default()
}

async fn progress(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let before = scene.poll("a poll", &|_| {}).await?;
    scene.progress().await?;
    scene.wait(1).await?;
    let after = scene.poll("a poll after the next step", &|_| {}).await?;
    if !after.is(Answer::AuthorizationPending) {
        return Err(Halt::Elsewhere(format!(
            "the request is not pending but {}",
            after.seen
        )));
    }
    let said = after.text(DESCRIPTION);
    let told = said.is_some() && said != before.text(DESCRIPTION);
    scene.check("DTR-9.4-01", told, || {
        "nothing is said of the step that the request has taken".to_owned()
    });
    let Some(said) = said.filter(|_| told) else {
        return Ok(());
    };
    let opaque = !said.contains(char::is_whitespace);
    scene.check("DTR-9.4-03", opaque, || {
        format!("progress in prose: {said}")
    });
    scene.reads("C-82", if opaque { Reading::A } else { Reading::B });
    Ok(())
}
