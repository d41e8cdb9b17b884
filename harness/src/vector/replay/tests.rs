//! Every rule of an answer seen to fail, and to hold.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};

use super::came::Came;
use super::matching::{Context, Mismatch, differs};
use super::values::Values;
use crate::target::receiver::Received;
use crate::target::transport::Reply;
use crate::vector::format::Answer;

/// The first rule that does not hold, as an answer's `requirements` would name it.
fn broken(answer: &Value, came: &Came) -> Option<String> {
    let answer: Answer = serde_json::from_value(answer.clone()).expect("an answer of the format");
    let mut values = Values::none();
    values.capture("known", "k");
    values.capture("client_notification_token_2", "hush");
    let seen = json!({"deferral_code": "code-1", "interval": 5});
    values.remember(seen.as_object().expect("it is written as one"));
    let context = Context {
        values: &values,
        thumbprint: "mine",
    };
    match differs(&answer, came, &context).err()? {
        Mismatch::Sort(what) => Some(what.to_owned()),
        Mismatch::Rules(differences) => {
            let first = &differences[0];
            Some(match first.rule {
                "" => first.what.clone(),
                rule => format!("{}/{rule}", first.what),
            })
        }
    }
}

fn reply(status: u16, body: &Value) -> Came {
    Came::Reply(Reply {
        status,
        headers: Arc::new(HeaderMap::new()),
        body: body.to_string().into_bytes().into(),
    })
}

/// A JWT with these claims, signed by nobody.
fn jwt(claims: &Value) -> String {
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[test]
fn every_rule_of_a_member_holds_and_fails() {
    let mine = jwt(&json!({"cnf": {"jkt": "mine"}}));
    let free = jwt(&json!({}));
    let lives = jwt(&json!({"iat": 100, "exp": 400}));
    // The rule, a value that keeps it, one that does not.
    for (rule, right, wrong) in [
        (json!({"type": "string"}), json!("a"), json!("")),
        (json!({"type": "seconds"}), json!(0), json!(-1)),
        (json!({"type": "seconds"}), json!(5.0), json!(5.5)),
        (json!({"type": "seconds"}), json!(5), json!("5")),
        (json!({"type": "true"}), json!(true), json!("true")),
        (
            json!({"type": "https_uri"}),
            json!("https://a/"),
            json!("https://a/#b"),
        ),
        (json!({"one_of": ["a", "{known}"]}), json!("k"), json!("K")),
        (
            json!({"one_of": ["a"], "any_case": true}),
            json!("A"),
            json!("b"),
        ),
        (json!({"one_of": ["5"]}), json!(5), json!(6)),
        (json!({"one_of": ["5"]}), json!(5.0), json!(5.5)),
        (json!({"none_of": ["{known}"]}), json!("K"), json!("k")),
        (
            json!({"none_of": ["k"], "any_case": true}),
            json!("a"),
            json!("K"),
        ),
        (json!({"min_length": 2}), json!("ab"), json!("a")),
        (json!({"bound": true}), json!(mine), json!(free)),
        (json!({"bound": false}), json!(free), json!(mine)),
        (json!({"includes": "a"}), json!(["b", "a"]), json!("a")),
        (json!({"opaque": true}), json!("step-2"), json!("step 2")),
        (
            json!({"tells_no_secret": true}),
            json!("code-2"),
            json!("about code-1"),
        ),
        (
            json!({"tells_no_secret": true}),
            json!("quiet"),
            json!("hush!"),
        ),
        (
            json!({"names_nobody": true}),
            json!("@ noon"),
            json!("ask eve@example.com."),
        ),
        (
            json!({"scope": {"is": "same", "of": "a b"}}),
            json!("b a"),
            json!("a"),
        ),
        (
            json!({"scope": {"is": "less", "of": "a b"}}),
            json!("a"),
            json!("a c"),
        ),
    ] {
        let answer = json!({"response": {"status": [200], "members": {"m": rule}}});
        let name = rule
            .as_object()
            .and_then(|rule| rule.keys().find(|name| *name != "any_case"));
        let name = format!("m/{}", name.expect("each has a rule"));
        assert_eq!(
            broken(&answer, &reply(200, &json!({"m": right}))),
            None,
            "{rule}"
        );
        let said = broken(&answer, &reply(200, &json!({"m": wrong})));
        assert_eq!(said, Some(name), "{rule}");
    }
    let answer =
        json!({"response": {"status": [200], "members": {"deferral_code": {"fresh": true}}}});
    let said = broken(&answer, &reply(200, &json!({"deferral_code": "code-1"})));
    assert_eq!(said.as_deref(), Some("deferral_code/fresh"));
    let said = broken(&answer, &reply(200, &json!({})));
    assert_eq!(said.as_deref(), Some("deferral_code/presence"));
    let lifetime = json!({"lifetime_of_token": true, "presence": "optional"});
    let answer = json!({"response": {"status": [200], "members": {"expires_in": lifetime}}});
    for (seconds, said) in [(305, None), (15, Some("expires_in/lifetime_of_token"))] {
        let came = reply(200, &json!({"expires_in": seconds, "access_token": lives}));
        assert_eq!(broken(&answer, &came).as_deref(), said, "{seconds}");
    }
}

#[test]
fn every_rule_of_a_redirect_and_a_visit_fails() {
    let answer = json!({"redirect": {"query": {"code": {}}, "without": ["deferral_code"]}});
    let to = |query: &str| {
        let location = format!("https://client.example/?{query}");
        let location = HeaderValue::try_from(location).expect("visible ASCII");
        Came::Reply(Reply {
            status: 302,
            headers: Arc::new(HeaderMap::from_iter([(header::LOCATION, location)])),
            body: Bytes::new(),
        })
    };
    assert_eq!(broken(&answer, &to("code=1")), None);
    assert_eq!(
        broken(&answer, &to("error=a")).as_deref(),
        Some("code/presence")
    );
    let more = to("code=1&deferral_code=2");
    assert_eq!(broken(&answer, &more).as_deref(), Some("deferral_code"));
    let answer = json!({"visited": {"served": false}});
    assert_eq!(broken(&answer, &Came::Visited(false)), None);
    assert_eq!(
        broken(&answer, &Came::Visited(true)).as_deref(),
        Some("served")
    );
}

/// What is done to a callback.
type Change = fn(&mut Received);

#[test]
fn every_rule_of_a_callback_fails() {
    let answer = json!({"callback": {
        "method": "POST", "media_type": "application/json", "bearer": "{known}", "headers_without": ["dpop"],
        "members": {"deferral_code": {"one_of": ["c"]}}, "without": ["access_token"], "url_without": ["{known}"],
    }});
    let right = || Received {
        method: Method::POST,
        uri: "/inbox".to_owned(),
        headers: HeaderMap::from_iter([
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (header::AUTHORIZATION, HeaderValue::from_static("Bearer k")),
        ]),
        body: Bytes::from_static(br#"{"deferral_code":"c"}"#),
    };
    let came = |callback: Received| Came::Callback(Box::new(callback));
    assert_eq!(broken(&answer, &came(right())), None);
    let changes: [(&str, Change); 7] = [
        ("method", |c| c.method = Method::PUT),
        ("media_type", |c| {
            drop(c.headers.remove(header::CONTENT_TYPE))
        }),
        ("bearer", |c| drop(c.headers.remove(header::AUTHORIZATION))),
        ("dpop", |c| {
            let proof = HeaderValue::from_static("a.b.c");
            c.headers.insert(HeaderName::from_static("dpop"), proof);
        }),
        ("url", |c| c.uri.push_str("?k")),
        ("deferral_code/presence", |c| {
            c.body = Bytes::from_static(b"{}")
        }),
        ("access_token", |c| {
            c.body = Bytes::from_static(br#"{"deferral_code":"c","access_token":"t"}"#);
        }),
    ];
    for (rule, change) in changes {
        let mut callback = right();
        change(&mut callback);
        assert_eq!(broken(&answer, &came(callback)).as_deref(), Some(rule));
    }
    let mut bare = answer;
    let rules = bare["callback"]
        .as_object_mut()
        .expect("it is written as one");
    rules.remove("bearer");
    assert_eq!(broken(&bare, &came(right())).as_deref(), Some("bearer"));
    let several = broken(&bare, &Came::Callbacks(2));
    assert_eq!(several.as_deref(), Some("another sort of answer came"));
}
