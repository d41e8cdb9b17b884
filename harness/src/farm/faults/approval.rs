//! Faults of what comes of an approval that ends, and of challenges: at servers that AROP is laid over. The other texts
//! have no row that they break.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dtr_reference::store::Means;
use serde_json::{Map, Value, json};

use super::fault;
use crate::exchange::{Answered, Asked};
use crate::farm::fault::{Fault, How, Seam, Shown};
use crate::jwt;
use crate::probe::challenge::FLAWED;
use crate::target::bundled::ISSUER_IN_PROCESS;

/// Whether it asks for another token in place of one.
fn renews(asked: &Asked) -> bool {
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    [Some("refresh_token"), Some(exchange)].contains(&asked.get("grant_type"))
}

/// Changes what a JWT in the response says. Nobody here looks at its signature.
fn reclaim(answered: &mut Answered, change: fn(&mut Map<String, Value>)) {
    let token = answered.members.get("access_token").and_then(Value::as_str);
    let token = token.unwrap_or_default();
    let parts: Vec<&str> = token.split('.').collect();
    let (Some(mut claims), [header, _, signature]) = (jwt::claims(token), &parts[..]) else {
        return;
    };
    change(&mut claims);
    let claims = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
    let token = format!("{header}.{claims}.{signature}");
    answered.set("access_token", token);
}

/// A token where there should be an error.
fn grant(answered: &mut Answered) {
    let token = json!({ "access_token": "a-token-that-nobody-granted", "token_type": "DPoP", "expires_in": 60 });
    answered.become_json(200, token);
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "approval-without-end",
        Seam::Decision,
        "an approval lasts for a day, whatever was decided",
        Shown::Broken(&["AROP-7.4-08"]),
        &[How::Control(|path, members| {
            if path.ends_with("/decide") && members.get("approved_for").is_some() {
                members["approved_for"] = 86_400.into();
            }
        })],
    ),
    fault(
        "token-outlives-approval",
        Seam::Response,
        "the response promises an hour, however long the approval lasts",
        Shown::Broken(&["AROP-7.4-08"]),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() && answered.is_token() {
                answered.set("expires_in", 3600);
            }
        })],
    ),
    fault(
        "renewed-token-outlives-approval",
        Seam::Response,
        "what a token is renewed for lasts for an hour again",
        Shown::Broken(&["AROP-7.4-09"]),
        &[How::Response(|asked, answered, _| {
            if renews(asked) && answered.is_token() {
                answered.set("expires_in", 3600);
            }
        })],
    ),
    fault(
        "refresh-outlives-approval",
        Seam::Response,
        "a token is refreshed after the approval has ended",
        Shown::Broken(&["AROP-7.4-11"]),
        &[How::Response(|asked, answered, _| {
            if asked.get("refresh_token").is_some() && answered.is("invalid_grant") {
                grant(answered);
            }
        })],
    ),
    fault(
        "refresh-forgets-approval",
        Seam::Store,
        "a refresh token knows nothing of the approval that it came of",
        Shown::Broken(&["AROP-7.4-09", "AROP-7.4-12"]),
        &[How::Credential(|authorization| {
            if matches!(authorization.means, Means::Refresh { .. }) {
                authorization.approval = None;
                authorization.expires_at = u64::MAX;
            }
        })],
    ),
    fault(
        "exchange-outlives-approval",
        Seam::Response,
        "a token is exchanged after the approval has ended",
        Shown::Broken(&["AROP-7.4-11"]),
        &[How::Response(|asked, answered, _| {
            if asked.get("subject_token").is_some() && answered.is("invalid_grant") {
                grant(answered);
            }
        })],
    ),
    fault(
        "renewal-refused-in-other-words",
        Seam::Response,
        "a refresh or an exchange that comes too late is answered `access_denied`",
        Shown::Broken(&["AROP-7.4-11"]),
        &[How::Response(|asked, answered, _| {
            if renews(asked) && answered.is("invalid_grant") {
                answered.set("error", "access_denied");
            }
        })],
    ),
    fault(
        "renewal-asks-nobody",
        Seam::Response,
        "a token is renewed although consent was withdrawn",
        Shown::Broken(&["AROP-7.4-12"]),
        &[How::Response(|asked, answered, _| {
            if renews(asked) && answered.is("invalid_grant") {
                grant(answered);
            }
        })],
    ),
    fault(
        "renewal-broadens",
        Seam::Response,
        "what a token is renewed for allows more than was asked for",
        Shown::Broken(&["AROP-7.4-10"]),
        &[How::Response(|asked, answered, _| {
            if renews(asked) && answered.is_token() {
                answered.set("scope", "openid read write admin");
            }
        })],
    ),
    fault(
        "approval-that-ended-grants",
        Seam::Response,
        "a poll that comes after the approval has ended gets a token",
        Shown::Broken(&["AROP-8.4-01"]),
        &[How::Response(|asked, answered, known| {
            let code = asked.code().unwrap_or_default();
            let denied = asked.is_poll() && answered.is("access_denied");
            if denied && known.first(code) {
                grant(answered);
            }
        })],
    ),
    fault(
        "repeated-request-waits-again",
        Seam::Request,
        "a request that is repeated is taken for another one",
        Shown::Warned("AROP-7.2-01"),
        &[
            // A challenge has nothing that could be another; elsewhere C-47 would be asked.
            How::Setting(|config| {
                let challenged = config.draft.polling_grant.is_none();
                config.draft.requests_idempotent &= !challenged;
            }),
            How::Request(|asked, known| {
                let details = asked.get("authorization_details").map(str::to_owned);
                if details.is_some_and(|details| !known.first(&details)) {
                    asked
                        .form
                        .push(("resource".into(), ISSUER_IN_PROCESS.into()));
                }
            }),
        ],
    ),
    fault(
        "refused-like-a-poll",
        Seam::Response,
        "what no approval lifts is answered `access_denied`",
        Shown::Broken(&["AROP-7.1-03", "AROP-7.1-04"]),
        &[How::Response(|asked, answered, _| {
            let refused = [
                "invalid_scope",
                "invalid_authorization_details",
                "invalid_grant",
            ];
            if asked.is_initial() && refused.iter().any(|error| answered.is(error)) {
                answered.set("error", "access_denied");
            }
        })],
    ),
    fault(
        "policy-shines-through",
        Seam::Response,
        "an answer says what the server and its policy said to each other",
        Shown::Broken(&["AROP-8-01"]),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() {
                answered.set("evaluation_id", "ev-1");
            }
        })],
    ),
    fault(
        "details-forgotten",
        Seam::Response,
        "the token response has no `authorization_details`",
        Shown::Broken(&["AROP-9.2-06", "TXN-5.4-05"]),
        &[How::Response(|_, answered, _| {
            if answered.is_token() {
                answered.remove("authorization_details");
            }
        })],
    ),
    fault(
        "token-for-everybody",
        Seam::Request,
        "a token is for no resource in particular, whatever is asked for",
        Shown::Warned("AROP-3-02"),
        &[How::Request(|asked, _| asked.remove("resource"))],
    ),
    fault(
        "token-for-another-resource",
        Seam::Response,
        "a token that answers to a challenge is for another resource",
        Shown::Broken(&["TXN-5.4-08"]),
        &[How::Response(|_, answered, _| {
            if answered.is_token() {
                reclaim(answered, |claims| {
                    claims.insert("aud".to_owned(), json!("https://somewhere.else.example"));
                });
            }
        })],
    ),
    fault(
        "token-for-another-transaction",
        Seam::Response,
        "a token names another transaction than the challenge",
        Shown::Broken(&["TXN-5.4-06"]),
        &[How::Response(|_, answered, _| {
            if answered.is_token() {
                reclaim(answered, |claims| {
                    claims.insert("txn".to_owned(), json!("another-transaction"));
                });
            }
        })],
    ),
    fault(
        "token-without-details",
        Seam::Response,
        "a token does not say which transaction it is for",
        Shown::Broken(&["TXN-5.4-07"]),
        &[How::Response(|_, answered, _| {
            if answered.is_token() {
                reclaim(answered, |claims| {
                    claims.remove("authorization_details");
                });
            }
        })],
    ),
    fault(
        "token-without-lifetime",
        Seam::Response,
        "a token response does not say how long the token is good",
        Shown::Broken(&["TXN-6-05"]),
        &[How::Response(|_, answered, _| {
            if answered.is_token() {
                answered.remove("expires_in");
            }
        })],
    ),
    fault(
        "transaction-renewable",
        Seam::Response,
        "a refresh token comes with a token for one transaction",
        Shown::Warned("AROP-7.4-13"),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() && answered.is_token() {
                answered.set("refresh_token", "a-refresh-token-that-nobody-knows");
            }
        })],
    ),
    fault(
        "challenges-taken-unseen",
        Seam::Response,
        "whatever is presented as a challenge opens a request",
        Shown::Broken(FLAWED),
        &[How::Response(|asked, answered, _| {
            let challenged = asked.get("transaction_challenge").is_some();
            if challenged && answered.is("invalid_request") {
                answered.defer("a-code-that-nobody-knows-about");
            }
        })],
    ),
    fault(
        "endpoint-unannounced",
        Seam::Metadata,
        "the metadata name the endpoint for transactions by something that is no URL",
        Shown::Broken(&["TXN-5.1-01"]),
        &[How::Response(|asked, answered, known| {
            let announced = answered
                .members
                .contains_key("transaction_authorization_endpoint");
            // The suite finds the endpoint before it looks at what else is said.
            if asked.is_metadata() && announced && !known.first("metadata") {
                answered.set("transaction_authorization_endpoint", "here");
            }
        })],
    ),
];
