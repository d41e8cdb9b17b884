//! The documents of all partitions of a run, added up to the document of the run.
//!
//! What was counted is added; what follows from it is concluded anew, as it is
//! after a run. Only the failures that are told may differ from those of an
//! undivided run: each partition makes its own as short as it can, and the
//! shortest of a kind stays.

use std::collections::BTreeMap;

use super::document::evidence::{self, CaseError};
use super::document::{Document, FailureDocument, VisitCount};
use super::partition::Partition;

/// Why documents cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// None given.
    #[error("there is nothing to merge")]
    Nothing,
    /// A document that is no partition's.
    #[error("{0} is the report of a whole run, not of a partition")]
    Whole(String),
    /// Two runs that are not parts of one.
    #[error(
        "{one} and {other} are not of the same run: their {what} differ ({first} and {second})"
    )]
    Apart {
        /// The first document.
        one: String,
        /// The one that does not agree with it.
        other: String,
        /// In what.
        what: &'static str,
        /// As the first has it.
        first: String,
        /// As the other has it.
        second: String,
    },
    /// The same partition again.
    #[error("partition {partition} is there twice: {one} and {other}")]
    Twice {
        /// Which.
        partition: Partition,
        /// The first.
        one: String,
        /// The second.
        other: String,
    },
    /// A partition that was not given.
    #[error("partition {0} is missing")]
    Missing(Partition),
    /// Evidence that cannot be read.
    #[error("{name}: {cause}")]
    Evidence {
        /// The document.
        name: String,
        /// What is wrong.
        cause: CaseError,
    },
}

/// Adds up the documents of all partitions of one run, each with a name for
/// errors. What a baseline said of a part is left out: it is the whole's matter.
///
/// # Errors
/// [`MergeError`]: they are not all partitions of one run.
pub fn merged(mut documents: Vec<(String, Document)>) -> Result<Document, MergeError> {
    are_parts(&documents)?;
    let mut seen = crate::engine::Evidence::default();
    for (name, document) in &documents {
        let part = evidence::read(&document.evidence).map_err(|cause| MergeError::Evidence {
            name: name.clone(),
            cause,
        })?;
        seen.extend(part);
    }
    documents.sort_by_key(|(_, d)| d.partition);
    let mut parts = documents.into_iter().map(|(_, document)| document);
    let mut all = parts.next().ok_or(MergeError::Nothing)?;
    parts.for_each(|part| add(&mut all, part));
    all.partition = None;
    all.evidence.clear();
    all.inconclusive.sort_by(|a, b| a.trace.cmp(&b.trace));
    all.failures.sort_by_key(|f| f.steps.len());
    all.conclude(&seen);
    Ok(all)
}

/// Whether these are all the partitions of one run, each once.
fn are_parts(documents: &[(String, Document)]) -> Result<(), MergeError> {
    let (one, first) = documents.first().ok_or(MergeError::Nothing)?;
    let mut known: BTreeMap<Partition, &str> = BTreeMap::new();
    for (other, document) in documents {
        let Some(partition) = document.partition else {
            return Err(MergeError::Whole(other.clone()));
        };
        for (what, of) in COMMON {
            let (first, second) = (of(first), of(document));
            if first != second {
                let (one, other) = (one.clone(), other.clone());
                return Err(MergeError::Apart {
                    one,
                    other,
                    what,
                    first,
                    second,
                });
            }
        }
        if let Some(one) = known.insert(partition, other) {
            return Err(MergeError::Twice {
                partition,
                one: one.to_owned(),
                other: other.clone(),
            });
        }
    }
    let of = first.partition.map_or(0, |p| p.of);
    let every = (1..=of).map(|index| Partition { index, of });
    match every.into_iter().find(|p| !known.contains_key(p)) {
        Some(missing) => Err(MergeError::Missing(missing)),
        None => Ok(()),
    }
}

type Common = (&'static str, fn(&Document) -> String);

/// In what all parts of a run agree.
const COMMON: [Common; 5] = [
    ("drafts", |d| d.draft.id.to_owned()),
    ("targets", |d| d.target.clone()),
    ("seeds", |d| d.seed.to_string()),
    ("selections", |d| match &d.select {
        Some(select) => format!("`{select}`"),
        None => "everything".to_owned(),
    }),
    ("numbers of partitions", |d| {
        d.partition.map_or(0, |p| p.of).to_string()
    }),
];

fn add(all: &mut Document, part: Document) {
    all.interrupted |= part.interrupted;
    all.elapsed += part.elapsed;
    all.counts.add(&part.counts);
    all.inconclusive.extend(part.inconclusive);
    for (why, skipped) in part.skipped {
        let mine = all.skipped.entry(why).or_default();
        mine.traces += skipped.traces;
        mine.requirements.extend(skipped.requirements);
    }
    for (id, count) in part.requirements {
        match all.requirements.get_mut(&id) {
            Some(mine) => {
                mine.held += count.held;
                mine.broken += count.broken;
                mine.slighted += count.slighted;
            }
            None => {
                all.requirements.insert(id, count);
            }
        }
    }
    for (question, readings) in part.shown {
        let mine = all.shown.entry(question).or_default();
        for (reading, probe) in readings {
            mine.entry(reading).or_insert(probe);
        }
    }
    for remark in part.metadata {
        if !all.metadata.contains(&remark) {
            all.metadata.push(remark);
        }
    }
    part.failures
        .into_iter()
        .for_each(|f| tell(&mut all.failures, f));
    part.visits
        .into_iter()
        .for_each(|v| visit(&mut all.visits, v));
}

/// One failure of a kind is told, the shortest.
fn tell(told: &mut Vec<FailureDocument>, failure: FailureDocument) {
    let Some(known) = told.iter_mut().find(|f| f.is_like(&failure)) else {
        return told.push(failure);
    };
    let times = known.times + failure.times;
    if failure.steps.len() < known.steps.len() {
        *known = failure;
    }
    known.times = times;
}

fn visit(visits: &mut Vec<VisitCount>, visit: VisitCount) {
    let key = |v: &VisitCount| (v.from, v.by, v.to);
    match visits.binary_search_by_key(&key(&visit), key) {
        Ok(at) => visits[at].times += visit.times,
        Err(at) => visits.insert(at, visit),
    }
}
