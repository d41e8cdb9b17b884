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
pub(super) const SIBLINGS: &[Settled] =
    &joined::<{ ELSEWHERE.len() + 3 }>(&[ELSEWHERE, &[OWN_GRANT, UNBOUND, NOT_REPEATED]]);

/// AROP over gerber-00. What is one-time is repeated for a short while only.
pub(super) const AROP_DTR: &[Settled] =
    &joined::<{ GERBER_00.len() + AROP.len() + 1 }>(&[GERBER_00, AROP, &[REPRESENTED]]);

/// AROP over CIBA Core.
pub(super) const AROP_CIBA: &[Settled] =
    &joined::<{ ELSEWHERE.len() + AROP.len() + 2 }>(&[ELSEWHERE, AROP, &[OWN_GRANT, BOUND]]);

/// AROP over transaction authorization challenges.
pub(super) const AROP_TXN: &[Settled] =
    &joined::<{ ELSEWHERE.len() + AROP.len() + 2 }>(&[ELSEWHERE, AROP, &[NO_GRANT, BOUND]]);

/// What AROP says wherever it is bound (its Sections 7.1, 7.2 and 7.4).
const AROP: &[Settled] = &[
    Settled {
        question: "C-02",
        reading: "B",
        why: "where the end of the lifetime is expired_token",
    },
    Settled {
        question: "C-03",
        reading: "B",
        why: "where the end of the lifetime is the end of the request",
    },
    Settled {
        question: "C-43",
        reading: "B",
        why: "which keeps access_denied for requests that waited",
    },
    Settled {
        question: "C-47",
        reading: "B",
        why: "where the same request again brings the same code",
    },
];

/// What all have that open deferrals elsewhere than at the token endpoint.
const ELSEWHERE: &[Settled] = &[
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
    without_opt_in("C-54", "B"),
    without_opt_in("C-55", "A"),
    without_cancellation("C-52", "B"),
    without_cancellation("C-68", "A"),
    without_cancellation("C-69", "A"),
    without_cancellation("C-70", "A"),
    without_cancellation("C-71", "A"),
    without_cancellation("C-73", "A"),
];

const OWN_GRANT: Settled = Settled {
    question: "C-78",
    reading: "A",
    why: "where a client registers the very grant that it polls with",
};

const NO_GRANT: Settled = Settled {
    question: "C-78",
    reading: "B",
    why: "which has no grant for its polls",
};

const UNBOUND: Settled = Settled {
    question: "C-53",
    reading: "A",
    why: "which binds no code",
};

const BOUND: Settled = Settled {
    question: "C-53",
    reading: "A",
    why: "where every poll shows the key of the request",
};

const NOT_REPEATED: Settled = without_opt_in("C-47", "A");

const REPRESENTED: Settled = Settled {
    question: "C-45",
    reading: "C",
    why: "where a request whose response was lost brings the same code",
};

/// All of these, one list after the other.
const fn joined<const N: usize>(lists: &[&[Settled]]) -> [Settled; N] {
    let mut all = [OWN_GRANT; N];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut item = 0;
        while item < lists[list].len() {
            all[at] = lists[list][item];
            (at, item) = (at + 1, item + 1);
        }
        list += 1;
    }
    all
}

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
    use std::collections::HashSet;

    use crate::config::readings::Readings;
    use crate::{Config, Edition};

    /// What is settled can be settled: it is a question of this server's, and a letter of it, once.
    #[test]
    fn the_settled_reading_holds_without_being_set() {
        for edition in Edition::ALL {
            let questions: HashSet<_> = edition.settled.iter().map(|one| one.question).collect();
            assert_eq!(questions.len(), edition.settled.len(), "{}", edition.id);
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
            (Edition::AROP_DTR, "C-02", "A"),
            (Edition::AROP_CIBA, "C-53", "B"),
            (Edition::AROP_TXN, "C-78", "A"),
            // The default elsewhere, which is not to be taken for silence.
            (Edition::RFC_8628, "C-20", "A"),
            (Edition::AROP_DTR, "C-47", "A"),
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
