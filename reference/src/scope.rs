//! Scopes (RFC 6749 Section 3.3): a list of case-sensitive values, without order or repetition.

use std::fmt;

/// A set of scope values, kept in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope(Vec<Box<str>>);

impl Scope {
    /// Reads a space-separated list. `None` when it is empty or holds a character that scope values may not have.
    pub fn parse(text: &str) -> Option<Self> {
        let mut values: Vec<Box<str>> = Vec::new();
        for value in text.split(' ') {
            if value.is_empty() || !value.bytes().all(is_scope_octet) {
                return None;
            }
            if !values.iter().any(|known| **known == *value) {
                values.push(value.into());
            }
        }
        Some(Self(values))
    }

    /// Whether every value is also in `wider`. "No authorization expansion" (Section 4.1 item 1) rests on this.
    pub fn is_within(&self, wider: &Scope) -> bool {
        self.0.iter().all(|value| wider.contains(value))
    }

    /// Whether `value` is one of the values.
    pub fn contains(&self, value: &str) -> bool {
        self.0.iter().any(|known| **known == *value)
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(value)?;
        }
        Ok(())
    }
}

/// `scope-token` of RFC 6749 Section 3.3: printable ASCII but space, `"` and `\`.
fn is_scope_octet(octet: u8) -> bool {
    matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_compares() {
        let wide = Scope::parse("read write admin").unwrap();
        let narrow = Scope::parse("write read write").unwrap();
        assert!(narrow.is_within(&wide));
        assert!(!wide.is_within(&narrow));
        assert_eq!(narrow.to_string(), "write read");
        for bad in ["", " ", "a  b", "a\tb", "\"", "ä"] {
            assert!(Scope::parse(bad).is_none(), "{bad:?}");
        }
    }
}
