//! Challenges that are none: signed by somebody else, for somebody else, too old, or without what they have to say
//! (Transaction Challenge Sections 4.2.1 and 4.6). None of them opens anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Halt, Probe, Scene};
use crate::driver::Seen;
use crate::driver::altered::Asking;
use crate::target::resource::{Resource, TYPE};
use dtr_model::event::Answer;

/// What a challenge has to be, or else it opens nothing.
pub(crate) const FLAWED: &[&str] = &[
    "TXN-4.2.1-01",
    "TXN-4.2.1-03",
    "TXN-4.6-02",
    "TXN-4.6-03",
    "TXN-4.6-04",
    "TXN-4.6-05",
    "TXN-4.6-08",
    "TXN-4.6-09",
];

pub(super) const PROBES: &[Probe] = &[Probe {
    id: "probe-challenges-refused",
    does: "presents challenges that lack something that makes them one",
    rows: FLAWED,
    questions: &[],
    needs: &[],
    steps: |scene| Box::pin(refused(scene)),
}];

/// A challenge that is none: the row that says so, what is wrong with it, and how it is made of a sound one.
type Flaw = (&'static str, &'static str, fn(&Resource, Value) -> String);

const FLAWS: &[Flaw] = &[
    ("TXN-4.2.1-01", "of another type", |resource, claims| {
        resource.signed("at+jwt", &claims)
    }),
    ("TXN-4.2.1-03", "without a signature", |_, claims| {
        unsigned(&claims)
    }),
    (
        "TXN-4.6-02",
        "that its resource did not sign",
        |resource, claims| resource.forged().signed(TYPE, &claims),
    ),
    (
        "TXN-4.6-03",
        "of a resource that nobody knows",
        |resource, claims| {
            altered(
                resource,
                claims,
                "iss",
                json!("https://somewhere.else.example"),
            )
        },
    ),
    ("TXN-4.6-04", "that has expired", |resource, claims| {
        let before = claims["iat"]
            .as_u64()
            .unwrap_or_default()
            .saturating_sub(3600);
        altered(resource, claims, "exp", json!(before))
    }),
    ("TXN-4.6-05", "for another server", |resource, claims| {
        altered(resource, claims, "aud", json!("https://another.as.example"))
    }),
    ("TXN-4.6-08", "without a txn", |resource, mut claims| {
        claims.as_object_mut().map(|claims| claims.remove("txn"));
        resource.signed(TYPE, &claims)
    }),
    (
        "TXN-4.6-08",
        "with a number for a txn",
        |resource, claims| altered(resource, claims, "txn", json!(7)),
    ),
    ("TXN-4.6-09", "for nothing", |resource, claims| {
        altered(resource, claims, "authorization_details", json!([]))
    }),
];

async fn refused(scene: &mut Scene) -> Result<(), Halt> {
    let Some(resource) = scene.target().resource.clone() else {
        let why = "the target file names no `resource` to challenge by";
        return Err(Halt::Elsewhere(why.to_owned()));
    };
    let plain = scene.plain();
    for (at, (row, flaw, make)) in FLAWS.iter().enumerate() {
        let target = scene.target();
        let issuer = target.endpoints.issuer.as_str().trim_end_matches('/');
        let txn = format!("a-transaction-with-flaw-{at}");
        let claims = resource.claims(issuer, target.time.now(), &txn);
        let challenge = make(&resource, claims);
        let what = format!("a challenge {flaw}");
        let alter = |p: &mut crate::driver::altered::Parameters| {
            p.set("transaction_challenge", &challenge);
        };
        let told = scene.ask(&what, Asking::Initial(plain), &alter).await?;
        let opened = matches!(
            told.seen,
            Seen::Answer(Answer::Token { .. } | Answer::Deferred { .. })
        );
        let refused = !opened && (400..500).contains(&told.reply.status);
        scene.check(row, refused, || format!("{what} is answered {}", told.seen));
    }
    // What was refused before was refused for its flaw: a sound one is accepted.
    scene.deferred().await
}

/// The claims with one of them changed, signed as they should be.
fn altered(resource: &Resource, mut claims: Value, name: &str, value: Value) -> String {
    claims[name] = value;
    resource.signed(TYPE, &claims)
}

/// The claims under no key (RFC 7519 Section 6).
fn unsigned(claims: &Value) -> String {
    let header = json!({ "typ": TYPE, "alg": "none" });
    let parts = [header, claims.clone()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{}.{}.", parts[0], parts[1])
}
