//! The client's opt-in (Section 5.1).

use crate::config::readings::C40;
use crate::deferral::Told;
use crate::edition::{Edition, OpenedBy};
use crate::error::OAuthError;

/// What a `completion_mode` signals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CompletionMode {
    /// It has `deferred`.
    deferred: bool,
    /// It has `deferred_interactive`, a value like any unknown one in most editions.
    interactive: bool,
}

impl CompletionMode {
    /// Reads the parameter, if it came.
    ///
    /// C-40/A: the list is a set separated by single spaces and compared case-sensitively; what is not recognized is
    /// ignored, so `Deferred`, `deferred,x` and a tab in place of a space are simply other values.
    ///
    /// # Errors
    /// Under C-40/B `invalid_request` for a value that is repeated or empty; an unknown one is still ignored (Section 5.3).
    pub(crate) fn parse(list: Option<&str>, strictness: C40) -> Result<Self, OAuthError> {
        let Some(list) = list else {
            return Ok(Self::default());
        };
        let values: Vec<_> = list.split(' ').collect();
        let mut places = values.iter().enumerate();
        let unusual = places.any(|(at, value)| value.is_empty() || values[..at].contains(value));
        if unusual && strictness == C40::B {
            return Err(OAuthError::invalid_request(
                "completion_mode repeats a value or has an empty one",
            ));
        }
        Ok(Self {
            deferred: values.contains(&"deferred"),
            interactive: values.contains(&"deferred_interactive"),
        })
    }

    /// Whether the client accepts a deferred response.
    pub(crate) fn accepts_deferral(self, edition: &Edition) -> bool {
        let opts_in = self.deferred || (self.interactive && edition.interactive_mode);
        opts_in && edition.opened_by == OpenedBy::TokenRequest
    }

    /// What its client is told of interaction while the request waits.
    pub(crate) fn told(self, edition: &Edition) -> Told {
        match edition.interactive_mode && !self.interactive {
            true => Told::Nothing,
            false => edition.told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opts_in(list: Option<&str>) -> bool {
        let mode = CompletionMode::parse(list, C40::A).unwrap();
        mode.accepts_deferral(&Edition::IETF_01)
    }

    #[test]
    fn only_the_exact_value_opts_in() {
        for yes in ["deferred", "x deferred", "deferred x", "deferred deferred"] {
            assert!(opts_in(Some(yes)), "{yes}");
        }
        for no in [
            "",
            "Deferred",
            "DEFERRED",
            "deferred,x",
            "deferred\tx",
            "deferred_interactive",
            "x",
        ] {
            assert!(!opts_in(Some(no)), "{no}");
        }
        assert!(!opts_in(None));
    }

    #[test]
    fn strictly_read_a_list_has_each_value_once() {
        let strict = |list| CompletionMode::parse(list, C40::B);
        for bad in [
            "deferred deferred",
            "x deferred x",
            "deferred  x",
            " deferred",
        ] {
            assert!(strict(Some(bad)).is_err(), "{bad}");
        }
        for good in ["deferred", "x deferred", "Deferred deferred", "x"] {
            assert!(strict(Some(good)).is_ok(), "{good}");
        }
        assert_eq!(strict(None), Ok(CompletionMode::default()));
    }
}
