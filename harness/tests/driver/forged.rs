//! Every response-level rule is seen to fail, and only then.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dtr_harness::driver::{Seen, check_metadata};
use dtr_model::draft::Draft;
use dtr_model::event::{Answer, Caller, Event, Fate, TokenRequest};
use serde_json::json;

use crate::forgery::{CODE, Forgery, give_way, jwt};

const REQUEST: Event = Event::Request(TokenRequest::PLAIN);
const CALLBACK: Event = Event::Callback(Fate::Delivered);

/// What is wrong with an answer: a name, the row that it breaks, and how it is done.
type Defect = (&'static str, &'static str, fn(&mut Forgery));

const DEFERRED: &[Defect] = &[
    ("cacheable", "DTR-6.6-01", |f| f.initial.headers.clear()),
    ("cacheable by name", "DTR-6.6-01", |f| {
        f.initial.headers[0].1 = "no-cache, x-no-store".into()
    }),
    ("status 200", "K-6.4-01", |f| f.initial.status = 200),
    ("status 403", "K-6.4-01", |f| f.initial.status = 403),
    ("another error", "K-6.4-01", |f| {
        f.initial.set("error", json!("slow_down"))
    }),
    ("error is no string", "K-6.4-01", |f| {
        f.initial.set("error", json!(7))
    }),
    ("not JSON by its type", "K-6.4-01", |f| {
        f.initial.media = "text/html"
    }),
    ("no code", "DTR-6.4-01", |f| {
        f.initial.remove("deferral_code")
    }),
    ("empty code", "DTR-6.4-01", |f| {
        f.initial.set("deferral_code", json!(""))
    }),
    ("code is a number", "DTR-6.4-01", |f| {
        f.initial.set("deferral_code", json!(12345))
    }),
    ("code is a UUID", "DTR-6.4-02", |f| {
        f.initial.set(
            "deferral_code",
            json!("f47ac10b-58cc-4372-a567-0e02b2c3d479"),
        )
    }),
    ("code of 31 hexadecimal digits", "DTR-6.4-02", |f| {
        f.initial
            .set("deferral_code", json!("0123456789abcdef0123456789abcde"))
    }),
    ("code of 19 characters", "DTR-6.4-02", |f| {
        f.initial.set("deferral_code", json!(CODE[..19]))
    }),
    ("no lifetime", "DTR-6.4-06", |f| {
        f.initial.remove("expires_in")
    }),
    ("lifetime is negative", "DTR-6.4-06", |f| {
        f.initial.set("expires_in", json!(-1))
    }),
    ("lifetime is a string", "DTR-6.4-06", |f| {
        f.initial.set("expires_in", json!("600"))
    }),
    ("no interval", "DTR-6.4-09", |f| {
        f.initial.remove("interval")
    }),
    ("interval is negative", "DTR-6.4-09", |f| {
        f.initial.set("interval", json!(-5))
    }),
    ("interval is a fraction", "DTR-6.4-09", |f| {
        f.initial.set("interval", json!(0.5))
    }),
    ("a token as well", "K-6.4-04", |f| {
        f.initial.set("access_token", json!("secret"))
    }),
    ("a refresh token as well", "K-6.4-04", |f| {
        f.initial.set("refresh_token", json!("secret"))
    }),
    ("interaction without a link", "DTR-6.4-14", |f| {
        f.initial.set("error", json!("interaction_required"))
    }),
    ("interaction without a link", "DTR-6.6-03", |f| {
        f.initial.set("error", json!("interaction_required"))
    }),
    ("link is http", "DTR-6.4-15", |f| {
        f.initial
            .set("interaction_uri", json!("http://as.example/i"))
    }),
    ("link is relative", "DTR-6.4-15", |f| {
        f.initial.set("interaction_uri", json!("/i"))
    }),
    ("link has a fragment", "DTR-6.4-16", |f| {
        f.initial
            .set("interaction_uri", json!("https://as.example/i#here"))
    }),
];

const INITIAL_ERROR: &[Defect] = &[
    ("cacheable", "DTR-6.6-01", |f| f.initial.headers.clear()),
    ("status 500", "DTR-6.3.1-04", |f| f.initial.status = 500),
    ("an error of its own", "DTR-6.3.1-04", |f| {
        f.initial.set("error", json!("computer_says_no"))
    }),
    ("description is no string", "DTR-6.3.1-04", |f| {
        f.initial.set("error_description", json!([1]))
    }),
    ("not JSON by its type", "DTR-6.3.1-04", |f| {
        f.initial.media = "text/plain"
    }),
    ("a token as well", "DTR-6.3.1-04", |f| {
        f.initial.set("access_token", json!("secret"))
    }),
];

const PENDING: &[Defect] = &[
    ("cacheable", "DTR-6.6-01", |f| f.poll.headers.clear()),
    ("interval again", "K-6.4-02", |f| {
        f.poll.set("interval", json!(5))
    }),
    ("code again", "K-6.6-01", |f| {
        f.poll.set("deferral_code", json!(CODE))
    }),
    ("code in the description", "K-6.6-04", |f| {
        f.poll
            .set("error_description", json!(format!("{CODE} waits")))
    }),
    ("an approver in the description", "DTR-9.4-02", |f| {
        f.poll
            .set("error_description", json!("eve@example.com looks at it"))
    }),
    ("code in the description", "K-6.6-01", |f| {
        f.poll.set(
            "error_description",
            json!(format!("still waiting for {CODE}")),
        )
    }),
    ("status 202", "K-6.6-03", |f| f.poll.status = 403),
    ("description is no string", "K-6.6-03", |f| {
        f.poll.set("error_description", json!({}))
    }),
    ("error_uri is no string", "K-6.6-03", |f| {
        f.poll.set("error_uri", json!(1))
    }),
    ("not JSON by its type", "K-6.6-03", |f| {
        f.poll.media = "text/html"
    }),
    ("a token as well", "K-6.6-03", |f| {
        f.poll.set("access_token", json!("secret"))
    }),
    ("link is http", "DTR-6.4-15", |f| {
        f.poll.set("interaction_uri", json!("http://as.example/i"))
    }),
];

const INTERACTION: &[Defect] = &[
    ("no link", "DTR-6.4-14", |f| {
        f.poll.remove("interaction_uri")
    }),
    ("no link", "DTR-6.6-03", |f| {
        f.poll.remove("interaction_uri")
    }),
    ("link is no string", "DTR-6.4-15", |f| {
        f.poll.set("interaction_uri", json!(1))
    }),
    ("link is http", "DTR-6.4-15", |f| {
        f.poll.set("interaction_uri", json!("http://as.example/i"))
    }),
    ("link has a fragment", "DTR-6.4-16", |f| {
        f.poll.set("interaction_uri", json!("https://as.example/#"))
    }),
];

const TOKEN: &[Defect] = &[
    ("no token type", "K-6.5.2-01", |f| {
        f.poll.remove("token_type")
    }),
    ("empty token", "K-6.5.2-01", |f| {
        f.poll.set("access_token", json!(""))
    }),
    ("no token", "K-6.5.2-01", |f| f.poll.remove("access_token")),
    ("scope is a list", "K-6.5.2-01", |f| {
        f.poll.set("scope", json!(["read"]))
    }),
    ("not JSON by its type", "K-6.5.2-01", |f| {
        f.poll.media = "text/html"
    }),
    ("lifetime is a string", "K-6.5.2-03", |f| {
        f.poll.set("expires_in", json!("3600"))
    }),
    ("lifetime of the code", "K-6.5.2-03", |f| {
        f.poll.set("expires_in", json!(600))
    }),
    ("type of a deferral code", "DTR-6.5.2-01", |f| {
        f.poll.set(
            "issued_token_type",
            json!(Draft::DEFAULT.deferral_code_type),
        )
    }),
    ("token type of a deferral code", "DTR-6.5.2-01", |f| {
        f.poll
            .set("token_type", json!(Draft::DEFAULT.deferral_code_type))
    }),
    ("a deferral code as well", "DTR-6.5.2-01", |f| {
        f.poll.set("deferral_code", json!(CODE))
    }),
    ("a bearer token for a bound code", "DTR-11.1-07", |f| {
        f.poll.set("token_type", json!("Bearer"))
    }),
    ("bound to another key", "DTR-11.1-07", |f| {
        f.poll.set(
            "access_token",
            json!(jwt(&json!({ "cnf": { "jkt": "another" } }))),
        )
    }),
    ("bound to no key", "DTR-11.1-07", |f| {
        f.poll.set("access_token", json!(jwt(&json!({}))))
    }),
];

/// Of a code that was bound to no key.
const UNBOUND: &[Defect] = &[
    ("token type DPoP", "K-11.1-01", |f| {
        f.poll.set("token_type", json!("DPoP"))
    }),
    ("bound to a key", "K-11.1-01", |f| {
        f.poll.set(
            "access_token",
            json!(jwt(&json!({ "cnf": { "jkt": "somebody's" } }))),
        )
    }),
];

const REVOCATION: &[Defect] = &[("description is no string", "K-8.2-01", |f| {
    f.revocation.status = 400;
    f.revocation.body = json!({ "error": "invalid_request", "error_description": 1 });
})];

const CALLED: &[Defect] = &[
    ("not a POST", "K-7.1-01", |f| f.callback.method = "PUT"),
    ("a form", "K-7.1-01", |f| {
        f.callback.media = "application/x-www-form-urlencoded"
    }),
    ("no code", "DTR-7.1-01", |f| f.callback.body = json!({})),
    ("another code", "DTR-7.1-01", |f| {
        f.callback.body = json!({ "deferral_code": "another" })
    }),
    ("another bearer value", "DTR-7.1-02", |f| {
        f.callback.behind_bearer = "x"
    }),
    ("another bearer value", "DTR-6.3-03", |f| {
        f.callback.behind_bearer = "x"
    }),
    ("another scheme", "DTR-7.1-02", |f| {
        f.callback.scheme = Some("DPoP")
    }),
    (
        "a token",
        "K-7-02",
        |f| f.callback.body = json!({ "deferral_code": CODE, "access_token": "secret" }),
    ),
    ("the code in the URL", "DTR-11.5-07", |f| {
        f.callback.query = format!("?code={CODE}")
    }),
    ("a DPoP proof", "K-11.1-02", |f| f.callback.proof = true),
];

/// Performs the events honestly, then once per defect; looks at the last of them.
async fn each(make: fn() -> Forgery, events: &[Event], expected: Answer, defects: &[Defect]) {
    let honest = make().perform(events).await.pop().expect("an observation");
    assert_eq!(honest.answer, Seen::Answer(expected));
    assert_eq!(honest.findings, []);
    for (defect, row, spoil) in defects {
        let mut forgery = make();
        spoil(&mut forgery);
        let seen = forgery.perform(events).await.pop().expect("an observation");
        let broken: Vec<_> = seen
            .findings
            .iter()
            .map(|finding| finding.requirement)
            .collect();
        assert!(
            broken.contains(row),
            "{defect}: {row} is not among {:?}",
            seen.findings
        );
        assert!(
            !seen.observed.contains(row),
            "{defect}: {row} is credited all the same"
        );
        assert!(
            dtr_model::requirement::named(row).is_some(),
            "{row} is no row"
        );
        for finding in &seen.findings {
            assert!(
                !finding.detail.is_empty() && !finding.detail.contains('\n'),
                "{finding:?}"
            );
        }
    }
}

const NEW: Answer = Answer::Deferred {
    interaction: false,
    code: dtr_model::event::Code::New,
};

#[tokio::test(flavor = "multi_thread")]
async fn deferred_responses() {
    each(Forgery::honest, &[REQUEST], NEW, DEFERRED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_initial_requests() {
    let refused = || {
        let mut forgery = Forgery::honest();
        forgery.initial.body = json!({ "error": "invalid_scope" });
        forgery
    };
    each(refused, &[REQUEST], Answer::GrantError, INITIAL_ERROR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_polls() {
    let events = [REQUEST, Event::POLL];
    each(
        Forgery::honest,
        &events,
        Answer::AuthorizationPending,
        PENDING,
    )
    .await;
    let interaction = || Forgery::honest().with_interaction();
    each(
        interaction,
        &events,
        Answer::InteractionRequired,
        INTERACTION,
    )
    .await;
    let slow = || Forgery::honest().with_poll_error("slow_down");
    let interval: Defect = ("interval again", "K-6.4-02", |f| {
        f.poll.set("interval", json!(10))
    });
    each(slow, &events, Answer::SlowDown, &[interval]).await;
}

/// Each error of Section 6.6 is read as what it is, and its shape is a matter of the row that asks for it.
#[tokio::test(flavor = "multi_thread")]
async fn errors_of_polls() {
    type Case = (fn() -> Forgery, Answer, &'static str);
    let cases: [Case; 7] = [
        (
            || Forgery::honest().with_poll_error("slow_down"),
            Answer::SlowDown,
            "DTR-11.3-01",
        ),
        (
            || Forgery::honest().with_poll_error("expired_token"),
            Answer::ExpiredToken,
            "DTR-6.5.1-04",
        ),
        (
            || Forgery::honest().with_poll_error("access_denied"),
            Answer::AccessDenied,
            "DTR-6.5.1-06",
        ),
        (
            || Forgery::honest().with_poll_error("invalid_grant"),
            Answer::InvalidGrant,
            "DTR-6.6-09",
        ),
        (
            || Forgery::honest().with_poll_error("invalid_request"),
            Answer::InvalidRequest,
            "DTR-6.6-16",
        ),
        (
            || Forgery::honest().with_poll_error("invalid_client"),
            Answer::InvalidClient,
            "DTR-6.5.1-02",
        ),
        (
            || Forgery::honest().with_poll_error("invalid_dpop_proof"),
            Answer::InvalidDpopProof,
            "DTR-11.1-06",
        ),
    ];
    for (make, answer, row) in cases {
        let wrong: [Defect; 2] = [
            ("status 403", row, |f| f.poll.status = 403),
            ("not JSON by its type", row, |f| f.poll.media = "text/plain"),
        ];
        each(make, &[REQUEST, Event::POLL], answer, &wrong).await;
    }
    let mut challenge = Forgery::honest().with_poll_error("invalid_dpop_proof");
    challenge.poll.status = 401;
    challenge.poll.headers = vec![("www-authenticate", "DPoP algs=\"ES256\"".into())];
    let seen = challenge
        .perform(&[REQUEST, Event::POLL])
        .await
        .pop()
        .expect("an observation");
    assert_eq!(seen.answer, Seen::Answer(Answer::DpopChallenge));
    // Whether Section 6.6 speaks of it too is C-76.
    assert_eq!(seen.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn token_responses() {
    let token = || Forgery::honest().with_token();
    let whole = Answer::Token {
        scope: dtr_model::event::Scope::Whole,
        again: false,
    };
    each(token, &[REQUEST, Event::POLL], whole, TOKEN).await;
    let again = token()
        .perform(&[REQUEST, Event::POLL, Event::POLL])
        .await
        .pop()
        .expect("an observation");
    assert!(matches!(
        again.answer,
        Seen::Answer(Answer::Token { again: true, .. })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn token_responses_for_unbound_codes() {
    let bearer = || {
        let mut forgery = Forgery::honest().with_token();
        forgery.poll.set("token_type", json!("Bearer"));
        forgery.poll.set(
            "access_token",
            json!(jwt(&json!({ "iat": 1000, "exp": 4600 }))),
        );
        forgery
    };
    let unbound = Event::Request(TokenRequest {
        keyed: false,
        ..TokenRequest::PLAIN
    });
    let whole = Answer::Token {
        scope: dtr_model::event::Scope::Whole,
        again: false,
    };
    each(bearer, &[unbound, Event::POLL], whole, UNBOUND).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_responses() {
    each(
        Forgery::honest,
        &[REQUEST, Event::REVOKE],
        Answer::Revoked,
        REVOCATION,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_requests() {
    let called = Answer::Called { bearer: true };
    each(Forgery::honest, &[REQUEST, CALLBACK], called, CALLED).await;
    let mut bare = Forgery::honest();
    bare.callback.scheme = None;
    let seen = bare
        .perform(&[REQUEST, CALLBACK])
        .await
        .pop()
        .expect("an observation");
    assert_eq!(seen.answer, Seen::Answer(Answer::Called { bearer: false }));
    assert_eq!(seen.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_documents() {
    let defects: [Defect; 4] = [
        ("not announced", "DTR-5.1-05", |f| {
            f.metadata["deferred_token_response_supported"] = json!("true")
        }),
        ("withdrawn", "DTR-5.1-05", |f| {
            f.metadata["deferred_token_response_supported"] = json!(false)
        }),
        ("not revocable", "DTR-8.4-01", |f| {
            f.metadata["revocation_endpoint_token_type_values_supported"] = json!(["access_token"])
        }),
        ("no list", "DTR-8.4-01", |f| {
            f.metadata["revocation_endpoint_token_type_values_supported"] =
                json!(Draft::DEFAULT.deferral_code_type)
        }),
    ];
    for (defect, row, spoil) in defects {
        let mut forgery = Forgery::honest();
        spoil(&mut forgery);
        let (target, _server, _receiver) = forgery.target().await;
        let seen = check_metadata(&target).await;
        let broken: Vec<_> = seen
            .findings
            .iter()
            .map(|finding| finding.requirement)
            .collect();
        assert_eq!(broken, [row], "{defect}");
        give_way().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_allows_more() {
    let mut forgery = Forgery::honest().with_token();
    forgery.poll.set("scope", json!("write read admin"));
    let seen = forgery
        .perform(&[REQUEST, Event::POLL])
        .await
        .pop()
        .expect("an observation");
    let wider = Answer::Token {
        scope: dtr_model::event::Scope::Wider,
        again: false,
    };
    assert_eq!(seen.answer, Seen::Answer(wider));
}

/// A server that was told to lose a response and does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_does_not_get_lost() {
    let lost = Event::Poll {
        by: Caller::Owner,
        lost: true,
    };
    let seen = Forgery::honest()
        .perform(&[REQUEST, lost])
        .await
        .pop()
        .expect("an observation");
    assert!(matches!(seen.answer, Seen::Strange(_)), "{:?}", seen.answer);
}

/// A control API that refuses makes a trace inconclusive, and says what it was asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_control_api_that_refuses() {
    let deny = Event::Decide(dtr_model::event::Decision::Deny);
    let seen = Forgery::honest()
        .perform(&[REQUEST, deny])
        .await
        .pop()
        .expect("an observation");
    let Seen::Failed(failure) = seen.answer else {
        panic!("{:?}", seen.answer);
    };
    assert!(
        failure.to_string().contains("deny the request: status 404"),
        "{failure}"
    );
}

/// RFC 9449 Section 8: the server names a nonce, and the request is sent again with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_a_nonce() {
    let mut forgery = Forgery::honest().with_poll_error("use_dpop_nonce");
    forgery.poll.headers.push(("dpop-nonce", "n-1".into()));
    let seen = forgery
        .perform(&[REQUEST, Event::POLL])
        .await
        .pop()
        .expect("an observation");
    let proofs: Vec<_> = seen.exchanges.iter().map(nonce_of).collect();
    assert_eq!(proofs, [None, Some("n-1".to_owned())]);
}

fn nonce_of(exchange: &dtr_harness::driver::Exchange) -> Option<String> {
    let proof = exchange
        .request_header_text()
        .find(|(name, _)| *name == "dpop")?
        .1;
    let claims = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims.get("nonce")?.as_str().map(Into::into)
}
