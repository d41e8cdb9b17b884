//! The generated traces do what they were generated for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Graph, SETTINGS, Situation, dangers, edges, experiment, forks, pairs, settings};
use crate::draft::Draft;
use crate::event::Event;
use crate::property::{Properties, Property, Watch, judge};
use crate::question::{Question, Readings};
use crate::terms::Terms;
use crate::trace::{Origin, Trace};

/// Long enough for every setting, short enough to read.
const LENGTH: usize = 16;

/// The nodes a trace passes, and the arcs it takes from them.
fn arcs(graph: &Graph, trace: &Trace) -> Vec<(usize, usize)> {
    let mut at = 0;
    let taken = trace.events.iter().map(|event| {
        let arc = graph.edges[at].iter().position(|e| e.event == *event);
        let arc = arc.unwrap_or_else(|| panic!("{}: no edge {event}", trace.id));
        let from = at;
        at = graph.edges[from][arc].to;
        (from, arc)
    });
    taken.collect()
}

/// All but the many that cover pairs.
fn traces(terms: Terms) -> Vec<Trace> {
    let mut traces = edges(&Graph::of(terms), LENGTH).traces;
    traces.extend(dangers(terms));
    traces.extend(forks(terms).into_iter().map(|(_, _, trace)| trace));
    traces
}

/// Fails if two different traces go by one id.
fn assert_distinct(traces: Vec<Trace>) {
    let mut seen = BTreeMap::<String, Vec<Event>>::new();
    for trace in traces {
        let other = seen.insert(trace.id.clone(), trace.events);
        assert_eq!(other, None, "{} names two traces", trace.id);
    }
}

#[test]
fn every_edge_is_covered() {
    for terms in SETTINGS {
        let graph = Graph::of(*terms);
        let cover = edges(&graph, LENGTH);
        let taken: HashSet<_> = cover.traces.iter().flat_map(|t| arcs(&graph, t)).collect();
        assert_eq!(taken.len(), graph.edge_count());
        assert_eq!(cover.covered, graph.edge_count());
    }
}

#[test]
fn every_pair_of_adjacent_edges_is_covered() {
    let mut traces = Vec::new();
    for terms in SETTINGS {
        let graph = Graph::of(*terms);
        let cover = pairs(&graph, LENGTH);
        let mut taken = HashSet::new();
        let mut first = HashSet::new();
        for trace in &cover.traces {
            let arcs = arcs(&graph, trace);
            first.insert(arcs[0]);
            taken.extend(arcs.windows(2).map(|pair| (pair[0], pair[1])));
        }
        assert_eq!(taken.len(), graph.pair_count());
        // And every edge out of the start, which has none before it.
        assert_eq!(cover.covered, graph.pair_count() + first.len());
        assert_eq!(first.len(), graph.edges[0].len());
        traces.extend(cover.traces);
    }
    assert_distinct(traces);
}

#[test]
fn a_danger_trace_ends_where_its_property_is_first_tested() {
    let mut found = BTreeSet::new();
    let profiled = settings(&Draft::AROP_DTR);
    for terms in SETTINGS.iter().chain(&profiled) {
        for trace in dangers(*terms) {
            let Origin::Danger(id) = &trace.origin else {
                panic!("{}: not a danger trace", trace.id);
            };
            let property = Property::named(id).expect("a property's id");
            let (mut at, mut watch, mut tested) =
                (Situation::START, Watch::new(), Properties::NONE);
            for event in &trace.events {
                assert!(
                    !tested.contains(property),
                    "{}: it is not the shortest",
                    trace.id
                );
                let (next, answer) = at.after(*event, terms);
                let judged = judge(watch, at.deferral, *event, answer, next.deferral, terms);
                (at, watch, tested) = (next, judged.watch, judged.exercised);
            }
            assert!(tested.contains(property), "{}: it is not tested", trace.id);
            found.insert(property);
        }
    }
    assert_eq!(found.len(), Property::ALL.len(), "{found:?}");
}

#[test]
fn every_other_reading_is_told_from_the_pin_by_some_trace() {
    // Two are about requests in flight at once, one about a wait longer than
    // these settings have, one about a lock-out that the pins do not make a
    // cancellation.
    let untold = ["C-14=B", "C-20=C", "C-59=C", "C-72=B"];
    let told = SETTINGS.iter().flat_map(|t| forks(*t));
    let told: HashSet<_> = told.map(|(q, r, _)| (q, r)).collect();
    let others = Question::ALL.iter().flat_map(|q| {
        let others = q.readings().filter(|r| *r != q.pin());
        others.map(|r| (*q, r))
    });
    let missing = others.filter(|other| !told.contains(other));
    let missing: Vec<_> = missing.map(|(q, r)| format!("{q}={r}")).collect();
    assert_eq!(missing, untold);
}

#[test]
fn a_restarted_wait_and_a_silent_lock_out_are_told_where_they_matter() {
    let pins = Readings::pins();
    let restarting = pins.choose("C-20=C").unwrap();
    assert!(experiment(Terms::PACED, &pins, &restarting).is_some());

    let cancelling = pins.choose("C-24=B").unwrap();
    let silent = cancelling.choose("C-59=C").unwrap();
    assert!(experiment(Terms::CREDENTIALS, &cancelling, &silent).is_some());
}

#[test]
fn an_experiment_is_the_same_seen_from_the_other_side() {
    let pins = Readings::pins();
    let other = pins.choose("C-02=A").unwrap();
    let one = experiment(Terms::CREDENTIALS, &pins, &other).unwrap();
    let two = experiment(Terms::CREDENTIALS, &other, &pins).unwrap();
    assert!(one.is_decisive());
    assert_eq!(one.events, two.events);
    assert_eq!((one.first, one.second), (two.second, two.first));
    assert_eq!(experiment(Terms::CREDENTIALS, &pins, &pins), None);
}

#[test]
fn ids_name_one_trace_each_and_never_change_between_runs() {
    let all: Vec<Trace> = SETTINGS.iter().flat_map(|t| traces(*t)).collect();
    let again: Vec<Trace> = SETTINGS.iter().flat_map(|t| traces(*t)).collect();
    assert_eq!(all, again);
    assert_distinct(all);
}
