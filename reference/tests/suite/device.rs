//! Device authorization (RFC 8628) as a preceding endpoint (C-44/A).

use dtr_reference::wire::GRANT_DEVICE_CODE;
use http::StatusCode;

use crate::support::browser::Browser;
use crate::support::*;

fn authorization(scope: &str) -> Call {
    Call::new("/device_authorization")
        .with("scope", scope)
        .by(BACKEND)
}

/// The device code and the user code of a new request.
async fn begin(world: &World, call: Call) -> (String, String) {
    let answer = world.send(call).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.no_store();
    (answer.member("device_code"), answer.member("user_code"))
}

fn device_poll(device_code: &str) -> Call {
    Call::token(GRANT_DEVICE_CODE)
        .with("device_code", device_code)
        .by(BACKEND)
}

fn opted_in(device_code: &str) -> Call {
    device_poll(device_code).with("completion_mode", "deferred")
}

/// The user signs in, types the code, and presses a button.
pub(crate) async fn decide(world: &World, user_code: &str, action: &str) -> Answer {
    let mut carol = Browser::signed_in(world, "/device").await;
    let look_up = [("action", "look_up"), ("user_code", user_code)];
    let page = carol.submit(world, "/device", &look_up).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let csrf = page.hidden_field("csrf");
    let form = [
        ("action", action),
        ("user_code", user_code),
        ("csrf", &csrf),
    ];
    carol.submit(world, "/device", &form).await
}

#[tokio::test]
async fn the_user_approves_and_the_device_gets_a_token() {
    let world = world();
    let answer = world.send(authorization("profile")).await;
    assert_eq!(
        answer.member("verification_uri"),
        "https://as.example/device"
    );
    assert_eq!(answer.json()["expires_in"], 600);
    assert_eq!(answer.json()["interval"], 5);
    let (code, user_code) = (answer.member("device_code"), answer.member("user_code"));
    assert_eq!(
        answer.member("verification_uri_complete"),
        format!("https://as.example/device?user_code={user_code}")
    );
    world
        .send(device_poll(&code))
        .await
        .refused("authorization_pending");
    // However people write it.
    let typed = user_code.to_lowercase().replace('-', " ");
    let done = decide(&world, &typed, "approve").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let token = world.send(device_poll(&code)).await;
    assert_eq!(token.token().claims()["sub"], "carol", "who signed in");
    assert!(!token.member("refresh_token").is_empty());
    world
        .send(device_poll(&code))
        .await
        .refused("invalid_grant");
}

/// C-44/A: which `authorization_pending` it is shows in the deferral code.
#[tokio::test]
async fn the_request_of_a_device_is_deferred() {
    let world = world();
    let hint = authorization("payments").with("completion_mode", "deferred");
    let (code, user_code) = begin(&world, hint).await;
    let waiting = world.send(opted_in(&code)).await;
    let waiting = waiting.refused("authorization_pending");
    assert!(waiting.json().get("deferral_code").is_none());
    decide(&world, &user_code, "approve").await;
    world.advance(5);
    let deferred = world.send(opted_in(&code)).await;
    let deferral = deferred
        .refused("authorization_pending")
        .member("deferral_code");
    let again = world.send(opted_in(&code)).await.member("deferral_code");
    assert_eq!(again, deferral, "C-45/C");
    world.advance(5);
    world.send(opted_in(&code)).await.refused("invalid_grant");
    assert!(world.decide(&deferral, "approve").await);
    let token = world.poll(BACKEND, &deferral).await;
    assert_eq!(token.token().claims()["sub"], "carol");
    assert_eq!(token.member("scope"), "payments");
}

/// C-36/A, C-44/A: after a hint every token request opts in, before and after the user decided; it spends nothing.
#[tokio::test]
async fn a_hint_binds_every_poll() {
    let world = world();
    let hint = authorization("profile").with("completion_mode", "deferred");
    let (code, user_code) = begin(&world, hint).await;
    world
        .send(device_poll(&code))
        .await
        .refused("invalid_request");
    decide(&world, &user_code, "approve").await;
    world
        .send(device_poll(&code))
        .await
        .refused("invalid_request");
    world.send(opted_in(&code)).await.token();
}

/// Section 5.2: no hint is needed; and without the opt-in nothing is deferred.
#[tokio::test]
async fn opting_in_later_is_fine() {
    let world = world();
    let (code, user_code) = begin(&world, authorization("payments")).await;
    decide(&world, &user_code, "approve").await;
    world
        .send(device_poll(&code))
        .await
        .refused("invalid_scope");
    let deferred = world.send(opted_in(&code)).await;
    deferred
        .refused("authorization_pending")
        .member("deferral_code");
}

#[tokio::test]
async fn denied_expired_hasty_and_foreign() {
    let world = world();
    let (code, user_code) = begin(&world, authorization("profile")).await;
    decide(&world, &user_code, "deny").await;
    world
        .send(device_poll(&code))
        .await
        .refused("access_denied");

    let (code, user_code) = begin(&world, authorization("profile")).await;
    world
        .send(device_poll(&code))
        .await
        .refused("authorization_pending");
    world.send(device_poll(&code)).await.refused("slow_down");
    world.advance(9);
    world.send(device_poll(&code)).await.refused("slow_down");
    world.advance(15);
    world
        .send(device_poll(&code))
        .await
        .refused("authorization_pending");
    let foreign = Call::token(GRANT_DEVICE_CODE).with("device_code", &code);
    world
        .send(foreign.clone().by(APP))
        .await
        .refused("invalid_grant");
    world
        .send(device_poll("unknown"))
        .await
        .refused("invalid_grant");
    decide(&world, &user_code, "approve").await;
    world.send(foreign.by(APP)).await.refused("invalid_grant");
    let elsewhere = Call::token("refresh_token").with("refresh_token", &code);
    world
        .send(elsewhere.by(BACKEND))
        .await
        .refused("invalid_grant");

    let (late, _) = begin(&world, authorization("profile")).await;
    let (approved, user_code) = begin(&world, authorization("profile")).await;
    decide(&world, &user_code, "approve").await;
    world.advance(600);
    for code in [late, approved] {
        let answer = world.send(device_poll(&code)).await;
        answer.refused("expired_token");
    }
}

#[tokio::test]
async fn only_clients_that_registered_may_begin() {
    let world = world();
    let call = Call::new("/device_authorization").by(SERVICE);
    world.send(call).await.refused("unauthorized_client");
    let call = Call::new("/device_authorization").by(Client::Basic("nobody"));
    assert_eq!(world.send(call).await.error(), "invalid_client");
    let call = authorization("admin");
    world.send(call).await.refused("invalid_scope");
}

/// Nobody decides without a session, a code that waits, and the form of the page.
#[tokio::test]
async fn strangers_and_forged_forms_decide_nothing() {
    let world = world();
    let (code, user_code) = begin(&world, authorization("profile")).await;
    let mut stranger = Browser::default();
    let link = format!("/device?user_code={user_code}");
    let page = stranger.open(&world, &link).await;
    assert!(page.text().contains("type=\"password\""));
    assert!(!page.text().contains("backend"));
    let form = [("action", "approve"), ("user_code", user_code.as_str())];
    let answer = stranger.submit(&world, "/device", &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);

    let mut carol = Browser::signed_in(&world, "/device").await;
    let answer = carol.submit(&world, "/device", &form).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "no token");
    // The link fills the code in and decides nothing.
    let page = carol.open(&world, &format!("{link}&action=approve")).await;
    assert!(page.text().contains(&user_code));
    for wrong in ["", "BBBB-BBBB", "<b>"] {
        let form = [("action", "look_up"), ("user_code", wrong)];
        let answer = carol.submit(&world, "/device", &form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(!answer.text().contains("<b>"));
    }
    world
        .send(device_poll(&code))
        .await
        .refused("authorization_pending");
    decide(&world, &user_code, "deny").await;
    let look_up = [("action", "look_up"), ("user_code", user_code.as_str())];
    let over = carol.submit(&world, "/device", &look_up).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_other_credential_is_a_device_code() {
    let world = world();
    let code = world.authorize("backend", "profile", false).await;
    world
        .send(device_poll(&code))
        .await
        .refused("invalid_grant");
    world.send(exchange(BACKEND, &code)).await.token();
}
