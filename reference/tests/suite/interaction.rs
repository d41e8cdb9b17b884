//! The page behind an `interaction_uri` (Sections 6.4, 9.5): C-31/C, C-34/B, C-35/B.

use http::StatusCode;

use crate::support::browser::{Browser, path_of};
use crate::support::*;

/// A request that waits for interaction; its code, and the path of its link on this server.
async fn waiting(world: &World) -> (String, String) {
    let answer = world
        .send(
            Call::token("client_credentials")
                .with("scope", "identity")
                .with("completion_mode", "deferred")
                .by(SERVICE),
        )
        .await
        .refused("interaction_required")
        .clone();
    (answer.member("deferral_code"), path_of(&answer))
}

async fn still_waiting(world: &World, code: &str) -> String {
    world.advance(INTERVAL);
    let answer = world.poll(SERVICE, code).await;
    path_of(answer.refused("interaction_required"))
}

#[tokio::test]
async fn an_approver_approves_or_denies() {
    for (action, approved) in [("approve", true), ("deny", false)] {
        let world = world();
        let (code, path) = waiting(&world).await;
        let mut carol = Browser::signed_in(&world, &path).await;
        let page = carol.open(&world, &path).await;
        assert!(page.text().contains("service"), "who asks");
        assert!(page.text().contains("identity"), "for what");
        let done = carol.press(&world, &path, action).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text());
        let answer = world.poll(SERVICE, &code).await;
        match approved {
            true => assert_eq!(answer.token().member("scope"), "identity"),
            false => drop(answer.refused("access_denied")),
        }
        // A second time it is useless.
        assert_eq!(carol.open(&world, &path).await.status, StatusCode::GONE);
    }
}

/// C-35/B: possession of the link, and even a click, are nothing without a session.
#[tokio::test]
async fn a_stranger_sees_a_sign_in_form_and_decides_nothing() {
    let world = world();
    let (code, path) = waiting(&world).await;
    let mut stranger = Browser::default();
    let page = stranger.open(&world, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("type=\"password\""));
    assert!(
        !page.text().contains("service"),
        "nothing about the request"
    );
    for form in [
        &[("action", "approve")][..],
        &[
            ("action", "sign_in"),
            ("name", "carol"),
            ("password", "wrong"),
        ],
        &[
            ("action", "sign_in"),
            ("name", "mallory"),
            ("password", "carol-password"),
        ],
        &[("action", "sign_in")],
    ] {
        let answer = stranger.submit(&world, &path, form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form:?}");
        assert!(answer.headers.get("set-cookie").is_none());
    }
    assert_eq!(still_waiting(&world, &code).await, path, "nobody opened it");
}

/// DTR-6.4-19: opening decides nothing, whoever does it.
#[tokio::test]
async fn opening_decides_nothing() {
    let world = world();
    let (code, path) = waiting(&world).await;
    let carol = Browser::signed_in(&world, &path).await;
    for query in ["", "?action=approve"] {
        let page = carol.open(&world, &format!("{path}{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    still_waiting(&world, &code).await;
}

/// No other site can send the form: the session's token has to come with it, and the browser must not say otherwise.
#[tokio::test]
async fn a_forged_form_decides_nothing() {
    let world = world();
    let (code, path) = waiting(&world).await;
    let mut carol = Browser::signed_in(&world, &path).await;
    let csrf = carol.open(&world, &path).await.hidden_field("csrf");
    let (_, elsewhere) = waiting(&world).await;
    let dave = Browser::signed_in(&world, &elsewhere).await;
    let foreign = dave.open(&world, &elsewhere).await.hidden_field("csrf");
    for form in [
        &[("action", "approve")][..],
        &[("action", "approve"), ("csrf", "x")],
        &[("action", "approve"), ("csrf", &foreign)],
        &[("action", "maybe"), ("csrf", &csrf)],
        &[("csrf", &csrf)],
        &[
            ("action", "approve"),
            ("action", "approve"),
            ("csrf", &csrf),
        ],
    ] {
        let answer = carol.submit(&world, &path, form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form:?}");
    }
    // Signed in, but the page of this request was never opened.
    let (_, unopened) = waiting(&world).await;
    let answer = carol
        .submit(&world, &unopened, &[("action", "approve"), ("csrf", &csrf)])
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    still_waiting(&world, &code).await;
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let world = world();
    let (_, path) = waiting(&world).await;
    let request = http::Request::post(&path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body("action=sign_in&name=carol&password=carol-password".into());
    let answer = world.raw(request.unwrap()).await.unwrap();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.headers.get("set-cookie").is_none());
}

/// C-31/C: stable until opened, then replaced; what was opened stays with whoever opened it.
#[tokio::test]
async fn an_opened_link_is_replaced() {
    let world = world();
    let (code, first) = waiting(&world).await;
    assert_eq!(still_waiting(&world, &code).await, first);
    let mut carol = Browser::signed_in(&world, &first).await;
    assert_eq!(
        still_waiting(&world, &code).await,
        first,
        "signed in, not opened"
    );
    carol.open(&world, &first).await;
    let second = still_waiting(&world, &code).await;
    assert_ne!(second, first);
    assert_eq!(still_waiting(&world, &code).await, second);

    for other in [
        Browser::default(),
        Browser::signed_in(&world, &second).await,
    ] {
        assert_eq!(other.open(&world, &first).await.status, StatusCode::GONE);
    }
    assert_eq!(
        carol.press(&world, &first, "approve").await.status,
        StatusCode::OK
    );
    assert_eq!(carol.open(&world, &second).await.status, StatusCode::GONE);
    world.poll(SERVICE, &code).await.token();
}

/// C-34/B: the link dies with whatever it was for, and decides nothing after that.
#[tokio::test]
async fn the_link_dies_with_the_wait() {
    for end in ["cancel", "deny", "approve", "interaction_done", "expire"] {
        let world = world();
        let (code, path) = waiting(&world).await;
        let mut carol = Browser::signed_in(&world, &path).await;
        let csrf = carol.open(&world, &path).await.hidden_field("csrf");
        match end {
            "cancel" => drop(world.revoke(SERVICE, &code).await),
            "expire" => world.advance(LIFETIME),
            decision => assert!(world.decide(&code, decision).await),
        }
        let before = world.poll(SERVICE, &code).await;
        let answers = [
            carol.open(&world, &path).await,
            carol
                .submit(&world, &path, &[("action", "approve"), ("csrf", &csrf)])
                .await,
        ];
        for answer in answers {
            assert_eq!(answer.status, StatusCode::GONE, "{end}: {}", answer.text());
        }
        if end != "approve" {
            world.advance(INTERVAL);
            assert_eq!(world.poll(SERVICE, &code).await, before, "{end}");
        }
    }
}

#[tokio::test]
async fn an_unknown_link_leads_nowhere() {
    let world = world();
    let mut stranger = Browser::default();
    let path = "/interact/no-such-link";
    assert_eq!(
        stranger.open(&world, path).await.status,
        StatusCode::NOT_FOUND
    );
    let form = [
        ("action", "sign_in"),
        ("name", "carol"),
        ("password", "carol-password"),
    ];
    let answer = stranger.submit(&world, path, &form).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_approvers_nobody_can_sign_in() {
    let mut config = config();
    config.approvers.clear();
    let world = World::new(config);
    let (_, path) = waiting(&world).await;
    let page = Browser::default().open(&world, &path).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text().contains("Nobody can sign in"));
    assert!(!page.text().contains("<form"));
}

#[tokio::test]
async fn a_session_ends() {
    let mut config = config();
    config.deferral.lifetime = 100_000;
    let world = World::new(config);
    let (_, path) = waiting(&world).await;
    let carol = Browser::signed_in(&world, &path).await;
    world.advance(30 * 60);
    assert!(
        carol
            .open(&world, &path)
            .await
            .text()
            .contains("type=\"password\"")
    );
}

/// Every page keeps to itself, and the cookie to the browser.
#[tokio::test]
async fn pages_and_cookies_are_guarded() {
    let world = world();
    let (_, path) = waiting(&world).await;
    let mut carol = Browser::default();
    let form = [
        ("action", "sign_in"),
        ("name", "carol"),
        ("password", "carol-password"),
    ];
    let signed_in = carol.submit(&world, &path, &form).await;
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    // Relative to the page, for a front may have another path.
    assert_eq!(
        format!(
            "/interact/{}",
            signed_in.headers["location"].to_str().unwrap()
        ),
        path
    );
    for page in [
        Browser::default().open(&world, &path).await,
        signed_in,
        carol.open(&world, &path).await,
        carol.press(&world, &path, "deny").await,
        carol.open(&world, &path).await,
        carol.open(&world, "/interact/x").await,
    ] {
        page.no_store();
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        for directive in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn everything_shown_is_escaped() {
    let mut config = config();
    config.clients[0].client_id = "<script>alert(1)</script>".into();
    let world = World::new(config);
    let call = Call::token("client_credentials")
        .with("scope", "identity")
        .with("completion_mode", "deferred")
        .basic("%3Cscript%3Ealert(1)%3C%2Fscript%3E", "service-secret");
    let path = path_of(&world.send(call).await);
    let carol = Browser::signed_in(&world, &path).await;
    let page = carol.open(&world, &path).await;
    assert!(page.text().contains("&lt;script&gt;"));
    assert!(!page.text().contains("<script"));
}
