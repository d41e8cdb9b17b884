//! Client authentication: none, client_secret_basic, client_secret_post.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::*;

fn request() -> Call {
    Call::token("client_credentials").with("scope", "profile")
}

#[tokio::test]
async fn each_client_uses_its_own_method() {
    let world = world();
    world.send(request().by(SERVICE)).await.token();
    world.send(request().by(BACKEND)).await.token();
    for call in [
        request().by(Client::Post("service")),
        request().by(Client::Basic("backend")),
        request().by(Client::Public("service")),
        request().basic("service", "wrong"),
        request().basic("nobody", "wrong"),
        request().basic("app", ""),
        request()
            .with("client_id", "app")
            .with("client_secret", "x"),
        request().header("authorization", "Basic !!!"),
        request().header("authorization", "Bearer abc"),
        request()
            .with("client_id", "service")
            .with("client_assertion", "x"),
        request(),
    ] {
        let answer = world.send(call.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (401, "invalid_client"),
            "{:?}",
            call.form
        );
        // The challenge names the scheme that was tried (RFC 6749 Section 5.2).
        let tried = call
            .headers
            .iter()
            .any(|(name, _)| *name == "authorization");
        assert_eq!(answer.headers.contains_key("www-authenticate"), tried);
        answer.no_store();
    }
}

#[tokio::test]
async fn one_method_at_a_time() {
    let world = world();
    for call in [
        request()
            .by(SERVICE)
            .with("client_secret", "service-secret"),
        request().by(SERVICE).with("client_id", "other"),
        request().by(SERVICE).by(SERVICE),
        request().by(SERVICE).with("client_assertion", "x"),
        request().by(BACKEND).with("client_assertion", "x"),
    ] {
        world.send(call).await.refused("invalid_request");
    }
    // Saying the same name twice is no second method.
    world
        .send(request().by(SERVICE).with("client_id", "service"))
        .await
        .token();
}

/// The order of evaluation: who cannot authenticate learns nothing about a code, not even from a malformed poll.
#[tokio::test]
async fn failed_authentication_tells_nothing_about_codes() {
    let world = world();
    let code = world.defer(SERVICE).await;
    let known = world.send(poll(Client::Basic("nobody"), &code)).await;
    let unknown = world
        .send(poll(Client::Basic("nobody"), "no-such-code"))
        .await;
    assert_eq!(known, unknown);
    let wrong_secret = Call::token(dtr_reference::wire::GRANT_DEFERRED)
        .with("deferral_code", &code)
        .basic("service", "wrong");
    assert_eq!(world.send(wrong_secret).await, unknown);
    let revoke = Call::new("/revoke")
        .with("token", &code)
        .basic("service", "wrong");
    assert_eq!(world.send(revoke).await.status, 401);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
}

#[tokio::test]
async fn basic_credentials_may_be_form_encoded() {
    let world = world();
    let header = format!("basic {}", STANDARD.encode("service:service%2Dsecret"));
    world
        .send(request().header("authorization", header))
        .await
        .token();
}
