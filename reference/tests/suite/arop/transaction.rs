//! Section 9.3: over draft-rosomakho-oauth-txn-challenge, whose sections are meant by "there".

use dtr_reference::wire::{GRANT_TOKEN_EXCHANGE, METADATA, TOKEN_TYPE_ACCESS_TOKEN};
use dtr_reference::{Config, ProtectedResourceConfig};
use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;

use super::*;

pub(super) const CRM: &str = "https://crm.example";
const PATH: &str = "/txn-authorization";

/// A protected resource that challenges.
pub(super) struct Resource {
    key: Key,
}

impl Resource {
    pub(super) fn new() -> Self {
        Self { key: Key::new() }
    }

    /// What the server is told of it.
    pub(super) fn config(&self) -> ProtectedResourceConfig {
        let JwkSet { mut keys } = self.key.jwks();
        keys[0].common.key_id = Some("crm-1".into());
        ProtectedResourceConfig {
            id: CRM.into(),
            jwks: JwkSet { keys },
        }
    }

    /// A challenge that says this.
    pub(super) fn sign(&self, claims: &Value) -> String {
        self.sign_under(
            json!({ "typ": "txn-authz-challenge+jwt", "alg": "ES256", "kid": "crm-1" }),
            claims,
        )
    }

    pub(super) fn sign_under(&self, header: Value, claims: &Value) -> String {
        self.key.sign(&header, claims)
    }
}

/// What a challenge about this transaction says.
pub(super) fn claims(txn: &str) -> Value {
    json!({
        "iss": CRM,
        "aud": ISSUER,
        "iat": START,
        "exp": START + 300,
        "jti": format!("challenge about {txn}"),
        "txn": txn,
        "authorization_details": details(),
        "reason": "Customers are deleted for good.",
        "act": { "sub": "agent-7" },
    })
}

fn details() -> Value {
    json!([{ "type": "customer_records", "actions": ["delete"], "locations": ["https://crm.example/c-4815"] }])
}

pub(super) fn world_with(resource: &Resource) -> World {
    world_as(resource, |_| {})
}

fn world_as(resource: &Resource, adjust: impl FnOnce(&mut Config)) -> World {
    let mut config = config();
    config.draft = Edition::AROP_TXN;
    config.protected_resources = vec![resource.config()];
    adjust(&mut config);
    World::new(config)
}

pub(super) fn present(client: Client, challenge: &str) -> Call {
    Call::new(PATH)
        .with("transaction_challenge", challenge)
        .by(client)
}

fn txn_poll(client: Client, id: &str) -> Call {
    Call::new(PATH)
        .with("transaction_authorization_id", id)
        .by(client)
}

/// The identifier of an accepted challenge.
pub(super) async fn begin(world: &World, call: Call) -> String {
    let answer = world.send(call).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.no_store().member("transaction_authorization_id")
}

/// Sections 5.2 to 5.4 and 6 there.
#[tokio::test]
async fn a_transaction_is_approved_and_gets_one_token() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let opened = world
        .send(present(SERVICE, &resource.sign(&claims("1"))))
        .await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let members = opened.no_store().json();
    assert_eq!(members["expires_in"], LIFETIME);
    assert_eq!(members["interval"], INTERVAL);
    assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
    let id = opened.member("transaction_authorization_id");

    let poll = txn_poll(SERVICE, &id);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    approve(&world, &id, None, 100).await;
    let token = world.send(poll.clone()).await;
    assert_eq!(lifetime(&token), 100);
    assert_eq!(token.json()["authorization_details"], details());
    assert_eq!(token.json().get("scope"), None);
    assert_eq!(token.json().get("refresh_token"), None);
    let said = token.claims();
    for (name, value) in [
        ("iss", json!(ISSUER)),
        ("aud", json!(CRM)),
        ("txn", json!("1")),
        ("act", json!({ "sub": "agent-7" })),
        ("sub", json!("agent-7")),
        ("client_id", json!("service")),
        ("authorization_details", details()),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    assert_eq!(said.get("scope"), None);
    world.send(poll).await.refused("invalid_grant");
    let introspection = Call::new("/introspect").with("token", &token.member("access_token"));
    let active = world.send(introspection.by(SERVICE)).await.json();
    assert_eq!(active["active"], true);
    assert_eq!(active.get("scope"), None);
}

/// Nothing about the actor where the challenge has nothing; the client acts then.
#[tokio::test]
async fn a_challenge_may_name_no_actor() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let mut claims = claims("1");
    claims.as_object_mut().unwrap().remove("act");
    let id = begin(&world, present(SERVICE, &resource.sign(&claims))).await;
    assert!(world.decide(&id, "approve").await);
    let said = world.send(txn_poll(SERVICE, &id)).await.token().claims();
    assert_eq!(said.get("act"), None);
    assert_eq!(said["sub"], "service");
}

/// Section 7 there: short, however long the approval. Section 7.4: and single, whatever the client registered.
#[tokio::test]
async fn a_token_for_a_transaction_is_short_and_not_renewed() {
    let resource = Resource::new();
    let world = world_as(&resource, |config| {
        config.access_request.transaction_token_lifetime = 42;
    });
    let id = begin(&world, present(BACKEND, &resource.sign(&claims("1")))).await;
    approve(&world, &id, None, 1000).await;
    let token = world.send(txn_poll(BACKEND, &id)).await;
    assert_eq!(lifetime(&token), 42);
    assert_eq!(token.json().get("refresh_token"), None);
    // Nor is it worth another token.
    let exchange = Call::token(GRANT_TOKEN_EXCHANGE)
        .with("subject_token", &token.member("access_token"))
        .with("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN)
        .by(BACKEND);
    for scope in [None, Some("profile")] {
        let call = exchange.clone();
        let call = match scope {
            None => call,
            Some(scope) => call.with("scope", scope),
        };
        world.send(call).await.refused("invalid_scope");
    }
}

/// Section 5.3 there.
#[tokio::test]
async fn every_error_of_a_poll() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let challenge = |txn: &str| resource.sign(&claims(txn));
    let id = begin(&world, present(SERVICE, &challenge("1"))).await;
    let poll = txn_poll(SERVICE, &id);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    world.send(poll.clone()).await.refused("slow_down");
    world.advance(INTERVAL);
    world.send(poll.clone()).await.refused("slow_down");
    for (call, error) in [
        (txn_poll(OTHER, &id), "invalid_grant"),
        (txn_poll(SERVICE, "unknown"), "invalid_grant"),
        (
            poll.clone().with("transaction_challenge", &challenge("2")),
            "invalid_request",
        ),
        (Call::new(PATH).by(SERVICE), "invalid_request"),
    ] {
        world.send(call).await.refused(error);
    }
    world.advance(INTERVAL + 5);
    world
        .send(poll.clone())
        .await
        .refused("authorization_pending");
    assert!(world.decide(&id, "deny").await);
    world.send(poll).await.refused("access_denied");

    let late = begin(&world, present(SERVICE, &challenge("3"))).await;
    let approved = begin(&world, present(SERVICE, &challenge("4"))).await;
    let over = begin(&world, present(SERVICE, &challenge("5"))).await;
    approve(&world, &approved, None, 2 * LIFETIME).await;
    approve(&world, &over, None, 10).await;
    world.advance(10);
    let answer = world.send(txn_poll(SERVICE, &over)).await;
    answer.refused("access_denied");
    world.advance(LIFETIME - 10);
    for id in [late, approved] {
        let answer = world.send(txn_poll(SERVICE, &id)).await;
        answer.refused("expired_token");
    }
    let nobody = world.send(txn_poll(Client::Basic("nobody"), "x")).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.error(), "invalid_client");
}

/// Section 12: whose proof begins, whose proof polls, and whom the token is bound to. A public client has nothing else.
#[tokio::test]
async fn the_proof_of_the_request_binds_the_identifier() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let key = Key::new();
    for client in [SERVICE, APP] {
        let challenge = resource.sign(&claims(&format!("{client:?}")));
        let bare = present(client, &challenge);
        let id = begin(&world, bare.clone().proven(&key, world.now())).await;
        let poll = txn_poll(client, &id);
        for unproven in [
            poll.clone(),
            poll.clone().proven(&Key::new(), world.now()),
            poll.clone().header("dpop", "broken"),
        ] {
            world.send(unproven).await.refused("invalid_dpop_proof");
        }
        approve(&world, &id, None, 100).await;
        let token = world.send(poll.proven(&key, world.now())).await;
        assert_eq!(token.token().claims()["cnf"]["jkt"], key.thumbprint());
        assert_eq!(token.member("token_type"), "DPoP");

        let broken = bare.header("dpop", "broken");
        world.send(broken).await.refused("invalid_dpop_proof");
    }
    let challenge = resource.sign(&claims("unproven"));
    let unproven = world.send(present(APP, &challenge)).await;
    unproven.refused("invalid_request");
    begin(&world, present(SERVICE, &challenge)).await;
}

/// RFC 9449 Section 8 and the control API, as at the token endpoint.
#[tokio::test]
async fn nonces_and_lost_responses() {
    let resource = Resource::new();
    let world = world_as(&resource, |config| config.dpop.require_nonce = true);
    let key = Key::new();
    let url = format!("{ISSUER}{PATH}");
    let present = present(SERVICE, &resource.sign(&claims("1")));
    let bare = present.clone().proven(&key, world.now());
    let challenged = world.send(bare).await;
    challenged.refused("use_dpop_nonce");
    let nonce = challenged.headers["dpop-nonce"].to_str().unwrap();
    let proven = |call: &Call| {
        call.clone()
            .header("dpop", key.proof_with(nonce, &url, world.now()))
    };
    let lose = || world.control("/control/drop", json!({ "client_id": "service" }));
    lose().await;
    assert!(world.raw(proven(&present).request()).await.is_err());
    let id = begin(&world, proven(&present)).await;
    let poll = txn_poll(SERVICE, &id);
    let unproven = poll.clone().proven(&key, world.now());
    world.send(unproven).await.refused("use_dpop_nonce");
    world
        .send(proven(&poll))
        .await
        .refused("authorization_pending");
    assert!(world.decide(&id, "approve").await);
    lose().await;
    assert!(world.raw(proven(&poll).request()).await.is_err());
    world.send(proven(&poll)).await.refused("invalid_grant");
}

/// Section 7.2: a transaction is one request until it came to an end, whatever else its challenges say.
#[tokio::test]
async fn the_same_transaction_again_brings_the_same_identifier() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let key = Key::new();
    let id = begin(&world, present(SERVICE, &resource.sign(&claims("1")))).await;
    let mut again = claims("1");
    again["jti"] = json!("another");
    again["iat"] = json!(START + 1);
    again["act"] = json!({ "sub": "agent-8" });
    let again = present(SERVICE, &resource.sign(&again));
    world.advance(9);
    let answer = world.send(again.clone()).await;
    assert_eq!(answer.member("transaction_authorization_id"), id);
    assert_eq!(answer.json()["expires_in"], LIFETIME - 9);
    for other in [
        present(OTHER, &resource.sign(&claims("1"))),
        present(SERVICE, &resource.sign(&claims("2"))),
        again.clone().proven(&key, world.now()),
    ] {
        assert_ne!(begin(&world, other).await, id);
    }
    approve(&world, &id, None, 100).await;
    assert_eq!(begin(&world, again.clone()).await, id, "not collected");
    world.send(txn_poll(SERVICE, &id)).await.token();
    // Another approval is needed from here on.
    let next = begin(&world, again.clone()).await;
    assert_ne!(next, id);
    assert!(world.decide(&next, "deny").await);
    assert_ne!(begin(&world, again).await, next, "denied");
}

/// Section 7.1 and Section 5.2 there: the control API's word about the next request.
#[tokio::test]
async fn a_challenge_may_be_answered_at_once() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let challenge = present(SERVICE, &resource.sign(&claims("1")));
    world.next_outcome("service", "deny").await;
    let refused = world.send(challenge.clone()).await;
    refused.refused("invalid_authorization_details");
    world.next_outcome("service", "complete").await;
    let token = world.send(challenge.clone()).await;
    assert_eq!(lifetime(&token), 300);
    assert_eq!(token.claims()["txn"], "1");
    world.next_outcome("service", "defer").await;
    begin(&world, challenge).await;
}

/// Section 12: nothing cancels, and there are no callbacks. The draft's own is unknown.
#[tokio::test]
async fn nothing_of_the_draft_is_known() {
    let resource = Resource::new();
    let world = world_with(&resource);
    let call = present(SERVICE, &resource.sign(&claims("1")))
        .with("completion_mode", "deferred")
        .with("client_notification_token", "not a token");
    let id = begin(&world, call).await;
    world.revoke(SERVICE, &id).await;
    assert!(world.decide(&id, "approve").await, "nothing was revoked");
    let attempt = json!({ "deferral_code": id });
    let attempt = world.control("/control/callbacks", attempt).await;
    assert_eq!(attempt.json()["attempted"], false);
    world
        .poll(SERVICE, &id)
        .await
        .refused("unsupported_grant_type");
    world.send(initial(SERVICE)).await.token();
    let get = world.get(PATH).await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    let elsewhere = serving(Edition::AROP_DTR)
        .send(txn_poll(SERVICE, &id))
        .await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_disabled_client_is_not_served() {
    let resource = Resource::new();
    for (letter, error) in [("A", "invalid_client"), ("B", "access_denied")] {
        let world = world_as(&resource, |config| {
            config.readings.set("C-16", letter).unwrap();
        });
        let disable = json!({ "client_id": "service", "enabled": false });
        world.control("/control/client", disable).await;
        let call = present(SERVICE, &resource.sign(&claims("1")));
        assert_eq!(world.send(call).await.error(), error, "C-16/{letter}");
    }
}

/// Section 5.1 there. No grant is announced for it.
#[tokio::test]
async fn the_metadata_announces_the_endpoint() {
    let document = world_with(&Resource::new()).get(METADATA).await.json();
    let endpoint = &document["transaction_authorization_endpoint"];
    assert_eq!(*endpoint, format!("{ISSUER}{PATH}"));
    assert_eq!(document.get("deferred_token_response_supported"), None);
    let types = &document["revocation_endpoint_token_type_values_supported"];
    assert_eq!(*types, Value::Null);
    assert_eq!(
        document["grant_types_supported"].as_array().unwrap().len(),
        6
    );
}
