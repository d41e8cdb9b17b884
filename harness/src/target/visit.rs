//! What somebody does at an `interaction_uri` to finish the interaction (Section 6.4), or at a verification page to
//! approve a device (RFC 8628 Section 3.3): requests, each of which may yield values for the next.

use url::Url;

/// The values that a visit to an interaction URI begins with.
pub fn values(interaction_uri: &Url) -> Vec<(String, String)> {
    vec![("interaction_uri".to_owned(), interaction_uri.to_string())]
}

/// The values that a visit to a verification page begins with.
pub fn of_a_device(verification_uri: &Url, user_code: &str) -> Vec<(String, String)> {
    let uri = ("verification_uri".to_owned(), verification_uri.to_string());
    vec![uri, ("user_code".to_owned(), user_code.to_owned())]
}
