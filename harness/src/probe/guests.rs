//! Clients that a probe brings along, registered in ways in which no client of a trace is.

use dtr_model::question::Reading;
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::{Value, json};
use url::Url;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::Told;
use crate::driver::guest::Guest;
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-polling-not-registered",
        does: "polls as a client that registered without the polling grant, and was deferred",
        rows: &[],
        questions: &["C-78"],
        needs: &[Need::Registration, Need::Control(Name::DeferNext)],
        steps: |scene| Box::pin(not_registered(scene)),
    },
    Probe {
        id: "probe-device-opt-in",
        does: "polls for a device with and without opt-in, before and after its user approved",
        rows: &[],
        questions: &["C-44"],
        needs: &[
            Need::Registration,
            Need::Device,
            Need::Control(Name::DeferNext),
        ],
        steps: |scene| Box::pin(device(scene)),
    },
    Probe {
        id: "probe-certificate-issued-again",
        does: "polls with another certificate of the same subject",
        rows: &[],
        questions: &["C-53"],
        needs: &[
            Need::Registration,
            Need::Certificates,
            Need::Control(Name::DeferNext),
        ],
        steps: |scene| Box::pin(issued_again(scene)),
    },
];

const CLIENT_CREDENTIALS: &str = "client_credentials";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn not_registered(scene: &mut Scene) -> Result<(), Halt> {
    let (guest, told) = scene
        .guest(&json!({
            "grant_types": [CLIENT_CREDENTIALS],
            "token_endpoint_auth_method": "client_secret_basic",
        }))
        .await?;
    let polling = polling_grant(scene);
    let registered = told.members.get("grant_types").and_then(Value::as_array);
    if registered.is_some_and(|grants| grants.iter().any(|grant| *grant == polling)) {
        let why = "the server registered the polling grant on its own account";
        return Err(Halt::Elsewhere(why.to_owned()));
    }
    let code = deferred(scene, &guest).await?;
    let told = poll(scene, &guest, "a poll without that grant", &code).await?;
    if is_pending(&told) {
        scene.reads("C-78", Reading::B);
    } else if told.error() == Some("unauthorized_client") {
        scene.reads("C-78", Reading::A);
    }
    Ok(())
}

/// C-44/B leaves out the opt-in until the user has decided; that the last poll needs it is common to both readings, and
/// tells B from a server that never looks.
async fn device(scene: &mut Scene) -> Result<(), Halt> {
    let polling = polling_grant(scene);
    let (guest, _) = scene
        .guest(&json!({
            "grant_types": [DEVICE_CODE, polling],
            "token_endpoint_auth_method": "client_secret_basic",
        }))
        .await?;
    let first = Device::begin(scene, &guest).await?;
    let early = first.poll(scene, false).await?;
    first.approve(scene).await?;
    scene.to_be_deferred(&guest).await?;
    let last = first.poll(scene, true).await?;
    if last.text("deferral_code").is_none() {
        return Err(elsewhere(
            "the device's last poll was to be deferred",
            &last,
        ));
    }
    // The other way round.
    let second = Device::begin(scene, &guest).await?;
    second.poll(scene, true).await?;
    second.approve(scene).await?;
    scene.to_be_deferred(&guest).await?;
    let unwilling = second.poll(scene, false).await?;
    let pending = is_pending(&early) && early.text("deferral_code").is_none();
    match early.error() {
        Some("invalid_request") => scene.reads("C-44", Reading::A),
        _ if pending && unwilling.error() == Some("invalid_request") => {
            scene.reads("C-44", Reading::B);
        }
        _ => {}
    }
    Ok(())
}

async fn issued_again(scene: &mut Scene) -> Result<(), Halt> {
    let polling = polling_grant(scene);
    let (mut guest, _) = scene
        .guest(&json!({
            "grant_types": [CLIENT_CREDENTIALS, polling],
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_subject_dn": format!("CN={SUBJECT}"),
        }))
        .await?;
    let (first, second) = (certificate()?, certificate()?);
    guest.certificate = Some(second.clone());
    // Otherwise a refusal would say nothing about the code.
    deferred(scene, &guest).await?;
    guest.certificate = Some(first.clone());
    let code = deferred(scene, &guest).await?;
    guest.certificate = Some(second);
    let told = poll(scene, &guest, "a poll with the other certificate", &code).await?;
    if is_pending(&told) {
        scene.reads("C-53", Reading::B);
        return Ok(());
    }
    guest.certificate = Some(first);
    let own = poll(scene, &guest, "a poll with its own", &code).await?;
    if told.error().is_some() && is_pending(&own) {
        scene.reads("C-53", Reading::A);
    }
    Ok(())
}

/// The common name of both certificates.
const SUBJECT: &str = "a guest of dtr";

/// A certificate of that subject, with a key of its own, in DER.
fn certificate() -> Result<Vec<u8>, Halt> {
    let made = || -> Result<Vec<u8>, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, SUBJECT);
        Ok(params.self_signed(&KeyPair::generate()?)?.der().to_vec())
    };
    made().map_err(|why| Halt::Elsewhere(format!("no certificate can be made: {why}")))
}

/// A device under way (RFC 8628 Section 3.2).
struct Device<'a> {
    guest: &'a Guest,
    code: String,
    user_code: String,
    page: Url,
    /// Ticks between two polls.
    interval: u64,
}

impl<'a> Device<'a> {
    /// Asks for codes, with the hint.
    async fn begin(scene: &mut Scene, guest: &'a Guest) -> Result<Self, Halt> {
        let draft = scene.target().draft;
        let url = scene.target().endpoints.device_authorization.clone();
        let url = url.ok_or_else(|| Halt::Elsewhere("there is no endpoint for devices".into()))?;
        let hint = [(draft.completion_mode, draft.deferred)];
        let told = scene
            .form_of(
                guest,
                "a device authorization request with the hint",
                &url,
                &hint,
            )
            .await?;
        let text = |name| told.text(name).map(str::to_owned);
        let page = text("verification_uri").and_then(|uri| Url::parse(&uri).ok());
        let (Some(code), Some(user_code), Some(page)) =
            (text("device_code"), text("user_code"), page)
        else {
            return Err(elsewhere("the device was to get its codes", &told));
        };
        // Five seconds where nothing is said (RFC 8628 Section 3.2).
        let interval = told.members.get("interval").and_then(Value::as_u64);
        Ok(Self {
            guest,
            code,
            user_code,
            page,
            interval: interval.unwrap_or(5).div_ceil(scene.target().tick_seconds),
        })
    }

    async fn approve(&self, scene: &mut Scene) -> Result<(), Halt> {
        scene.verify(&self.page, &self.user_code).await
    }

    /// Polls when it is time, with or without the opt-in.
    async fn poll(&self, scene: &mut Scene, opted_in: bool) -> Result<Told, Halt> {
        scene.wait(self.interval).await?;
        let draft = scene.target().draft;
        let mut form = vec![("grant_type", DEVICE_CODE), ("device_code", &*self.code)];
        let purpose = match opted_in {
            true => {
                form.push((draft.completion_mode, draft.deferred));
                "a device poll that opts in"
            }
            false => "a device poll that does not opt in",
        };
        scene.token_for(self.guest, purpose, &form).await
    }
}

/// Makes a request that is deferred; its code.
async fn deferred(scene: &mut Scene, guest: &Guest) -> Result<String, Halt> {
    scene.to_be_deferred(guest).await?;
    let draft = scene.target().draft;
    let form = [
        ("grant_type", CLIENT_CREDENTIALS),
        (draft.completion_mode, draft.deferred),
    ];
    let told = scene
        .token_for(guest, "a request that opts in", &form)
        .await?;
    let code = told.text("deferral_code").map(str::to_owned);
    code.ok_or_else(|| elsewhere("the request was to be deferred", &told))
}

/// Polls when it is time.
async fn poll(
    scene: &mut Scene,
    guest: &Guest,
    purpose: &'static str,
    code: &str,
) -> Result<Told, Halt> {
    scene.wait(scene.target().limits.interval.into()).await?;
    let polling = polling_grant(scene);
    let form = [("grant_type", polling), ("deferral_code", code)];
    scene.token_for(guest, purpose, &form).await
}

/// What the draft calls the polling grant.
fn polling_grant(scene: &Scene) -> &'static str {
    scene.target().draft.deferred_grant
}

/// Whether it is what a request hears that waits.
fn is_pending(told: &Told) -> bool {
    let pending = ["authorization_pending", "interaction_required", "slow_down"];
    told.error().is_some_and(|error| pending.contains(&error))
}

fn elsewhere(what: &str, told: &Told) -> Halt {
    let answer = told.error().unwrap_or("no error");
    Halt::Elsewhere(format!("{what}: status {}, {answer}", told.reply.status))
}
