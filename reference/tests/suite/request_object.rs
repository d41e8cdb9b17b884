//! Request objects (RFC 9101): signed by the client, at both endpoints that take authorization requests.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::*;

fn world_with(key: &Key) -> World {
    let mut config = config();
    let backend = config.clients.iter_mut().find(|c| c.client_id == "backend");
    backend.unwrap().jwks = Some(key.jwks());
    World::new(config)
}

/// A good object for a request with this scope.
fn object(scope: &str) -> Value {
    json!({
        "iss": "backend",
        "aud": ISSUER,
        "exp": START + 60,
        "client_id": "backend",
        "response_type": "code",
        "redirect_uri": "https://backend.example/callback",
        "scope": scope,
        "state": "af0i",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    })
}

async fn authorize(world: &World, jwt: &str) -> Answer {
    world
        .get(&format!("/authorize?client_id=backend&request={jwt}"))
        .await
}

/// K-5.2-01: the hint travels inside, whether the object goes through the browser or is pushed.
#[tokio::test]
async fn the_object_is_what_counts() {
    let key = Key::new();
    let world = world_with(&key);
    for (hinted, pushed) in [(true, false), (true, true), (false, false)] {
        let mut claims = object("profile");
        if hinted {
            claims["completion_mode"] = json!("deferred");
        }
        let jwt = key.jwt("oauth-authz-req+jwt", &claims);
        let uri = if pushed {
            let call = Call::new("/par").with("request", &jwt).by(BACKEND);
            let answer = world.send(call).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
            let request_uri = answer.member("request_uri");
            format!("/authorize?client_id=backend&request_uri={request_uri}")
        } else {
            // What stands beside it does not count.
            format!(
                "/authorize?client_id=backend&request={jwt}&completion_mode=deferred&scope=admin"
            )
        };
        let answer = world.get(&uri).await;
        assert_eq!(query_member(&answer, "state").as_deref(), Some("af0i"));
        let code = query_member(&answer, "code").unwrap();
        let token = world.send(exchange(BACKEND, &code)).await;
        match hinted {
            true => drop(token.refused("invalid_request")),
            false => assert_eq!(token.token().member("scope"), "profile"),
        }
    }
}

#[tokio::test]
async fn only_the_clients_signature_counts() {
    let key = Key::new();
    let world = world_with(&key);
    let claims = object("profile");
    let good = key.jwt("oauth-authz-req+jwt", &claims);
    assert_eq!(authorize(&world, &good).await.status, StatusCode::FOUND);
    let unsigned = key.sign(&json!({ "alg": "none" }), &claims);
    let unsigned_and_bare = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    for bad in [
        Key::new().jwt("oauth-authz-req+jwt", &claims),
        unsigned,
        unsigned_and_bare,
        key.jwt("dpop+jwt", &claims),
        key.sign(&json!({ "alg": "ES256", "kid": "other" }), &claims),
        key.sign(&json!({ "alg": "ES256", "crit": ["x"], "x": 1 }), &claims),
        key.sign(&json!({ "alg": "HS256" }), &claims),
        "a.b.c".into(),
    ] {
        authorize(&world, &bad)
            .await
            .refused("invalid_request_object");
        let call = Call::new("/par").with("request", &bad).by(BACKEND);
        world.send(call).await.refused("invalid_request_object");
    }
    let both = format!("/authorize?client_id=backend&request={good}&request_uri=x");
    world.get(&both).await.refused("invalid_request");
    let keyless = format!("/authorize?client_id=app&request={good}");
    world.get(&keyless).await.refused("invalid_request_object");
}

#[tokio::test]
async fn the_object_names_client_server_and_time() {
    let key = Key::new();
    let world = world_with(&key);
    for (name, value) in [
        ("iss", json!("app")),
        ("client_id", json!("app")),
        ("client_id", Value::Null),
        ("aud", json!("https://other.example")),
        ("aud", json!(["https://other.example"])),
        ("exp", json!(START)),
        ("nbf", json!(START + 61)),
        ("request", json!("x")),
        ("request_uri", json!("x")),
    ] {
        let mut claims = object("profile");
        claims[name] = value.clone();
        let answer = authorize(&world, &key.jwt("JWT", &claims)).await;
        assert_eq!(answer.error(), "invalid_request_object", "{name} {value}");
    }
    let mut claims = object("profile");
    claims["aud"] = json!(["https://other.example", ISSUER]);
    let answer = authorize(&world, &key.jwt("JWT", &claims)).await;
    assert_eq!(answer.status, StatusCode::FOUND);
}
