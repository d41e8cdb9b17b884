//! A comparison as one JSON document.

use dtr_model::diff::{Change, Difference, Fork, Searched, Shows, changes};
use dtr_model::draft::Draft;
use dtr_model::event::Answer;
use dtr_model::trace::{Origin, Trace};
use schemars::JsonSchema;
use serde::Serialize;

/// What tells two sides apart.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    /// The sides, as they were given.
    pub(super) sides: [String; 2],
    /// What each is.
    pub(super) titles: [&'static str; 2],
    /// What is called differently on the wire.
    pub(super) names: Vec<Name>,
    /// What one request shows, whatever came before.
    pub(super) glances: Vec<Glance>,
    /// Questions that one text answers and the other leaves open.
    pub(super) settled: Vec<Settled>,
    /// What is answered differently after the same history: one of each kind, shortest first.
    pub(super) forks: Vec<Experiment>,
    /// How far behaviour was compared, setting by setting.
    pub(super) searched: Vec<Search>,
    /// The changes that people noted between the two texts.
    pub(super) changes: Vec<Noted>,
}

/// Something that is called differently; `null` where a text has no such thing.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Name {
    pub(super) what: &'static str,
    pub(super) names: [Option<String>; 2],
    /// The changes noted that this shows.
    pub(super) changes: Vec<&'static str>,
}

/// A request, and what each text allows in answer to it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Glance {
    pub(super) request: &'static str,
    pub(super) allowed: [&'static [&'static str]; 2],
    /// The changes noted that this shows.
    pub(super) changes: Vec<&'static str>,
}

/// A question, and the text that answers it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Settled {
    pub(super) question: &'static str,
    pub(super) title: &'static str,
    pub(super) by: String,
    pub(super) reading: String,
    /// The changes noted that this shows.
    pub(super) changes: Vec<&'static str>,
}

/// A shortest experiment that tells the two apart.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Experiment {
    /// Its id, as that of a trace.
    pub(super) id: String,
    /// What to do, and what to see; the last event is answered differently.
    pub(super) steps: Vec<Step>,
    /// What only each side answers at the end.
    pub(super) only: [Vec<String>; 2],
    /// What both answer.
    pub(super) both: Vec<String>,
    /// Whether every answer decides between the two.
    pub(super) decisive: bool,
    /// How many more histories end in a difference of this kind.
    pub(super) alike: usize,
    /// The same as a trace that can be run.
    #[schemars(with = "serde_json::Value")]
    pub(super) trace: Trace,
    /// The changes noted that this shows.
    pub(super) changes: Vec<&'static str>,
}

/// An event and its answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Step {
    pub(super) event: String,
    /// What both allow and the history goes on with; none at the end.
    pub(super) answer: Option<String>,
}

/// How far behaviour was compared in one setting.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Search {
    /// The setting, in words.
    pub(super) setting: String,
    /// Pairs of sets of states looked at.
    pub(super) pairs: usize,
    /// The length up to which histories were looked at, where not all were.
    pub(super) cut: Option<usize>,
}

/// A change that people noted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Noted {
    pub(super) id: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) text: &'static str,
    /// Whether this comparison shows it.
    pub(super) shows: bool,
    /// Why it does not, where that can be said.
    pub(super) why_not: Option<&'static str>,
}

impl Document {
    /// What was found between two sides, which were given as `sides`.
    pub(super) fn of(
        sides: [impl Into<String>; 2],
        drafts: [&'static Draft; 2],
        found: &Difference,
    ) -> Document {
        let sides = sides.map(Into::into);
        let noted = changes(drafts[0], drafts[1]);
        let showing = |is: &dyn Fn(Shows) -> bool| -> Vec<&'static str> {
            let shown = noted.iter().filter(|c| c.shows.iter().any(|s| is(*s)));
            shown.map(|change| change.id).collect()
        };
        let names = found.names.iter().map(|name| Name {
            what: name.role.text(),
            names: [name.one.clone(), name.other.clone()],
            changes: showing(&|s| s == Shows::Name(name.role)),
        });
        let glances = found.glances.iter().map(|glimpsed| Glance {
            request: glimpsed.glance.text(),
            allowed: [glimpsed.one, glimpsed.other],
            changes: showing(&|s| s == Shows::Glance(glimpsed.glance)),
        });
        let settled = found.settled.iter().map(|settled| Settled {
            question: settled.question.id(),
            title: settled.question.entry().title,
            by: drafts[usize::from(!settled.by_one)].id.to_owned(),
            reading: settled.reading.to_string(),
            changes: showing(&|s| s == Shows::Settled(settled.question)),
        });
        let between = format!("{}..{}", sides[0], sides[1]);
        let forks = found
            .forks
            .iter()
            .map(|fork| experiment(&between, fork, showing(&|s| s.is_fork(fork))));
        Document {
            titles: drafts.map(|draft| draft.title),
            names: names.collect(),
            glances: glances.collect(),
            settled: settled.collect(),
            forks: forks.collect(),
            searched: found.searched.iter().map(Search::of).collect(),
            changes: noted.iter().map(|c| Noted::of(c, found)).collect(),
            sides,
        }
    }
}

fn experiment(between: &str, fork: &Fork, changes: Vec<&'static str>) -> Experiment {
    let before = fork.history.iter().map(|(event, answer)| Step {
        event: event.to_string(),
        answer: Some(answer.to_string()),
    });
    let last = Step {
        event: fork.event.to_string(),
        answer: None,
    };
    let events = fork.history.iter().map(|(event, _)| *event);
    let events = events.chain([fork.event]).collect();
    let trace = Trace::new(Origin::Fork(between.to_owned()), fork.terms, events);
    let words = |answers: &std::collections::BTreeSet<Answer>| -> Vec<String> {
        answers.iter().map(ToString::to_string).collect()
    };
    Experiment {
        id: trace.id.clone(),
        steps: before.chain([last]).collect(),
        only: [words(&fork.only_one), words(&fork.only_other)],
        both: words(&fork.both),
        decisive: fork.is_decisive(),
        alike: fork.alike,
        trace,
        changes,
    }
}

impl Search {
    fn of(searched: &Searched) -> Search {
        let terms = searched.terms;
        let client = match terms.public {
            true => "public client",
            false => "confidential client",
        };
        let credential = match terms.one_time {
            true => "one-time credential",
            false => "reusable credential",
        };
        let (interval, lifetime) = (terms.interval, terms.lifetime);
        Search {
            setting: format!(
                "{client}, {credential}, interval {interval} and lifetime {lifetime} ticks"
            ),
            pairs: searched.pairs,
            cut: searched.cut,
        }
    }
}

impl Noted {
    fn of(change: &Change, found: &Difference) -> Noted {
        let why_not = change.shows.iter().find_map(|shows| match shows {
            Shows::Nowhere(why) => Some(*why),
            _ => None,
        });
        Noted {
            id: change.id,
            from: change.from,
            to: change.to,
            text: change.text,
            shows: change.shows.iter().any(|shows| shows.in_difference(found)),
            why_not,
        }
    }
}
