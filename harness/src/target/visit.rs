//! What somebody does at an `interaction_uri` to finish the interaction (Section 6.4): requests, each of which may yield
//! values for the next.

use url::Url;

/// What a visit knows from the start.
pub const KNOWN: [&str; 1] = ["interaction_uri"];

/// The values that a visit begins with.
pub fn values(interaction_uri: &Url) -> Vec<(String, String)> {
    vec![(KNOWN[0].to_owned(), interaction_uri.to_string())]
}
