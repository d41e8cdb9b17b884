//! Values that must not show: each prints as `[redacted]`, and is read only where it is used (Section 11.8).

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

/// A client secret, as configured. Wiped from memory when dropped.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    /// Compares in time that depends on neither value: both are hashed first, which also hides the lengths.
    pub(crate) fn same_as(&self, other: &Secret) -> bool {
        let one = digest::digest(&digest::SHA256, self.0.expose_secret().as_bytes());
        let other = digest::digest(&digest::SHA256, other.0.expose_secret().as_bytes());
        one.as_ref().ct_eq(other.as_ref()).into()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(SecretString::from(value))
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(SecretString::from(value))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The bearer value a client wants to see on callbacks (`client_notification_token`, Section 6.3).
/// Wiped from memory when dropped (Section 11.6).
#[derive(Clone)]
pub struct NotificationToken(SecretString);

impl NotificationToken {
    /// Accepts the b64token alphabet of RFC 6750 Section 2.1 only, so that the value can travel in a header field
    /// without injecting anything (C-67/B). How hard it is to guess is the client's business, in most editions.
    pub fn parse(value: &str) -> Option<Self> {
        b64token(value).map(|_| Self(SecretString::from(value)))
    }

    /// Accepts whatever it is (C-67/A). What fits in no header field cannot be presented, and injects nothing either.
    pub(crate) fn unchecked(value: &str) -> Self {
        Self(SecretString::from(value))
    }

    /// Whether it is certainly easier to guess than 128 bits: too short to hold them. Length is all that a value shows
    /// of how it was drawn, so whatever is long enough passes.
    pub(crate) fn is_too_short(&self) -> bool {
        match b64token(self.expose()) {
            Some(body) => body.len() < 22, // each one of 68 characters
            None => self.expose().len() < 16,
        }
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The characters of a b64token without its padding; `None` for anything else.
fn b64token(value: &str) -> Option<&str> {
    let body = value.trim_end_matches('=');
    let well_formed = body
        .bytes()
        .all(|octet| octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet));
    (well_formed && !body.is_empty()).then_some(body)
}

impl fmt::Debug for NotificationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A code this server issued: cheap to clone, usable as a key, never shown.
macro_rules! issued_code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a value off the wire; whether it names anything is for the store to say.
            pub fn new(value: &str) -> Self {
                Self(Arc::from(value))
            }

            /// The value itself, for the wire and for storage.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }
    };
}

issued_code! {
    /// A deferral code (Section 2).
    DeferralCode
}
issued_code! {
    /// What a browser keeps of somebody's session.
    SessionId
}
issued_code! {
    /// What ties a form to a session.
    FormToken
}
issued_code! {
    /// A credential that feeds one token or one deferral: an authorization code, a refresh token, an
    /// assertion, a device code.
    Credential
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_in_debug_output() {
        let shown = format!(
            "{:?} {:?} {:?} {:?}",
            Secret::from("hush"),
            NotificationToken::parse("hush"),
            DeferralCode::new("hush"),
            Credential::new("hush"),
        );
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn notification_tokens_keep_to_the_b64token_alphabet() {
        for good in ["a", "abc-._~+/09", "abc==", &"x".repeat(10_000)] {
            assert!(NotificationToken::parse(good).is_some(), "{good}");
        }
        for bad in ["", "=", "a b", "a\r\nX: y", "a=b", "ä"] {
            assert!(NotificationToken::parse(bad).is_none(), "{bad:?}");
        }
    }

    /// 22 characters of 68 hold 133 bits, 21 hold 127; 16 octets of any kind hold 128.
    #[test]
    fn notification_tokens_are_too_short_when_they_cannot_hold_128_bits() {
        for (value, short) in [
            ("LRGidcSAeVs_xYpEDt5pNg", false),
            ("LRGidcSAeVs_xYpEDt5pN", true),
            ("LRGidcSAeVs_xYpEDt5pN===", true),
            ("0 23456789abcdef", false),
            ("0 23456789abcde", true),
        ] {
            let token = NotificationToken::unchecked(value);
            assert_eq!(token.is_too_short(), short, "{value}");
        }
    }

    #[test]
    fn a_secret_equals_only_itself() {
        let secret = Secret::from("correct");
        assert!(secret.same_as(&Secret::from("correct")));
        assert!(!secret.same_as(&Secret::from("correc")));
        assert!(!secret.same_as(&Secret::from("")));
    }
}
