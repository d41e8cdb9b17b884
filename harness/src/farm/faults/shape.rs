//! Faults in the shape of an answer: the right one, made badly.

use http::header;
use serde_json::json;

use crate::farm::fault::{Fault, How, Seam, Shown};

/// Faults whose decoration is one change to responses, breaking the rows named.
macro_rules! faults {
    ($($id:literal: $does:literal, $seam:ident, [$($row:literal),*], $change:expr;)*) => {
        pub(super) const FAULTS: &[Fault] = &[$(Fault {
            id: $id,
            seam: Seam::$seam,
            does: $does,
            shown: Shown::Broken(&[$($row),*]),
            how: &[How::Response($change)],
        },)* SHORT_CODES];
    };
}

faults! {
    "support-not-announced": "the metadata does not say that deferral is supported", Metadata,
        ["DTR-5.1-05"],
        |asked, answered, _| if asked.is_metadata() {
            answered.remove("deferred_token_response_supported");
        };
    "support-announced-as-text": "the metadata says \"true\" instead of true", Metadata,
        ["DTR-5.1-05"],
        |asked, answered, _| if asked.is_metadata() {
            answered.set("deferred_token_response_supported", "true");
        };
    "revocation-type-not-listed": "the metadata does not list the deferral-code type as revocable", Metadata,
        ["DTR-8.4-01"],
        |asked, answered, _| if asked.is_metadata() {
            answered.remove("revocation_endpoint_token_type_values_supported");
        };
    "deferred-as-200": "the deferred response has status 200", Response, ["K-6.4-01"],
        |_, answered, _| if answered.is_deferred() { answered.status = 200; };
    "deferred-as-202": "the deferred response has status 202", Response, ["K-6.4-01"],
        |_, answered, _| if answered.is_deferred() { answered.status = 202; };
    "deferred-without-code": "the deferred response carries no code", Response, ["DTR-6.4-01"],
        |_, answered, _| answered.remove(answered.handle());
    "deferred-without-lifetime": "the deferred response carries no `expires_in`", Response, ["DTR-6.4-06"],
        |_, answered, _| if answered.is_deferred() { answered.remove("expires_in"); };
    "lifetime-as-text": "`expires_in` of the deferred response is a string", Response, ["DTR-6.4-06"],
        |_, answered, _| if answered.is_deferred() { answered.set("expires_in", "15"); };
    "deferred-without-interval": "the deferred response carries no `interval`", Response, ["DTR-6.4-09"],
        |_, answered, _| if answered.is_deferred() { answered.remove("interval"); };
    "interval-as-text": "the deferred response announces its interval as a string", Response, ["DTR-6.4-09"],
        |_, answered, _| if answered.is_deferred() { answered.set("interval", "5"); };
    "deferred-with-token": "the deferred response brings a token along", Response, ["K-6.4-04"],
        |_, answered, _| if answered.is_deferred() { answered.set("access_token", "early"); };
    "interaction-without-uri": "`interaction_required` comes without `interaction_uri`", Response,
        ["DTR-6.4-14", "DTR-6.6-03"],
        |_, answered, _| answered.remove("interaction_uri");
    "interaction-over-http": "`interaction_uri` is an http URI", Response, ["DTR-6.4-15"],
        |_, answered, _| if answered.members.contains_key("interaction_uri") {
            answered.set("interaction_uri", "http://interaction.example/dtr/1");
        };
    "interaction-uri-with-fragment": "`interaction_uri` has a fragment", Response, ["DTR-6.4-16"],
        |_, answered, _| if answered.members.contains_key("interaction_uri") {
            answered.set("interaction_uri", "https://interaction.example/dtr#1");
        };
    "pending-repeats-interval": "pending polls repeat `interval`", Response, ["K-6.4-02"],
        |asked, answered, _| if asked.is_poll() && answered.is("authorization_pending") {
            answered.set("interval", 5);
        };
    "pending-repeats-code": "pending polls repeat the code", Response, ["K-6.6-01"],
        |asked, answered, _| if asked.is_poll() && answered.is("authorization_pending") {
            let code = asked.code().unwrap_or_default().to_owned();
            answered.set(answered.handle(), code);
        };
    "pending-tells-code": "the description of a pending poll contains the code", Response, ["K-6.6-01"],
        |asked, answered, _| if asked.is_poll() && answered.is("authorization_pending") {
            let code = asked.code().unwrap_or_default();
            answered.set("error_description", format!("still waiting for {code}"));
        };
    "errors-may-be-stored": "errors carry no `Cache-Control: no-store`", Response, ["DTR-6.6-01"],
        |_, answered, _| if answered.error().is_some() {
            answered.headers.remove(header::CACHE_CONTROL);
        };
    "pending-may-be-stored": "pending answers may be kept for a minute", Response, ["DTR-6.6-01"],
        |_, answered, _| if answered.is("authorization_pending") {
            answered.header(header::CACHE_CONTROL, "private, max-age=60");
        };
    "errors-as-html": "errors are sent as text/html", Response, ["K-6.6-03"],
        |asked, answered, _| if asked.is_poll() && answered.error().is_some() {
            answered.header(header::CONTENT_TYPE, "text/html");
        };
    "denial-as-403": "`access_denied` has status 403", Response, ["DTR-6.5.1-06"],
        |asked, answered, _| if asked.is_poll() && answered.is("access_denied") {
            answered.status = 403;
        };
    "token-without-type": "the token response carries no `token_type`", Response, ["K-6.5.2-01"],
        |_, answered, _| if answered.is_token() { answered.remove("token_type"); };
    "token-of-the-deferral-type": "the token response says that it issues a deferral code", Response,
        ["DTR-6.5.2-01"],
        |_, answered, _| if answered.is_token() {
            answered.set("issued_token_type", dtr_reference::wire::TOKEN_TYPE_DEFERRAL_CODE);
        };
    "token-lives-like-the-code": "`expires_in` of a token response is the code's", Response, ["K-6.5.2-03"],
        |_, answered, _| if answered.is_token() { answered.set("expires_in", 15); };
    "token-as-bearer": "the token of a bound code is a bearer token", Response, ["DTR-11.1-07"],
        |asked, answered, _| if asked.is_poll() && answered.is_token() {
            answered.set("token_type", "Bearer");
        };
    "error-described-by-number": "`error_description` is a number", Response, ["K-6.6-03"],
        |asked, answered, _| if asked.is_poll() && answered.is("authorization_pending") {
            answered.set("error_description", json!(7));
        };
}

/// Codes of ten digits, under which the server finds its own.
const SHORT_CODES: Fault = Fault {
    id: "short-codes",
    seam: Seam::Random,
    does: "deferral codes have ten digits",
    shown: Shown::Broken(&["DTR-6.4-02"]),
    how: &[
        How::Request(|asked, known| {
            let own = asked
                .code()
                .and_then(|code| known.heard().aliases.get(code).cloned());
            if let Some(own) = own {
                let name = if asked.is_poll() {
                    asked.handle()
                } else {
                    "token"
                };
                asked.set(name, &own);
            }
        }),
        How::Response(|_, answered, known| {
            if let Some(own) = answered.issued().map(str::to_owned) {
                let sum = own.bytes().fold(7_u64, |sum, octet| {
                    sum * 31 % 9_999_999_967 + u64::from(octet)
                });
                let alias = format!("{:010}", sum % 10_000_000_000);
                known.heard().aliases.insert(alias.clone(), own);
                answered.set(answered.handle(), alias);
            }
        }),
    ],
};
