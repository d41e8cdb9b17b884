//! The callback request (Section 7.1).

use dtr_model::draft::Draft;
use http::{HeaderMap, Method, header};
use serde_json::{Map, Value};

use crate::driver::log::Log;
use crate::driver::response::{excerpt, media_type};
use crate::json;
use crate::target::receiver::Received;

/// All that can be said about a callback by itself; returns whether it presented the client notification token.
pub(in crate::driver) fn check(
    log: &mut Log,
    callback: &Received,
    draft: &Draft,
    code: &str,
    notification_token: Option<&str>,
) -> bool {
    let media = media_type(&callback.headers);
    let posted = callback.method == Method::POST && media == Some("application/json");
    log.check("K-7.1-01", posted, || {
        format!(
            "a callback by {} with media type {}",
            callback.method,
            media.unwrap_or("absent")
        )
    });
    let body: Map<String, Value> = json::object(&callback.body).unwrap_or_default();
    let named = body.get(draft.deferral_code).and_then(Value::as_str);
    log.check("DTR-7.1-01", named == Some(code), || {
        format!(
            "the callback does not carry the deferral code: {}",
            excerpt(&callback.body)
        )
    });
    let credential = super::token::CREDENTIALS
        .iter()
        .find(|name| body.contains_key(**name));
    log.check("K-7-02", credential.is_none(), || {
        format!(
            "the callback carries {}",
            credential.copied().unwrap_or_default()
        )
    });
    let secrets = [Some(code), notification_token];
    let leaks = |secret: &&str| callback.uri.contains(*secret);
    log.check("DTR-11.5-07", !secrets.iter().flatten().any(leaks), || {
        "the callback has the deferral code or the notification token in its URL".to_owned()
    });
    log.check("K-11.1-02", !callback.headers.contains_key("dpop"), || {
        "the callback bears a DPoP proof".to_owned()
    });
    match (presented(&callback.headers), notification_token) {
        (Some(presented), Some(supplied)) => {
            let right = presented == supplied;
            for row in ["DTR-7.1-02", "DTR-6.3-03"] {
                log.check(row, right, || {
                    "the callback presents another bearer value than the one supplied".to_owned()
                });
            }
            right
        }
        // Whether the token may be gone by then is C-58.
        (None, Some(_)) => false,
        (presented, None) => {
            log.check("DTR-7.1-05", presented.is_none(), || {
                "the callback presents a bearer value, but none was supplied".to_owned()
            });
            false
        }
    }
}

/// The bearer value, if there is an `Authorization` header field. Another scheme presents nothing that fits.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let value = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token),
        _ => Some(""),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderValue;
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    use super::*;

    const CODE: &str = "LRGidcSAeVs_xYpEDt5pNx0A0TBr7qPHbh_Se6pfdf4";

    /// Whatever arrives at the callback endpoint is read to an end, and only the supplied token counts as presented.
    #[test]
    fn no_callback_makes_the_reader_panic() {
        let valid = format!("{{\"deferral_code\":\"{CODE}\"}}").into_bytes();
        let spoiled = (any::<prop::sample::Index>(), any::<u8>()).prop_map(move |(at, octet)| {
            let mut body = valid.clone();
            let at = at.index(body.len());
            body[at] = octet;
            body
        });
        let body = prop_oneof![spoiled, prop::collection::vec(any::<u8>(), 0..100)];
        let value = prop::collection::vec(prop_oneof![32..127_u8, 128..=255_u8], 0..30);
        let config = Config {
            cases: 2000,
            failure_persistence: None,
            ..Config::default()
        };
        let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config, random);
        let outcome = runner.run(&(body, value), |(body, value)| {
            let value = HeaderValue::from_bytes(&value).expect("such octets may stand in a field");
            let callback = Received {
                method: Method::POST,
                uri: "/callback".to_owned(),
                headers: HeaderMap::from_iter([(header::AUTHORIZATION, value)]),
                body: Bytes::from(body),
            };
            let draft = Draft::DEFAULT;
            let mut log = Log::by(draft);
            prop_assert!(!check(&mut log, &callback, draft, CODE, Some("supplied")));
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{error}"));
    }
}
