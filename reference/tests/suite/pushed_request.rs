//! Pushed authorization requests (RFC 9126): the hint travels with the rest of the request (K-5.2-01).

use http::StatusCode;

use crate::support::*;

/// The authorization request of [`authorize_uri`], pushed.
fn pushed(client: Client, id: &str, scope: &str) -> Call {
    let uri = url::Url::parse(&format!("{ISSUER}{}", authorize_uri(id, scope))).unwrap();
    let pairs = uri.query_pairs().filter(|(name, _)| name != "client_id");
    pairs
        .fold(Call::new("/par"), |call, (name, value)| {
            call.with(&name, &value)
        })
        .by(client)
}

async fn push(world: &World, call: Call) -> String {
    let answer = world.send(call).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.no_store();
    assert_eq!(answer.json()["expires_in"], 60);
    answer.member("request_uri")
}

fn use_of(client_id: &str, request_uri: &str) -> String {
    format!("/authorize?client_id={client_id}&request_uri={request_uri}")
}

#[tokio::test]
async fn the_pushed_request_is_what_counts() {
    let world = world();
    let request_uri = push(&world, pushed(BACKEND, "backend", "payments")).await;
    let uri = format!(
        "{}&scope=profile&state=other",
        use_of("backend", &request_uri)
    );
    let answer = world.get(&uri).await;
    assert_eq!(query_member(&answer, "state").as_deref(), Some("af0i"));
    let code = query_member(&answer, "code").unwrap();
    let call = exchange(BACKEND, &code).with("completion_mode", "deferred");
    world.send(call).await.refused("authorization_pending");
}

/// K-5.2-01: a hint counts where the request travels, and nowhere else.
#[tokio::test]
async fn a_hint_is_pushed_too() {
    for (inside, outside) in [(true, false), (false, true)] {
        let world = world();
        let mut call = pushed(BACKEND, "backend", "profile");
        if inside {
            call = call.with("completion_mode", "deferred");
        }
        let mut uri = use_of("backend", &push(&world, call).await);
        if outside {
            uri.push_str("&completion_mode=deferred");
        }
        let code = query_member(&world.get(&uri).await, "code").unwrap();
        let answer = world.send(exchange(BACKEND, &code)).await;
        match inside {
            true => answer.refused("invalid_request"),
            false => answer.token(),
        };
    }
}

#[tokio::test]
async fn a_request_uri_is_used_once_soon_and_by_its_client() {
    let world = world();
    let request_uri = push(&world, pushed(BACKEND, "backend", "profile")).await;
    let foreign = world.get(&use_of("app", &request_uri)).await;
    foreign.refused("invalid_request_uri");
    world.advance(59);
    let uri = use_of("backend", &request_uri);
    assert!(query_member(&world.get(&uri).await, "code").is_some());
    world.get(&uri).await.refused("invalid_request_uri");

    let late = push(&world, pushed(BACKEND, "backend", "profile")).await;
    world.advance(60);
    let uri = use_of("backend", &late);
    world.get(&uri).await.refused("invalid_request_uri");
    for unknown in [
        "https://client.example/object",
        "urn:ietf:params:oauth:request_uri:x",
    ] {
        let uri = use_of("backend", unknown);
        world.get(&uri).await.refused("invalid_request_uri");
    }
}

/// The client authenticates as at the token endpoint, and what is wrong is said before any user sees it.
#[tokio::test]
async fn bad_requests_are_refused_when_pushed() {
    let world = world();
    let call = pushed(Client::Public("backend"), "backend", "profile");
    let answer = world.send(call).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.error(), "invalid_client");
    for (error, name, value) in [
        (
            "invalid_request",
            "request_uri",
            "urn:ietf:params:oauth:request_uri:x",
        ),
        (
            "invalid_request",
            "redirect_uri",
            "https://elsewhere.example/",
        ),
        ("invalid_request", "code_challenge_method", "plain"),
        ("invalid_scope", "scope", "admin"),
        ("unsupported_response_type", "response_type", "token"),
    ] {
        let mut call = pushed(BACKEND, "backend", "profile");
        call.form.retain(|(known, _)| known != name);
        world.send(call.with(name, value)).await.refused(error);
    }
}
