//! The evidence about readings, in a form from which it can be had back: what
//! partitions leave possible has to be put together before it says anything.

use dtr_model::question::{Question, Readings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::Evidence;

/// What a trace leaves possible: one of several combinations of readings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceDocument {
    /// A trace that shows it.
    pub trace: String,
    /// The combinations, each as the readings it leaves of the questions that
    /// it narrows: `C-02=B C-13=AC`.
    pub cases: Vec<String>,
}

/// A combination of readings that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no combination of readings; was the document written by another version of dtr?")]
pub struct CaseError(String);

/// The evidence in the order of its traces.
pub fn written(evidence: &Evidence) -> Vec<EvidenceDocument> {
    let one = |(cases, trace): (&Vec<Readings>, &String)| EvidenceDocument {
        trace: trace.clone(),
        cases: cases.iter().map(case).collect(),
    };
    let mut all: Vec<_> = evidence.iter().map(one).collect();
    all.sort_unstable();
    all
}

/// The evidence as it was before it was written.
///
/// # Errors
/// [`CaseError`], with the combination that is none.
pub fn read(documents: &[EvidenceDocument]) -> Result<Evidence, CaseError> {
    let mut evidence = Evidence::default();
    for document in documents {
        let cases = document.cases.iter().map(|text| parsed(text));
        evidence.add(cases.collect::<Result<_, _>>()?, &document.trace);
    }
    Ok(evidence)
}

fn case(readings: &Readings) -> String {
    let mut words = Vec::new();
    for question in Question::ALL {
        let left: String = readings.of(*question).map(|r| r.to_string()).collect();
        if left.len() < question.readings().count() {
            words.push(format!("{question}={left}"));
        }
    }
    words.join(" ")
}

fn parsed(text: &str) -> Result<Readings, CaseError> {
    let wrong = || CaseError(text.to_owned());
    let mut all = Readings::open();
    for word in text.split_whitespace() {
        let (id, letters) = word.split_once('=').ok_or_else(wrong)?;
        let question = Question::named(id).ok_or_else(wrong)?;
        let mut chosen = None::<Readings>;
        for letter in letters.chars() {
            let reading = question
                .readings()
                .find(|r| r.to_string() == letter.to_string());
            let one = Readings::open().with(question, reading.ok_or_else(wrong)?);
            chosen = Some(chosen.map_or(one, |all| all.union(&one)));
        }
        all = all.meet(&chosen.ok_or_else(wrong)?).ok_or_else(wrong)?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dtr_model::question::Reading::{A, B, C};

    #[test]
    fn what_was_written_is_read_as_it_was() {
        let one = Readings::open().with(Question::C02, B);
        let two = Readings::open().with(Question::C13, A);
        let two = two.union(&Readings::open().with(Question::C13, C));
        let mut evidence = Evidence::default();
        evidence.add(vec![one, two], "a");
        evidence.add(vec![Readings::open()], "b");
        let text = written(&evidence);
        assert_eq!(text[0].cases.len(), 2);
        assert!(text[0].cases.contains(&"C-13=AC".to_owned()), "{text:?}");
        assert_eq!(written(&read(&text).unwrap()), text);
    }

    #[test]
    fn a_case_that_is_none_is_refused() {
        for text in ["C-02", "C-99=A", "C-02=", "C-02=Z", "C-02=A C-02=B"] {
            let one = EvidenceDocument {
                trace: "a".to_owned(),
                cases: vec![text.to_owned()],
            };
            assert_eq!(read(&[one]).err(), Some(CaseError(text.to_owned())));
        }
    }
}
