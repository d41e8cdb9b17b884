//! Faults of the revocation endpoint.

use crate::exchange::Answered;
use crate::farm::fault::{Fault, How, Seam, Shown};

/// Faults whose decoration is one change to the answers of revocations.
macro_rules! faults {
    ($($id:literal: $does:literal, [$($row:literal),*], $change:expr;)*) => {
        pub(super) const FAULTS: &[Fault] = &[$(Fault {
            id: $id,
            seam: Seam::Response,
            does: $does,
            shown: Shown::Broken(&[$($row),*]),
            how: &[How::Response($change)],
        }),*];
    };
}

faults! {
    "revocation-unsupported": "deferral codes cannot be revoked: `unsupported_token_type`",
        ["DTR-8.2-01", "DTR-8.2-02"],
        |asked, answered, known| if asked.is_revocation() && known.is_authentic(asked) {
            refuse(answered, "unsupported_token_type");
        };
    "revocation-of-approval-refused": "an approved request cannot be cancelled any more: 400",
        ["DTR-8.2-08"],
        |asked, answered, _| if asked.is_revocation() && answered.status == 200 {
            refuse(answered, "invalid_request");
        };
    "foreign-revocation-refused": "revoking the code of another client is an error, as RFC 7009 would have it",
        ["DTR-8.2-05"],
        |asked, answered, known| {
            if asked.is_revocation() && answered.status == 200 && known.is_foreign(asked) {
                refuse(answered, "invalid_grant");
            }
        };
    "revocation-of-redeemed-refused": "revoking a redeemed code is an error",
        ["DTR-8.2-05", "K-8.2-01"],
        |asked, answered, known| {
            if asked.is_revocation() && answered.status == 200 && known.is_redeemed(asked) {
                refuse(answered, "invalid_grant");
            }
        };
    "second-revocation-refused": "a code can be revoked once: the second time is an error",
        ["K-8.3-01"],
        |asked, answered, known| {
            let code = asked.code().unwrap_or_default();
            let own = !known.is_foreign(asked) && answered.status == 200;
            if asked.is_revocation() && own && !known.first(code) {
                refuse(answered, "invalid_grant");
            }
        };
    "revocation-as-500": "a revocation ends in an internal error",
        ["K-8.2-01"],
        |asked, answered, _| if asked.is_revocation() && answered.status == 200 {
            answered.fail(500, "server_error");
        };
}

fn refuse(answered: &mut Answered, error: &str) {
    answered.fail(400, error);
}
