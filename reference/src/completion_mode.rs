//! The client's opt-in (Section 5.1).

/// Whether a `completion_mode` value, if any, signals willingness to accept a deferred response.
///
/// C-40: the list is a set separated by single spaces and compared case-sensitively; what is not recognized is
/// ignored, so `Deferred`, `deferred,x` and a tab in place of a space are simply other values.
pub(crate) fn accepts_deferral(completion_mode: Option<&str>) -> bool {
    completion_mode.is_some_and(|list| list.split(' ').any(|value| value == "deferred"))
}

#[cfg(test)]
mod tests {
    use super::accepts_deferral;

    #[test]
    fn only_the_exact_value_opts_in() {
        for yes in ["deferred", "x deferred", "deferred x", "deferred deferred"] {
            assert!(accepts_deferral(Some(yes)), "{yes}");
        }
        for no in ["", "Deferred", "DEFERRED", "deferred,x", "deferred\tx", "x"] {
            assert!(!accepts_deferral(Some(no)), "{no}");
        }
        assert!(!accepts_deferral(None));
    }
}
