//! The part of the ledger that the core machine is judged by.
//!
//! A row keeps the id under which the draft's sentence is known everywhere else
//! in the project. `DTR-…` rows carry a BCP 14 keyword, `K-…` rows state a fact.

mod bearing;

pub use bearing::bearing;

use serde::Serialize;

/// The keyword of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// MUST.
    Must,
    /// MUST NOT.
    MustNot,
    /// REQUIRED.
    Required,
    /// SHOULD.
    Should,
    /// MAY.
    May,
    /// OPTIONAL.
    Optional,
    /// Stated as a fact, without a keyword.
    Fact,
}

impl Level {
    /// Whether breaking the row is a failure rather than a warning.
    pub fn is_absolute(self) -> bool {
        matches!(
            self,
            Level::Must | Level::MustNot | Level::Required | Level::Fact
        )
    }
}

/// One requirement of the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// Stable id, e.g. `DTR-6.5.1-04`.
    pub id: &'static str,
    /// Section, with the step, clause or item where there is one.
    pub section: &'static str,
    /// Its keyword.
    pub level: Level,
    /// What it asks, in our words.
    pub text: &'static str,
}

impl Requirement {
    /// The section's number alone, to group by: `8.2` for `8.2 clause 1`.
    pub fn section_number(&self) -> &'static str {
        self.section.split(' ').next().unwrap_or(self.section)
    }
}

/// The row with this id.
pub fn named(id: &str) -> Option<&'static Requirement> {
    ALL.iter().find(|r| r.id == id)
}

const fn row(
    id: &'static str,
    section: &'static str,
    level: Level,
    text: &'static str,
) -> Requirement {
    Requirement {
        id,
        section,
        level,
        text,
    }
}

/// Every row, in the order of the text.
pub const ALL: &[Requirement] = &[
    row(
        "K-4.1-G1",
        "4.1 item 1",
        Level::Fact,
        "A deferral never yields more than was requested.",
    ),
    row(
        "K-4.1-G3",
        "4.1 item 3",
        Level::Fact,
        "The key of the first request holds for polls and for the token.",
    ),
    row(
        "DTR-5-01",
        "5",
        Level::MustNot,
        "No deferred response to a client that has not opted in.",
    ),
    row(
        "DTR-5.1-05",
        "5.1",
        Level::Must,
        "Metadata announces `deferred_token_response_supported: true`.",
    ),
    row(
        "DTR-5.2-02",
        "5.2",
        Level::MustNot,
        "An opted-in token request is not refused for want of a hint.",
    ),
    row(
        "DTR-5.2-06",
        "5.2",
        Level::Must,
        "A hint without opt-in on the token request is `invalid_request`.",
    ),
    row(
        "DTR-5.3-01",
        "5.3",
        Level::May,
        "An opted-in request may be completed at once.",
    ),
    row(
        "DTR-5.3-02",
        "5.3",
        Level::MustNot,
        "A request without `deferred` is not deferred.",
    ),
    row(
        "DTR-6.3.1-01",
        "6.3.1",
        Level::Must,
        "The initial request is validated as without DTR.",
    ),
    row(
        "DTR-6.3.1-03",
        "6.3.1",
        Level::Must,
        "A request at odds with its hint is refused with `invalid_request`.",
    ),
    row(
        "DTR-6.3-03",
        "6.3",
        Level::Must,
        "A notification token is tied to the deferral code it came with.",
    ),
    row(
        "DTR-6.4-01",
        "6.4",
        Level::Required,
        "A deferred response carries `deferral_code`.",
    ),
    row(
        "DTR-6.4-02",
        "6.4",
        Level::Must,
        "A deferral code holds at least 128 bits of entropy.",
    ),
    row(
        "DTR-6.4-06",
        "6.4",
        Level::Required,
        "A deferred response carries `expires_in`.",
    ),
    row(
        "DTR-6.4-07",
        "6.4",
        Level::Must,
        "After the lifetime, polls are refused with `expired_token`.",
    ),
    row(
        "DTR-6.4-09",
        "6.4",
        Level::Required,
        "A deferred response carries `interval`.",
    ),
    row(
        "DTR-6.4-13",
        "6.4",
        Level::Optional,
        "`interaction_uri` may come with pending answers.",
    ),
    row(
        "DTR-6.4-14",
        "6.4",
        Level::Required,
        "`interaction_uri` comes with every `interaction_required`.",
    ),
    row(
        "DTR-6.4-15",
        "6.4",
        Level::Must,
        "`interaction_uri` is an https URI.",
    ),
    row(
        "DTR-6.4-16",
        "6.4",
        Level::MustNot,
        "`interaction_uri` has no fragment.",
    ),
    row(
        "DTR-6.4-23",
        "6.4",
        Level::Must,
        "The code is bound to the key of the initial request.",
    ),
    row(
        "DTR-6.4-24",
        "6.4",
        Level::Must,
        "Polls of a bound code are authenticated with that key.",
    ),
    row(
        "K-6.4-01",
        "6.4",
        Level::Fact,
        "A deferred response is a 400 with a pending error.",
    ),
    row(
        "K-6.4-02",
        "6.4",
        Level::Fact,
        "Polls do not repeat `interval`.",
    ),
    row(
        "K-6.4-04",
        "6.4",
        Level::Fact,
        "A deferred response carries no token.",
    ),
    row(
        "DTR-6.5.1-02",
        "6.5.1 step 1",
        Level::Must,
        "A poll authenticates the client.",
    ),
    row(
        "DTR-6.5.1-03",
        "6.5.1 step 2",
        Level::Must,
        "An unknown or foreign code is `invalid_grant`.",
    ),
    row(
        "DTR-6.5.1-04",
        "6.5.1 step 3",
        Level::Must,
        "Pending beyond the lifetime is `expired_token`.",
    ),
    row(
        "DTR-6.5.1-05",
        "6.5.1 step 4",
        Level::Must,
        "A request resolved with success gives the token response.",
    ),
    row(
        "DTR-6.5.1-06",
        "6.5.1 step 4",
        Level::Must,
        "A request resolved with an error, or cancelled, is `access_denied`.",
    ),
    row(
        "DTR-6.5.1-07",
        "6.5.1 step 5",
        Level::Must,
        "A code that gave a token is `invalid_grant`.",
    ),
    row(
        "DTR-6.5.2-01",
        "6.5.2",
        Level::MustNot,
        "A token response never carries the deferral-code type.",
    ),
    row(
        "DTR-6.5.2-02",
        "6.5.2",
        Level::Must,
        "Polls of a redeemed code are refused with `invalid_grant`.",
    ),
    row(
        "K-6.5.2-01",
        "6.5.2",
        Level::Fact,
        "A token response carries `access_token` and `token_type`.",
    ),
    row(
        "K-6.5.2-03",
        "6.5.2",
        Level::Fact,
        "`expires_in` of a token response is the token's.",
    ),
    row(
        "DTR-6.6-01",
        "6.6",
        Level::Must,
        "Every error here carries `Cache-Control: no-store`.",
    ),
    row(
        "DTR-6.6-03",
        "6.6",
        Level::Must,
        "`interaction_required` carries `interaction_uri`.",
    ),
    row(
        "DTR-6.6-05",
        "6.6",
        Level::May,
        "The two pending states may alternate.",
    ),
    row(
        "DTR-6.6-09",
        "6.6",
        Level::Must,
        "Unknown, foreign and redeemed codes are `invalid_grant`.",
    ),
    row(
        "DTR-6.6-11",
        "6.6",
        Level::Must,
        "Unknown and foreign codes are treated alike.",
    ),
    row(
        "DTR-6.6-12",
        "6.6",
        Level::MustNot,
        "Nothing tells an unknown code from a foreign one.",
    ),
    row(
        "DTR-6.6-16",
        "6.6",
        Level::May,
        "Repeated fast polling may step up to `invalid_request`.",
    ),
    row(
        "K-6.6-01",
        "6.6",
        Level::Fact,
        "Pending polls do not repeat the code.",
    ),
    row(
        "K-6.6-03",
        "6.6",
        Level::Fact,
        "Both pending errors leave the request pending.",
    ),
    row(
        "DTR-7-04",
        "7",
        Level::MustNot,
        "No callback for an expired code.",
    ),
    row("K-7-01", "7", Level::Fact, "A resolution is called back."),
    row(
        "K-7-02",
        "7",
        Level::Fact,
        "A callback carries no token and no other credential.",
    ),
    row(
        "K-7-03",
        "7",
        Level::Fact,
        "After a callback, a poll gives a final answer.",
    ),
    row(
        "DTR-7.1-01",
        "7.1",
        Level::Required,
        "A callback's JSON body carries `deferral_code`.",
    ),
    row(
        "DTR-7.1-02",
        "7.1",
        Level::Must,
        "A callback presents the notification token as Bearer.",
    ),
    row(
        "K-7.1-01",
        "7.1",
        Level::Fact,
        "A callback is a POST with `application/json`.",
    ),
    row(
        "K-8.1-01",
        "8.1",
        Level::Fact,
        "A revocation authenticates the client.",
    ),
    row(
        "DTR-8.2-01",
        "8.2",
        Level::Must,
        "The revocation endpoint accepts deferral codes.",
    ),
    row(
        "DTR-8.2-02",
        "8.2 clause 1",
        Level::Must,
        "Revoking an own code cancels the request atomically.",
    ),
    row(
        "DTR-8.2-03",
        "8.2 clause 1",
        Level::Must,
        "Callbacks not yet begun are suppressed.",
    ),
    row(
        "DTR-8.2-04",
        "8.2 clause 1",
        Level::Must,
        "Later polls of a cancelled code are `access_denied`.",
    ),
    row(
        "DTR-8.2-05",
        "8.2 clause 2",
        Level::Must,
        "Unknown, foreign, redeemed, cancelled or expired: 200 and no change.",
    ),
    row(
        "DTR-8.2-06",
        "8.2 clause 3",
        Level::MustNot,
        "A delivered token is not revoked along with its code.",
    ),
    row(
        "DTR-8.2-08",
        "8.2 clause 4",
        Level::Must,
        "Approved and undelivered counts as redeemed and then cancelled.",
    ),
    row(
        "DTR-8.2-09",
        "8.2 clause 4",
        Level::MustNot,
        "No token is issued after that.",
    ),
    row(
        "DTR-8.2-10",
        "8.2 clause 4",
        Level::Must,
        "`access_denied` is answered instead.",
    ),
    row(
        "K-8.2-01",
        "8.2",
        Level::Fact,
        "The revocation response follows RFC 7009.",
    ),
    row("K-8.3-01", "8.3", Level::Fact, "Revocation is idempotent."),
    row(
        "DTR-8.4-01",
        "8.4",
        Level::Must,
        "Metadata lists the deferral-code type as revocable.",
    ),
    row(
        "DTR-11.1-06",
        "11.1",
        Level::Must,
        "A proof by another key is refused with `invalid_dpop_proof`.",
    ),
    row(
        "DTR-11.1-07",
        "11.1",
        Level::Must,
        "The token is bound to the key of the initial request.",
    ),
    row(
        "K-11.2-01",
        "11.2",
        Level::Fact,
        "Originating credentials keep their usual protection.",
    ),
    row(
        "DTR-11.3-01",
        "11.3",
        Level::Should,
        "Too fast polling is met with `slow_down` first.",
    ),
    row(
        "DTR-11.7-01",
        "11.7",
        Level::Must,
        "Preconditions are evaluated again before a token is issued.",
    ),
    row(
        "DTR-11.7-02",
        "11.7",
        Level::Must,
        "A lapsed precondition is `access_denied`.",
    ),
    row(
        "DTR-11.7-03",
        "11.7",
        Level::MustNot,
        "No token is issued then.",
    ),
];
