//! The deferred response (Section 6.4).

use dtr_model::draft::Draft;

use crate::driver::log::Log;
use crate::driver::response::{Response, excerpt};
use crate::entropy;

/// All that can be said about a deferred response by itself.
pub(in crate::driver) fn check(log: &mut Log, response: &Response<'_>, draft: &Draft) {
    let status = draft.deferred_status;
    let says_so = match response.error() {
        Some(error) => status != 200 && draft.is_pending(error),
        None => status == 200,
    };
    let is_deferred = response.reply.status == status && response.is_json() && says_so;
    log.check("K-6.4-01", is_deferred, || {
        format!(
            "a deferred response with status {}, error {} and media type {}",
            response.reply.status,
            response.show("error"),
            match response.is_json() {
                true => "application/json",
                false => "other than application/json",
            }
        )
    });
    code(log, response, draft);
    let optional = draft.default_interval.is_some() && !response.has("interval");
    for (row, name, absent) in [
        ("DTR-6.4-06", "expires_in", false),
        ("DTR-6.4-09", "interval", optional),
    ] {
        log.check(row, absent || response.seconds(name).is_some(), || {
            format!(
                "{name} is not a whole number of seconds: {}",
                response.show(name)
            )
        });
    }
    let token = super::token::CREDENTIALS
        .iter()
        .find(|name| response.has(name));
    log.check("K-6.4-04", token.is_none(), || {
        format!(
            "a deferred response carries {}",
            token.copied().unwrap_or_default()
        )
    });
    super::interaction::check(log, response, draft);
    super::siblings::opened(log, response, draft);
}

fn code(log: &mut Log, response: &Response<'_>, draft: &Draft) {
    let name = draft.deferred_member;
    let code = response.text(name).filter(|code| !code.is_empty());
    log.check("DTR-6.4-01", code.is_some(), || {
        format!("no usable {name}: {}", response.show(name))
    });
    if let Some(code) = code {
        code_of(log, code, draft);
    }
}

/// What can be said about a deferral code by itself, whichever endpoint it comes from.
pub(in crate::driver) fn code_of(log: &mut Log, code: &str, draft: &Draft) {
    let bits = entropy::most_bits(code);
    log.check("DTR-6.4-02", bits >= draft.min_code_bits, || {
        format!(
            "a code like \"{}\" holds at most {bits} bits, not {}",
            excerpt(code.as_bytes()),
            draft.min_code_bits
        )
    });
}
