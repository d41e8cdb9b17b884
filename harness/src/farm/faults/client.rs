//! Faults in who is served: requests that are taken for what they are not.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dtr_reference::wire;

use crate::exchange::Asked;
use crate::farm::fault::{Fault, How, Seam, Shown};

const fn fault(
    id: &'static str,
    does: &'static str,
    rows: &'static [&'static str],
    how: &'static [How],
) -> Fault {
    let shown = Shown::Broken(rows);
    Fault {
        id,
        seam: Seam::Request,
        does,
        shown,
        how,
    }
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "client-not-authenticated",
        "on a poll, whoever names a client is taken for it",
        &["DTR-6.5.1-02"],
        &[How::Request(|asked, known| {
            if asked.is_poll()
                && let Some(client_id) = asked.client_id()
            {
                known.authenticate(asked, &client_id);
            }
        })],
    ),
    fault(
        "missing-secret-overlooked",
        "a poll without any client credentials is let through, one with wrong ones is not",
        &["DTR-6.5.1-02"],
        &[How::Request(|asked, known| {
            let shows_nothing = asked.get("client_secret").is_none()
                && !asked.headers.contains_key(http::header::AUTHORIZATION);
            if asked.is_poll()
                && shows_nothing
                && let Some(client_id) = asked.client_id()
            {
                known.authenticate(asked, &client_id);
            }
        })],
    ),
    fault(
        "revocation-not-authenticated",
        "on a revocation, whoever names a client is taken for it",
        &["K-8.1-01"],
        &[How::Request(|asked, known| {
            if asked.is_revocation()
                && let Some(client_id) = asked.client_id()
            {
                known.authenticate(asked, &client_id);
            }
        })],
    ),
    fault(
        "another-client-redeems",
        "whoever has the code gets its token",
        &["DTR-6.5.1-03", "DTR-6.6-09", "DTR-6.6-11", "DTR-6.6-12"],
        &[How::Request(|asked, known| {
            let owner = asked
                .code()
                .and_then(|code| known.heard().owners.get(code).cloned());
            if asked.is_poll()
                && known.is_authentic(asked)
                && let Some(owner) = owner
            {
                known.authenticate(asked, &owner);
            }
        })],
    ),
    fault(
        "defers-without-opt-in",
        "a request that needs a review is deferred whether or not it opted in",
        &["DTR-5-01", "DTR-5.3-02"],
        &[How::Request(|asked, _| {
            if asked.is_initial() {
                asked.set("completion_mode", "deferred");
            }
        })],
    ),
    fault(
        "scope-not-validated",
        "a scope that the client may not have is left out instead of refused",
        &["DTR-6.3.1-01"],
        &[How::Request(|asked, _| {
            if asked.is_initial() {
                asked.remove("scope");
            }
        })],
    ),
    fault(
        "pkce-not-checked",
        "any code verifier will do",
        &["DTR-6.3.1-01"],
        &[How::Request(any_verifier)],
    ),
    fault(
        "revocation-by-anybody",
        "a stranger's revocation cancels the request",
        &["DTR-6.5.1-05"],
        &[How::Request(|asked, known| {
            let owner = asked
                .code()
                .and_then(|code| known.heard().owners.get(code).cloned());
            if asked.is_revocation()
                && known.is_authentic(asked)
                && let Some(owner) = owner
            {
                known.authenticate(asked, &owner);
            }
        })],
    ),
];

/// Both ends of PKCE, in the server's hands.
fn any_verifier(asked: &mut Asked, _: &crate::farm::known::Known) {
    let verifier = "v".repeat(43);
    if asked.get("code_verifier").is_some() {
        asked.set("code_verifier", &verifier);
    }
    if asked.path == wire::AUTHORIZE {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        for (name, value) in &mut asked.query {
            if name == "code_challenge" {
                value.clone_from(&challenge);
            }
        }
    }
}
