//! Introspection (RFC 7662).

use crate::support::*;

async fn told(world: &World, client: Client, token: &str) -> Answer {
    let call = Call::new("/introspect").with("token", token).by(client);
    world.send(call).await
}

#[tokio::test]
async fn a_token_counts_for_its_client_until_its_end() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    let token = world.poll(SERVICE, &code).await.member("access_token");

    let own = told(&world, SERVICE, &token).await;
    assert_eq!(own.json()["active"], true);
    assert_eq!(own.json()["client_id"], "service");
    own.no_store();
    for (client, what) in [(OTHER, token.as_str()), (SERVICE, &code), (SERVICE, "x")] {
        let answer = told(&world, client, what).await;
        assert_eq!(answer.text(), r#"{"active":false}"#);
    }
    // Section 8.2 clause 3: the token does not end with its code.
    world.revoke(SERVICE, &code).await;
    assert_eq!(told(&world, SERVICE, &token).await, own);
    world.advance(3600);
    assert_eq!(told(&world, SERVICE, &token).await.json()["active"], false);
}

#[tokio::test]
async fn only_clients_with_credentials_are_answered() {
    let world = world();
    let call = Call::new("/introspect").with("token", "x");
    for call in [call.clone().with("client_id", "app"), call] {
        let answer = world.send(call).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (401, "invalid_client".to_owned())
        );
    }
}
