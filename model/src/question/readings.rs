//! A choice of readings: for each question the set still possible.

use super::{Question, Reading, named_entry};
use crate::draft::Draft;

/// For each question the readings that remain possible, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Readings([u8; Question::ALL.len()]);

impl Readings {
    /// Every question at its default reading: the behaviour of the reference.
    pub fn pins() -> Self {
        Self::collect(|q| q.pin().bit())
    }

    /// No question chosen: every reading of each is possible.
    pub fn open() -> Self {
        Self::collect(|q| q.readings().fold(0, |set, r| set | r.bit()))
    }

    /// Every reading that breaks no explicit MUST of the default text: what a
    /// server may show without failing.
    pub fn lawful() -> Self {
        Self::lawful_under(Draft::DEFAULT)
    }

    /// The same of this text.
    pub(crate) fn lawful_under(draft: &Draft) -> Self {
        Self::collect(|q| {
            q.readings()
                .zip(q.entry().readings)
                .filter(|(_, entry)| entry.forbidden_by(draft).next().is_none())
                .fold(0, |set, (r, _)| set | r.bit())
        })
    }

    fn collect(set: impl Fn(Question) -> u8) -> Self {
        let mut sets = [0; Question::ALL.len()];
        for q in Question::ALL {
            sets[*q as usize] = set(*q);
        }
        Readings(sets)
    }

    /// The same choice with `question` read as `reading`.
    #[must_use]
    pub fn with(mut self, question: Question, reading: Reading) -> Self {
        self.0[question as usize] = reading.bit();
        self
    }

    /// Whether `reading` of `question` is still possible.
    #[inline]
    pub fn allows(&self, question: Question, reading: Reading) -> bool {
        self.0[question as usize] & reading.bit() != 0
    }

    /// The readings of `question` still possible, in order.
    pub fn of(&self, question: Question) -> impl Iterator<Item = Reading> + Clone + use<> {
        let set = self.0[question as usize];
        Reading::ALL.into_iter().filter(move |r| set & r.bit() != 0)
    }

    pub(crate) fn bits(&self, question: Question) -> u8 {
        self.0[question as usize]
    }

    pub(crate) fn narrow(&mut self, question: Question, set: u8) {
        self.0[question as usize] = set;
    }

    /// What `self` or `other` allows, question by question.
    #[must_use]
    #[inline]
    pub fn union(mut self, other: &Readings) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
        self
    }

    /// On how many questions the two differ.
    #[inline]
    pub fn differences(&self, other: &Readings) -> usize {
        let pairs = self.0.iter().zip(other.0);
        pairs.filter(|(mine, theirs)| **mine != *theirs).count()
    }

    /// What both allow, or `None` if they disagree about some question.
    #[must_use]
    #[inline]
    pub fn meet(mut self, other: &Readings) -> Option<Self> {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine &= theirs;
            if *mine == 0 {
                return None;
            }
        }
        Some(self)
    }

    /// Applies a choice written `C-02=A` or `C-02=A,C-13=B`.
    ///
    /// # Errors
    /// Names the part that is no question or no reading of it.
    pub fn choose(mut self, text: &str) -> Result<Self, ParseReadingError> {
        for part in text.split(',') {
            let (question, reading) = parse_choice(part.trim())?;
            self = self.with(question, reading);
        }
        Ok(self)
    }
}

fn parse_choice(part: &str) -> Result<(Question, Reading), ParseReadingError> {
    let (id, letter) = part
        .split_once(['=', '/'])
        .ok_or_else(|| ParseReadingError::Form(part.to_owned()))?;
    let question = Question::named(id).ok_or_else(|| match named_entry(id) {
        Some(entry) => ParseReadingError::NotConsulted(entry.id),
        None => ParseReadingError::Question(id.to_owned()),
    })?;
    let reading = question
        .readings()
        .find(|r| r.to_string() == letter)
        .ok_or_else(|| ParseReadingError::Reading(question, letter.to_owned()))?;
    Ok((question, reading))
}

impl std::fmt::Debug for Readings {
    /// Only what differs from the pins, which is what a reader wants to know.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pins = Readings::pins();
        let mut set = f.debug_map();
        for q in Question::ALL
            .iter()
            .filter(|q| self.bits(**q) != pins.bits(**q))
        {
            set.entry(&q.id(), &self.of(*q).collect::<Vec<_>>());
        }
        set.finish()
    }
}

/// Why a `--reading` was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseReadingError {
    /// Not of the form `C-02=A`.
    #[error("`{0}` is not of the form C-02=A")]
    Form(String),
    /// No question of that id.
    #[error("there is no question `{0}`; see `dtr explain questions`")]
    Question(String),
    /// A question that the relation does not consult.
    #[error(
        "the relation does not consult {0}, so no reading of it can be chosen; `dtr explain {0}` says where it shows"
    )]
    NotConsulted(&'static str),
    /// No reading of that letter.
    #[error("{0} has no reading `{1}`; it has {known}", known = .0.readings().map(|r| r.to_string()).collect::<Vec<_>>().join(", "))]
    Reading(Question, String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_parsed_and_a_wrong_one_named() {
        let chosen = Readings::pins().choose("C-02=A,C-13=B").unwrap();
        assert_eq!(chosen.of(Question::C02).collect::<Vec<_>>(), [Reading::A]);
        assert_eq!(chosen.of(Question::C13).collect::<Vec<_>>(), [Reading::B]);
        let error = Readings::pins().choose("C-02=Z").unwrap_err();
        assert_eq!(error.to_string(), "C-02 has no reading `Z`; it has A, B, C");
        let error = Readings::pins().choose("C-40=A").unwrap_err();
        assert_eq!(error, ParseReadingError::NotConsulted("C-40"));
        let error = Readings::pins().choose("C-99=A").unwrap_err();
        assert_eq!(error, ParseReadingError::Question("C-99".to_owned()));
        assert!(Readings::pins().choose("C-02").is_err());
    }

    #[test]
    fn lawful_readings_leave_out_those_that_break_a_must() {
        let lawful = Readings::lawful();
        assert!(!lawful.allows(Question::C01, Reading::A));
        assert!(lawful.allows(Question::C01, Reading::B));
        for q in Question::ALL {
            assert!(lawful.allows(*q, q.pin()), "the pin of {q} is not lawful");
        }
    }

    #[test]
    fn disjoint_choices_do_not_meet() {
        let a = Readings::open().with(Question::C05, Reading::A);
        let b = Readings::open().with(Question::C05, Reading::B);
        assert_eq!(a.meet(&b), None);
        assert_eq!(a.meet(&Readings::open()), Some(a));
        assert_eq!(a.union(&b).of(Question::C05).count(), 2);
    }
}
