//! How callbacks are made (Sections 7.1, 11.5 and 11.6), seen by an endpoint that does not behave.

use std::time::Duration;

use dtr_model::event::{Answer, Event, Fate};
use dtr_model::question::Reading;
use http::{StatusCode, header};

use super::{Halt, Need, Probe, Scene};
use crate::driver::Seen;
use crate::target::Callbacks;
use crate::target::control::Name;
use crate::target::receiver::{ENDLESS, Manner, REDIRECTED};

/// What a callback takes.
const NEEDS: &[Need] = &[Need::Inbox, Need::Control(Name::Approve)];
/// An answer as it should be.
const FINE: Manner = Manner::Status(StatusCode::NO_CONTENT);
const TOKEN: &str = "client_notification_token";
/// Four characters hold 26 bits at most, of the 128 that a notification token needs (Section 6.3).
const WEAK: &str = "weak";
/// What asks for something where nothing may be asked for.
const DEMAND: &str = r#"{"error":"access_denied","status":"cancelled","revoke":true}"#;
/// By so much a server has to have given up before our own patience ends.
const MARGIN: Duration = Duration::from_secs(1);

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-callback-without-token",
        does: "supplies no notification token, and looks for an `Authorization` header",
        rows: &["DTR-7.1-05"],
        questions: &["C-57"],
        needs: NEEDS,
        steps: |scene| Box::pin(without_token(scene)),
    },
    Probe {
        id: "probe-ill-formed-token",
        does: "supplies a notification token that is no bearer value: it has a line break in it",
        rows: &[],
        questions: &["C-67"],
        needs: &[Need::Inbox],
        steps: |scene| Box::pin(ill_formed_token(scene)),
    },
    Probe {
        id: "probe-weak-token",
        does: "supplies a notification token of four characters",
        rows: &["DTR00-6.3.1-02", "DTR-6.3.1-04"],
        questions: &[],
        needs: &[Need::Inbox],
        steps: |scene| Box::pin(weak_token(scene)),
    },
    Probe {
        id: "probe-callback-redirected",
        does: "answers a callback with a redirect",
        rows: &["DTR-7.1-10"],
        questions: &[],
        needs: NEEDS,
        steps: |scene| Box::pin(redirected(scene)),
    },
    Probe {
        id: "probe-callback-unanswered",
        does: "does not answer a callback",
        rows: &["DTR-11.5-05"],
        questions: &[],
        needs: &[Need::Inbox, Need::Control(Name::Approve), Need::Patience],
        steps: |scene| Box::pin(unanswered(scene)),
    },
    Probe {
        id: "probe-callback-endless",
        does: "answers a callback with a body that does not end",
        rows: &["DTR-11.5-06"],
        questions: &[],
        needs: NEEDS,
        steps: |scene| Box::pin(endless(scene)),
    },
    Probe {
        id: "probe-callback-answer-ignored",
        does: "answers a callback with a body that asks for something",
        rows: &["K-7-03", "K-11.5-01"],
        questions: &["C-60", "C-66"],
        needs: NEEDS,
        steps: |scene| Box::pin(answer_ignored(scene)),
    },
    Probe {
        id: "probe-callback-unauthorized",
        does: "answers a callback with 401",
        rows: &["DTR-6.5.1-05"],
        questions: &[],
        needs: NEEDS,
        steps: |scene| Box::pin(not_taken(scene, StatusCode::UNAUTHORIZED)),
    },
    Probe {
        id: "probe-callback-forbidden",
        does: "answers a callback with 403",
        rows: &["DTR-6.5.1-05"],
        questions: &[],
        needs: NEEDS,
        steps: |scene| Box::pin(not_taken(scene, StatusCode::FORBIDDEN)),
    },
    Probe {
        id: "probe-callback-tried-again",
        does: "answers a callback with 503, and waits for another",
        rows: &[],
        questions: &["C-61"],
        needs: &[
            Need::Inbox,
            Need::Control(Name::Approve),
            Need::Control(Name::AttemptCallback),
        ],
        steps: |scene| Box::pin(tried_again(scene)),
    },
    Probe {
        id: "probe-callback-tokens",
        does: "has two requests deferred with a notification token each, and resolves the later one first",
        rows: &["K-11.6-01"],
        questions: &[],
        needs: &[Need::Reusable, Need::Inbox, Need::Control(Name::Approve)],
        steps: |scene| Box::pin(tokens(scene)),
    },
];

async fn without_token(scene: &mut Scene) -> Result<(), Halt> {
    let plain = scene.plain();
    scene
        .deferred_by(plain, "a request without a notification token", &|form| {
            form.remove(TOKEN)
        })
        .await?;
    let arrived = match scene.called("its callback", FINE).await {
        // Whether it is never sent or only was not, nobody can tell.
        Err(Halt::Elsewhere(why)) => {
            for reading in [Reading::B, Reading::C] {
                scene.reads("C-57", reading);
            }
            return Err(Halt::Elsewhere(why));
        }
        arrived => arrived?,
    };
    scene.reads("C-57", Reading::A);
    let bare = arrived
        .iter()
        .all(|callback| !callback.headers.contains_key(header::AUTHORIZATION));
    scene.check("DTR-7.1-05", bare, || {
        "the callback has an Authorization header, though no token was supplied".to_owned()
    });
    Ok(())
}

async fn ill_formed_token(scene: &mut Scene) -> Result<(), Halt> {
    let asking = crate::driver::altered::Asking::Initial(scene.plain());
    let told = scene
        .ask("a notification token with a line break", asking, &|form| {
            form.set(TOKEN, "two\r\nlines")
        })
        .await?;
    match told.error() {
        _ if told.is_served() => scene.reads("C-67", Reading::A),
        Some("invalid_request") => scene.reads("C-67", Reading::B),
        _ => {}
    }
    Ok(())
}

/// ietf-00 lets a server refuse it with `invalid_request` (Section 6.3.1, Section 5.3.1 of gerber-00). ietf-01 took the
/// leave away and forbids nothing: the token is not what Section 6.3 asks for, and an invalid request gets an error of
/// the grant or of Section 6.6. So each answer is in order; under ietf-01 a refusal only must not be of another kind.
async fn weak_token(scene: &mut Scene) -> Result<(), Halt> {
    let asking = crate::driver::altered::Asking::Initial(scene.plain());
    let told = scene
        .ask("a notification token of four characters", asking, &|form| {
            form.set(TOKEN, WEAK)
        })
        .await?;
    if scene.target().draft.rules.weak_token_refusable && told.error() == Some("invalid_request") {
        scene.check("DTR00-6.3.1-02", true, String::new);
    }
    let known = matches!(told.seen, Seen::Answer(_));
    scene.check("DTR-6.3.1-04", known, || {
        format!("a weak notification token was answered {}", told.seen)
    });
    Ok(())
}

async fn redirected(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let arrived = scene
        .called("a callback answered with a redirect", Manner::Redirect)
        .await?;
    let followed = arrived
        .iter()
        .any(|callback| callback.uri.ends_with(REDIRECTED));
    scene.check("DTR-7.1-10", !followed, || {
        "the redirect was followed".to_owned()
    });
    Ok(())
}

async fn unanswered(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    scene
        .called("a callback that is not answered", Manner::Silent)
        .await?;
    let patience = scene.target().patience;
    // The end of our own patience is no merit of the server's.
    let in_time = scene
        .given_up()
        .is_some_and(|given_up| given_up.after + MARGIN < patience);
    scene.check("DTR-11.5-05", in_time, || {
        format!("after {} s the server still waits", patience.as_secs())
    });
    Ok(())
}

async fn endless(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    scene
        .called("a callback answered without end", Manner::Endless)
        .await?;
    let read = scene.given_up().map_or(ENDLESS, |given_up| given_up.octets);
    scene.check("DTR-11.5-06", read < ENDLESS, || {
        format!(
            "the server reads {} MiB and more of an answer",
            ENDLESS >> 20
        )
    });
    Ok(())
}

async fn answer_ignored(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let asks = Manner::Body(DEMAND.into());
    scene
        .called("a callback answered with a demand", asks)
        .await?;
    let mut told = scene.poll("the poll after it", &|_| {}).await?;
    scene.check("K-7-03", !told.is_pending(), || {
        format!("after its callback the request is {}", told.seen)
    });
    if told.is_token() {
        scene.reads("C-66", Reading::A);
    }
    if told.is_pending() {
        scene.reads("C-66", Reading::B);
        scene.wait(1).await?;
        told = scene.poll("another poll", &|_| {}).await?;
    }
    scene.check("K-11.5-01", told.is_token(), || {
        format!(
            "after an answer to its callback an approved request is {}",
            told.seen
        )
    });
    if scene.target().callbacks == Callbacks::Held {
        scene.wait(1).await?;
        let again = scene.event(Event::Callback(Fate::Delivered)).await?;
        let repeated = matches!(again, Seen::Answer(Answer::Called { .. }));
        scene.reads("C-60", if repeated { Reading::C } else { Reading::A });
    }
    Ok(())
}

/// Whether it is tried again is C-61; the outcome can be polled all the same.
async fn not_taken(scene: &mut Scene, status: StatusCode) -> Result<(), Halt> {
    scene.deferred().await?;
    let what = format!("a callback answered with {status}");
    scene.called(&what, Manner::Status(status)).await?;
    let mut told = scene.poll("the poll after it", &|_| {}).await?;
    if told.is_pending() {
        scene.wait(1).await?;
        told = scene.poll("another poll", &|_| {}).await?;
    }
    scene.check("DTR-6.5.1-05", told.is_token(), || {
        format!(
            "after its callback was answered {status} an approved request is {}",
            told.seen
        )
    });
    Ok(())
}

async fn tried_again(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let busy = Manner::Status(StatusCode::SERVICE_UNAVAILABLE);
    scene.called("a callback answered with 503", busy).await?;
    scene.wait(1).await?;
    let again = scene.event(Event::Callback(Fate::Delivered)).await?;
    let repeated = matches!(again, Seen::Answer(Answer::Called { .. }));
    scene.reads("C-61", if repeated { Reading::B } else { Reading::A });
    Ok(())
}

async fn tokens(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let mut earlier = scene.put_aside()?;
    scene.deferred().await?;
    let before = scene.notes().findings.len();
    scene.called("the callback of the later one", FINE).await?;
    scene.take_up(&mut earlier);
    scene
        .called("the callback of the earlier one", FINE)
        .await?;
    let confused = scene.notes().findings.len() > before;
    scene.check("K-11.6-01", !confused, || {
        "a callback does not bear the token that came with its request".to_owned()
    });
    Ok(())
}
