//! Faults at the endpoints that RFC 8628 and CIBA have for requests that wait.

use dtr_reference::wire;
use serde_json::Value;

use crate::farm::fault::{Fault, How, Seam, Shown};
use crate::jwt;
use crate::probe::own_endpoint::{NOBODY, OTHER_HINT, UNDEFINED};

/// Somebody whom the reference knows.
const SOMEBODY: &str = "alice";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "empty-scope-refused",
        seam: Seam::Response,
        does: "a request with an empty `scope` is refused",
        shown: Shown::Broken(&["DEV-3.1-04"]),
        how: &[How::Response(|asked, answered, _| {
            let mut scopes = asked.form.iter().filter(|(name, _)| name == "scope");
            if asked.is_initial() && scopes.any(|(_, value)| value.is_empty()) {
                answered.fail(400, "invalid_scope");
            }
        })],
    },
    Fault {
        id: "undefined-parameter-refused",
        seam: Seam::Response,
        does: "a request with a parameter that nobody defined is refused",
        shown: Shown::Broken(&["DEV-3.1-05", "CIBA-7.2-06"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_initial() && asked.get(UNDEFINED).is_some() {
                answered.fail(400, "invalid_request");
            }
        })],
    },
    Fault {
        id: "parameter-there-twice",
        seam: Seam::Response,
        does: "the response that opens a deferral has `expires_in` twice",
        shown: Shown::Broken(&["DEV-3.1-06"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_initial() && answered.is_deferred() {
                let once = Value::Object(answered.members.clone()).to_string();
                answered.text = Some(once.replacen('{', "{\"expires_in\":1800,", 1));
            }
        })],
    },
    Fault {
        id: "verification-page-gone",
        seam: Seam::Response,
        does: "there is no page where `verification_uri` leads",
        shown: Shown::Broken(&["DEV-3.3-01"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.path == "/device" {
                answered.fail(404, "not_found");
            }
        })],
    },
    Fault {
        id: "second-hint-ignored",
        seam: Seam::Request,
        does: "of two hints about the user one is ignored",
        shown: Shown::Broken(&["CIBA-7.2-03"]),
        how: &[How::Request(|asked, _| {
            if asked.is_initial() && asked.get("login_hint").is_some() {
                asked.remove(OTHER_HINT.0);
            }
        })],
    },
    Fault {
        id: "anybody-known",
        seam: Seam::Request,
        does: "a hint that is nobody's is taken for somebody's",
        shown: Shown::Broken(&["CIBA-7.2-04"]),
        how: &[How::Request(|asked, _| {
            if asked.is_initial() && asked.get("login_hint") == Some(NOBODY) {
                asked.set("login_hint", SOMEBODY);
            }
        })],
    },
    Fault {
        id: "scope-made-up",
        seam: Seam::Request,
        does: "a request without `scope` is served as if it had one",
        shown: Shown::Broken(&["CIBA-7.2-05"]),
        how: &[How::Request(|asked, _| {
            let about_somebody = asked.get("login_hint").is_some();
            if asked.is_initial() && about_somebody && asked.get("scope").is_none() {
                asked.set("scope", "openid read");
            }
        })],
    },
    Fault {
        id: "user-made-up",
        seam: Seam::Request,
        does: "a request about nobody is served as if it were about somebody",
        shown: Shown::Broken(&["CIBA-7.2-05"]),
        how: &[How::Request(|asked, _| {
            let with_scope = asked.get("scope").is_some();
            if asked.is_initial() && with_scope && asked.get("login_hint").is_none() {
                asked.set("login_hint", SOMEBODY);
            }
        })],
    },
    Fault {
        id: "assertion-for-its-endpoint-refused",
        seam: Seam::Response,
        does: "a client assertion for the backchannel authentication endpoint is refused",
        shown: Shown::Broken(&["CIBA-7.1-04"]),
        how: &[How::Response(|asked, answered, _| {
            let audience = asked.get("client_assertion").and_then(audience);
            let own = wire::BACKCHANNEL_AUTHENTICATION;
            if asked.is_initial() && audience.is_some_and(|to| to.ends_with(own)) {
                answered.fail(401, "invalid_client");
            }
        })],
    },
    Fault {
        id: "expiry-granted-in-words",
        seam: Seam::Response,
        does: "`requested_expiry` shows in `expires_in`, and the request waits as long as any",
        shown: Shown::Broken(&["CIBA-11-04"]),
        how: &[
            How::Request(|asked, _| asked.remove("requested_expiry")),
            How::Response(|asked, answered, _| {
                let wish = asked
                    .get("requested_expiry")
                    .and_then(|wish| wish.parse().ok());
                if let (true, Some(wish)) = (answered.is_deferred(), wish) {
                    let seconds: u64 = wish;
                    answered.set("expires_in", seconds);
                }
            }),
        ],
    },
    Fault {
        id: "error-uri-in-prose",
        seam: Seam::Response,
        does: "the `error_uri` of a refused request is no URI",
        shown: Shown::Broken(&["CIBA-13-05", "CIBA-13-06"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_initial() && answered.error().is_some() {
                answered.set("error_uri", "https://[the manual");
            }
        })],
    },
    Fault {
        id: "description-in-quotes",
        seam: Seam::Response,
        does: "the `error_description` of a refused request has quotation marks in it",
        shown: Shown::Broken(&["CIBA-13-03"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_initial() && answered.error().is_some() {
                answered.set("error_description", "see \"the manual\"");
            }
        })],
    },
    Fault {
        id: "identifier-with-other-characters",
        seam: Seam::Response,
        does: "identifiers of requests end in an equals sign",
        shown: Shown::Broken(&["CIBA-7.3-04"]),
        how: &[
            How::Request(|asked, _| {
                let name = asked.handle();
                if let Some(code) = asked.get(name).and_then(|code| code.strip_suffix('=')) {
                    let code = code.to_owned();
                    asked.set(name, &code);
                }
            }),
            How::Response(|asked, answered, _| {
                let name = answered.handle();
                let code = answered.issued().map(|code| format!("{code}="));
                if let (true, Some(code)) = (asked.is_initial(), code) {
                    answered.set(name, code);
                }
            }),
        ],
    },
    Fault {
        id: "user-code-missing",
        seam: Seam::Response,
        does: "a device gets no user code",
        shown: Shown::Broken(&["DEV-3.2-03"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_initial() {
                answered.remove("user_code");
            }
        })],
    },
    Fault {
        id: "verification-uri-relative",
        seam: Seam::Response,
        does: "a device is not told on which server the page is",
        shown: Shown::Broken(&["DEV-3.2-04"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_initial() && answered.is_deferred() {
                answered.set("verification_uri", "/device");
            }
        })],
    },
    Fault {
        id: "grant-not-announced",
        seam: Seam::Metadata,
        does: "the metadata does not list the grant that polls",
        shown: Shown::Broken(&["DEV-4-01", "CIBA-4-05"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_metadata() {
                answered.remove("grant_types_supported");
            }
        })],
    },
    Fault {
        id: "modes-not-announced",
        seam: Seam::Metadata,
        does: "the metadata does not say how results are delivered",
        shown: Shown::Broken(&["CIBA-4-01"]),
        how: &[How::Response(|asked, answered, _| {
            if asked.is_metadata() {
                answered.remove("backchannel_token_delivery_modes_supported");
            }
        })],
    },
];

/// Whom an assertion is for, if that is one server.
fn audience(assertion: &str) -> Option<String> {
    jwt::claims(assertion)?
        .get("aud")?
        .as_str()
        .map(str::to_owned)
}
