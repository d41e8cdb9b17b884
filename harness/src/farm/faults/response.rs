//! Faults in what is answered: another answer than the state calls for.

use crate::farm::fault::{Fault, How, Seam, Shown};

/// Faults whose decoration is one change to responses.
macro_rules! faults {
    ($($id:literal: $does:literal, $shown:expr, $change:expr;)*) => {
        pub(super) const FAULTS: &[Fault] = &[$(Fault {
            id: $id,
            seam: Seam::Response,
            does: $does,
            shown: $shown,
            how: &[How::Response($change)],
        }),*];
    };
}

faults! {
    "pending-forever": "every poll is answered pending, whatever was decided",
        Shown::Broken(&["DTR-6.5.1-05", "DTR-6.5.1-06"]),
        |asked, answered, _| if asked.is_poll() {
            answered.fail(400, "authorization_pending");
        };
    "rejects-everything": "every token request is refused, every poll unknown",
        Shown::Inconclusive,
        |asked, answered, _| {
            if asked.is_initial() && (answered.is_token() || answered.is_deferred()) {
                answered.fail(400, "invalid_scope");
            } else if asked.is_poll() && !answered.is("invalid_client") {
                answered.fail(400, "invalid_grant");
            }
        };
    "pending-as-200": "a pending poll is answered with status 200",
        Shown::Broken(&["K-6.5.2-01"]),
        |asked, answered, _| if asked.is_poll() && answered.is("authorization_pending") {
            answered.status = 200;
        };
    "pending-as-202": "a pending poll is answered with status 202",
        Shown::Broken(&["K-6.6-03"]),
        |asked, answered, _| if asked.is_poll() && answered.is("authorization_pending") {
            answered.status = 202;
        };
    "interaction-as-pending": "a poll that waits for interaction is told nothing of it",
        Shown::Broken(&["DTR-6.6-03"]),
        |asked, answered, _| if asked.is_poll() && answered.is("interaction_required") {
            answered.set("error", "authorization_pending");
            answered.remove("interaction_uri");
        };
    "expiry-as-denial": "an expired code is answered `access_denied`",
        Shown::Broken(&["DTR-6.5.1-04"]),
        |asked, answered, _| if asked.is_poll() && answered.is("expired_token") {
            answered.set("error", "access_denied");
        };
    "expiry-as-unknown": "an expired code is answered `invalid_grant`",
        Shown::Broken(&["DTR-6.5.1-04"]),
        |asked, answered, _| if asked.is_poll() && answered.is("expired_token") {
            answered.set("error", "invalid_grant");
        };
    "denial-as-expiry": "a denied code is answered `expired_token`",
        Shown::Broken(&["DTR-6.5.1-06"]),
        |asked, answered, _| if asked.is_poll() && answered.is("access_denied") {
            answered.set("error", "expired_token");
        };
    "denial-as-unknown": "a denied code is answered `invalid_grant`",
        Shown::Broken(&["DTR-6.5.1-06"]),
        |asked, answered, _| if asked.is_poll() && answered.is("access_denied") {
            answered.set("error", "invalid_grant");
        };
    "redeemed-as-denial": "a redeemed code is answered `access_denied`",
        Shown::Broken(&["DTR-6.5.1-07", "DTR-6.5.2-02", "DTR-6.6-09"]),
        |asked, answered, known| {
            if asked.is_poll() && answered.is("invalid_grant") && known.is_redeemed(asked) {
                answered.set("error", "access_denied");
            }
        };
    "redeemed-token-repeated": "a redeemed code gives the same token again",
        Shown::Broken(&["DTR-6.5.2-02"]),
        |asked, answered, known| {
            let code = asked.code().unwrap_or_default();
            let before = known.heard().tokens.get(code).cloned();
            if let (true, true, Some(before)) = (asked.is_poll(), answered.is("invalid_grant"), before) {
                answered.become_json(200, before.into());
            }
        };
    "unknown-as-expiry": "an unknown code is answered `expired_token`",
        Shown::Broken(&["DTR-6.5.1-03", "DTR-6.6-09"]),
        |asked, answered, known| {
            let foreign = known.is_foreign(asked);
            if asked.is_poll() && answered.is("invalid_grant") && !foreign {
                answered.set("error", "expired_token");
            }
        };
    "foreign-code-has-its-own-error": "the code of another client is answered `unauthorized_client`",
        Shown::Broken(&["DTR-6.5.1-03", "DTR-6.6-11", "DTR-6.6-12"]),
        |asked, answered, known| {
            if asked.is_poll() && answered.is("invalid_grant") && known.is_foreign(asked) {
                answered.set("error", "unauthorized_client");
            }
        };
    "foreign-code-challenged": "the code of another client is answered `invalid_dpop_proof`",
        Shown::Broken(&["DTR-6.6-12"]),
        |asked, answered, known| {
            if asked.is_poll() && answered.is("invalid_grant") && known.is_foreign(asked) {
                answered.set("error", "invalid_dpop_proof");
            }
        };
    "slow-down-as-429": "too fast polling is met with status 429",
        Shown::Broken(&["K-6.6-03"]),
        |asked, answered, _| if asked.is_poll() && answered.is("slow_down") {
            answered.fail(429, "too_many_requests");
        };
    "mint-fails-after-the-burn": "the code is burnt before the token is made, and making it fails the first time",
        Shown::Broken(&["DTR-6.5.1-05"]),
        |asked, answered, known| {
            let code = asked.code().unwrap_or_default();
            if asked.is_poll() && answered.is_token() && known.first(code) {
                answered.fail(503, "temporarily_unavailable");
            }
        };
    "approved-answered-with-an-error": "an approved request ends in `server_error`",
        Shown::Broken(&["DTR-6.5.1-05"]),
        |asked, answered, _| if asked.is_poll() && answered.is_token() {
            answered.fail(500, "server_error");
        };
    "wrong-client-as-invalid-grant": "a failed client authentication is answered `invalid_grant`",
        Shown::Broken(&["DTR-6.5.1-02"]),
        |asked, answered, _| if asked.is_poll() && answered.is("invalid_client") {
            answered.fail(400, "invalid_grant");
        };
    "proof-error-as-invalid-grant": "a proof by another key is answered `invalid_grant`",
        Shown::Broken(&["DTR-11.1-06"]),
        |asked, answered, _| if asked.is_poll() && answered.is("invalid_dpop_proof") {
            answered.fail(400, "invalid_grant");
        };
    "missing-proof-overlooked": "a poll of a bound code with no proof at all is answered as one with the right proof",
        Shown::Broken(&["DTR-6.4-24", "DTR-11.1-06"]),
        |asked, answered, _| {
            if asked.is_poll() && !asked.headers.contains_key("dpop") && answered.is("invalid_dpop_proof") {
                answered.fail(400, "authorization_pending");
            }
        };
    "inconsistent-hint-as-invalid-grant": "a request at odds with its hint is refused with `invalid_grant`",
        Shown::Broken(&["DTR-5.2-06"]),
        |asked, answered, _| {
            let opted_in = asked.get("completion_mode").is_some();
            if asked.is_initial() && !opted_in && answered.is("invalid_request") {
                answered.set("error", "invalid_grant");
            }
        };
    "invalid-request-deferred": "a request that is not valid gets a deferral code that nobody knows",
        Shown::Broken(&["DTR-6.3.1-01"]),
        |asked, answered, _| {
            let refused = answered.is("invalid_scope") || answered.is("invalid_grant");
            if refused && asked.opts_in() {
                answered.defer("a-code-that-nobody-knows-about");
            }
        };
    "token-allows-more": "the token allows more than was asked for",
        Shown::Broken(&["K-4.1-G1"]),
        |asked, answered, _| if asked.is_poll() && answered.is_token() {
            answered.set("scope", "read write admin");
        };
}
