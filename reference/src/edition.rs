//! The editions of the text that this server can serve, each as a value.
//!
//! The rest of this crate cites draft-ietf-oauth-deferred-token-response-01. What another edition changes on the wire
//! is in its value here, and nothing else asks for an edition by name. What an edition leaves open is read as the
//! [readings](crate::config::readings) say; what it does not, it [settles](Edition::settled).

use serde::de::{Deserialize, Deserializer, Error as _};

use crate::deferral::Told;

/// An edition of the text: what it has the server do that another has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Its short name, as in `draft = "gerber-00"`.
    pub id: &'static str,
    /// What a client is told of interaction (Sections 6.4 and 6.6).
    pub told: Told,
    /// Whether `completion_mode` has a second value, `deferred_interactive`: as good an opt-in as `deferred`, and without
    /// it a client is told nothing of interaction.
    pub interactive_mode: bool,
    /// Whether it licenses the server to refuse a `client_notification_token` that is too short for 128 bits.
    pub weak_tokens_refused: bool,
    /// The questions that it does not leave open.
    pub settled: &'static [Settled],
}

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

impl Edition {
    /// draft-gerber-oauth-deferred-token-response-00. Every unresolved request is `authorization_pending` (its Section
    /// 5.6), and there is no `interaction_uri`. Section 5.3.1 has the server look at the entropy of a notification token.
    pub const GERBER_00: Self = Self {
        id: "gerber-00",
        told: Told::Nothing,
        weak_tokens_refused: true,
        settled: &[
            without_interaction("C-28", "A"),
            without_interaction("C-29", "C"),
            without_interaction("C-30", "A"),
            without_interaction("C-31", "C"),
            without_interaction("C-32", "A"),
            without_interaction("C-34", "B"),
        ],
        ..Self::IETF_01
    };

    /// draft-ietf-oauth-deferred-token-response-00. Its Section 6.3.1 still has the check of gerber-00.
    pub const IETF_00: Self = Self {
        id: "ietf-00",
        weak_tokens_refused: true,
        ..Self::IETF_01
    };

    /// draft-ietf-oauth-deferred-token-response-01, the default.
    pub const IETF_01: Self = Self {
        id: "ietf-01",
        told: Told::Need,
        interactive_mode: false,
        weak_tokens_refused: false,
        settled: &[],
    };

    /// ietf-01 with pull request 67: a code that is bound to a key is revoked with a proof by that key or not at all, in
    /// silence (its Section 8.2), and a refresh token is bound as the access token beside it (its Section 11.1).
    pub const PR_67: Self = Self {
        id: "pr-67",
        settled: &[
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
        ],
        ..Self::IETF_01
    };

    /// ietf-01 with pull request 68: `interaction_pending`, where the server sees that the interaction has begun (its
    /// Section 6.6).
    pub const PR_68: Self = Self {
        id: "pr-68",
        told: Told::Progress,
        ..Self::IETF_01
    };

    /// ietf-01 with pull request 71: a client that can show an `interaction_uri` to somebody says so by
    /// `deferred_interactive` (its Section 5.1).
    pub const PR_71: Self = Self {
        id: "pr-71",
        interactive_mode: true,
        ..Self::IETF_01
    };

    /// Every edition that is served, in the order of the texts.
    pub const ALL: &'static [Self] = &[
        Self::GERBER_00,
        Self::IETF_00,
        Self::IETF_01,
        Self::PR_67,
        Self::PR_68,
        Self::PR_71,
    ];

    /// The edition called `id`.
    ///
    /// # Errors
    /// [`UnknownEdition`], which lists those that are served.
    pub fn named(id: &str) -> Result<Self, UnknownEdition> {
        let mut all = Self::ALL.iter().copied();
        all.find(|edition| edition.id == id)
            .ok_or_else(|| UnknownEdition(id.into()))
    }
}

/// What is asked about interaction does not arise; the server does what it does by default, and nobody sees it.
const fn without_interaction(question: &'static str, default: &'static str) -> Settled {
    Settled {
        question,
        reading: default,
        why: "which knows no interaction",
    }
}

impl Default for Edition {
    fn default() -> Self {
        Self::IETF_01
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(name: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(name)?).map_err(D::Error::custom)
    }
}

/// The name of an edition that this server does not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("draft: `{0}` is not served; use one of {known}", known = known())]
pub struct UnknownEdition(pub String);

fn known() -> String {
    let ids: Vec<_> = Edition::ALL.iter().map(|edition| edition.id).collect();
    ids.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::config::readings::Readings;

    #[test]
    fn every_edition_is_found_by_its_own_name() {
        for edition in Edition::ALL {
            assert_eq!(Edition::named(edition.id), Ok(*edition));
        }
        let error = Edition::named("gerber").unwrap_err().to_string();
        let known = "use one of gerber-00, ietf-00, ietf-01, pr-67, pr-68, pr-71";
        assert!(error.contains("`gerber`"), "{error}");
        assert!(error.ends_with(known), "{error}");
    }

    #[test]
    fn the_configuration_names_it() {
        let read = |line| Config::from_toml(&format!("issuer = \"https://as.example\"\n{line}"));
        assert_eq!(read("").unwrap().draft, Edition::IETF_01);
        assert_eq!(
            read("draft = \"gerber-00\"").unwrap().draft,
            Edition::GERBER_00
        );
        let error = read("draft = \"gerber\"").unwrap_err().to_string();
        assert!(error.contains("line 2: draft: `gerber`"), "{error}");
        assert!(error.contains("pr-71"), "{error}");
    }

    /// What an edition settles as the server does by default needs no setting.
    #[test]
    fn what_is_settled_is_a_question_with_that_default() {
        for edition in Edition::ALL {
            for settled in edition.settled {
                let mut questions = Readings::QUESTIONS.iter();
                let question = questions.find(|question| question.id == settled.question);
                let default = question.map(|question| question.default);
                assert_eq!(default, Some(settled.reading), "{settled:?}");
            }
        }
    }

    #[test]
    fn a_reading_that_the_edition_excludes_is_named_with_it() {
        for (edition, question, letter) in [
            (Edition::PR_67, "C-52", "A"),
            (Edition::PR_67, "C-49", "B"),
            (Edition::GERBER_00, "C-30", "B"),
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
}
