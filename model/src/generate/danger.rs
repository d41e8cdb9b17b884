//! The shortest trace to each property's danger zone: the first event, at the
//! pins, that puts the property to the test.

use std::collections::{HashSet, VecDeque};

use super::graph::{Situation, events};
use crate::event::Event;
use crate::property::{Properties, Property, Watch, judge};
use crate::terms::Terms;
use crate::trace::{Origin, Trace};

/// One trace for each property that a single deferral under `terms` can put to
/// the test.
pub fn dangers(terms: Terms) -> Vec<Trace> {
    let mut found = Properties::NONE;
    let mut traces = Vec::new();
    let mut seen = HashSet::from([(Situation::START, Watch::new())]);
    let mut queue = VecDeque::from([(Situation::START, Watch::new(), Vec::<Event>::new())]);
    while let Some((situation, watch, path)) = queue.pop_front() {
        for event in events(situation, &terms) {
            let (next, answer) = situation.after(event, &terms);
            let judged = judge(
                watch,
                situation.deferral,
                event,
                answer,
                next.deferral,
                &terms,
            );
            let mut longer = path.clone();
            longer.push(event);
            for property in judged.exercised.without(found).iter() {
                let origin = Origin::Danger(property.id().to_owned());
                traces.push(Trace::new(origin, terms, longer.clone()));
            }
            found = found.union(judged.exercised);
            if found == Properties::ALL {
                break;
            }
            if seen.insert((next, judged.watch)) {
                queue.push_back((next, judged.watch, longer));
            }
        }
    }
    traces.sort_by_key(|t| match &t.origin {
        Origin::Danger(id) => Property::named(id).map(|p| p as usize),
        _ => None,
    });
    traces
}
