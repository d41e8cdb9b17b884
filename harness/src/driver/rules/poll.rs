//! Errors that answer a poll (Section 6.6).

use dtr_model::draft::Draft;

use crate::driver::log::Log;
use crate::driver::response::Response;

/// All that can be said by itself about an error that answers a poll with this code.
pub(in crate::driver) fn check(log: &mut Log, response: &Response<'_>, draft: &Draft, code: &str) {
    let Some(error) = response.error() else {
        return;
    };
    if let Some(row) = row(error, draft) {
        super::error::shape(log, response, row);
    }
    // Other answers may repeat what they like (C-30).
    let pending = error == draft.pending;
    if pending || error == "slow_down" {
        log.check("K-6.4-02", !response.has("interval"), || {
            format!("{error} repeats interval: {}", response.show("interval"))
        });
    }
    if pending {
        log.check("K-6.6-01", !repeats(response, draft, code), || {
            format!("{error} repeats the deferral code")
        });
    }
    if draft.is_pending(error) {
        super::interaction::check(log, response, draft);
    }
}

fn repeats(response: &Response<'_>, draft: &Draft, code: &str) -> bool {
    response.has(draft.deferral_code)
        || response
            .text("error_description")
            .is_some_and(|description| description.contains(code))
}

/// The row that asks for this error.
fn row(error: &str, draft: &Draft) -> Option<&'static str> {
    match error {
        _ if error == draft.pending => Some("K-6.6-03"),
        _ if draft.interaction_required == Some(error) => Some("DTR-6.6-03"),
        "slow_down" => Some("DTR-11.3-01"),
        "expired_token" => Some("DTR-6.5.1-04"),
        "access_denied" => Some("DTR-6.5.1-06"),
        "invalid_grant" => Some("DTR-6.6-09"),
        "invalid_request" => Some("DTR-6.6-16"),
        "invalid_client" | "unauthorized_client" => Some("DTR-6.5.1-02"),
        "invalid_dpop_proof" | "use_dpop_nonce" => Some("DTR-11.1-06"),
        _ => None,
    }
}
