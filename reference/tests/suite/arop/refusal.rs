//! Section 7.1: what no approval could allow is refused at once, in terms of what was asked for.

use dtr_reference::wire::{GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ACCESS_TOKEN};

use super::*;

const DETAILS: &str = r#"[{"type":"payment"}]"#;

#[tokio::test]
async fn a_refusal_names_what_was_asked_for() {
    for draft in [Edition::AROP_DTR, Edition::AROP_CIBA, Edition::AROP_TXN] {
        let world = serving(draft);
        let plain = Call::token("client_credentials").by(SERVICE);
        for mode in ["deferred", "none"] {
            for (details, scope, error) in [
                (true, true, "invalid_authorization_details"),
                (true, false, "invalid_authorization_details"),
                (false, true, "invalid_scope"),
                (false, false, "invalid_grant"),
            ] {
                let mut call = plain.clone().with("completion_mode", mode);
                if details {
                    call = call.with("authorization_details", DETAILS);
                }
                if scope {
                    call = call.with("scope", "profile");
                }
                world.next_outcome("service", "deny").await;
                world.send(call).await.refused(error);
            }
        }
        // The word is said once.
        world.send(plain).await.token();
    }
}

/// Nor is what rests on an approval renewed or exchanged where today's policy says no; nothing is used up by that.
#[tokio::test]
async fn a_renewal_can_be_refused() {
    let world = serving(Edition::AROP_DTR);
    let token = approved(&world, None, 1000).await;
    let refresh = Call::token("refresh_token")
        .with("refresh_token", &token.member("refresh_token"))
        .by(BACKEND);
    let exchange = Call::token(GRANT_TOKEN_EXCHANGE)
        .with("subject_token", &token.member("access_token"))
        .with("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN)
        .by(BACKEND);
    for call in [refresh, exchange] {
        world.next_outcome("backend", "deny").await;
        world.send(call.clone()).await.refused("invalid_grant");
        world.next_outcome("backend", "defer").await;
        world.send(call).await.token();
    }
}
