//! Traces that cover a graph: every edge, or every pair of adjacent edges.
//!
//! Greedy: from the start go to the nearest thing not yet covered, take it, and
//! go on while something new is near. Time only moves forward, so no single
//! trace covers all; a bound on the length keeps each readable.

use std::collections::VecDeque;

use super::graph::Graph;
use crate::event::Event;
use crate::trace::{Origin, Trace};

/// How far a trace looks for something new before it ends.
const NEAR: usize = 4;

/// Traces, and what they cover.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The traces.
    pub traces: Vec<Trace>,
    /// How many edges or pairs they cover: all of them.
    pub covered: usize,
}

/// Traces of at most about `length` events that cover every edge.
pub fn edges(graph: &Graph, length: usize) -> Cover {
    cover(graph, &EdgeWise, length, Origin::Edge)
}

/// Traces of at most about `length` events that cover every pair of adjacent edges.
pub fn pairs(graph: &Graph, length: usize) -> Cover {
    let line = Line::of(graph);
    cover(graph, &line, length, Origin::Pair)
}

/// A graph whose arcs are to be covered: nodes are numbers, and arc `a` of
/// node `n` happens through an event.
trait Arcs {
    fn start(&self) -> usize;
    fn nodes(&self, graph: &Graph) -> usize;
    fn out(&self, graph: &Graph, node: usize) -> usize;
    fn to(&self, graph: &Graph, node: usize, arc: usize) -> usize;
    fn event(&self, graph: &Graph, node: usize, arc: usize) -> Event;
}

/// The graph itself: its arcs are the edges.
struct EdgeWise;

impl Arcs for EdgeWise {
    fn start(&self) -> usize {
        0
    }
    fn nodes(&self, graph: &Graph) -> usize {
        graph.nodes.len()
    }
    fn out(&self, graph: &Graph, node: usize) -> usize {
        graph.edges[node].len()
    }
    fn to(&self, graph: &Graph, node: usize, arc: usize) -> usize {
        graph.edges[node][arc].to
    }
    fn event(&self, graph: &Graph, node: usize, arc: usize) -> Event {
        graph.edges[node][arc].event
    }
}

/// The line graph: a node is "an edge was just taken", so an arc is a pair of
/// adjacent edges. Node 0 is the start, where no edge was taken yet.
struct Line {
    /// The first edge number of each node of the graph, from 1.
    first: Vec<usize>,
    /// Where each edge leads, by number.
    heads: Vec<usize>,
}

impl Line {
    fn of(graph: &Graph) -> Line {
        let mut first = Vec::with_capacity(graph.nodes.len());
        let mut heads = vec![0];
        for out in &graph.edges {
            first.push(heads.len());
            heads.extend(out.iter().map(|e| e.to));
        }
        Line { first, heads }
    }
}

impl Arcs for Line {
    fn start(&self) -> usize {
        0
    }
    fn nodes(&self, _: &Graph) -> usize {
        self.heads.len()
    }
    fn out(&self, graph: &Graph, node: usize) -> usize {
        graph.edges[self.heads[node]].len()
    }
    fn to(&self, _: &Graph, node: usize, arc: usize) -> usize {
        self.first[self.heads[node]] + arc
    }
    fn event(&self, graph: &Graph, node: usize, arc: usize) -> Event {
        graph.edges[self.heads[node]][arc].event
    }
}

fn cover(graph: &Graph, arcs: &impl Arcs, length: usize, origin: Origin) -> Cover {
    let nodes = arcs.nodes(graph);
    let mut open: Vec<Vec<bool>> = (0..nodes).map(|n| vec![true; arcs.out(graph, n)]).collect();
    let mut left: usize = open.iter().map(Vec::len).sum();
    let covered = left;
    let mut search = Search::new(nodes);
    let mut traces = Vec::new();
    while left > 0 {
        let (mut at, mut events) = (arcs.start(), Vec::new());
        loop {
            let reach = if events.is_empty() { usize::MAX } else { NEAR };
            let Some(path) = search.nearest(graph, arcs, &open, at, reach) else {
                break;
            };
            if !events.is_empty() && events.len() + path.len() > length {
                break;
            }
            for arc in path {
                events.push(arcs.event(graph, at, arc));
                left -= usize::from(std::mem::take(&mut open[at][arc]));
                at = arcs.to(graph, at, arc);
            }
        }
        assert!(!events.is_empty(), "every node is reachable from the start");
        traces.push(Trace::new(origin.clone(), graph.terms, events));
    }
    Cover { traces, covered }
}

/// A breadth-first search that is run many times over the same nodes.
struct Search {
    seen: Vec<u32>,
    from: Vec<(usize, usize)>,
    round: u32,
    queue: VecDeque<(usize, usize)>,
}

impl Search {
    fn new(nodes: usize) -> Search {
        Search {
            seen: vec![0; nodes],
            from: vec![(0, 0); nodes],
            round: 0,
            queue: VecDeque::new(),
        }
    }

    /// The arcs from `start` up to and including the nearest open one, if there
    /// is one within `reach` arcs.
    fn nearest(
        &mut self,
        graph: &Graph,
        arcs: &impl Arcs,
        open: &[Vec<bool>],
        start: usize,
        reach: usize,
    ) -> Option<Vec<usize>> {
        self.round += 1;
        self.seen[start] = self.round;
        self.queue.clear();
        self.queue.push_back((start, 1));
        while let Some((node, depth)) = self.queue.pop_front() {
            if let Some(arc) = open[node].iter().position(|open| *open) {
                return Some(self.path(start, node, arc));
            }
            if depth >= reach {
                continue;
            }
            for arc in 0..open[node].len() {
                let to = arcs.to(graph, node, arc);
                if self.seen[to] != self.round {
                    self.seen[to] = self.round;
                    self.from[to] = (node, arc);
                    self.queue.push_back((to, depth + 1));
                }
            }
        }
        None
    }

    fn path(&self, start: usize, mut node: usize, last: usize) -> Vec<usize> {
        let mut path = vec![last];
        while node != start {
            let (before, arc) = self.from[node];
            path.push(arc);
            node = before;
        }
        path.reverse();
        path
    }
}
