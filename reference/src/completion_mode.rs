//! The client's opt-in (Section 5.1).

use crate::config::readings::C40;
use crate::error::OAuthError;

/// Whether a `completion_mode` value, if any, signals willingness to accept a deferred response.
///
/// C-40/A: the list is a set separated by single spaces and compared case-sensitively; what is not recognized is
/// ignored, so `Deferred`, `deferred,x` and a tab in place of a space are simply other values.
///
/// # Errors
/// Under C-40/B `invalid_request` for a value that is repeated or empty; an unknown one is still ignored (Section 5.3).
pub(crate) fn accepts_deferral(
    completion_mode: Option<&str>,
    strictness: C40,
) -> Result<bool, OAuthError> {
    let Some(list) = completion_mode else {
        return Ok(false);
    };
    let values: Vec<_> = list.split(' ').collect();
    let mut places = values.iter().enumerate();
    let unusual = places.any(|(at, value)| value.is_empty() || values[..at].contains(value));
    if unusual && strictness == C40::B {
        return Err(OAuthError::invalid_request(
            "completion_mode repeats a value or has an empty one",
        ));
    }
    Ok(values.contains(&"deferred"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_value_opts_in() {
        for yes in ["deferred", "x deferred", "deferred x", "deferred deferred"] {
            assert_eq!(accepts_deferral(Some(yes), C40::A), Ok(true), "{yes}");
        }
        for no in ["", "Deferred", "DEFERRED", "deferred,x", "deferred\tx", "x"] {
            assert_eq!(accepts_deferral(Some(no), C40::A), Ok(false), "{no}");
        }
        assert_eq!(accepts_deferral(None, C40::A), Ok(false));
    }

    #[test]
    fn strictly_read_a_list_has_each_value_once() {
        for bad in [
            "deferred deferred",
            "x deferred x",
            "deferred  x",
            " deferred",
        ] {
            assert!(accepts_deferral(Some(bad), C40::B).is_err(), "{bad}");
        }
        for good in ["deferred", "x deferred", "Deferred deferred", "x"] {
            assert!(accepts_deferral(Some(good), C40::B).is_ok(), "{good}");
        }
        assert_eq!(accepts_deferral(None, C40::B), Ok(false));
    }
}
