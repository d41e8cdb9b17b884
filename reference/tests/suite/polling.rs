//! Polls: Section 6.5.1 and its gaps.

use dtr_reference::MemoryStore;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn pending_then_approved_then_redeemed() {
    let world = world();
    let code = world.defer(SERVICE).await;
    let pending = world.poll(SERVICE, &code).await;
    pending.refused("authorization_pending");
    // Section 6.4: nothing of the deferred response is repeated. C-82: progress is an opaque step.
    assert_eq!(
        pending.json(),
        json!({ "error": "authorization_pending", "error_description": "step=1" })
    );

    assert!(world.decide(&code, "approve").await);
    let token = world.poll(SERVICE, &code).await;
    token.token();
    assert_eq!(token.member("token_type"), "Bearer");
    assert_eq!(token.member("scope"), "payments profile");
    assert_eq!(token.json()["expires_in"], 3600);
    assert!(token.json().get("issued_token_type").is_none());

    // C-01/B, and DTR-6.6-10: the owner is told why.
    let again = world.poll(SERVICE, &code).await;
    assert!(
        again
            .refused("invalid_grant")
            .member("error_description")
            .contains("redeemed")
    );
    // C-07/A: past the lifetime too.
    world.advance(LIFETIME);
    world.poll(SERVICE, &code).await.refused("invalid_grant");
}

#[tokio::test]
async fn denied_stays_denied_while_it_is_remembered() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "deny").await);
    world.poll(SERVICE, &code).await.refused("access_denied");
    world.advance(LIFETIME); // C-04/A
    world.poll(SERVICE, &code).await.refused("access_denied");
    world.advance(24 * 3600 - 1);
    world.poll(SERVICE, &code).await.refused("access_denied");
    world.advance(1); // C-08
    world.poll(SERVICE, &code).await.refused("invalid_grant");
}

#[tokio::test]
async fn expiry_is_exact_and_decays_with_the_tombstone() {
    let world = world();
    let code = world.defer(SERVICE).await;
    world.advance(LIFETIME - 1);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    world.advance(1);
    world.poll(SERVICE, &code).await.refused("expired_token");
    world.advance(24 * 3600 - 1);
    world.poll(SERVICE, &code).await.refused("expired_token");
    world.advance(1);
    world.poll(SERVICE, &code).await.refused("invalid_grant");
}

/// A lifetime longer than the configured tombstone still ends in `expired_token` (DTR-6.4-07).
#[tokio::test]
async fn a_long_lifetime_has_a_long_tombstone() {
    let mut config = config();
    config.deferral.lifetime = 48 * 3600;
    let world = World::new(config);
    let code = world.defer(SERVICE).await;
    world.advance(48 * 3600);
    world.poll(SERVICE, &code).await.refused("expired_token");
    world.advance(48 * 3600);
    world.poll(SERVICE, &code).await.refused("invalid_grant");
}

#[tokio::test]
async fn an_approval_not_collected_in_time_expires() {
    let world = world();
    let code = world.defer(SERVICE).await;
    world.advance(LIFETIME - 1);
    assert!(world.decide(&code, "approve").await);
    world.advance(1); // C-02/B, no grace
    world.poll(SERVICE, &code).await.refused("expired_token");
}

#[tokio::test]
async fn a_decision_after_the_lifetime_is_void() {
    for poll_before in [false, true] {
        let world = world();
        let code = world.defer(SERVICE).await;
        world.advance(LIFETIME);
        if poll_before {
            world.poll(SERVICE, &code).await.refused("expired_token");
        }
        assert!(!world.decide(&code, "approve").await); // C-03/B
        world.poll(SERVICE, &code).await.refused("expired_token");
    }
}

#[tokio::test]
async fn a_second_decision_is_void() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "deny").await);
    assert!(!world.decide(&code, "approve").await);
    world.poll(SERVICE, &code).await.refused("access_denied");
}

/// C-20/A, C-21: the first poll is free, and an early one does not restart the wait.
#[tokio::test]
async fn early_means_sooner_than_the_interval_after_the_last_answer() {
    let world = world();
    let code = world.defer(SERVICE).await;
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    world.advance(INTERVAL - 1);
    world.poll(SERVICE, &code).await.refused("slow_down");
    world.advance(1);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    for _ in 0..INTERVAL - 1 {
        world.advance(1);
        world.poll(SERVICE, &code).await.refused("slow_down");
    }
    world.advance(1);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
}

/// C-10/B: only pending requests have a pace.
#[tokio::test]
async fn terminal_states_answer_at_any_pace() {
    for (decision, expected) in [("approve", None), ("deny", Some("access_denied"))] {
        let world = world();
        let code = world.defer(SERVICE).await;
        world
            .poll(SERVICE, &code)
            .await
            .refused("authorization_pending");
        assert!(world.decide(&code, decision).await);
        let answer = world.poll(SERVICE, &code).await;
        match expected {
            None => answer.token(),
            Some(error) => answer.refused(error),
        };
    }
}

#[tokio::test]
async fn persistent_early_polling_escalates_only_when_configured() {
    let world_without = world();
    let code = world_without.defer(SERVICE).await;
    world_without
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    for _ in 0..20 {
        world_without
            .poll(SERVICE, &code)
            .await
            .refused("slow_down");
    }

    let mut config = config();
    config.deferral.escalate_after = Some(2);
    let world = World::new(config);
    let code = world.defer(SERVICE).await;
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    world.poll(SERVICE, &code).await.refused("slow_down");
    world.poll(SERVICE, &code).await.refused("slow_down");
    world.poll(SERVICE, &code).await.refused("invalid_request");
    // C-24: the request lives on and answers polls at a legal pace.
    world.advance(INTERVAL);
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
    world.poll(SERVICE, &code).await.refused("slow_down");
}

#[tokio::test]
async fn unknown_and_foreign_codes_look_the_same() {
    let world = world();
    let key = Key::new();
    let other_key = Key::new();
    let code = world.defer(SERVICE).await;
    let bound = world.defer_bound(SERVICE, &key).await;
    let redeemed = world.defer(SERVICE).await;
    assert!(world.decide(&redeemed, "approve").await);
    world.poll(SERVICE, &redeemed).await.token();

    let unknown = world.poll(OTHER, "no-such-code").await;
    unknown.refused("invalid_grant");
    for foreign in [&code, &bound, &redeemed] {
        assert_eq!(world.poll(OTHER, foreign).await, unknown);
        // C-11/B: a proof, good or bad, changes nothing.
        assert_eq!(
            world
                .send(poll(OTHER, foreign).proven(&other_key, START))
                .await,
            unknown
        );
        assert_eq!(
            world.send(poll(OTHER, foreign).proven(&key, START)).await,
            unknown
        );
        assert_eq!(
            world
                .send(poll(OTHER, foreign).header("dpop", "rubbish"))
                .await,
            unknown
        );
    }
    assert_eq!(
        world
            .send(poll(OTHER, "no-such-code").header("dpop", "rubbish"))
            .await,
        unknown
    );
    // Nor was the owner's pace touched.
    world
        .poll(SERVICE, &code)
        .await
        .refused("authorization_pending");
}

/// C-25, C-26: neither the request nor its pace is touched.
#[tokio::test]
async fn malformed_polls_touch_nothing() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    for name in [
        "scope",
        "resource",
        "audience",
        "code",
        "redirect_uri",
        "code_verifier",
        "client_notification_token",
    ] {
        world
            .send(poll(SERVICE, &code).with(name, "x"))
            .await
            .refused("invalid_request");
    }
    world
        .send(poll(SERVICE, &code).with("deferral_code", &code))
        .await
        .refused("invalid_request");
    let without_code = Call::token(dtr_reference::wire::GRANT_DEFERRED).by(SERVICE);
    world.send(without_code).await.refused("invalid_request");
    // C-26/A.
    world
        .send(poll(SERVICE, &code).with("completion_mode", "deferred"))
        .await
        .token();
}

#[tokio::test]
async fn interaction_comes_and_goes() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "need_interaction").await);
    let first = world.poll(SERVICE, &code).await;
    let uri = first
        .refused("interaction_required")
        .member("interaction_uri");
    let members: Vec<String> = first.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["error", "error_description", "interaction_uri"]); // C-30/A
    let url = url::Url::parse(&uri).unwrap();
    assert_eq!((url.scheme(), url.fragment()), ("https", None));
    assert!(!uri.contains(&code));

    world.advance(INTERVAL);
    assert_eq!(
        world.poll(SERVICE, &code).await.member("interaction_uri"),
        uri
    ); // C-31: stable
    assert!(world.decide(&code, "interaction_done").await);
    world.advance(INTERVAL);
    let pending = world.poll(SERVICE, &code).await;
    pending.refused("authorization_pending");
    assert!(pending.json().get("interaction_uri").is_none()); // C-29
    // The rate applies to this pending state as well.
    assert!(world.decide(&code, "need_interaction").await);
    world.poll(SERVICE, &code).await.refused("slow_down");
    assert!(world.decide(&code, "approve").await);
    world.poll(SERVICE, &code).await.token();
}

/// C-48/A: what was asked for is frozen, default scope included, and a narrowed approval shows.
#[tokio::test]
async fn the_request_is_frozen() {
    let world = world();
    world.next_outcome("service", "defer").await;
    let request = Call::token("client_credentials")
        .with("completion_mode", "deferred")
        .by(SERVICE);
    let code = world
        .send(request)
        .await
        .refused("authorization_pending")
        .member("deferral_code");
    let change = json!({ "client_id": "service", "default_scope": "profile identity payments" });
    world.control("/control/client", change).await;
    assert!(world.decide(&code, "approve").await);
    let token = world.poll(SERVICE, &code).await;
    assert_eq!(token.member("scope"), "profile");

    let code = world.defer(SERVICE).await;
    let wider = json!({ "deferral_code": code, "decision": "approve", "scope": "payments profile identity" });
    assert_eq!(world.control("/control/decide", wider).await.status, 400);
    let narrowed = json!({ "deferral_code": code, "decision": "approve", "scope": "profile" });
    assert_eq!(
        world.control("/control/decide", narrowed).await.json(),
        json!({ "applied": true })
    );
    let token = world.poll(SERVICE, &code).await;
    assert_eq!(token.token().member("scope"), "profile");
    assert_eq!(token.claims()["scope"], "profile");
}

/// C-15/A: a failed re-evaluation is for good; consent lost and regained unseen is not.
#[tokio::test]
async fn lapsed_consent_denies_for_good() {
    let world = world();
    let set = |code: &str, valid: bool| json!({ "deferral_code": code, "valid": valid });
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    world.control("/control/consent", set(&code, false)).await;
    world.poll(SERVICE, &code).await.refused("access_denied");
    world.control("/control/consent", set(&code, true)).await;
    world.poll(SERVICE, &code).await.refused("access_denied");

    let code = world.defer(SERVICE).await;
    world.control("/control/consent", set(&code, false)).await;
    assert!(world.decide(&code, "approve").await);
    world.control("/control/consent", set(&code, true)).await;
    world.poll(SERVICE, &code).await.token();
}

/// C-16/A: disabled means unauthenticated, everywhere, and touches no request.
#[tokio::test]
async fn a_disabled_client_is_not_a_client() {
    let world = world();
    let code = world.defer(SERVICE).await;
    assert!(world.decide(&code, "approve").await);
    let enable = |enabled: bool| json!({ "client_id": "service", "enabled": enabled });
    world.control("/control/client", enable(false)).await;
    for call in [
        poll(SERVICE, &code),
        initial(SERVICE),
        revocation(SERVICE, &code),
    ] {
        let answer = world.send(call).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (401, "invalid_client")
        );
        answer.no_store();
    }
    world.control("/control/client", enable(true)).await;
    world.poll(SERVICE, &code).await.token();
}

/// Memory is bounded by what is remembered: dead codes go away by themselves.
#[tokio::test]
async fn dead_codes_are_forgotten() {
    let store = std::sync::Arc::new(MemoryStore::new());
    let world = World::with_store(store.clone());
    for _ in 0..10 {
        world.defer(SERVICE).await;
    }
    let cancelled = world.defer(SERVICE).await;
    world.revoke(SERVICE, &cancelled).await;
    assert_eq!(store.len(), 11);
    world.advance(LIFETIME);
    for _ in 0..3 {
        world.defer(SERVICE).await;
    }
    assert_eq!(
        store.len(),
        13,
        "a cancelled code goes with its lifetime (C-06/C)"
    );
    world.advance(LIFETIME + 24 * 3600 + 1);
    for _ in 0..6 {
        world.defer(SERVICE).await;
    }
    assert_eq!(store.len(), 6);
}
