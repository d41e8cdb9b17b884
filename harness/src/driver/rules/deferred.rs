//! The deferred response (Section 6.4).

use dtr_model::draft::Draft;

use crate::driver::log::Log;
use crate::driver::response::{Response, excerpt};

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
    let bits = most_bits(code);
    log.check("DTR-6.4-02", bits >= draft.min_code_bits, || {
        format!(
            "a code like \"{}\" holds at most {bits} bits, not {}",
            excerpt(code.as_bytes()),
            draft.min_code_bits
        )
    });
}

/// The most entropy that a code of this form can hold, in bits. Generous: how random it is cannot be told from outside
/// (Section 9.1), and a short alphabet only where chance does not make one.
fn most_bits(code: &str) -> u32 {
    let bare = code.strip_prefix("urn:uuid:").unwrap_or(code);
    if is_uuid(bare) {
        return 122;
    }
    let bits_each = if code.bytes().all(|octet| octet.is_ascii_digit()) {
        3.322
    } else if code.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        4.0
    } else {
        6.555 // any visible ASCII character
    };
    (code.len() as f64 * bits_each).min(f64::from(u32::MAX)) as u32
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|octet| octet == b'-' || octet.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::most_bits;

    #[test]
    fn forms_that_can_hold_enough_and_forms_that_cannot() {
        for enough in [
            "LRGidcSAeVs_xYpEDt5pNx0A0TBr7qPHbh_Se6pfdf4",
            "GmRhmhcxhwAzkoEqiMEg_D",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(most_bits(enough) >= 128, "{enough}");
        }
        for less in [
            "",
            "GmRhmhcxhwAzkoEqiMEg"[..19].as_ref(),
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "urn:uuid:f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "0123456789abcdef",
            "01234567890123456789012345678901234567",
        ] {
            assert!(most_bits(less) < 128, "{less}");
        }
    }
}
