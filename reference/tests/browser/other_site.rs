//! What a page of somebody else's can do with a visitor who is signed in here: nothing.

use crate::chromium::Tab;
use crate::sites::Sites;
use crate::support::SERVICE;

/// Carol, signed in, with the page of a request before her.
async fn signed_in(sites: &Sites, link: &str) -> Tab {
    let carol = Tab::new(sites).await;
    carol.open(link).await;
    carol.shows("Sign in").await;
    carol.sign_in("carol", "carol-password").await;
    carol.shows("asks for access").await;
    carol
}

#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn its_form_decides_nothing() {
    let sites = Sites::new().await;
    let (code, link) = sites.waiting(SERVICE).await;
    let carol = signed_in(&sites, &link).await;
    sites.other_shows(&format!(
        r#"<form method="post" action="{link}"><button name="action" value="approve">A prize</button></form>"#
    ));
    carol.open("https://evil.example/").await;
    carol.press("approve").await;
    carol
        .shows("This form does not come from the page it belongs to. Nothing was decided.")
        .await;
    let answer = sites.poll(SERVICE, &code).await;
    answer.refused("interaction_required");
}

/// It signs nobody in either: what is decided afterwards would be decided in the name of whoever forged the form.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn its_form_signs_nobody_in() {
    let sites = Sites::new().await;
    let (_, link) = sites.waiting(SERVICE).await;
    sites.other_shows(&format!(
        r#"<form method="post" action="{link}"><input name="name" value="carol">
           <input name="password" value="carol-password">
           <button name="action" value="sign_in">A prize</button></form>"#
    ));
    let dave = Tab::new(&sites).await;
    dave.open("https://evil.example/").await;
    dave.press("sign_in").await;
    dave.shows("This form does not come from").await;
    dave.open(&link).await;
    dave.shows("Sign in").await;
}

/// The session's cookie stays behind when another site leads here.
#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn its_link_brings_no_session() {
    let sites = Sites::new().await;
    let (_, first) = sites.waiting(SERVICE).await;
    let (_, second) = sites.waiting(SERVICE).await;
    let carol = signed_in(&sites, &first).await;
    sites.other_shows(&format!(r#"<a href="{second}">A prize</a>"#));
    carol.open("https://evil.example/").await;
    carol.click("a").await;
    carol.shows("Sign in").await;
    // Typed into the address bar, it is hers.
    carol.open(&second).await;
    carol.shows("asks for access").await;
}

#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn it_cannot_put_the_page_into_a_frame() {
    let sites = Sites::new().await;
    let (_, link) = sites.waiting(SERVICE).await;
    let carol = signed_in(&sites, &link).await;
    // The second frame shows that frames as such are shown, and that both have had their time.
    sites.other_shows(&format!(
        r#"<iframe src="{link}"></iframe><iframe src="https://as.example/jwks"></iframe>
           <p></p><script>onload = () => document.querySelector("p").textContent = "loaded"</script>"#
    ));
    carol.open("https://evil.example/").await;
    carol.shows("loaded").await;
    let frames = carol.frames().await;
    assert!(
        frames.contains(&"https://as.example/jwks".to_owned()),
        "{frames:?}"
    );
    assert!(!frames.contains(&link), "{frames:?}");
}
