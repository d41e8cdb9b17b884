//! The page behind an `interaction_uri` (Sections 6.4, 9.5) as its visitor meets it.

use http::StatusCode;

use crate::chromium::Tab;
use crate::sites::Sites;
use crate::support::{Call, SERVICE};

/// All the forms are plain HTML: nothing of this runs a script.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn a_visitor_signs_in_and_decides() {
    let sites = Sites::new().await;
    let carol = Tab::without_scripts(&sites).await;
    for (action, told) in [
        ("approve", "The request is approved."),
        ("deny", "The request is denied."),
    ] {
        let (code, link) = sites.waiting(SERVICE).await;
        carol.open(&link).await;
        if action == "approve" {
            carol.shows("Sign in").await;
            carol.sign_in("carol", "wrong").await;
            carol.shows("Name or password is wrong.").await;
            carol.sign_in("carol", "carol-password").await;
        }
        let page = carol.shows("The client service asks for access").await;
        assert!(page.contains("identity"), "for what: {page}");
        assert!(page.contains("Signed in as carol."), "{page}");
        carol.press(action).await;
        carol.shows(told).await;

        let answer = sites.poll(SERVICE, &code).await;
        match action {
            "approve" => assert_eq!(answer.token().member("scope"), "identity"),
            _ => drop(answer.refused("access_denied")),
        }
        carol.open(&link).await;
        carol.shows("This request is over").await;
    }
}

/// DTR-6.4-19: neither the click on the link nor signing in is a decision.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn to_look_is_not_to_decide() {
    let sites = Sites::new().await;
    let (code, link) = sites.waiting(SERVICE).await;
    let carol = Tab::new(&sites).await;
    carol.open(&link).await;
    carol.shows("Sign in").await;
    let answer = sites.poll(SERVICE, &code).await;
    answer.refused("interaction_required");
    carol.sign_in("carol", "carol-password").await;
    carol.shows("asks for access").await;
    carol.open(&link).await;
    carol.shows("asks for access").await;
    let answer = sites.poll(SERVICE, &code).await;
    answer.refused("interaction_required");
}

/// A client's name is whatever the client says it is.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn markup_in_a_name_stays_text() {
    const NAME: &str = "<b id=taken>x</b><script>document.title='taken'</script>&amp;";
    let sites = Sites::with(|config| config.clients[0].client_id = NAME.into()).await;
    let encoded: String = url::form_urlencoded::byte_serialize(NAME.as_bytes()).collect();
    let call = Call::token("client_credentials")
        .with("scope", "identity")
        .with("completion_mode", "deferred")
        .basic(&encoded, "service-secret");
    let answer = sites.world.send(call).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    let carol = Tab::new(&sites).await;
    carol.open(&answer.member("interaction_uri")).await;
    carol.shows("Sign in").await;
    carol.sign_in("carol", "carol-password").await;
    let page = carol.shows("asks for access").await;
    assert!(page.contains(&format!("The client {NAME} asks")), "{page}");
    let taken = carol.evaluate("document.querySelector('#taken, script') !== null");
    assert_eq!(taken.await, false);
    let title = carol.evaluate("document.title").await;
    assert_eq!(title, "A request waits for your decision");
}

/// Even at this very site a form counts only with the token of the session.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn a_form_without_the_sessions_token_is_refused() {
    let sites = Sites::new().await;
    let (code, link) = sites.waiting(SERVICE).await;
    let carol = Tab::new(&sites).await;
    carol.open(&link).await;
    carol.shows("Sign in").await;
    carol.sign_in("carol", "carol-password").await;
    carol.shows("asks for access").await;
    let removed = carol.evaluate("document.querySelector('[name=csrf]').remove() === undefined");
    assert_eq!(removed.await, true);
    carol.press("approve").await;
    carol.shows("Nothing was decided.").await;
    let answer = sites.poll(SERVICE, &code).await;
    answer.refused("interaction_required");
}

/// The page's policy, as the browser keeps it: nothing comes from elsewhere and no form goes there, even if somebody
/// found a way to write into the page.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn nothing_comes_from_elsewhere_and_nothing_goes_there() {
    let sites = Sites::new().await;
    let (_, link) = sites.waiting(SERVICE).await;
    let carol = Tab::new(&sites).await;
    carol.open(&link).await;
    carol.shows("Sign in").await;
    let told = carol
        .evaluate(
            r#"(async () => {
                const told = [];
                document.addEventListener("securitypolicyviolation", (e) => told.push(e.effectiveDirective));
                const add = (tag, members) => document.body.appendChild(Object.assign(document.createElement(tag), members));
                add("img", { src: "https://evil.example/image" });
                add("script", { src: "https://evil.example/script" });
                add("script", { textContent: "document.title = 'taken'" });
                add("link", { rel: "stylesheet", href: "https://evil.example/style" });
                add("iframe", { src: "https://evil.example/frame" });
                add("form", { action: "https://evil.example/form", method: "post" }).submit();
                for (let i = 0; i < 500 && told.length < 6; i++) await new Promise((r) => setTimeout(r, 20));
                return told.sort();
            })()"#,
        )
        .await;
    let refused = serde_json::json!([
        "form-action",
        "frame-src",
        "img-src",
        "script-src-elem",
        "script-src-elem",
        "style-src-elem"
    ]);
    assert_eq!(told, refused);
    assert_eq!(carol.evaluate("document.title").await, "Sign in");
    assert_eq!(sites.asked_of_other(), [""; 0]);
}
