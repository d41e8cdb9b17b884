//! What other editions of the text have the server do.

use dtr_reference::edition::OpenedBy;
use dtr_reference::{Edition, wire};
use serde_json::json;

use crate::support::browser::{Browser, path_of};
use crate::support::*;

const STRONG: &str = "LRGidcSAeVs_xYpEDt5pNg";
const WEAK: &str = "LRGidcSAeVs_xYpEDt5pN";

pub(crate) fn serving(draft: Edition) -> World {
    let mut config = config();
    config.draft = draft;
    World::new(config)
}

/// Every edition of the draft, without its siblings.
fn editions() -> impl Iterator<Item = &'static Edition> {
    let all = Edition::ALL.iter();
    all.filter(|edition| edition.opened_by == OpenedBy::TokenRequest)
}

/// A request that policy wants interaction for.
fn identity(modes: &str) -> Call {
    Call::token("client_credentials")
        .with("scope", "identity")
        .with("completion_mode", modes)
        .by(SERVICE)
}

async fn polled(world: &World, code: &str) -> Answer {
    world.advance(INTERVAL);
    world.poll(SERVICE, code).await
}

/// No edition has it otherwise: gerber-00 Section 4.1, and Section 5.1 from then on.
#[tokio::test]
async fn every_edition_announces_deferral() {
    for edition in editions() {
        let document = serving(*edition).get(wire::METADATA).await.json();
        let supported = &document["deferred_token_response_supported"];
        assert_eq!(*supported, true, "{}", edition.id);
    }
}

/// gerber-00 Section 5.6: one pending state, and no member that it does not define.
#[tokio::test]
async fn gerber_00_knows_no_interaction() {
    let world = serving(Edition::GERBER_00);
    let opened = world.send(identity("deferred")).await;
    let code = opened
        .refused("authorization_pending")
        .member("deferral_code");
    let mut answers = vec![opened.clone(), polled(&world, &code).await];
    for decision in ["need_interaction", "interaction_begun", "interaction_done"] {
        assert!(world.decide(&code, decision).await);
        answers.push(polled(&world, &code).await);
    }
    for answer in answers {
        answer.refused("authorization_pending");
        assert_eq!(answer.json()["interaction_uri"], json!(null));
    }
    assert!(world.decide(&code, "approve").await);
    polled(&world, &code).await.token();
}

/// ietf-00 Section 6.3.1 and gerber-00 Section 5.3.1 license the refusal, which uses nothing up; ietf-01 has dropped that.
#[tokio::test]
async fn a_weak_notification_token_is_refused_where_that_is_licensed() {
    for edition in editions() {
        let world = serving(*edition);
        let authorization = world.authorize("backend", "payments", false).await;
        let request = exchange(BACKEND, &authorization).with("completion_mode", "deferred");
        let with = |token| request.clone().with("client_notification_token", token);
        let weak = world.send(with(WEAK)).await;
        match edition.weak_tokens_refused {
            true => {
                weak.refused("invalid_request");
                world
                    .send(with(STRONG))
                    .await
                    .refused("authorization_pending");
            }
            false => drop(weak.refused("authorization_pending")),
        }
    }
}

/// The control API's word about the next request is for one that is valid.
#[tokio::test]
async fn a_weak_notification_token_leaves_the_next_outcome_alone() {
    let world = serving(Edition::IETF_00);
    world.next_outcome("service", "complete").await;
    let call = initial(SERVICE);
    let weak = call.clone().with("client_notification_token", WEAK);
    world.send(weak).await.refused("invalid_request");
    world.send(call).await.token();
}

/// pr-67 Sections 8.2 and 11.1. Without it the server can be told to read this otherwise; see `edition.rs`.
#[tokio::test]
async fn pr_67_lets_the_key_alone_revoke_and_renew() {
    let world = serving(Edition::PR_67);
    let (key, other) = (Key::new(), Key::new());
    let authorization = world.authorize("backend", "payments profile", true).await;
    let opened = exchange(BACKEND, &authorization)
        .with("completion_mode", "deferred")
        .proven(&key, world.now());
    let code = world.send(opened).await.member("deferral_code");

    let revocation = revocation(BACKEND, &code);
    for without in [
        revocation.clone(),
        revocation.clone().proven(&other, world.now()),
    ] {
        let answer = world.send(without).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, ""));
    }
    assert!(world.decide(&code, "approve").await, "nothing was revoked");
    let proven = poll(BACKEND, &code).proven(&key, world.now());
    let renewal = world.send(proven).await.token().member("refresh_token");

    let renew = Call::token("refresh_token")
        .with("refresh_token", &renewal)
        .with("scope", "profile")
        .by(BACKEND);
    let foreign = renew.clone().proven(&other, world.now());
    assert_eq!(world.send(foreign).await.status, 400);
    assert_eq!(world.send(renew.clone()).await.status, 400);
    let own = world.send(renew.proven(&key, world.now())).await;
    assert_eq!(own.claims()["cnf"]["jkt"], key.thumbprint());
}

/// pr-68 Section 6.6, by the page: only what the server sees, which is somebody who is signed in. The link stays good for
/// them, and what `interaction_required` repeats (C-30/B) is not repeated.
#[tokio::test]
async fn pr_68_tells_that_interaction_has_begun() {
    for letter in ["A", "B", "C"] {
        let mut config = config();
        config.draft = Edition::PR_68;
        config.readings.set("C-30", "B").unwrap();
        config.readings.set("C-31", letter).unwrap();
        let world = World::new(config);
        let opened = world.send(identity("deferred")).await;
        let code = opened.member("deferral_code");
        let path = path_of(opened.refused("interaction_required"));
        Browser::default().open(&world, &path).await;
        let mut carol = Browser::signed_in(&world, &path).await;
        let waiting = polled(&world, &code).await;
        let path = path_of(waiting.refused("interaction_required"));
        assert_eq!(waiting.json()["interval"], INTERVAL);

        carol.open(&world, &path).await;
        let begun = polled(&world, &code).await;
        let told = path_of(begun.refused("interaction_pending"));
        assert_eq!(told != path, letter == "C", "for whoever goes on instead");
        assert_eq!(begun.json()["interval"], json!(null));
        let done = carol.press(&world, &path, "approve").await;
        assert_eq!(done.status, 200, "C-31/{letter}: {}", done.text());
        polled(&world, &code).await.token();
    }
}

/// pr-68 Section 6.6: none of the three is final, and only an interaction that is needed is under way.
#[tokio::test]
async fn pr_68_moves_between_three_pending_answers() {
    let world = serving(Edition::PR_68);
    let code = world.defer(SERVICE).await;
    for (decision, error, linked) in [
        ("interaction_begun", "authorization_pending", false),
        ("need_interaction", "interaction_required", true),
        ("interaction_begun", "interaction_pending", true),
        ("interaction_done", "authorization_pending", false),
    ] {
        assert!(world.decide(&code, decision).await);
        let answer = polled(&world, &code).await;
        let link = &answer.refused(error).json()["interaction_uri"];
        assert_eq!(link.is_string(), linked, "after {decision}");
    }
    assert!(world.decide(&code, "deny").await);
    polled(&world, &code).await.refused("access_denied");
    assert!(!world.decide(&code, "interaction_begun").await);
}

/// Elsewhere the same is seen, and not told.
#[tokio::test]
async fn ietf_01_does_not_tell_that_interaction_has_begun() {
    let world = world();
    let opened = world.send(identity("deferred")).await;
    let code = opened.member("deferral_code");
    assert!(world.decide(&code, "interaction_begun").await);
    polled(&world, &code).await.refused("interaction_required");
}

/// pr-71 Section 5.1: told of interaction are those who can do something about it.
#[tokio::test]
async fn pr_71_tells_of_interaction_whoever_can_show_it() {
    let world = serving(Edition::PR_71);
    for (modes, error) in [
        ("deferred", "authorization_pending"),
        ("deferred deferred_interactive", "interaction_required"),
        ("deferred_interactive deferred", "interaction_required"),
        ("deferred_interactive", "interaction_required"),
    ] {
        let opened = world.send(identity(modes)).await;
        let code = opened.refused(error).member("deferral_code");
        for answer in [opened, polled(&world, &code).await] {
            answer.refused(error);
            let linked = answer.json()["interaction_uri"].is_string();
            assert_eq!(linked, error == "interaction_required", "{modes}");
        }
        assert!(world.decide(&code, "approve").await);
        polled(&world, &code).await.token();
    }
}

/// C-29: beside `authorization_pending` too, a link is for whoever can show it.
#[tokio::test]
async fn pr_71_has_no_link_for_others() {
    for letter in ["A", "B"] {
        let mut config = config();
        config.draft = Edition::PR_71;
        config.readings.set("C-29", letter).unwrap();
        let world = World::new(config);
        for (modes, linked) in [("deferred", false), ("deferred deferred_interactive", true)] {
            let opened = world.send(identity(modes)).await;
            let code = opened.member("deferral_code");
            assert!(world.decide(&code, "interaction_done").await);
            let answer = polled(&world, &code).await;
            answer.refused("authorization_pending");
            let found = answer.json()["interaction_uri"].is_string();
            assert_eq!(found, linked, "C-29/{letter}, {modes}");
        }
    }
}

/// pr-71 Section 5.1: the second value is an opt-in by itself, as a hint too. Elsewhere it is unknown.
#[tokio::test]
async fn pr_71_has_a_second_opt_in() {
    for edition in editions() {
        let world = serving(*edition);
        let known = *edition == Edition::PR_71;
        let answer = world.send(identity("deferred_interactive")).await;
        answer.refused(match known {
            true => "interaction_required",
            false => "invalid_scope",
        });

        let hinted = authorize_uri("backend", "payments") + "&completion_mode=deferred_interactive";
        let credential = query_member(&world.get(&hinted).await, "code").unwrap();
        let forgetful = world.send(exchange(BACKEND, &credential)).await;
        forgetful.refused(match known {
            true => "invalid_request",
            false => "invalid_scope",
        });
        if known {
            let kept = exchange(BACKEND, &credential).with("completion_mode", "deferred");
            world.send(kept).await.refused("authorization_pending");
        }
    }
}
