//! The questions that an edition does not leave open, each with its one reading.

/// A question with one reading only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The question, such as `C-52`.
    pub question: &'static str,
    /// The letter of the one reading.
    pub reading: &'static str,
    /// What the edition does, as the end of a sentence about it.
    pub why: &'static str,
}

pub(super) const GERBER_00: &[Settled] = &[
    without_interaction("C-28", "A"),
    without_interaction("C-29", "C"),
    without_interaction("C-30", "A"),
    without_interaction("C-31", "C"),
    without_interaction("C-32", "A"),
    without_interaction("C-34", "B"),
];

pub(super) const PR_67: &[Settled] = &[
    Settled {
        question: "C-49",
        reading: "A",
        why: "which binds the refresh token to the same key",
    },
    Settled {
        question: "C-52",
        reading: "B",
        why: "which answers a revocation without the right proof with 200, and changes nothing",
    },
];

/// RFC 8628 and CIBA Core say the same of polls, and have nothing of the rest.
pub(super) const SIBLINGS: &[Settled] = &[
    Settled {
        question: "C-20",
        reading: "B",
        why: "where slow_down adds five seconds to the interval for good",
    },
    Settled {
        question: "C-26",
        reading: "A",
        why: "where a poll may carry any parameter, and one that it has no use for is ignored",
    },
    Settled {
        question: "C-67",
        reading: "A",
        why: "where no token request has a notification token",
    },
    Settled {
        question: "C-78",
        reading: "A",
        why: "where a client registers the very grant that it polls with",
    },
    without_interaction("C-28", "A"),
    without_interaction("C-29", "C"),
    without_interaction("C-30", "A"),
    without_interaction("C-31", "C"),
    without_interaction("C-32", "A"),
    without_interaction("C-34", "B"),
    without_opt_in("C-36", "A"),
    without_opt_in("C-37", "B"),
    without_opt_in("C-38", "B"),
    without_opt_in("C-40", "A"),
    without_opt_in("C-42", "A"),
    without_opt_in("C-44", "A"),
    without_opt_in("C-45", "C"),
    without_opt_in("C-46", "A"),
    without_opt_in("C-47", "A"),
    without_opt_in("C-54", "B"),
    without_opt_in("C-55", "A"),
    without_binding("C-53", "A"),
    without_cancellation("C-52", "B"),
    without_cancellation("C-68", "A"),
    without_cancellation("C-69", "A"),
    without_cancellation("C-70", "A"),
    without_cancellation("C-71", "A"),
    without_cancellation("C-73", "A"),
];

/// What is asked about interaction does not arise; the server does what it does by default, and nobody sees it.
const fn without_interaction(question: &'static str, default: &'static str) -> Settled {
    Settled {
        question,
        reading: default,
        why: "which knows no interaction",
    }
}

/// Nor what is asked about token requests that are deferred …
const fn without_opt_in(question: &'static str, default: &'static str) -> Settled {
    Settled {
        question,
        reading: default,
        why: "which defers no token request",
    }
}

/// … about codes that are bound …
const fn without_binding(question: &'static str, default: &'static str) -> Settled {
    Settled {
        question,
        reading: default,
        why: "which binds no code",
    }
}

/// … and about revoking one.
const fn without_cancellation(question: &'static str, default: &'static str) -> Settled {
    Settled {
        question,
        reading: default,
        why: "which knows no cancellation",
    }
}

#[cfg(test)]
mod tests {
    use crate::config::readings::Readings;
    use crate::{Config, Edition};

    /// What is settled can be settled: it is a question of this server's, and a letter of it, once.
    #[test]
    fn the_settled_reading_holds_without_being_set() {
        for edition in Edition::ALL {
            let readings = Readings::default().settled(edition.settled);
            for settled in edition.settled {
                let letter = readings.letter(settled.question);
                assert_eq!(letter, Some(settled.reading), "{settled:?}");
            }
        }
    }

    #[test]
    fn a_reading_that_the_edition_excludes_is_named_with_it() {
        for (edition, question, letter) in [
            (Edition::PR_67, "C-52", "A"),
            (Edition::PR_67, "C-49", "B"),
            (Edition::GERBER_00, "C-30", "B"),
            (Edition::RFC_8628, "C-52", "A"),
            // The default elsewhere, which is not to be taken for silence.
            (Edition::RFC_8628, "C-20", "A"),
        ] {
            let mut config = Config::example();
            config.readings.set(question, letter).unwrap();
            assert!(config.validate().is_ok(), "ietf-01 leaves {question} open");
            config.draft = edition;
            let error = config.validate().unwrap_err().to_string();
            let both = format!(
                "readings.{question}: {letter} has no place in {}",
                edition.id
            );
            assert!(error.starts_with(&both), "{error}");
        }
    }

    #[test]
    fn a_reading_set_as_the_edition_has_it_is_no_error() {
        let mut config = Config::example();
        config.draft = Edition::RFC_8628;
        assert!(config.validate().is_ok(), "nothing set");
        config.readings.set("C-20", "B").unwrap();
        assert!(config.validate().is_ok(), "set as it is");
    }
}
