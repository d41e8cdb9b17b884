//! The places of a deferral's life and the steps between them, laid out by
//! hand: there are eleven, and a person looks at them. Which steps there can be
//! comes from the model at the pins, which were taken from the run.

use std::collections::{BTreeMap, BTreeSet};

use dtr_model::draft::Draft;
use dtr_model::generate;
use serde::Serialize;

use crate::engine::{Place, Visit};
use crate::report::document::VisitCount;

/// Half of a node's width and height.
const HALF: (f64, f64) = (66.0, 25.0);
/// How far a curve goes out of its way.
const BULGE: f64 = 62.0;
/// Arrows that begin or end at one side of a node keep this distance.
const SPREAD: f64 = 13.0;

/// The picture.
#[derive(Serialize)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
    /// Steps between places that a run can make at the pins, and made here.
    possible: usize,
    made: usize,
}

#[derive(Serialize)]
struct Node {
    x: f64,
    y: f64,
    name: String,
    visited: bool,
    /// Steps that ended here.
    times: u64,
    /// What happened here without leading away, for who points at it.
    says: String,
}

#[derive(Serialize)]
struct Arrow {
    path: String,
    /// Where its number stands.
    at: (f64, f64),
    times: u64,
    visited: bool,
    says: String,
}

/// The middle of a node.
fn middle(place: Place) -> (f64, f64) {
    match place {
        Place::Absent => (80.0, 205.0),
        Place::Synchronous => (80.0, 375.0),
        Place::Pending => (310.0, 115.0),
        Place::Interaction => (310.0, 295.0),
        Place::Denied => (610.0, 40.0),
        Place::Approved => (610.0, 152.0),
        Place::Expired => (610.0, 264.0),
        Place::Cancelled => (610.0, 375.0),
        Place::Redeemed => (850.0, 152.0),
        Place::ApprovedLate => (850.0, 264.0),
        Place::Disposed => (850.0, 375.0),
    }
}

impl Graph {
    pub(super) fn of(visits: &[VisitCount], draft: &'static Draft) -> Graph {
        let mut steps: BTreeMap<(Place, Place), Vec<&VisitCount>> = BTreeMap::new();
        let expected = expected(draft);
        for step in &expected {
            steps.entry((step.from, step.to)).or_default();
        }
        for visit in visits {
            steps.entry((visit.from, visit.to)).or_default().push(visit);
        }
        let apart = || steps.iter().filter(|((from, to), _)| from != to);
        let ends: Vec<(Place, Place)> = apart().map(|(ends, _)| *ends).collect();
        let possible: BTreeSet<_> = expected.iter().map(|s| (s.from, s.to)).collect();
        let possible = possible.into_iter().filter(|(from, to)| from != to);
        let possible: Vec<_> = possible.collect();
        let was_made = |ends: &&(Place, Place)| steps.get(*ends).is_some_and(|v| !v.is_empty());
        let nodes = Place::ALL.iter().filter(|place| {
            let shown = |(from, to): &(Place, Place)| from == *place || to == *place;
            ends.iter().any(shown)
        });
        Graph {
            nodes: nodes
                .map(|place| node(*place, visits, steps.get(&(*place, *place))))
                .collect(),
            arrows: apart()
                .map(|(step, visits)| arrow(*step, visits, &ends))
                .collect(),
            made: possible.iter().filter(was_made).count(),
            possible: possible.len(),
        }
    }
}

/// Every step that a server at the pins of its text can make.
fn expected(draft: &'static Draft) -> BTreeSet<Visit> {
    let mut steps = BTreeSet::new();
    for terms in generate::settings(draft) {
        let graph = generate::Graph::of(terms);
        for (situation, edges) in graph.nodes.iter().zip(&graph.edges) {
            for edge in edges {
                steps.insert(Visit {
                    from: Place::of(situation.deferral, &terms),
                    by: crate::engine::Deed::of(edge.event),
                    to: Place::of(graph.nodes[edge.to].deferral, &terms),
                });
            }
        }
    }
    steps
}

fn node(place: Place, visits: &[VisitCount], stays: Option<&Vec<&VisitCount>>) -> Node {
    let (x, y) = middle(place);
    let times = visits
        .iter()
        .filter(|v| v.to == place)
        .map(|v| v.times)
        .sum();
    let left = visits.iter().any(|v| v.from == place);
    Node {
        x,
        y,
        name: place.to_string(),
        visited: times > 0 || left,
        times,
        says: match stays {
            Some(stays) if !stays.is_empty() => format!("stays {place}: {}", deeds(stays)),
            _ => place.to_string(),
        },
    }
}

fn deeds(visits: &[&VisitCount]) -> String {
    let words = visits.iter().map(|v| format!("{} ×{}", v.by, v.times));
    words.collect::<Vec<_>>().join(", ")
}

fn arrow((from, to): (Place, Place), visits: &[&VisitCount], ends: &[(Place, Place)]) -> Arrow {
    let (path, at) = drawn(from, to, ends);
    let says = match visits.is_empty() {
        true => format!("{from} → {to}: not seen"),
        false => format!("{from} → {to}: {}", deeds(visits)),
    };
    Arrow {
        path,
        at,
        times: visits.iter().map(|v| v.times).sum(),
        visited: !visits.is_empty(),
        says,
    }
}

/// The curve of an arrow, and where its number stands.
fn drawn(from: Place, to: Place, ends: &[(Place, Place)]) -> (String, (f64, f64)) {
    let ((x0, y0), (x3, y3)) = (middle(from), middle(to));
    let curve = if x0 == x3 {
        let near = (y3 - y0).abs() < 200.0;
        let down = (y3 - y0).signum();
        // One there and one back stand side by side.
        let side = match ends.contains(&(to, from)) {
            true => 1.7 * SPREAD * down,
            false => 0.0,
        };
        match near {
            true => {
                let (x, y0, y3) = (x0 + side, y0 + down * HALF.1, y3 - down * HALF.1);
                [(x, y0), (x, y0), (x, y3), (x, y3)]
            }
            false => {
                // Beside the arrows that leave straight ahead.
                let (x, y0, y3) = (x0 + HALF.0, y0 + down * SPREAD, y3 - down * SPREAD);
                [(x, y0), (x + BULGE, y0), (x + BULGE, y3), (x, y3)]
            }
        }
    } else {
        let right = (x3 - x0).signum();
        // Those that come from above arrive above the others.
        let rivals = ends.iter().filter(|(a, b)| *b == to && middle(*a).0 != x3);
        let mut heights: Vec<f64> = rivals.map(|(a, _)| middle(*a).1).collect();
        heights.sort_by(f64::total_cmp);
        let rank = heights.iter().position(|y| *y == y0).unwrap_or(0) as f64;
        let y3 = y3 + SPREAD * (rank - (heights.len().max(1) - 1) as f64 / 2.0);
        let (x0, x3) = (x0 + right * HALF.0, x3 - right * HALF.0);
        let reach = (x3 - x0) * 0.5;
        [(x0, y0), (x0 + reach, y0), (x3 - reach, y3), (x3, y3)]
    };
    let [a, b, c, d] = curve;
    let path = format!(
        "M{} {} C{} {} {} {} {} {}",
        a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1
    );
    // Numbers stand near the end, where arrows are well apart.
    let t = if x0 == x3 { 0.5 } else { 0.74 };
    (path, (on(curve.map(|p| p.0), t), on(curve.map(|p| p.1), t)))
}

/// A coordinate on a Bézier curve.
fn on([a, b, c, d]: [f64; 4], t: f64) -> f64 {
    let s = 1.0 - t;
    s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Deed;

    #[test]
    fn what_was_not_seen_is_drawn_and_said_to_be_so() {
        let none = Graph::of(&[], Draft::DEFAULT);
        assert_eq!(none.made, 0);
        assert!(none.possible > 10, "{}", none.possible);
        assert!(none.nodes.iter().all(|n| !n.visited));
        let visit = VisitCount {
            from: Place::Approved,
            by: Deed::Poll,
            to: Place::Redeemed,
            times: 3,
        };
        let one = Graph::of(&[visit], Draft::DEFAULT);
        assert_eq!((one.made, one.possible), (1, none.possible));
        let seen: Vec<_> = one.arrows.iter().filter(|a| a.visited).collect();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].says, "approved → redeemed: poll ×3");
    }

    /// A server with readings of its own goes where the reference does not.
    #[test]
    fn a_step_off_the_pins_is_drawn_too() {
        let visit = VisitCount {
            from: Place::Expired,
            by: Deed::Decision,
            to: Place::ApprovedLate,
            times: 1,
        };
        let pinned = Graph::of(&[], Draft::DEFAULT);
        let other = Graph::of(&[visit], Draft::DEFAULT);
        assert_eq!(other.nodes.len(), pinned.nodes.len() + 1);
        assert_eq!((other.made, other.possible), (0, pinned.possible));
    }
}
