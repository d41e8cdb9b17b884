//! A hint inside a signed authorization request (RFC 9101, Section 5.2).

use serde_json::{Value, json};
use url::Url;

use super::{Halt, Need, Probe, Scene};
use crate::driver::altered::Told;
use crate::driver::guest::Guest;
use crate::driver::{challenge, read_code};
use crate::target::key::Key;

pub(super) const PROBES: &[Probe] = &[Probe {
    id: "probe-hint-signed",
    does: "hints inside a signed authorization request, and forgets the opt-in",
    rows: &["K-5.2-01"],
    questions: &[],
    needs: &[Need::Registration, Need::Preceding, Need::HintUnseen],
    steps: |scene| Box::pin(signed(scene)),
}];

const AUTHORIZATION_CODE: &str = "authorization_code";
const REDIRECT_URI: &str = "https://guest.example/callback";
const STATE: &str = "the-state-of-a-guest";
/// Of the alphabet and length of RFC 7636; nobody is there to guess it.
const VERIFIER: &str = "the-verifier-of-a-guest-which-is-long-enough";
/// Seconds for which a request object is good.
const LIFETIME: u64 = 300;

/// A guest, because its key has to be registered.
async fn signed(scene: &mut Scene) -> Result<(), Halt> {
    let key = Key::generate();
    let polling = scene.target().draft.deferred_grant;
    let (guest, _) = scene
        .guest(&json!({
            "grant_types": [AUTHORIZATION_CODE, polling],
            "response_types": ["code"],
            "redirect_uris": [REDIRECT_URI],
            "token_endpoint_auth_method": "client_secret_basic",
            "jwks": { "keys": [key.jwk()] },
        }))
        .await?;
    let plain = exchanged(scene, &guest, &key, false).await?;
    if plain.error() == Some("invalid_request") {
        let why = "the guest's token request is refused without a hint, too";
        return Err(Halt::Elsewhere(why.to_owned()));
    }
    let hinted = exchanged(scene, &guest, &key, true).await?;
    let refused = hinted.error() == Some("invalid_request");
    scene.check("K-5.2-01", refused, || {
        let error = hinted.error().unwrap_or("no error");
        let status = hinted.reply.status;
        format!("the hint was not seen: status {status}, {error}")
    });
    Ok(())
}

/// Obtains an authorization code by a signed request, with or without a hint, and exchanges it without opt-in.
async fn exchanged(
    scene: &mut Scene,
    guest: &Guest,
    key: &Key,
    hinted: bool,
) -> Result<Told, Halt> {
    let purpose = match hinted {
        true => "a signed authorization request with a hint",
        false => "a signed authorization request without a hint",
    };
    let none = || Halt::Elsewhere("there is no authorization endpoint".to_owned());
    let endpoint = scene.target().endpoints.authorization.clone();
    let mut url = Url::clone(&*endpoint.ok_or_else(none)?);
    let claims = claims(scene, guest, hinted).await;
    // Nothing besides the object, so that a server that does not read it finds no request and gives no code.
    url.query_pairs_mut()
        .append_pair("client_id", &guest.client_id)
        .append_pair("request", &key.jwt("oauth-authz-req+jwt", None, &claims));
    let told = scene.fetch(purpose, url).await?;
    let code = read_code(&told.reply, STATE).map_err(|seen| {
        let why = "a signed authorization request brings no authorization code";
        Halt::Elsewhere(format!("{why}: {seen}"))
    })?;
    let form = [
        ("grant_type", AUTHORIZATION_CODE),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    scene
        .token_for(guest, "a token request without opt-in", &form)
        .await
}

/// What a request object says (RFC 9101 Section 4).
async fn claims(scene: &Scene, guest: &Guest, hinted: bool) -> Value {
    let target = scene.target();
    let issuer = target.endpoints.issuer.as_str();
    let mut claims = json!({
        "iss": guest.client_id,
        // An issuer without a path ends in a slash once it is parsed, and may not have had one.
        "aud": [issuer, issuer.trim_end_matches('/')],
        "exp": target.now().await + LIFETIME,
        "client_id": guest.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "state": STATE,
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    });
    if hinted {
        claims[target.draft.completion_mode] = Value::from(target.draft.deferred);
    }
    claims
}
