//! The authorization code grant: hints, the spent code, and the lost deferred response.

use http::StatusCode;

use crate::support::*;

fn deferred(code: &str) -> Call {
    exchange(BACKEND, code).with("completion_mode", "deferred")
}

#[tokio::test]
async fn completes_at_once() {
    let world = world();
    let answer = world.get(&authorize_uri("backend", "profile")).await;
    assert_eq!(query_member(&answer, "state").as_deref(), Some("af0i"));
    assert_eq!(query_member(&answer, "iss").as_deref(), Some(ISSUER));
    let code = query_member(&answer, "code").unwrap();
    let redirect = "https://backend.example/callback";
    let token = world
        .send(exchange(BACKEND, &code).with("redirect_uri", redirect))
        .await;
    assert_eq!(token.token().claims()["sub"], "alice");
    world
        .send(exchange(BACKEND, &code))
        .await
        .refused("invalid_grant");
}

#[tokio::test]
async fn is_deferred_and_approved() {
    let world = world();
    let code = world.authorize("backend", "payments", true).await;
    let deferral = world
        .send(deferred(&code))
        .await
        .refused("authorization_pending")
        .member("deferral_code");
    assert!(world.decide(&deferral, "approve").await);
    let token = world.poll(BACKEND, &deferral).await;
    assert_eq!(token.token().claims()["sub"], "alice");
    assert_eq!(token.member("scope"), "payments");
}

/// Section 6.2: a hint does not show in the response.
#[tokio::test]
async fn a_hint_never_changes_the_shape_of_the_response() {
    let world = world();
    let names = |answer: &Answer| -> Vec<String> {
        let location = url::Url::parse(answer.headers["location"].to_str().unwrap()).unwrap();
        location
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect()
    };
    let plain = world.get(&authorize_uri("backend", "payments")).await;
    let hinted = world
        .get(&format!(
            "{}&completion_mode=deferred",
            authorize_uri("backend", "payments")
        ))
        .await;
    assert_eq!(names(&plain), names(&hinted));
    assert_eq!(names(&plain), ["code", "state", "iss"]);
}

/// C-36/A, C-37/B: refused before the code is spent, whatever the policy says.
#[tokio::test]
async fn a_hint_binds_the_token_request() {
    let world = world();
    for scope in ["payments", "profile"] {
        let code = world.authorize("backend", scope, true).await;
        world
            .send(exchange(BACKEND, &code))
            .await
            .refused("invalid_request");
        let other_value = exchange(BACKEND, &code).with("completion_mode", "Deferred");
        world.send(other_value).await.refused("invalid_request");
        let answer = world.send(deferred(&code)).await;
        match scope {
            "payments" => answer.refused("authorization_pending"),
            _ => answer.token(),
        };
    }
}

/// Section 5.2, C-38/B: no hint is needed.
#[tokio::test]
async fn opting_in_later_is_fine() {
    let world = world();
    let code = world.authorize("backend", "payments", false).await;
    world
        .send(exchange(BACKEND, &code))
        .await
        .refused("invalid_scope");
    world
        .send(deferred(&code))
        .await
        .refused("authorization_pending");
}

/// C-45/C: a lost deferred response can be had again, for a few seconds, by the same request.
#[tokio::test]
async fn the_same_request_gets_the_same_deferral_code() {
    let world = world();
    let key = Key::new();
    let code = world.authorize("backend", "payments", false).await;
    let bound = || deferred(&code).proven(&key, world.now());
    let first = world.send(bound()).await;
    let deferral = first
        .refused("authorization_pending")
        .member("deferral_code");

    world.advance(4);
    let second = world.send(bound()).await;
    assert_eq!(
        second
            .refused("authorization_pending")
            .member("deferral_code"),
        deferral
    );
    assert_eq!(second.json()["expires_in"], LIFETIME - 4);

    // Everything else about it has to be the same.
    world.send(deferred(&code)).await.refused("invalid_grant");
    world
        .send(deferred(&code).proven(&Key::new(), world.now()))
        .await
        .refused("invalid_grant");
    world
        .send(bound().with("client_notification_token", "x"))
        .await
        .refused("invalid_grant");
    world
        .send(exchange(BACKEND, &code).proven(&key, world.now()))
        .await
        .refused("invalid_grant");

    world.advance(1);
    world.send(bound()).await.refused("invalid_grant");
    // And none of that harmed the request.
    assert!(world.decide(&deferral, "approve").await);
    world
        .send(poll(BACKEND, &deferral).proven(&key, world.now()))
        .await
        .token();
}

#[tokio::test]
async fn no_second_answer_for_what_is_redeemed_or_cancelled() {
    for cancel in [false, true] {
        let world = world();
        let code = world.authorize("backend", "payments", false).await;
        let deferral = world.send(deferred(&code)).await.member("deferral_code");
        if cancel {
            world.revoke(BACKEND, &deferral).await;
        } else {
            assert!(world.decide(&deferral, "approve").await);
            assert_eq!(
                world.send(deferred(&code)).await.member("deferral_code"),
                deferral
            );
            world.poll(BACKEND, &deferral).await.token();
        }
        world.send(deferred(&code)).await.refused("invalid_grant");
    }
}

/// C-42/A: nothing about the code is forgiven because the client opted in; S12: none of it spends the code.
#[tokio::test]
async fn a_bad_exchange_is_refused_and_spends_nothing() {
    let world = world();
    let code = world.authorize("backend", "payments", false).await;
    let unknown = world.send(deferred("no-such-code")).await;
    unknown.refused("invalid_grant");
    let wrong_verifier = Call::token("authorization_code")
        .with("code", &code)
        .with("code_verifier", "x")
        .with("completion_mode", "deferred")
        .by(BACKEND);
    assert_eq!(world.send(wrong_verifier).await, unknown);
    let elsewhere = deferred(&code).with("redirect_uri", "https://elsewhere.example/");
    assert_eq!(world.send(elsewhere).await, unknown);
    let foreign = exchange(APP, &code).with("completion_mode", "deferred");
    assert_eq!(world.send(foreign).await, unknown);
    let no_verifier = Call::token("authorization_code")
        .with("code", &code)
        .by(BACKEND);
    world.send(no_verifier).await.refused("invalid_request");
    world
        .send(deferred(&code))
        .await
        .refused("authorization_pending");

    let late = world.authorize("backend", "payments", false).await;
    world.advance(60);
    world.send(deferred(&late)).await.refused("invalid_grant");
}

/// C-54: refused, and the code is still good with a proof.
#[tokio::test]
async fn a_public_client_is_deferred_only_with_a_key() {
    let world = world();
    let key = Key::new();
    let code = world.authorize("app", "payments", false).await;
    let request = || exchange(APP, &code).with("completion_mode", "deferred");
    world.send(request()).await.refused("invalid_request");
    let answer = world.send(request().proven(&key, START)).await;
    let deferral = answer
        .refused("authorization_pending")
        .member("deferral_code");
    // C-27/A: it names itself on polls, too.
    let nameless =
        Call::token(dtr_reference::wire::GRANT_DEFERRED).with("deferral_code", &deferral);
    assert_eq!(
        world.send(nameless.proven(&key, START)).await.error(),
        "invalid_client"
    );
    assert!(world.decide(&deferral, "approve").await);
    world
        .send(poll(APP, &deferral).proven(&key, START))
        .await
        .token();
    // What completes at once needs no key.
    let code = world.authorize("app", "profile", false).await;
    world.send(exchange(APP, &code)).await.token();
}

#[tokio::test]
async fn authorization_errors_go_where_they_belong() {
    let world = world();
    let good = authorize_uri("backend", "profile");
    for (from, to, error) in [
        (
            "response_type=code",
            "response_type=token",
            "unsupported_response_type",
        ),
        (
            "code_challenge_method=S256",
            "code_challenge_method=plain",
            "invalid_request",
        ),
        ("code_challenge=", "other=", "invalid_request"),
        ("scope=profile", "scope=unheard-of", "invalid_scope"),
    ] {
        let answer = world.get(&good.replace(from, to)).await;
        assert_eq!(
            query_member(&answer, "error").as_deref(),
            Some(error),
            "{to}"
        );
        assert_eq!(query_member(&answer, "state").as_deref(), Some("af0i"));
        assert_eq!(query_member(&answer, "iss").as_deref(), Some(ISSUER));
        assert_eq!(query_member(&answer, "code"), None);
    }
    // Nowhere to send these.
    for (from, to) in [
        ("client_id=backend", "client_id=nobody"),
        ("client_id=backend", "x=y"),
        (
            "backend.example%2Fcallback",
            "backend.example%2Fcallback%2F",
        ),
        ("state=af0i", "state=a&state=b"),
    ] {
        let answer = world.get(&good.replace(from, to)).await;
        assert!(
            answer.status.is_client_error() && !answer.headers.contains_key("location"),
            "{to}"
        );
    }
    // One registered URI may go unsaid.
    let unsaid = good.replace("redirect_uri=", "unused=");
    assert_eq!(world.get(&unsaid).await.status, StatusCode::FOUND);
}
