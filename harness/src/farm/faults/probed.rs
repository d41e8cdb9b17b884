//! Faults that no trace can show, and probes do.

use dtr_reference::deferral::State;
use dtr_reference::wire;
use http::{HeaderValue, header};
use serde_json::Value;
use url::Url;

use super::fault;
use crate::exchange::{Answered, Asked};
use crate::farm::fault::{Fault, How, Seam, Shown};
use crate::farm::store::Purpose;
use crate::jwt::claims;

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "hint-acknowledged",
        Seam::Response,
        "the authorization response to a hint says that there may be a deferral",
        Shown::Broken(&["K-3-02", "DTR-5.2-04", "K-5.2-02"]),
        &[How::Response(|asked, answered, _| {
            if mode(asked).is_some() {
                redirect(answered, |pairs| {
                    pairs.push(pair("may_be_deferred", "true"))
                });
            }
        })],
    ),
    fault(
        "deferred-by-the-preceding-endpoint",
        Seam::Response,
        "the authorization response to a hint brings a deferral code",
        Shown::Broken(&["K-6.1-01", "K-3-02"]),
        &[How::Response(|asked, answered, _| {
            if mode(asked).is_some() {
                redirect(answered, |pairs| pairs.push(pair("deferral_code", "early")));
            }
        })],
    ),
    fault(
        "defects-pending",
        Seam::Response,
        "what is wrong with an authorization request is `authorization_pending` where there is a hint",
        Shown::Broken(&["DTR-6.1.1-01", "DTR-6.1.1-03"]),
        &[How::Response(|asked, answered, _| {
            if mode(asked).is_some() {
                redirect(answered, |pairs| {
                    for (name, value) in pairs {
                        if name == "error" {
                            *value = "authorization_pending".to_owned();
                        }
                    }
                });
            }
        })],
    ),
    fault(
        "unknown-hint-refused",
        Seam::Response,
        "a hint with a value that nobody knows is an invalid authorization request",
        Shown::Broken(&["DTR-6.1.1-02"]),
        &[How::Response(|asked, answered, _| {
            if mode(asked).is_some_and(|mode| mode != "deferred") {
                redirect(answered, |pairs| {
                    *pairs = vec![pair("error", "invalid_request")]
                });
            }
        })],
    ),
    fault(
        "unknown-mode-refused",
        Seam::Response,
        "a `completion_mode` with a value that nobody knows is `invalid_request`",
        Shown::Broken(&["DTR-5.1-03", "DTR-5.3-04"]),
        &[How::Response(|asked, answered, _| {
            if asked.is_initial()
                && asked
                    .get("completion_mode")
                    .is_some_and(|m| m != "deferred")
            {
                answered.fail(400, "invalid_request");
            }
        })],
    ),
    fault(
        "unknown-mode-alone-refused",
        Seam::Response,
        "a `completion_mode` without `deferred` is `invalid_request`",
        Shown::Broken(&["DTR-5.3-04"]),
        &[How::Response(|asked, answered, _| {
            let mode = asked.get("completion_mode");
            if asked.is_initial() && mode.is_some_and(|m| !m.contains("deferred")) {
                answered.fail(400, "invalid_request");
            }
        })],
    ),
    fault(
        "mode-has-to-come-first",
        Seam::Request,
        "`deferred` behind another value is not seen",
        Shown::Broken(&["K-5.1-01"]),
        &[How::Request(|asked, _| {
            if asked
                .get("completion_mode")
                .is_some_and(|m| !m.starts_with("deferred"))
            {
                asked.remove("completion_mode");
            }
        })],
    ),
    fault(
        "mode-refused-with-credentials",
        Seam::Response,
        "`completion_mode` is refused with the client credentials grant",
        Shown::Broken(&["DTR-5.3-03"]),
        &[How::Response(|asked, answered, _| {
            let credentials = asked.get("grant_type") == Some(wire::GRANT_CLIENT_CREDENTIALS);
            if asked.is_initial() && credentials && asked.get("completion_mode").is_some() {
                answered.fail(400, "invalid_request");
            }
        })],
    ),
    fault(
        "poll-narrows-the-scope",
        Seam::Request,
        "a poll may ask for another scope, and gets it",
        Shown::Broken(&["K-4.1-G4"]),
        &[
            How::Request(|asked, _| {
                if asked.is_poll() {
                    asked.remove("scope");
                }
            }),
            How::Response(|asked, answered, _| {
                if let (true, Some(scope)) = (answered.is_token(), asked.get("scope"))
                    && asked.is_poll()
                {
                    answered.set("scope", scope);
                }
            }),
        ],
    ),
    fault(
        "initial-error-of-its-own",
        Seam::Response,
        "an unsound request is refused with an error that no specification has",
        Shown::Broken(&["DTR-6.3.1-04"]),
        &[How::Response(|asked, answered, _| {
            if asked.is_initial() && (answered.is("invalid_scope") || answered.is("invalid_grant"))
            {
                answered.set("error", "computer_says_no");
            }
        })],
    ),
    fault(
        "one-link-for-all",
        Seam::Response,
        "every request that needs interaction has the same link",
        Shown::Broken(&["DTR-6.4-18"]),
        &[How::Response(|_, answered, _| {
            if answered.members.contains_key("interaction_uri") {
                answered.set("interaction_uri", "https://interaction.example/dtr");
            }
        })],
    ),
    fault(
        "redeemed-described-as-unknown",
        Seam::Response,
        "a redeemed code is described to its owner like an unknown one",
        Shown::Warned("DTR-6.6-10"),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() && answered.is("invalid_grant") {
                answered.set("error_description", "unknown deferral code");
            }
        })],
    ),
    fault(
        "description-repeats-the-code",
        Seam::Response,
        "descriptions of refused polls repeat the code",
        Shown::Broken(&["K-6.6-04"]),
        &[How::Response(|asked, answered, _| {
            if let (true, Some(code)) = (answered.is("access_denied"), asked.code()) {
                answered.set("error_description", format!("{code} was refused"));
            }
        })],
    ),
    fault(
        "description-names-the-approver",
        Seam::Response,
        "pending polls say who has to decide",
        Shown::Broken(&["DTR-9.4-02"]),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() && answered.is("authorization_pending") {
                answered.set("error_description", "waiting for eve@example.com");
            }
        })],
    ),
    fault(
        "foreign-code-described",
        Seam::Response,
        "a poll of somebody else's code is described otherwise than one of an unknown code",
        Shown::Broken(&["DTR-6.6-12"]),
        &[How::Response(|asked, answered, known| {
            if asked.is_poll() && answered.is("invalid_grant") && known.is_foreign(asked) {
                answered.set("error_description", "the code belongs to another client");
            }
        })],
    ),
    fault(
        "foreign-code-traced",
        Seam::Response,
        "a poll of somebody else's code is answered with a header field of its own",
        Shown::Broken(&["DTR-6.6-12"]),
        &[How::Response(|asked, answered, known| {
            if asked.is_poll() && answered.is("invalid_grant") && known.is_foreign(asked) {
                answered
                    .headers
                    .insert("x-found", HeaderValue::from_static("1"));
            }
        })],
    ),
    fault(
        "token-revoked-with-its-code",
        Seam::Response,
        "revoking a redeemed code ends its token as well",
        Shown::Broken(&["DTR-8.2-06"]),
        &[How::Response(|asked, answered, known| {
            let token = asked.get("token").unwrap_or_default();
            if asked.is_revocation() {
                known.heard().revoked.insert(token.to_owned());
            }
            let heard = known.heard();
            let ended = heard.tokens.iter().any(|(code, answer)| {
                heard.revoked.contains(code)
                    && answer.get("access_token").and_then(Value::as_str) == Some(token)
            });
            if asked.path == wire::INTROSPECT && ended {
                answered.set("active", false);
            }
        })],
    ),
    fault(
        "progress-untold",
        Seam::Response,
        "pending polls say nothing of the step that the request has taken",
        Shown::Warned("DTR-9.4-01"),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() && answered.is("authorization_pending") {
                answered.remove("error_description");
            }
        })],
    ),
    fault(
        "progress-in-prose",
        Seam::Response,
        "pending polls tell their progress in prose",
        Shown::Warned("DTR-9.4-03"),
        &[How::Response(|asked, answered, _| {
            let said = answered.members.get("error_description");
            let step = said
                .and_then(Value::as_str)
                .and_then(|s| s.strip_prefix("step="));
            if let (true, Some(step)) = (asked.is_poll(), step) {
                answered.set(
                    "error_description",
                    format!("the second manager does the {step}"),
                );
            }
        })],
    ),
    fault(
        "no-token-but-a-header",
        Seam::Callback,
        "callbacks without a notification token have an `Authorization` header all the same",
        Shown::Broken(&["DTR-7.1-05"]),
        &[How::Callback(|mut received| {
            let empty = HeaderValue::from_static("Bearer none");
            received
                .headers
                .entry(header::AUTHORIZATION)
                .or_insert(empty);
            vec![received]
        })],
    ),
    fault(
        "redirects-followed",
        Seam::Callback,
        "whatever a callback is answered, it is sent again to where a redirect would lead",
        Shown::Broken(&["DTR-7.1-10"]),
        &[How::Callback(|received| {
            let mut again = received.clone();
            again.uri.push_str("?redirected");
            vec![received, again]
        })],
    ),
    fault(
        "callback-with-a-proof",
        Seam::Callback,
        "callbacks bear a DPoP proof",
        Shown::Broken(&["K-11.1-02"]),
        &[How::Callback(|mut received| {
            received
                .headers
                .insert("dpop", HeaderValue::from_static("a.b.c"));
            vec![received]
        })],
    ),
    fault(
        "callback-answer-heeded",
        Seam::Store,
        "what answers a callback settles the request: it is denied",
        Shown::Broken(&["K-11.5-01"]),
        &[How::Change(|m| {
            let before = m.deferral.laid_open().notice.is_closed();
            m.go();
            let open = m.deferral.laid_open();
            let delivered = !before && open.notice.is_closed();
            if delivered && matches!(open.state, State::Approved { .. }) {
                *open.state = State::Denied;
            }
        })],
    ),
    fault(
        "callback-refusal-heeded",
        Seam::Store,
        "a callback that is not taken settles the request: it is denied",
        Shown::Broken(&["DTR-6.5.1-05"]),
        &[How::Change(|m| {
            let resolved = matches!(m.state(), State::Approved { .. });
            let under_way = resolved && m.deferral.callback_due_at().is_none();
            m.go();
            if under_way && m.deferral.callback_due_at().is_some() {
                *m.deferral.laid_open().state = State::Denied;
            }
        })],
    ),
    fault(
        "patience-lost",
        Seam::Response,
        "whoever polls too early for the tenth time is denied",
        Shown::Broken(&["K-6.6-03"]),
        &[How::Response(|asked, answered, known| {
            if let (true, true, Some(code)) =
                (asked.is_poll(), answered.is("slow_down"), asked.code())
            {
                let mut heard = known.heard();
                let times = heard.times.entry(code.to_owned()).or_default();
                *times += 1;
                if *times > 9 {
                    answered.fail(400, "access_denied");
                }
            }
        })],
    ),
    fault(
        "one-token-for-all",
        Seam::Callback,
        "every callback presents the token that came first",
        Shown::Broken(&["K-11.6-01"]),
        &[How::Callback(|mut received| {
            let first = HeaderValue::from_static("Bearer the-token-that-came-first");
            if received.headers.contains_key(header::AUTHORIZATION) {
                received.headers.insert(header::AUTHORIZATION, first);
            }
            vec![received]
        })],
    ),
    fault(
        "callback-waits-forever",
        Seam::Configuration,
        "a callback that nobody answers is waited for",
        Shown::Warned("DTR-11.5-05"),
        &[How::Setting(|config| config.callback.read_timeout = 3600)],
    ),
    fault(
        "callback-answer-read-to-its-end",
        Seam::Configuration,
        "the answer to a callback is read however long it is",
        Shown::Warned("DTR-11.5-06"),
        &[How::Setting(|config| config.callback.max_body = usize::MAX)],
    ),
    fault(
        "unbound-code-bound-token",
        Seam::Response,
        "the token of a code that was bound to no key says that it is bound to one",
        Shown::Broken(&["K-11.1-01"]),
        &[How::Response(|asked, answered, _| {
            let bearer = answered.members.get("token_type") == Some(&Value::from("Bearer"));
            if asked.is_poll() && answered.is_token() && bearer {
                answered.set("token_type", "DPoP");
            }
        })],
    ),
    fault(
        "synchronous-request-ends-the-deferred",
        Seam::Response,
        "a client that gets a token at once loses its deferred requests",
        Shown::Broken(&["K-9.3-01"]),
        &[How::Response(|asked, answered, known| {
            let Some(client) = asked.client_id() else {
                return;
            };
            if asked.is_initial() && answered.is_token() {
                let _ = known.first(&client);
            } else if asked.is_poll() && answered.is_token() && known.was_named(&client) {
                answered.fail(400, "access_denied");
            }
        })],
    ),
    fault(
        "slow-revocation-of-known-codes",
        Seam::Response,
        "revoking a code that exists takes longer",
        Shown::Warned("DTR-8.2-12"),
        &[How::Slow(|asked, known| {
            asked.is_revocation() && known.is_foreign(asked)
        })],
    ),
    fault(
        "pushed-hint-not-seen",
        Seam::Request,
        "a hint in a pushed request is not seen",
        Shown::Broken(&["K-5.2-01"]),
        &[How::Request(|asked, _| {
            if asked.path == wire::PAR {
                asked.remove("completion_mode");
            }
        })],
    ),
    fault(
        "signed-hint-not-seen",
        Seam::Request,
        "a hint in a signed authorization request is not seen",
        Shown::Broken(&["K-5.2-01"]),
        &[How::Request(|asked, _| {
            let object = asked.query.iter().find(|(name, _)| name == "request");
            let Some(mut claims) = object.and_then(|(_, jwt)| claims(jwt)) else {
                return;
            };
            claims.remove("completion_mode");
            // What is left stands in the query, as if nobody had signed it.
            let texts = claims.into_iter();
            asked.query = texts
                .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                .collect();
        })],
    ),
    fault(
        "opened-link-decides",
        Seam::Store,
        "whoever opens the link has approved the request",
        Shown::Broken(&["DTR-6.4-19"]),
        &[How::Change(|m| {
            m.go();
            let open = m.deferral.laid_open();
            let waits = *open.state == State::Pending { interaction: true };
            if waits && m.purpose() == Purpose::Other {
                let scope = m.deferral.laid_open().request.scope.clone();
                m.set(State::Approved { scope });
            }
        })],
    ),
    fault(
        "link-works-again",
        Seam::Store,
        "a link that was used can be used again, even for a redeemed request",
        Shown::Broken(&["DTR-6.4-20"]),
        &[How::Change(|m| {
            if m.state() == State::Redeemed && m.purpose() == Purpose::Other {
                let scope = m.deferral.laid_open().request.scope.clone();
                m.set(State::Approved { scope });
            } else {
                m.go();
            }
        })],
    ),
    fault(
        "link-outlives-the-code",
        Seam::Store,
        "a link goes on after the lifetime of its code",
        Shown::Broken(&["DTR-6.4-21"]),
        &[How::Change(|m| {
            if m.is_expired() && matches!(m.purpose(), Purpose::Other | Purpose::Decide) {
                let before = m.state();
                let issued = *m.deferral.laid_open().issued_at;
                *m.deferral.laid_open().issued_at = m.now;
                m.set(State::Pending { interaction: true });
                m.go();
                m.set(before);
                *m.deferral.laid_open().issued_at = issued;
            } else {
                m.go();
            }
        })],
    ),
    fault(
        "exchange-forgets-its-type",
        Seam::Response,
        "the token of a deferred token exchange comes without `issued_token_type`",
        Shown::Broken(&["K-6.5.2-02"]),
        &[How::Response(|asked, answered, _| {
            if asked.is_poll() {
                answered.remove("issued_token_type");
            }
        })],
    ),
    fault(
        "endpoint-without-tls-registered",
        Seam::Response,
        "a client may register a callback endpoint without TLS",
        Shown::Broken(&["DTR-11.4-01"]),
        &[How::Response(|asked, answered, _| {
            register(asked, answered, "http://")
        })],
    ),
    fault(
        "endpoint-inside-registered",
        Seam::Response,
        "a client may register a callback endpoint in the server's own network",
        Shown::Warned("DTR-11.5-01"),
        &[How::Response(|asked, answered, _| {
            register(asked, answered, "https://")
        })],
    ),
];

/// Registers a client that was refused for its callback endpoint, which begins so.
fn register(asked: &Asked, answered: &mut Answered, scheme: &str) {
    let body = asked.other.as_deref().unwrap_or_default();
    let mut client: Value = serde_json::from_slice(body).unwrap_or_default();
    let endpoint = client["deferred_client_notification_endpoint"].as_str();
    let fits = endpoint.is_some_and(|endpoint| endpoint.starts_with(scheme));
    if asked.path == wire::REGISTER && fits && answered.status == 400 {
        client["client_id"] = "registered-all-the-same".into();
        answered.become_json(201, client);
    }
}

/// The hint of an authorization request.
fn mode(asked: &Asked) -> Option<&str> {
    let mut query = asked.query.iter().filter(|_| asked.path == wire::AUTHORIZE);
    let found = query.find(|(name, _)| name == "completion_mode");
    found.map(|(_, value)| value.as_str())
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Changes what a redirect says.
fn redirect(answered: &mut Answered, change: impl FnOnce(&mut Vec<(String, String)>)) {
    let location = answered.headers.get(header::LOCATION);
    let Some(mut url) = location.and_then(|l| Url::parse(l.to_str().ok()?).ok()) else {
        return;
    };
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    change(&mut pairs);
    url.query_pairs_mut().clear().extend_pairs(pairs);
    let value = HeaderValue::from_str(url.as_str()).expect("a URL is visible ASCII");
    answered.headers.insert(header::LOCATION, value);
}
