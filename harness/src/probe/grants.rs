//! Grants besides those that traces use: token exchange (RFC 8693), refresh tokens (RFC 6749 Section 6).

use dtr_model::event::{Answer, Caller, Decision};
use dtr_model::question::Reading;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::{Asking, Parameters, Told};
use crate::target::control::Name;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-deferred-exchange",
        does: "has a token exchange deferred, and looks for its own member in the token response",
        rows: &["K-6.5.2-02"],
        questions: &[],
        needs: &[Need::Reusable, Need::Control(Name::Approve)],
        steps: |scene| Box::pin(exchange(scene)),
    },
    Probe {
        id: "probe-deferred-refresh",
        does: "has a refresh request deferred, and uses its token meanwhile and after a denial",
        rows: &[],
        questions: &["C-46"],
        needs: &[Need::Preceding, Need::Control(Name::Deny)],
        steps: |scene| Box::pin(refresh(scene)),
    },
    Probe {
        id: "probe-refresh-with-another-key",
        does: "uses the refresh token of a bound code with another key",
        rows: &[],
        questions: &["C-49"],
        needs: &[Need::Preceding, Need::Public, Need::Control(Name::Approve)],
        steps: |scene| Box::pin(another_key(scene)),
    },
    Probe {
        id: "probe-nonce-challenge",
        does: "is challenged for a nonce on a poll, and polls again at once",
        rows: &[],
        questions: &["C-56"],
        needs: &[Need::Proofs],
        steps: |scene| Box::pin(challenge(scene)),
    },
];

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// What belongs to the authorization code grant alone.
const OF_A_CODE: [&str; 3] = ["code", "redirect_uri", "code_verifier"];

async fn exchange(scene: &mut Scene) -> Result<(), Halt> {
    let asking = Asking::Initial(scene.at_once());
    let subject = scene
        .ask("a token to be exchanged", asking, &|_| {})
        .await?;
    let subject = text(&subject, "access_token")?;
    let plain = scene.plain();
    let alter = |form: &mut Parameters| {
        form.set("grant_type", TOKEN_EXCHANGE);
        form.set("subject_token", &subject);
        form.set("subject_token_type", ACCESS_TOKEN);
        // A token has what it was issued with; a server need not know how to exchange details (RFC 9396 Section 6).
        form.remove("authorization_details");
    };
    scene.deferred_by(plain, "a token exchange", &alter).await?;
    scene.decide(Decision::Approve).await?;
    let told = scene
        .poll("the poll that brings the token", &|_| {})
        .await?;
    let kind = told.text("issued_token_type").map(str::to_owned);
    scene.check("K-6.5.2-02", told.is_token() && kind.is_some(), || {
        format!(
            "the token of an exchange came without issued_token_type: {}",
            told.seen
        )
    });
    Ok(())
}

async fn refresh(scene: &mut Scene) -> Result<(), Halt> {
    let asking = Asking::Initial(scene.at_once());
    let first = scene
        .ask("a token with a refresh token", asking, &|_| {})
        .await?;
    let token = text(&first, "refresh_token")?;
    let renew = |form: &mut Parameters| with(form, &token);
    let plain = scene.plain();
    let told = scene
        .ask(
            "a refresh request that may be deferred",
            Asking::Initial(plain),
            &renew,
        )
        .await?;
    if told.is_token() {
        scene.reads("C-46", Reading::D);
    }
    if !told.is_deferred() {
        return Ok(());
    }
    if told.members.contains_key("refresh_token") {
        scene.reads("C-46", Reading::B);
        return Ok(());
    }
    let at_once = scene.at_once().without_opt_in();
    let meanwhile = scene
        .ask("its token used meanwhile", Asking::Initial(at_once), &renew)
        .await?;
    if meanwhile.is_token() {
        scene.reads("C-46", Reading::C);
        return Ok(());
    }
    scene.decide(Decision::Deny).await?;
    let after = scene
        .ask(
            "its token used after the denial",
            Asking::Initial(at_once),
            &renew,
        )
        .await?;
    if after.is_token() {
        scene.reads("C-46", Reading::A);
    }
    Ok(())
}

async fn another_key(scene: &mut Scene) -> Result<(), Halt> {
    let plain = scene.plain();
    scene
        .deferred_by(plain, "an ordinary request", &|_| {})
        .await?;
    scene.decide(Decision::Approve).await?;
    let told = scene
        .poll("the poll that brings the token", &|_| {})
        .await?;
    let token = text(&told, "refresh_token")?;
    let alter = |form: &mut Parameters| {
        form.remove("deferral_code");
        with(form, &token);
    };
    let asking = Asking::OtherGrant(Caller::OtherKey);
    let told = scene
        .ask("the refresh token with another key", asking, &alter)
        .await?;
    match told.error() {
        _ if told.is_token() => scene.reads("C-49", Reading::B),
        Some("invalid_grant" | "invalid_dpop_proof") => scene.reads("C-49", Reading::A),
        _ => {}
    }
    Ok(())
}

async fn challenge(scene: &mut Scene) -> Result<(), Halt> {
    scene.deferred().await?;
    if !scene.forget_nonce() {
        return Err(Halt::Elsewhere("the server asks for no nonces".to_owned()));
    }
    let told = scene
        .poll("a poll without the nonce, and again with it", &|_| {})
        .await?;
    match told.is(Answer::SlowDown) {
        true => scene.reads("C-56", Reading::B),
        false if told.is_pending() => scene.reads("C-56", Reading::A),
        false => {}
    }
    Ok(())
}

/// Makes it a refresh request.
fn with(form: &mut Parameters, refresh_token: &str) {
    OF_A_CODE.iter().for_each(|name| form.remove(name));
    form.set("grant_type", "refresh_token");
    form.set("refresh_token", refresh_token);
}

fn text(told: &Told, name: &str) -> Result<String, Halt> {
    let none = || Halt::Elsewhere(format!("there is no {name} in the answer: {}", told.seen));
    told.text(name).map(str::to_owned).ok_or_else(none)
}
