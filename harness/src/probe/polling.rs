//! Polls with more in them than they should have, and polls beside other requests (Sections 4.1 and 6.5).

use dtr_model::event::{Answer, Caller, Code, Decision, Event, Scope, TokenRequest};
use dtr_model::question::Reading;

use super::{Halt, Need, Probe, Scene};
use crate::driver::Seen;
use crate::driver::altered::Asking;
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-poll-with-more",
        does: "asks for another scope in polls",
        rows: &["K-4.1-G4"],
        questions: &["C-26"],
        needs: &[Need::Control(Name::Approve)],
        steps: |scene| Box::pin(with_more(scene)),
    },
    Probe {
        id: "probe-malformed-poll",
        does: "polls with the code twice, and then as it should be",
        rows: &[],
        questions: &["C-25"],
        needs: &[],
        steps: |scene| Box::pin(malformed(scene)),
    },
    Probe {
        id: "probe-nameless-poll",
        does: "polls as a public client without `client_id`",
        rows: &[],
        questions: &["C-27"],
        needs: &[Need::Public],
        steps: |scene| Box::pin(nameless(scene)),
    },
    Probe {
        id: "probe-first-poll",
        does: "polls at once",
        rows: &[],
        questions: &["C-21"],
        needs: &[],
        steps: |scene| Box::pin(first(scene)),
    },
    Probe {
        id: "probe-synchronous-beside",
        does: "asks for a token at once while another request is deferred",
        rows: &["K-9.3-01"],
        questions: &[],
        needs: &[Need::Reusable, Need::Control(Name::Approve)],
        steps: |scene| Box::pin(beside(scene)),
    },
    Probe {
        id: "probe-same-request-twice",
        does: "makes the same request twice",
        rows: &[],
        questions: &["C-47"],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(twice(scene)),
    },
    Probe {
        id: "probe-without-a-key",
        does: "opts in with a client secret and no proof of a key",
        rows: &[],
        questions: &["C-55"],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(without_key(scene)),
    },
    Probe {
        id: "probe-unknown-twice",
        does: "polls an unknown code twice at once",
        rows: &["DTR-6.6-09"],
        questions: &["C-75"],
        needs: &[],
        steps: |scene| Box::pin(unknown_twice(scene)),
    },
    Probe {
        id: "probe-status-of-a-denial",
        does: "cancels a request, polls, and looks at the status",
        rows: &["DTR-8.2-04"],
        questions: &["C-77"],
        needs: &[Need::Revocation],
        steps: |scene| Box::pin(denied(scene)),
    },
    Probe {
        id: "probe-no-store-on-401",
        does: "polls as an impostor, and looks for `no-store`",
        rows: &[],
        questions: &["C-76"],
        needs: &[],
        steps: |scene| Box::pin(no_store(scene)),
    },
    Probe {
        id: "probe-many-polls",
        does: "polls twenty times at once, and then as it should",
        rows: &["K-6.6-03"],
        questions: &[],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(many_polls(scene)),
    },
];

/// As many polls as OpenID's suite makes (`MultipleCallToTokenEndpoint`).
const MANY: usize = 20;

async fn with_more(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let part = scene.scopes().part.clone();
    let alter = |form: &mut crate::driver::altered::Parameters| form.set("scope", &part);
    let pending = scene
        .poll("a poll that asks for a part of the scope", &alter)
        .await?;
    scene.wait(1).await?;
    scene.decide(Decision::Approve).await?;
    let mut told = scene
        .poll("another, of the approved request", &alter)
        .await?;
    let refused = told.error() == Some("invalid_request");
    if refused {
        scene.wait(1).await?;
        told = scene.poll("a poll as it should be", &|_| {}).await?;
    }
    let Seen::Answer(Answer::Token { scope, .. }) = told.seen else {
        return Err(Halt::Elsewhere(format!(
            "an approved request was answered {}",
            told.seen
        )));
    };
    scene.check("K-4.1-G4", scope == Scope::Whole, || {
        "the token allows what the poll asked for, not what the request did".to_owned()
    });
    let reading = match (refused || pending.error() == Some("invalid_request"), scope) {
        (true, _) => Reading::B,
        (false, Scope::Whole) => Reading::A,
        (false, _) => Reading::C,
    };
    scene.reads("C-26", reading);
    Ok(())
}

async fn malformed(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let code = scene.deferral_code().unwrap_or_default();
    let told = scene
        .poll("a poll with the code twice", &|form| {
            form.add("deferral_code", &code)
        })
        .await?;
    if told.error() != Some("invalid_request") {
        return Ok(());
    }
    scene.wait(1).await?;
    let told = scene.poll("a poll as it should be", &|_| {}).await?;
    match told.is(Answer::SlowDown) {
        true => {}
        false if told.is_pending() => scene.reads("C-25", Reading::B),
        false => scene.reads("C-25", Reading::A),
    }
    Ok(())
}

async fn nameless(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let told = scene
        .ask("a poll without `client_id`", Asking::NamelessPoll, &|_| {})
        .await?;
    match told.error() {
        _ if told.is_pending() => scene.reads("C-27", Reading::B),
        Some("invalid_client" | "invalid_request") => scene.reads("C-27", Reading::A),
        _ => {}
    }
    Ok(())
}

async fn first(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let told = scene.poll("a poll at once", &|_| {}).await?;
    match told.is(Answer::SlowDown) {
        true => scene.reads("C-21", Reading::B),
        false if told.is_pending() => scene.reads("C-21", Reading::A),
        false => {}
    }
    Ok(())
}

async fn beside(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let synchronous = scene.at_once().without_opt_in();
    scene
        .ask(
            "a synchronous request beside it",
            Asking::Initial(synchronous),
            &|_| {},
        )
        .await?;
    scene.decide(Decision::Approve).await?;
    let told = scene
        .poll("a poll of the deferred request", &|_| {})
        .await?;
    scene.check("K-9.3-01", told.is_token(), || {
        format!(
            "after a synchronous request the deferred one was answered {}",
            told.seen
        )
    });
    Ok(())
}

async fn twice(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let asking = Asking::Initial(scene.plain());
    let told = scene.ask("the same request again", asking, &|_| {}).await?;
    match told.seen {
        Seen::Answer(Answer::Deferred {
            code: Code::Same, ..
        }) => scene.reads("C-47", Reading::B),
        Seen::Answer(Answer::Deferred { .. }) => scene.reads("C-47", Reading::A),
        _ => {}
    }
    Ok(())
}

async fn without_key(scene: &mut Scene) -> Result<(), Halt> {
    let request = TokenRequest {
        keyed: false,
        ..scene.plain()
    };
    let told = scene
        .ask("no proof of a key", Asking::Initial(request), &|_| {})
        .await?;
    match told.error() {
        _ if told.is_deferred() => scene.reads("C-55", Reading::A),
        Some("invalid_request" | "invalid_dpop_proof") => scene.reads("C-55", Reading::B),
        _ => {}
    }
    Ok(())
}

/// Before there is a code, a poll is about one that nobody issued.
async fn unknown_twice(scene: &mut Scene) -> Result<(), Halt> {
    let mut seen = Vec::new();
    for what in ["a poll of an unknown code", "another at once"] {
        let told = scene
            .poll(what, &|form| {
                form.set("deferral_code", "nobody-issued-this-code")
            })
            .await?;
        seen.push(told);
    }
    scene.check("DTR-6.6-09", seen[0].is(Answer::InvalidGrant), || {
        format!("an unknown code was answered {}", seen[0].seen)
    });
    if seen[1].is(Answer::SlowDown) || seen[1].is(Answer::InvalidGrant) {
        let slowed = seen[1].is(Answer::SlowDown);
        scene.reads("C-75", if slowed { Reading::B } else { Reading::A });
    }
    Ok(())
}

async fn denied(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    scene.event(Event::REVOKE).await?;
    let told = scene.poll("a poll of the cancelled code", &|_| {}).await?;
    let denied = told.error() == Some("access_denied");
    scene.check("DTR-8.2-04", denied, || {
        format!("a cancelled request is {}", told.seen)
    });
    match told.reply.status {
        400 => scene.reads("C-77", Reading::A),
        403 => scene.reads("C-77", Reading::B),
        _ => {}
    }
    Ok(())
}

/// However often a client asks too early, it costs it nothing but time: the request is pending still, or, where the text
/// lets the server lose its patience, refused as such.
async fn many_polls(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let refusable = scene.target().draft.rules.persistence_refusable;
    let waits = |told: &crate::driver::altered::Told| {
        let slow = told.error() == Some("slow_down");
        told.is_pending() || slow || (refusable && told.error() == Some("invalid_request"))
    };
    for nth in 1..=MANY {
        let told = scene.poll("a poll at once", &|_| {}).await?;
        if told.reply.status == 503 {
            let why = format!("the server is busy at the poll of this number: {nth}");
            return Err(Halt::Elsewhere(why));
        }
        scene.check("K-6.6-03", waits(&told), || {
            format!("poll {nth} of those at once is answered {}", told.seen)
        });
        if told.error() == Some("invalid_request") {
            break;
        }
    }
    Ok(())
}

async fn no_store(scene: &mut Scene) -> Result<(), Halt> {
    let seen = scene
        .event(Event::Poll {
            by: Caller::Impostor,
            lost: false,
        })
        .await?;
    let step = scene.notes().steps.last();
    let Some(refusal) = step.and_then(|step| step.exchanges.last()).cloned() else {
        return Ok(());
    };
    if seen != Seen::Answer(Answer::InvalidClient) {
        return Ok(());
    }
    let kept_out = crate::driver::is_uncacheable(&refusal.response_headers);
    scene.reads("C-76", if kept_out { Reading::A } else { Reading::B });
    Ok(())
}
