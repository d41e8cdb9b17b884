//! The page where the user of a device decides (RFC 8628 Section 3.3).

use dtr_reference::wire::GRANT_DEVICE_CODE;

use crate::chromium::Tab;
use crate::sites::Sites;
use crate::support::{BACKEND, Call};

#[tokio::test]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn the_user_of_a_device_types_its_code_and_approves() {
    let sites = Sites::new().await;
    let call = Call::new("/device_authorization").with("scope", "profile");
    let begun = sites.world.send(call.by(BACKEND)).await;
    let carol = Tab::without_scripts(&sites).await;
    carol.open(&begun.member("verification_uri")).await;
    carol.shows("Sign in").await;
    carol.sign_in("carol", "carol-password").await;
    carol.shows("What does your device show?").await;
    carol.fill("user_code", &begun.member("user_code")).await;
    carol.press("look_up").await;
    let page = carol.shows("Is this your device?").await;
    assert!(page.contains("profile"), "{page}");
    carol.press("approve").await;
    carol.shows("Go on with your device.").await;
    let poll = Call::token(GRANT_DEVICE_CODE).with("device_code", &begun.member("device_code"));
    sites.world.send(poll.by(BACKEND)).await.token();
}
