//! Which traces a run consists of, and how to select among them.

use std::collections::BTreeMap;

use dtr_model::Trace;
use dtr_model::draft::{Draft, Opening};
use dtr_model::event::{Decision, Event, Steer, TokenRequest};
use dtr_model::generate::{self, Graph, Situation};
use dtr_model::requirement;
use dtr_model::terms::Terms;
use dtr_model::trace::Origin;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::probe::Probe;
use crate::target::Limits;

/// Events in a trace that covers edges or pairs, about.
const LENGTH: usize = 40;
/// Random walks in a run.
const WALKS: usize = 400;
/// Events in a random walk, at most.
const WALK_LENGTH: usize = 30;

/// Everything generated from `draft`, in the order it is run: what says most
/// comes first. Traces with different purposes may do the same; [`unique`] leaves
/// one of them.
pub fn generated(draft: &'static Draft, seed: u64) -> Vec<Trace> {
    generated_for(&paced(draft), seed, &|_, _| true)
}

/// The usual terms, and those with a longer wait.
fn paced(draft: &'static Draft) -> Vec<Terms> {
    let mut settings = generate::settings(draft);
    settings.push(Terms::PACED.under(draft));
    settings.dedup();
    settings
}

/// The same for other terms and a server to which not everything can be done.
/// Covering traces go round what cannot; the others are left as they are, for
/// the caller to say which of them cannot be run.
pub fn generated_for(
    settings: &[Terms],
    seed: u64,
    can: &dyn Fn(&Event, &Terms) -> bool,
) -> Vec<Trace> {
    let mut traces = short(settings);
    for terms in settings {
        let can = |event: &Event| can(event, terms);
        let graph = Graph::within(*terms, &can);
        if terms.interval > 1 {
            traces.extend(generate::edges(&graph, LENGTH).traces);
            continue;
        }
        traces.extend(generate::races(&graph));
        traces.extend(generate::edges(&graph, LENGTH).traces);
        traces.extend(generate::pairs(&graph, LENGTH).traces);
        traces.extend(walks(*terms, seed, WALKS, &can));
    }
    traces
}

/// How likely one round of a race is to bring about an interleaving that shows
/// a fault, supposed by [`rounds`]. Measured with a store that reads and writes
/// in two steps: see `harness/tests/races`.
const CHANCE: f64 = 0.25;

/// How often a race has to be run for a fault to be met with this confidence (at
/// least 0, less than 1), if each round meets it with probability `CHANCE` or
/// more: the least `n` with `1 - (1 - CHANCE)^n >= confidence`.
pub fn rounds(confidence: f64) -> usize {
    let rounds = (1.0 - confidence).ln() / (1.0 - CHANCE).ln();
    (rounds.ceil() as usize).max(1)
}

/// Each race so many times, everything else once. Rounds of a race differ in
/// their jitter.
pub fn repeated(traces: &[Trace], rounds: usize) -> Vec<Trace> {
    let times = |trace: &Trace| trace.window.map_or(1, |_| rounds);
    let repeated = traces
        .iter()
        .flat_map(|t| std::iter::repeat_n(t.clone(), times(t)));
    repeated.collect()
}

/// The random walks of a run with this seed.
pub fn walks_of(draft: &'static Draft, seed: u64) -> Vec<Trace> {
    let all = generate::settings(draft).into_iter();
    all.flat_map(|terms| walks(terms, seed, WALKS, &|_| true))
        .collect()
}

/// Every race, once.
pub fn races(draft: &'static Draft) -> Vec<Trace> {
    let all = generate::settings(draft).into_iter();
    all.flat_map(|terms| generate::races(&Graph::of(terms)))
        .collect()
}

/// The traces that vectors are recorded from: forks, danger zones, edge cover.
/// Again several may do the same.
pub fn recorded(draft: &'static Draft) -> Vec<Trace> {
    let mut traces = short(&paced(draft));
    for terms in generate::settings(draft) {
        traces.extend(generate::edges(&Graph::of(terms), LENGTH).traces);
    }
    traces
}

/// The shortest way to each danger zone and each fork. Longer waits only where
/// they tell apart what shorter ones do not.
fn short(settings: &[Terms]) -> Vec<Trace> {
    let mut traces = Vec::new();
    let (paced, usual): (Vec<Terms>, Vec<Terms>) = settings.iter().partition(|t| t.interval > 1);
    for terms in usual {
        traces.extend(generate::dangers(terms));
        traces.extend(generate::forks(terms).into_iter().map(|(_, _, t)| t));
        traces.extend(needing_somebody(terms));
    }
    let known: Vec<Origin> = traces.iter().map(|t| t.origin.clone()).collect();
    for terms in paced {
        let forks = generate::forks(terms).into_iter().map(|(_, _, t)| t);
        traces.extend(forks.filter(|t| !known.contains(&t.origin)));
    }
    traces
}

/// Requests that wait for a person, under a text that has no answer for that:
/// they are pending like any other. A server of a later text would say
/// `interaction_required`.
fn needing_somebody(terms: Terms) -> Vec<Trace> {
    let policy_decides = terms.draft.rules.opening == Opening::TokenEndpoint;
    if terms.draft.has_interaction() || !policy_decides {
        return Vec::new();
    }
    let asked = |steer| {
        Event::Request(TokenRequest {
            steer,
            ..TokenRequest::PLAIN
        })
    };
    let decided = |decision| [Event::Decide(decision), Event::Tick, Event::POLL];
    let (needed, done) = (Decision::NeedInteraction, Decision::InteractionDone);
    let at_once = [asked(Steer::Interact)].into_iter().chain(decided(done));
    let later = [asked(Steer::Defer)].into_iter();
    let later = later.chain(decided(needed)).chain(decided(done));
    let traces = [at_once.collect(), later.collect()];
    traces
        .map(|events| Trace::new(Origin::Edge, terms, events))
        .to_vec()
}

/// The same events under the same terms need running once; the first origin
/// stays.
pub fn unique(traces: Vec<Trace>) -> Vec<Trace> {
    let mut seen = std::collections::HashSet::new();
    traces
        .into_iter()
        .filter(|t| seen.insert(t.deed()))
        .collect()
}

/// The traces by the limits that the server has to have for them.
pub(crate) fn by_limits(traces: Vec<Trace>) -> impl Iterator<Item = (Limits, Vec<Trace>)> {
    let mut groups: BTreeMap<Limits, Vec<Trace>> = BTreeMap::new();
    for trace in traces {
        groups
            .entry(Limits::of(&trace.terms))
            .or_default()
            .push(trace);
    }
    groups.into_iter()
}

/// Random walks over the events that make sense, the same for the same seed.
fn walks(terms: Terms, seed: u64, count: usize, can: &dyn Fn(&Event) -> bool) -> Vec<Trace> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8] = u8::from(terms.public);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = walk(terms, can);
    (0..count)
        .map(|_| {
            let tree = strategy
                .new_tree(&mut runner)
                .expect("a walk is never rejected");
            Trace::new(Origin::Walk(seed), terms, tree.current())
        })
        .collect()
}

/// A walk: at each step any event that makes sense where a server at the pins
/// would be.
fn walk(terms: Terms, can: &dyn Fn(&Event) -> bool) -> impl Strategy<Value = Vec<Event>> {
    let steps = prop::collection::vec(any::<prop::sample::Index>(), 2..=WALK_LENGTH);
    steps.prop_map(move |steps| {
        let mut situation = Situation::START;
        let take = |index: prop::sample::Index| {
            let mut events = generate::events(situation, &terms);
            events.retain(can);
            let event = (!events.is_empty()).then(|| *index.get(&events))?;
            situation = situation.after(event, &terms).0;
            Some(event)
        };
        steps.into_iter().map_while(take).collect()
    })
}

/// All that a run does to a server.
#[derive(Debug, Clone, Default)]
pub struct Experiments {
    /// The traces.
    pub traces: Vec<Trace>,
    /// The probes.
    pub probes: Vec<&'static Probe>,
}

impl Experiments {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty() && self.probes.is_empty()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.traces.len() + self.probes.len()
    }
}

/// What `--select` may name: ids of traces and probes and their beginnings
/// (`fork-C-02`, `probe`), origins (`edge`), requirements, and sections (`8.2`);
/// several with commas.
#[derive(Debug, Clone)]
pub struct Selection(Vec<String>);

impl Selection {
    /// Parses an expression.
    pub fn parse(text: &str) -> Selection {
        let parts = text.split(',').map(str::trim).filter(|s| !s.is_empty());
        Selection(parts.map(str::to_owned).collect())
    }

    /// What matches, or an error that says what could have been named. Sections
    /// are those of `draft`.
    ///
    /// # Errors
    /// When some part matches nothing: what it should have named would pass
    /// without having been run.
    pub fn apply(&self, all: Experiments, draft: &Draft) -> Result<Experiments, NothingSelected> {
        let mut met = vec![false; self.0.len()];
        let traces = all.traces.into_iter();
        let probes = all.probes.into_iter();
        let chosen = Experiments {
            traces: traces.filter(|t| self.matches(t, &mut met)).collect(),
            probes: probes.filter(|p| self.names(p, draft, &mut met)).collect(),
        };
        let unmet = met.iter().position(|met| !met);
        match unmet {
            Some(at) => Err(NothingSelected(self.0[at].clone())),
            None if chosen.is_empty() => Err(NothingSelected(String::new())),
            None => Ok(chosen),
        }
    }

    /// Whether some part names the probe; `met` marks every part that does.
    fn names(&self, probe: &Probe, draft: &Draft, met: &mut [bool]) -> bool {
        let mut any = false;
        for (wanted, met) in self.0.iter().zip(met) {
            let mut rows = probe.rows_of(draft);
            let named = probe.id.starts_with(wanted.as_str())
                || probe.questions.contains(&wanted.as_str())
                || rows.any(|row| row.id == wanted || row.section_number() == wanted);
            *met |= named;
            any |= named;
        }
        any
    }

    /// Whether some part names the trace; `met` marks every part that does.
    fn matches(&self, trace: &Trace, met: &mut [bool]) -> bool {
        let rows = bearing(trace);
        let mut any = false;
        for (wanted, met) in self.0.iter().zip(met) {
            let named = trace.id.starts_with(wanted.as_str())
                || matches!(&trace.origin, Origin::Fork(f) if f.starts_with(wanted.as_str()))
                || matches!(&trace.origin, Origin::Danger(p) if p == wanted)
                || rows
                    .iter()
                    .any(|(id, section)| id == wanted || section == wanted);
            *met |= named;
            any |= named;
        }
        any
    }
}

/// The requirements a trace bears on at the pins, with their sections.
pub fn bearing(trace: &Trace) -> BTreeMap<&'static str, &'static str> {
    let ledger = trace.terms.draft.ledger();
    let mut situation = Situation::START;
    let mut rows = BTreeMap::new();
    for event in &trace.events {
        for id in requirement::bearing(situation.deferral, *event, &trace.terms) {
            let section = ledger.row(id).map_or("", |r| r.section_number());
            rows.insert(id, section);
        }
        situation = situation.after(*event, &trace.terms).0;
    }
    rows
}

/// A selection that matches no trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing is selected by `{0}`; name a trace (fork-C-02…), a probe (probe-…), an origin (edge, pair, danger, fork, walk, race, probe), a property (S1), a requirement (DTR-6.5.1-07) or a section (8.2)"
)]
pub struct NothingSelected(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_are_the_same_for_the_same_seed_only() {
        let of = |seed| walks(Terms::CODE, seed, 5, &|_| true);
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn rounds_are_as_many_as_the_confidence_asks_for() {
        assert_eq!((rounds(0.0), rounds(0.25), rounds(0.26)), (1, 1, 2));
        assert_eq!((rounds(0.99), rounds(0.999)), (17, 25));
    }

    #[test]
    fn races_alone_are_repeated_and_never_recorded() {
        let race = generate::races(&Graph::of(Terms::CODE)).swap_remove(0);
        let other = short(&[Terms::CREDENTIALS]).swap_remove(0);
        let all = repeated(&[race.clone(), other.clone()], 3);
        assert_eq!(all, [race.clone(), race.clone(), race, other]);
        assert!(recorded(Draft::DEFAULT).iter().all(|t| t.window.is_none()));
    }

    #[test]
    fn ids_are_unique() {
        let traces = recorded(Draft::DEFAULT);
        let ids: std::collections::HashSet<_> = traces.iter().map(|t| &t.id).collect();
        assert_eq!(ids.len(), traces.len());
    }

    #[test]
    fn a_selection_finds_by_id_section_and_row_and_refuses_nothing() {
        let all = Experiments {
            traces: recorded(Draft::DEFAULT),
            probes: crate::probe::all().collect(),
        };
        let parse = |text| Selection::parse(text).apply(all.clone(), Draft::DEFAULT);
        for text in ["fork-C-02", "8.2", "DTR-6.5.1-07", "S1", "edge"] {
            let some = parse(text).unwrap();
            assert!(
                !some.traces.is_empty() && some.count() < all.count(),
                "{text}"
            );
        }
        for text in ["probe", "probe-unknown-modes", "DTR-5.1-03", "C-40", "11.5"] {
            let some = parse(text).unwrap();
            assert!(some.traces.is_empty() && !some.probes.is_empty(), "{text}");
        }
        for text in ["8.9", "", ",", "edge,8.9"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        let with_comma = parse("fork-C-02,").unwrap();
        assert!(
            with_comma
                .traces
                .iter()
                .all(|t| t.id.starts_with("fork-C-02"))
        );
    }
}
