//! The approver of the bundled server, and what she does at an interaction URI and at the page for devices.

use std::collections::BTreeMap;

use crate::target::control::Template;
use crate::target::prelude::PreludeStep;

/// The approver's name.
pub(super) const APPROVER: &str = "carol";
/// Carol's password.
pub(super) const PASSWORD: &str = "the password of carol";

/// The visit of an approver to the bundled server: sign in, open the page, press the button.
pub(super) fn visit() -> Vec<PreludeStep> {
    let url = "{interaction_uri}";
    let open = step(
        "GET",
        url,
        &[("cookie", "{cookie}")],
        None,
        &[("csrf", "field:csrf")],
    );
    let press = step(
        "POST",
        url,
        &[("cookie", "{cookie}")],
        Some("action=approve&csrf={csrf}"),
        &[],
    );
    vec![sign_in(url), open, press]
}

/// What she does with a device of hers: sign in, type its code, press the button.
pub(super) fn verification() -> Vec<PreludeStep> {
    let url = "{verification_uri}";
    let look_up = step(
        "POST",
        url,
        &[("cookie", "{cookie}")],
        Some("action=look_up&user_code={user_code}"),
        &[("csrf", "field:csrf")],
    );
    let press = step(
        "POST",
        url,
        &[("cookie", "{cookie}")],
        Some("action=approve&user_code={user_code}&csrf={csrf}"),
        &[],
    );
    vec![sign_in(url), look_up, press]
}

fn sign_in(url: &str) -> PreludeStep {
    step(
        "POST",
        url,
        &[],
        Some(&format!(
            "action=sign_in&name={APPROVER}&password={}",
            PASSWORD.replace(' ', "+")
        )),
        &[("cookie", "header:set-cookie")],
    )
}

fn step(
    method: &str,
    url: &str,
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
            url: url.to_owned(),
            headers,
            body: body.map(str::to_owned),
            void: Vec::new(),
        },
        take: owned(take),
    }
}
