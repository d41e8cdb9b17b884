//! What somebody does at an `interaction_uri` to finish the interaction (Section 6.4): requests, each of which may yield
//! values for the next.

use std::collections::BTreeMap;

use url::Url;

use super::control::Template;
use super::prelude::PreludeStep;

/// What a visit knows from the start.
pub const KNOWN: [&str; 1] = ["interaction_uri"];

/// The approver of the bundled server.
pub(crate) const APPROVER: &str = "carol";
/// Carol's password.
pub(crate) const PASSWORD: &str = "the password of carol";

/// The values that a visit begins with.
pub fn values(interaction_uri: &Url) -> Vec<(String, String)> {
    vec![(KNOWN[0].to_owned(), interaction_uri.to_string())]
}

/// The visit of an approver to the bundled server: sign in, open the page, press the button.
pub(crate) fn bundled() -> Vec<PreludeStep> {
    let sign_in = step(
        "POST",
        &[],
        Some(&format!(
            "action=sign_in&name={APPROVER}&password={}",
            PASSWORD.replace(' ', "+")
        )),
        &[("cookie", "header:set-cookie")],
    );
    let open = step(
        "GET",
        &[("cookie", "{cookie}")],
        None,
        &[("csrf", "field:csrf")],
    );
    let press = step(
        "POST",
        &[("cookie", "{cookie}")],
        Some("action=approve&csrf={csrf}"),
        &[],
    );
    vec![sign_in, open, press]
}

fn step(
    method: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
    take: &[(&str, &str)],
) -> PreludeStep {
    let owned = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let mut headers = owned(headers);
    if body.is_some() {
        let form = "application/x-www-form-urlencoded".to_owned();
        headers.insert("content-type".to_owned(), form);
    }
    PreludeStep {
        request: Template {
            method: method.to_owned(),
            url: "{interaction_uri}".to_owned(),
            headers,
            body: body.map(str::to_owned),
            void: Vec::new(),
        },
        take: owned(take),
    }
}
