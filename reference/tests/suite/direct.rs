//! pr-47: a deferral code from the authorization endpoint, and the code verifier that its first poll shows.

use dtr_reference::{Edition, wire};
use http::StatusCode;

use crate::support::*;

const HINT: &str = "&completion_mode=deferred";
/// As long as it has to be, and another.
const OTHER_VERIFIER: &str = "another-verifier-of-at-least-forty-three-characters";

fn world_of(draft: Edition) -> World {
    let mut config = config();
    config.draft = draft;
    World::new(config)
}

fn world() -> World {
    world_of(Edition::PR_47)
}

/// An authorization request that has to be reviewed, and asks to be deferred.
fn asked(client_id: &str) -> String {
    authorize_uri(client_id, "payments") + HINT
}

async fn code_of(world: &World, uri: &str) -> String {
    let answer = world.get(uri).await;
    query_member(&answer, "deferral_code").expect("a deferral code")
}

/// A public client's, bound to its key.
async fn code_bound_to(world: &World, key: &Key) -> String {
    code_of(
        world,
        &format!("{}&dpop_jkt={}", asked("app"), key.thumbprint()),
    )
    .await
}

fn first_poll(client: Client, code: &str) -> Call {
    poll(client, code).with("code_verifier", VERIFIER)
}

#[tokio::test]
async fn it_is_announced_where_it_is_done() {
    for edition in Edition::ALL {
        let document = world_of(*edition).get(wire::METADATA).await.json();
        let member = document.get("deferred_authorization_endpoint_supported");
        let expected = edition.defers_directly.then_some(true);
        assert_eq!(member.and_then(|m| m.as_bool()), expected, "{}", edition.id);
    }
}

#[tokio::test]
async fn the_response_has_the_deferral_code_in_place_of_a_code() {
    let answer = world().get(&asked("backend")).await;
    answer.no_store();
    let member = |name| query_member(&answer, name);
    assert!(member("deferral_code").is_some_and(|code| code.len() >= 22));
    assert_eq!(member("expires_in"), Some(LIFETIME.to_string()));
    assert_eq!(member("interval"), Some(INTERVAL.to_string()));
    assert_eq!(member("state").as_deref(), Some("af0i"));
    assert_eq!(member("iss").as_deref(), Some(ISSUER));
    for absent in ["code", "error", "interaction_uri"] {
        assert_eq!(member(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn whoever_does_not_ask_or_needs_no_review_gets_a_code() {
    let pr_47 = world();
    let unasked = authorize_uri("backend", "payments");
    let unreviewed = authorize_uri("backend", "profile") + HINT;
    for (world, uri) in [
        (&pr_47, unasked),
        (&pr_47, unreviewed),
        (&world_of(Edition::IETF_01), asked("backend")),
    ] {
        let answer = world.get(&uri).await;
        assert!(query_member(&answer, "code").is_some(), "{uri}");
        assert_eq!(query_member(&answer, "deferral_code"), None, "{uri}");
    }
}

/// The authorization endpoint leaves what it does not decide to the token endpoint.
#[tokio::test]
async fn the_next_outcome_is_taken_by_whoever_has_the_last_word() {
    let world = world();
    world.next_outcome("backend", "complete").await;
    let code = query_member(&world.get(&asked("backend")).await, "code").expect("a code");
    let request = exchange(BACKEND, &code).with("completion_mode", "deferred");
    world.send(request).await.token();

    world.next_outcome("backend", "defer").await;
    code_of(&world, &(authorize_uri("backend", "profile") + HINT)).await;
    let answer = world
        .get(&(authorize_uri("backend", "profile") + HINT))
        .await;
    assert!(query_member(&answer, "code").is_some(), "it is used up");
}

#[tokio::test]
async fn the_first_poll_shows_the_verifier_and_may_show_it_again() {
    let world = world();
    let code = code_of(&world, &asked("backend")).await;
    // No poll by count or pace: the next may follow at once.
    let without = world.poll(BACKEND, &code).await;
    without.refused("invalid_request");
    let first = world.send(first_poll(BACKEND, &code)).await;
    first.refused("authorization_pending");
    world.advance(INTERVAL);
    let again = world.send(first_poll(BACKEND, &code)).await;
    again.refused("authorization_pending");
    world.advance(INTERVAL);
    world
        .poll(BACKEND, &code)
        .await
        .refused("authorization_pending");
    let other = poll(BACKEND, &code).with("code_verifier", OTHER_VERIFIER);
    world.send(other).await.refused("invalid_request");
    assert!(world.decide(&code, "approve").await);
    world.poll(BACKEND, &code).await.token();
}

#[tokio::test]
async fn another_verifier_ends_the_request() {
    let world = world();
    let code = code_of(&world, &asked("backend")).await;
    let other = poll(BACKEND, &code).with("code_verifier", OTHER_VERIFIER);
    world.send(other).await.refused("invalid_grant");
    let right = world.send(first_poll(BACKEND, &code)).await;
    right.refused("invalid_grant");
}

/// Whoever saw the code in the front channel has neither the client's credentials nor its key.
#[tokio::test]
async fn a_thief_cannot_end_the_request() {
    let world = world();
    let (key, own) = (Key::new(), Key::new());
    let code = code_bound_to(&world, &key).await;
    let wrong = |client| poll(client, &code).with("code_verifier", OTHER_VERIFIER);
    world.send(wrong(OTHER)).await.refused("invalid_grant");
    world.send(wrong(APP)).await.refused("invalid_dpop_proof");
    let now = world.now();
    let stolen = world.send(wrong(APP).proven(&own, now)).await;
    stolen.refused("invalid_dpop_proof");
    let first = world.send(first_poll(APP, &code).proven(&key, now)).await;
    first.refused("authorization_pending");
}

#[tokio::test]
async fn approval_may_come_before_the_first_poll_and_the_token_may_not() {
    let world = world();
    let key = Key::new();
    let code = code_bound_to(&world, &key).await;
    assert!(world.decide(&code, "approve").await);
    let now = world.now();
    let without = world.send(poll(APP, &code).proven(&key, now)).await;
    without.refused("invalid_request");
    let first = world.send(first_poll(APP, &code).proven(&key, now)).await;
    assert_eq!(first.token().claims()["cnf"]["jkt"], key.thumbprint());
    let second = world.send(first_poll(APP, &code).proven(&key, now)).await;
    second.refused("invalid_grant");
}

#[tokio::test]
async fn interaction_is_told_by_the_first_poll() {
    let world = world();
    let code = code_of(&world, &(authorize_uri("backend", "identity") + HINT)).await;
    let first = world.send(first_poll(BACKEND, &code)).await;
    first.refused("interaction_required");
    assert!(first.json()["interaction_uri"].is_string());
}

#[tokio::test]
async fn nothing_is_deferred_that_could_not_be_bound() {
    let world = world();
    let key = Key::new().thumbprint();
    for (uri, why) in [
        (asked("app"), "dpop_jkt is missing"),
        (asked("app") + "&dpop_jkt=short", "dpop_jkt is no"),
        (
            asked("app").replace("code_challenge=", "x=") + "&dpop_jkt=" + &key,
            "code_challenge is missing",
        ),
    ] {
        let answer = world.get(&uri).await;
        let error = query_member(&answer, "error");
        assert_eq!(error.as_deref(), Some("invalid_request"), "{uri}");
        let told = query_member(&answer, "error_description").expect("a description");
        assert!(told.contains(why), "{told}");
        assert_eq!(query_member(&answer, "deferral_code"), None);
    }
}

/// RFC 9449 Section 10: the key that was named is asked for, whichever code comes.
#[tokio::test]
async fn an_authorization_code_is_bound_to_the_key_that_was_named() {
    let world = world();
    let key = Key::new();
    let uri = format!(
        "{}&dpop_jkt={}",
        authorize_uri("app", "profile"),
        key.thumbprint()
    );
    let code = query_member(&world.get(&uri).await, "code").expect("a code");
    let exchange = exchange(APP, &code);
    let without = world.send(exchange.clone()).await;
    without.refused("invalid_dpop_proof");
    let other = exchange.clone().proven(&Key::new(), world.now());
    world.send(other).await.refused("invalid_dpop_proof");
    world.send(exchange.proven(&key, world.now())).await.token();
}

/// A code of the token endpoint asks for no verifier, here as elsewhere (Section 4.1 item 4).
#[tokio::test]
async fn other_codes_are_polled_without_a_verifier() {
    let world = world();
    let code = world.defer(SERVICE).await;
    let with = world.send(first_poll(SERVICE, &code)).await;
    with.refused("invalid_request");
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
}

/// RFC 9126: what was pushed is deferred as if it had come with the browser.
#[tokio::test]
async fn a_pushed_request_is_deferred_alike() {
    let world = world();
    let uri = asked("backend");
    let mut push = Call::new("/par").by(BACKEND);
    let query = url::Url::parse(&format!("{ISSUER}{uri}")).expect("a URL");
    for (name, value) in query.query_pairs().filter(|(name, _)| name != "client_id") {
        push = push.with(&name, &value);
    }
    let pushed = world.send(push).await;
    assert_eq!(pushed.status, StatusCode::CREATED);
    let reference = pushed.member("request_uri");
    let uri = format!("/authorize?client_id=backend&request_uri={reference}");
    let code = code_of(&world, &uri).await;
    let first = world.send(first_poll(BACKEND, &code)).await;
    first.refused("authorization_pending");
}
