//! Every error of the token endpoint (Section 6.6, and Section 5.2 of RFC 6749).

use crate::driver::log::Log;
use crate::driver::response::{Response, is_uncacheable};
use crate::target::transport::Reply;

/// `Cache-Control: no-store`, whatever else the response says. Whether a failed authentication belongs to the errors
/// that Section 6.6 speaks of is C-76.
pub(in crate::driver) fn uncacheable(log: &mut Log, reply: &Reply) {
    let holds = is_uncacheable(&reply.headers);
    if holds || !about_authentication(reply) {
        log.check("DTR-6.6-01", holds, || {
            format!("status {} without Cache-Control: no-store", reply.status)
        });
    }
}

fn about_authentication(reply: &Reply) -> bool {
    reply.status == 401
        || Response::read(reply).is_ok_and(|response| {
            matches!(
                response.error(),
                Some("invalid_dpop_proof" | "use_dpop_nonce")
            )
        })
}

/// The shape of an error response. What is wrong with it is a matter of `row`, the row that asks for this error; that
/// nothing is wrong says nothing about that row.
pub(in crate::driver) fn shape(log: &mut Log, response: &Response<'_>, row: &'static str) {
    let status = response.reply.status;
    let unauthorized = matches!(
        response.error(),
        Some("invalid_client" | "invalid_dpop_proof" | "use_dpop_nonce")
    );
    if status != 400 && !(unauthorized && status == 401) {
        log.complain(row, format!("the error has status {status} instead of 400"));
    }
    if !response.is_json() {
        log.complain(row, "the error is not application/json".to_owned());
    }
    for name in ["error_description", "error_uri"] {
        if response.has(name) && response.text(name).is_none() {
            log.complain(
                row,
                format!("{name} is not a string: {}", response.show(name)),
            );
        }
    }
    for name in super::token::CREDENTIALS {
        if response.has(name) {
            log.complain(row, format!("the error carries {name}"));
        }
    }
}

/// What `error_description` gives away: no secret of the request, nobody's address.
pub(in crate::driver) fn description(log: &mut Log, response: &Response<'_>, secrets: &[&str]) {
    let Some(said) = response.text("error_description") else {
        return;
    };
    let given = secrets.iter().filter(|secret| !secret.is_empty());
    let secret = given.into_iter().any(|secret| said.contains(*secret));
    log.check("K-6.6-04", !secret, || {
        format!(
            "the description gives a secret of the request away: {}",
            response.show("error_description")
        )
    });
    log.check("DTR-9.4-02", !names_somebody(said), || {
        format!(
            "the description names somebody: {}",
            response.show("error_description")
        )
    });
}

/// Whether there is an e-mail address in it. Other personal data cannot be told from other words.
fn names_somebody(said: &str) -> bool {
    said.split(char::is_whitespace).any(|word| {
        word.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.trim_end_matches(['.', ',']).contains('.')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::names_somebody;

    #[test]
    fn an_address_is_found_and_nothing_else() {
        for somebody in ["waiting for eve@example.com", "eve@example.com."] {
            assert!(names_somebody(somebody), "{somebody}");
        }
        for nobody in ["step-2", "@ noon", "a@b", "see https://as.example/@errors"] {
            assert!(!names_somebody(nobody), "{nobody}");
        }
    }
}
