//! The preceding endpoint and its hint (Sections 5.2 and 6.1): what the authorization endpoint makes of `completion_mode`.

use std::collections::BTreeSet;

use dtr_model::event::TokenRequest;
use dtr_model::question::Reading;
use http::header;
use url::Url;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Told};

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-hint-unseen",
        does: "makes one authorization request with a hint and one without, and compares the responses",
        rows: &["K-3-02", "DTR-5.2-04", "K-5.2-02", "K-6.1-01"],
        questions: &[],
        needs: &[Need::Preceding, Need::HintUnseen],
        steps: |scene| Box::pin(hint_unseen(scene)),
    },
    Probe {
        id: "probe-preceding-defects",
        does: "makes authorization requests with something wrong, with and without a hint",
        rows: &["DTR-6.1.1-01", "DTR-6.1.1-03"],
        questions: &[],
        needs: &[Need::Preceding],
        steps: |scene| Box::pin(defects(scene)),
    },
    Probe {
        id: "probe-preceding-modes",
        does: "hints with values that nobody knows",
        rows: &["DTR-6.1.1-02"],
        questions: &[],
        needs: &[Need::Preceding, Need::HintUnseen],
        steps: |scene| Box::pin(unknown_modes(scene)),
    },
    Probe {
        id: "probe-hint-pushed",
        does: "hints in a pushed authorization request, and forgets the opt-in",
        rows: &["K-5.2-01"],
        questions: &[],
        needs: &[Need::Preceding, Need::HintUnseen, Need::Pushed],
        steps: |scene| Box::pin(pushed(scene)),
    },
    Probe {
        id: "probe-hint-corrected",
        does: "forgets the opt-in after a hint, and then makes up for it",
        rows: &["DTR-5.2-06"],
        questions: &["C-37"],
        needs: &[Need::Preceding, Need::HintUnseen],
        steps: |scene| Box::pin(corrected(scene)),
    },
];

/// Errors of an authorization response (RFC 6749 Section 4.1.2.1, RFC 8707, RFC 9101, RFC 9126, RFC 9396, OpenID Connect).
pub(crate) const ERRORS: [&str; 15] = [
    "invalid_request",
    "unauthorized_client",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "invalid_client",
    "invalid_target",
    "invalid_request_uri",
    "invalid_request_object",
    "request_not_supported",
    "request_uri_not_supported",
    "invalid_authorization_details",
    "invalid_redirect_uri",
];

/// What belongs to a deferred response, and to no preceding one.
const FOREIGN: [&str; 4] = ["deferral_code", "expires_in", "interval", "interaction_uri"];

/// A preceding response as far as a hint must not change it.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    status: u16,
    /// Where the redirect leads, without its query.
    to: Option<String>,
    /// The names of its parameters, or of the body's members.
    names: BTreeSet<String>,
    error: Option<String>,
}

impl Shape {
    fn of(told: &Told) -> Shape {
        let location = told.reply.headers.get(header::LOCATION);
        let location = location.and_then(|value| Url::parse(value.to_str().ok()?).ok());
        let pairs: Vec<(String, String)> = match &location {
            Some(url) => url.query_pairs().into_owned().collect(),
            None => Vec::new(),
        };
        let error = pairs.iter().find(|(name, _)| name == "error");
        let error = error.map(|(_, value)| value.clone());
        let names = pairs.into_iter().map(|(name, _)| name);
        Shape {
            status: told.reply.status,
            to: location.map(|mut url| {
                url.set_query(None);
                url.to_string()
            }),
            names: names.chain(told.members.keys().cloned()).collect(),
            error: error.or_else(|| told.error().map(str::to_owned)),
        }
    }

    fn in_short(&self) -> String {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let error = self.error.as_deref().unwrap_or("no error");
        format!("status {} with {} ({error})", self.status, names.join(", "))
    }
}

async fn hint_unseen(scene: &mut Scene) -> Result<(), Halt> {
    let with = scene.authorization_request(hinted(scene))?;
    let without = scene.authorization_request(scene.plain())?;
    let without = response(scene, "an authorization request without a hint", without).await?;
    let with = response(scene, "an authorization request with a hint", with).await?;
    for row in ["K-3-02", "DTR-5.2-04", "K-5.2-02"] {
        scene.check(row, with == without, || {
            format!(
                "{}; without the hint {}",
                with.in_short(),
                without.in_short()
            )
        });
    }
    let foreign = FOREIGN.into_iter().find(|name| with.names.contains(*name));
    scene.check("K-6.1-01", foreign.is_none(), || {
        format!("the preceding response has {}", foreign.unwrap_or_default())
    });
    Ok(())
}

/// What the client is answered at once. What people see on the way there may depend on a hint (Section 5.2).
async fn response(scene: &mut Scene, what: &'static str, request: Url) -> Result<Shape, Halt> {
    let mut query = request.query_pairs();
    let own = query.find(|(name, _)| name == "redirect_uri");
    let own = own.and_then(|(_, value)| Url::parse(&value).ok());
    let shape = Shape::of(&scene.fetch(what, request).await?);
    match (&shape.to, own) {
        (Some(to), Some(own)) if *to == own.to_string() => Ok(shape),
        _ => Err(Halt::Elsewhere(format!(
            "{what} is not answered at once: {}",
            shape.in_short()
        ))),
    }
}

async fn defects(scene: &mut Scene) -> Result<(), Halt> {
    for (what, name, value) in [
        ("no response_type", "response_type", None),
        (
            "an unknown response_type",
            "response_type",
            Some("x-unknown"),
        ),
        (
            "a redirect URI of nobody",
            "redirect_uri",
            Some("https://nobody.example/"),
        ),
    ] {
        let mut shapes = Vec::new();
        for request in [scene.plain(), hinted(scene)] {
            let mut url = scene.authorization_request(request)?;
            replace(&mut url, name, value);
            shapes.push(Shape::of(
                &scene
                    .fetch("a defective authorization request", url)
                    .await?,
            ));
        }
        let alike = shapes[0] == shapes[1];
        scene.check("DTR-6.1.1-01", alike, || {
            format!(
                "{what}: {}; with a hint {}",
                shapes[0].in_short(),
                shapes[1].in_short()
            )
        });
        // A page for people has no error code.
        if let Some(error) = shapes.remove(1).error {
            let native = ERRORS.contains(&&*error);
            scene.check("DTR-6.1.1-03", native, || format!("{what}: error {error}"));
        }
    }
    Ok(())
}

async fn unknown_modes(scene: &mut Scene) -> Result<(), Halt> {
    let plain = scene.authorization_request(scene.plain())?;
    let usual = response(scene, "an authorization request", plain).await?;
    for value in ["x-unknown", "x-unknown deferred", "deferred x-unknown"] {
        let mut url = scene.authorization_request(hinted(scene))?;
        replace(&mut url, "completion_mode", Some(value));
        let shape = response(scene, "a hint with an unknown value", url).await?;
        scene.check("DTR-6.1.1-02", shape == usual, || {
            format!(
                "`{value}`: {}; usually {}",
                shape.in_short(),
                usual.in_short()
            )
        });
    }
    Ok(())
}

async fn corrected(scene: &mut Scene) -> Result<(), Halt> {
    let forgotten = hinted(scene).without_opt_in();
    let told = scene
        .ask("a hint without opt-in", Asking::Initial(forgotten), &|_| {})
        .await?;
    let refused = told.error() == Some("invalid_request");
    scene.check("DTR-5.2-06", refused, || {
        format!("it was answered {}", told.seen)
    });
    if !refused {
        return Ok(());
    }
    let asking = Asking::Initial(hinted(scene));
    let again = scene.ask("the same with opt-in", asking, &|_| {}).await?;
    match again.error() {
        _ if again.is_served() => scene.reads("C-37", Reading::B),
        Some("invalid_grant") => scene.reads("C-37", Reading::A),
        _ => {}
    }
    Ok(())
}

async fn pushed(scene: &mut Scene) -> Result<(), Halt> {
    let forgotten = hinted(scene).without_opt_in();
    scene
        .pushed("a hint in a pushed request", forgotten)
        .await?;
    let told = scene
        .ask(
            "a token request without opt-in",
            Asking::Initial(forgotten),
            &|_| {},
        )
        .await?;
    scene.check("K-5.2-01", told.error() == Some("invalid_request"), || {
        format!("the hint was not seen: {}", told.seen)
    });
    Ok(())
}

fn hinted(scene: &Scene) -> TokenRequest {
    TokenRequest {
        hinted: true,
        ..scene.plain()
    }
}

/// Sets a parameter of the query, or removes it.
fn replace(url: &mut Url, name: &str, value: Option<&str>) {
    let pairs = url.query_pairs().into_owned();
    let kept: Vec<(String, String)> = pairs.filter(|(known, _)| known != name).collect();
    let mut query = url.query_pairs_mut();
    query.clear().extend_pairs(kept);
    if let Some(value) = value {
        query.append_pair(name, value);
    }
}
