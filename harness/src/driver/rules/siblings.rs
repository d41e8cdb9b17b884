//! What RFC 8628 and CIBA ask of a response and DTR does not. Under a text without these rows nothing of it is noted.

use dtr_model::draft::Draft;
use serde_json::{Map, Value};
use url::Url;

use crate::driver::log::Log;
use crate::driver::response::{Response, excerpt};
use crate::json;
use crate::target::transport::Reply;
use crate::vector::format::Characters;

/// Where CIBA's metadata lists how results are delivered, and what may be in it (CIBA Section 4).
const MODES: (&str, [&str; 3]) = (
    "backchannel_token_delivery_modes_supported",
    ["poll", "ping", "push"],
);

/// The response that opens a deferral (RFC 8628 Section 3.2, CIBA Section 7.3).
pub(in crate::driver) fn opened(log: &mut Log, response: &Response<'_>, draft: &Draft) {
    let user_code = response.text("user_code").filter(|code| !code.is_empty());
    log.check("DEV-3.2-03", user_code.is_some(), || {
        format!("no usable user_code: {}", response.show("user_code"))
    });
    let uri = response.text("verification_uri");
    let is_uri = uri.is_some_and(|uri| Url::parse(uri).is_ok());
    log.check("DEV-3.2-04", is_uri, || {
        let shown = response.show("verification_uri");
        format!("verification_uri is no URI: {shown}")
    });
    if let (Some(code), Some(uri)) = (user_code, uri) {
        log.check("DEV-3.3-02", !uri.contains(code), || {
            format!("verification_uri has the user code in it: {uri}")
        });
    }
    if let Some(code) = response.text(draft.deferral_code) {
        log.check("CIBA-7.3-04", Characters::Name.hold(code), || {
            let shown = response.show(draft.deferral_code);
            format!("{} has other characters: {shown}", draft.deferral_code)
        });
    }
}

/// Any response to a request at an endpoint of its own: no parameter is there twice (RFC 8628 Section 3.1).
///
/// What was read has each of them once, and is not read again for that.
pub(in crate::driver) fn said_once(
    log: &mut Log,
    reply: &Reply,
    read: &Result<Response<'_>, String>,
) {
    let once = read.is_ok() || json::object(&reply.body).is_ok();
    let object = |body: &[u8]| serde_json::from_slice::<Map<String, Value>>(body).is_ok();
    if once || object(&reply.body) {
        log.check("DEV-3.1-06", once, || {
            format!("a parameter is there twice: {}", excerpt(&reply.body))
        });
    }
}

/// The error that a request is refused with (CIBA Section 13). What is not there has nothing wrong with it.
pub(in crate::driver) fn refused(log: &mut Log, response: &Response<'_>) {
    let said = response.text("error_description").unwrap_or_default();
    log.check("CIBA-13-03", Characters::Text.hold(said), || {
        let shown = response.show("error_description");
        format!("error_description has other characters: {shown}")
    });
    let uri = response.text("error_uri").unwrap_or_default();
    let base = Url::parse("https://base.example/").ok();
    let parsed = Url::options().base_url(base.as_ref()).parse(uri);
    log.check("CIBA-13-05", parsed.is_ok(), || {
        format!(
            "error_uri is no URI reference: {}",
            response.show("error_uri")
        )
    });
    log.check("CIBA-13-06", Characters::Uri.hold(uri), || {
        format!(
            "error_uri has other characters: {}",
            response.show("error_uri")
        )
    });
}

/// The metadata document (RFC 8628 Section 4, CIBA Section 4).
pub(in crate::driver) fn metadata(log: &mut Log, response: &Response<'_>, draft: &Draft) {
    let list = |name: &str| response.members.get(name).and_then(Value::as_array);
    let grants = list("grant_types_supported");
    let listed = grants.is_some_and(|grants| grants.iter().any(|g| g == draft.deferred_grant));
    for row in ["DEV-4-01", "CIBA-4-05"] {
        log.check(row, listed, || {
            let shown = response.show("grant_types_supported");
            let grant = draft.deferred_grant;
            format!("grant_types_supported does not list {grant}: {shown}")
        });
    }
    let (name, known) = MODES;
    let is_mode = |mode: &Value| mode.as_str().is_some_and(|mode| known.contains(&mode));
    let modes = list(name).is_some_and(|modes| !modes.is_empty() && modes.iter().all(is_mode));
    log.check("CIBA-4-01", modes, || {
        let shown = response.show(name);
        format!("{name} is no list of {}: {shown}", known.join(", "))
    });
    let name = "transaction_authorization_endpoint";
    let is_url = response
        .text(name)
        .is_some_and(|url| Url::parse(url).is_ok());
    log.check("TXN-5.1-01", is_url, || {
        format!("{name} is no URL: {}", response.show(name))
    });
    let name = "backchannel_authentication_endpoint";
    let is_url = response
        .text(name)
        .is_some_and(|url| Url::parse(url).is_ok());
    log.check("CIBA-4-02", is_url, || {
        format!("{name} is no URL: {}", response.show(name))
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use bytes::Bytes;
    use dtr_model::event::Answer;
    use dtr_model::requirement::edition;
    use http::HeaderMap;
    use serde_json::json;

    use super::*;
    use crate::driver::observation::{Observation, Seen};
    use crate::probe;

    /// ietf-01 with another ledger, and with the code's name in CIBA.
    fn draft(ledger: &'static str) -> Draft {
        Draft {
            ledger,
            deferral_code: "auth_req_id",
            ..Draft::IETF_01
        }
    }

    /// What is noted, by this ledger, of what a server says.
    fn noted(ledger: &'static str, opened: Value, refused: Value, metadata: Value) -> Observation {
        let draft = draft(ledger);
        let mut log = Log::by(&draft);
        let first = reply(opened.to_string());
        super::said_once(&mut log, &first, &Response::read(&first));
        let mut read = |said: Value, rule: &dyn Fn(&mut Log, &Response<'_>)| {
            let reply = reply(said.to_string());
            let response = Response::read(&reply).expect("a JSON object");
            rule(&mut log, &response);
        };
        read(opened, &|log, response| {
            super::opened(log, response, &draft)
        });
        read(refused, &super::refused);
        read(metadata, &|log, response| {
            super::metadata(log, response, &draft);
        });
        log.conclude(Seen::Answer(Answer::Silence))
    }

    fn reply(body: String) -> Reply {
        Reply {
            status: 200,
            headers: Arc::new(HeaderMap::new()),
            body: Bytes::from(body),
        }
    }

    fn sound(ledger: &'static str) -> Observation {
        let opened = json!({
            "auth_req_id": "1c266114.a1be_4252-8ad1",
            "user_code": "BCDF-GHJK",
            "verification_uri": "https://as.example/device",
        });
        let refused = json!({"error": "invalid_scope", "error_description": "no such scope"});
        let metadata = json!({
            "grant_types_supported": [Draft::IETF_01.deferred_grant],
            "backchannel_token_delivery_modes_supported": ["poll", "ping"],
            "backchannel_authentication_endpoint": "https://as.example/bc",
        });
        noted(ledger, opened, refused, metadata)
    }

    /// No row says that it is checked here, and is not.
    #[test]
    fn all_checks_that_siblings_have_to_themselves_are_made() {
        for ledger in ["rfc8628", "ciba-poll", "ciba-ping"] {
            let rows = edition(ledger).expect("there is one").rows().iter();
            let probed = |id| probe::all().any(|probe| probe.rows.contains(&id));
            let own = rows.filter(|row| row.is_checked() && row.same_as.is_empty());
            let own = own.filter(|row| !probed(row.id));
            let own: BTreeSet<_> = own.map(|row| row.id).collect();
            let noted = sound(ledger);
            assert_eq!(noted.findings, [], "{ledger}");
            assert_eq!(BTreeSet::from_iter(noted.observed), own, "{ledger}");
        }
    }

    #[test]
    fn each_of_them_can_be_broken() {
        for ledger in ["rfc8628", "ciba-poll", "ciba-ping"] {
            let opened =
                json!({"auth_req_id": "a b", "user_code": 7, "verification_uri": "/device"});
            let refused = json!({
                "error_description": "the \"scope\"",
                "error_uri": "https://[the manual",
            });
            let metadata = json!({
                "grant_types_supported": ["authorization_code"],
                "backchannel_token_delivery_modes_supported": ["carrier pigeon"],
            });
            let broken = noted(ledger, opened, refused, metadata).findings;
            let mut broken: BTreeSet<_> = broken.iter().map(|f| f.requirement).collect();
            if ledger == "rfc8628" {
                let opened =
                    json!({"user_code": "BCDF", "verification_uri": "https://as.example/BCDF"});
                let typed = noted(ledger, opened, json!({}), json!({})).findings;
                broken.extend(typed.iter().map(|f| f.requirement));
                let mut log = Log::by(&draft(ledger));
                let twice = reply(r#"{"interval":5,"interval":10}"#.to_owned());
                super::said_once(&mut log, &twice, &Response::read(&twice));
                let twice = log.conclude(Seen::Answer(Answer::Silence)).findings;
                broken.extend(twice.iter().map(|f| f.requirement));
            }
            assert_eq!(broken, BTreeSet::from_iter(sound(ledger).observed));
        }
    }

    #[test]
    fn under_another_text_nothing_is_noted() {
        let noted = sound("ietf-01");
        assert!(noted.observed.is_empty() && noted.findings.is_empty());
    }
}
