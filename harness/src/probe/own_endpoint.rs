//! Requests at the endpoint that RFC 8628 and CIBA have for them, in every shape.

use serde_json::json;
use url::Url;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Parameters, Told};
use crate::driver::guest::Guest;
use crate::target::key::Key;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-empty-parameter",
        does: "asks with an empty `scope`, and without any",
        rows: &["DEV-3.1-04"],
        questions: &[],
        needs: &[],
        steps: |scene| Box::pin(empty(scene)),
    },
    Probe {
        id: "probe-undefined-parameter",
        does: "asks with a parameter that nobody defined",
        rows: &["DEV-3.1-05", "CIBA-7.2-06"],
        questions: &[],
        needs: &[],
        steps: |scene| Box::pin(undefined(scene)),
    },
    Probe {
        id: "probe-verification-page",
        does: "opens the verification page, enters the user code and approves",
        rows: &["DEV-3.3-01"],
        questions: &[],
        needs: &[Need::Device],
        steps: |scene| Box::pin(verification(scene)),
    },
    Probe {
        id: "probe-two-hints",
        does: "says in two ways whom the request is about",
        rows: &["CIBA-7.2-03"],
        questions: &[],
        needs: &[],
        steps: |scene| Box::pin(two_hints(scene)),
    },
    Probe {
        id: "probe-unknown-user",
        does: "asks about somebody whom nobody knows",
        rows: &["CIBA-7.2-04"],
        questions: &[],
        needs: &[],
        steps: |scene| Box::pin(unknown_user(scene)),
    },
    Probe {
        id: "probe-missing-parameters",
        does: "asks without `scope`, and about nobody",
        rows: &["CIBA-7.2-05"],
        questions: &[],
        needs: &[],
        steps: |scene| Box::pin(missing(scene)),
    },
    Probe {
        id: "probe-assertion-audience",
        does: "authenticates by assertions for the issuer, the token endpoint and the endpoint that is asked",
        rows: &["CIBA-7.1-04"],
        questions: &[],
        needs: &[Need::Registration],
        steps: |scene| Box::pin(audiences(scene)),
    },
    Probe {
        id: "probe-requested-expiry",
        does: "asks for a shorter lifetime, and polls after it",
        rows: &["CIBA-11-04"],
        questions: &[],
        needs: &[Need::Reusable],
        steps: |scene| Box::pin(requested_expiry(scene)),
    },
];

/// A name that nobody gave to a parameter.
pub(crate) const UNDEFINED: &str = "parameter_of_nobody";
/// Nobody's name.
pub(crate) const NOBODY: &str = "somebody whom nobody knows";
/// The second way to say who it is: an ID token, as far as can be seen at first sight.
pub(crate) const OTHER_HINT: (&str, &str) = ("id_token_hint", "eyJhbGciOiJub25lIn0.e30.");
/// Seconds for which an assertion is good.
const LIFETIME: u64 = 300;
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn empty(scene: &mut Scene) -> Result<(), Halt> {
    let without = ask(scene, "a request without `scope`", &|form| {
        form.remove("scope");
    })
    .await?;
    let empty = ask(scene, "a request with an empty `scope`", &|form| {
        form.set("scope", "");
    })
    .await?;
    let alike = (without.is_deferred(), without.error()) == (empty.is_deferred(), empty.error());
    scene.check("DEV-3.1-04", alike, || {
        format!(
            "without scope the request is answered {}, with an empty one {}",
            without.seen, empty.seen
        )
    });
    Ok(())
}

async fn undefined(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let told = ask(scene, "a request with an undefined parameter", &|form| {
        form.set(UNDEFINED, "anything");
    })
    .await?;
    for row in ["DEV-3.1-05", "CIBA-7.2-06"] {
        scene.check(row, told.is_deferred(), || {
            format!(
                "a parameter that nobody defined changes the answer: {}",
                told.seen
            )
        });
    }
    Ok(())
}

/// The dialogue takes the code if, after it, the device gets its token.
async fn verification(scene: &mut Scene) -> Result<(), Halt> {
    let request = scene.plain();
    let told = scene
        .deferred_by(request, "an ordinary request", &|_| {})
        .await?;
    let page = told
        .text("verification_uri")
        .and_then(|uri| Url::parse(uri).ok());
    let (Some(page), Some(user_code)) = (page, told.text("user_code")) else {
        let why = "the response has no verification_uri and user_code";
        return Err(Halt::Elsewhere(why.to_owned()));
    };
    let taken = match scene.verify(&page, user_code).await {
        Err(Halt::Elsewhere(_)) => false,
        done => done.map(|()| true)?,
    };
    scene.wait(scene.target().limits.interval.into()).await?;
    let told = scene
        .poll("a poll after its user approved", &|_| {})
        .await?;
    scene.check("DEV-3.3-01", taken && told.is_token(), || {
        format!(
            "after somebody approved at {page} the request is {}",
            told.seen
        )
    });
    Ok(())
}

async fn two_hints(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let (name, value) = OTHER_HINT;
    let told = ask(scene, "a request with two hints", &|form| {
        form.set(name, value);
    })
    .await?;
    scene.check(
        "CIBA-7.2-03",
        told.error() == Some("invalid_request"),
        || format!("a request with two hints is answered {}", told.seen),
    );
    Ok(())
}

async fn unknown_user(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    let hint = hint(scene)?;
    let told = ask(scene, "a request about nobody known", &|form| {
        form.set(hint, NOBODY);
    })
    .await?;
    is_refused(scene, "CIBA-7.2-04", "a request about nobody known", &told);
    Ok(())
}

async fn missing(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    for (name, what) in [
        ("scope", "a request without `scope`"),
        (hint(scene)?, "a request about nobody"),
    ] {
        let told = ask(scene, what, &|form| form.remove(name)).await?;
        is_refused(scene, "CIBA-7.2-05", what, &told);
    }
    Ok(())
}

async fn audiences(scene: &mut Scene) -> Result<(), Halt> {
    let target = scene.target();
    let url = std::sync::Arc::clone(&target.initial);
    // An issuer without a path ends in a slash once it is parsed, and may not have had one.
    let issuer = target.endpoints.issuer.as_str().trim_end_matches('/');
    let all = [
        ("the issuer", issuer.to_owned()),
        ("the token endpoint", target.endpoints.token.to_string()),
        ("the endpoint that is asked", url.to_string()),
    ];
    let key = Key::generate();
    let (guest, _) = scene
        .guest(&json!({
            "grant_types": [target.draft.deferred_grant],
            "response_types": [],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "backchannel_token_delivery_mode": "poll",
            "jwks": { "keys": [key.jwk()] },
        }))
        .await?;
    let asked = scene.asked_for();
    let mut refused = Vec::new();
    for (what, audience) in all {
        let assertion = assertion(scene, &guest, &key, &audience).await;
        let mut form: Vec<(&str, &str)> = asked.iter().map(|(n, v)| (&**n, &**v)).collect();
        form.push(("client_assertion_type", ASSERTION));
        form.push(("client_assertion", &assertion));
        let told = scene
            .form_of(&guest, "a request with a client assertion", &url, &form)
            .await?;
        if told.reply.status != 200 {
            let error = told.error().unwrap_or("no error");
            refused.push(format!("{what} ({error})"));
        }
    }
    if refused.len() == 3 {
        let why = format!(
            "no assertion of a new client is accepted: for {}",
            refused.join(", ")
        );
        return Err(Halt::Elsewhere(why));
    }
    scene.check("CIBA-7.1-04", refused.is_empty(), || {
        format!("assertions are refused for {}", refused.join(", "))
    });
    Ok(())
}

/// A server may heed the wish, and says in `expires_in` whether it does.
async fn requested_expiry(scene: &mut Scene) -> Result<(), Halt> {
    hint(scene)?;
    let tick = scene.target().tick_seconds;
    let usual = u64::from(scene.target().limits.lifetime) * tick;
    let wish = 2 * tick;
    let request = scene.plain();
    let told = scene
        .deferred_by(request, "a request for a shorter lifetime", &|form| {
            form.set("requested_expiry", &wish.to_string());
        })
        .await?;
    let granted = told
        .members
        .get("expires_in")
        .and_then(serde_json::Value::as_u64);
    let Some(granted) = granted.filter(|granted| *granted < usual) else {
        let why = format!("a lifetime of {wish} seconds was asked for, and not granted");
        return Err(Halt::Elsewhere(why));
    };
    let before = scene.poll("a poll at once", &|_| {}).await?;
    if !before.is_pending() {
        return Err(Halt::Elsewhere(format!("it is {} at once", before.seen)));
    }
    scene.wait(granted.div_ceil(tick)).await?;
    let told = scene.poll("a poll after it", &|_| {}).await?;
    scene.check("CIBA-11-04", told.error() == Some("expired_token"), || {
        format!(
            "after the {granted} seconds that were granted the request is {}",
            told.seen
        )
    });
    Ok(())
}

/// Sends the plain request as `alter` leaves it.
async fn ask(
    scene: &mut Scene,
    what: &str,
    alter: &(dyn Fn(&mut Parameters) + Sync),
) -> Result<Told, Halt> {
    let asking = Asking::Initial(scene.plain());
    scene.ask(what, asking, alter).await
}

fn is_refused(scene: &mut Scene, row: &'static str, what: &str, told: &Told) {
    let refused = told.error().is_some() && !told.is_deferred();
    scene.check(row, refused, || format!("{what} is answered {}", told.seen));
}

/// The parameter that says whom a request is about.
fn hint(scene: &Scene) -> Result<&'static str, Halt> {
    let draft = scene.target().draft;
    let none = || {
        Halt::Elsewhere(format!(
            "requests of {} are about whoever answers",
            draft.id
        ))
    };
    draft.user_hint.ok_or_else(none)
}

/// What proves that the guest is who it says it is (RFC 7523 Section 3).
async fn assertion(scene: &Scene, guest: &Guest, key: &Key, audience: &str) -> String {
    let target = scene.target();
    let now = target.now().await;
    let claims = json!({
        "iss": guest.client_id,
        "sub": guest.client_id,
        "aud": audience,
        "jti": format!("assertion-{}", target.next_proof()),
        "iat": now,
        "exp": now + LIFETIME,
    });
    key.jwt("JWT", None, &claims)
}
