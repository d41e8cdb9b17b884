//! How much a token allows, against what was asked for (Section 4.1 item 1).

use dtr_model::event::Scope;

/// Compares two space-separated lists as sets. A response without `scope` grants what was asked for
/// (RFC 6749 Section 5.1); and nothing can be said where nobody knows what that was.
pub(super) fn compare(granted: Option<&str>, asked: &str) -> Scope {
    let Some(granted) = granted.filter(|_| !asked.is_empty()) else {
        return Scope::Whole;
    };
    let within = |part: &str, whole: &str| {
        part.split_ascii_whitespace()
            .all(|value| whole.split_ascii_whitespace().any(|known| known == value))
    };
    match (within(granted, asked), within(asked, granted)) {
        (true, true) => Scope::Whole,
        (true, false) => Scope::Narrowed,
        (false, _) => Scope::Wider,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_do_not_matter() {
        assert_eq!(compare(None, "a b"), Scope::Whole);
        assert_eq!(compare(Some("a"), ""), Scope::Whole);
        assert_eq!(compare(Some("b a b"), "a b"), Scope::Whole);
        assert_eq!(compare(Some("a"), "a b"), Scope::Narrowed);
        assert_eq!(compare(Some(""), "a b"), Scope::Narrowed);
        assert_eq!(compare(Some("a b c"), "a b"), Scope::Wider);
        assert_eq!(compare(Some("c"), "a b"), Scope::Wider);
    }
}
