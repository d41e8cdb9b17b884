//! The pinned graph of one deferral.

use std::collections::HashMap;

use crate::deferral::{Callback, Deferral, Phase, Verifier, step};
use crate::draft::{Interaction, Rules};
use crate::event::{Answer, Caller, Decision, Event, Fate, Precondition, Steer, TokenRequest, Way};
use crate::terms::Terms;

/// What the generator has to know to say which events make sense next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Situation {
    /// The deferral as a server at the pins has it.
    pub deferral: Deferral,
    /// Whether the client holds the code. It may have been lost on its way.
    pub known: bool,
}

impl Situation {
    /// Before the token request.
    pub const START: Situation = Situation {
        deferral: Deferral::ABSENT,
        known: false,
    };

    /// What a server at the pins of its text answers by preference, and where that leads.
    pub fn after(self, event: Event, terms: &Terms) -> (Situation, Answer) {
        let outcome = step(self.deferral, event, terms, &terms.draft.pins())[0];
        let situation = self.followed_by(event, outcome.deferral, outcome.answer);
        (situation, outcome.answer)
    }

    /// Where `event` leads if the server answers so.
    pub(crate) fn followed_by(self, event: Event, deferral: Deferral, answer: Answer) -> Situation {
        let lost = matches!(event, Event::Request(r) if r.lost);
        let deferred = matches!(answer, Answer::Deferred { .. });
        Situation {
            deferral,
            known: self.known || (deferred && !lost),
        }
    }
}

/// The events worth trying in a situation, of those that the text knows.
pub fn events(s: Situation, terms: &Terms) -> Vec<Event> {
    let mut events = imaginable(s, terms);
    // What a transaction would be narrowed to is no scope, and nothing here says it.
    let unsaid = terms
        .draft
        .rules
        .challenged
        .then_some(Event::Decide(Decision::Narrow));
    events.retain(|event| terms.draft.knows(*event) && Some(*event) != unsaid);
    events
}

fn imaginable(s: Situation, terms: &Terms) -> Vec<Event> {
    let d = s.deferral;
    let mut events = requests(d, terms);
    if matches!(d.phase(), Phase::Absent | Phase::Synchronous) || !s.known {
        // Once a code that nobody saw is over, a reusable credential opens another one, and nobody sees that either.
        if d.exists() && terms.one_time {
            events.push(Event::Tick);
        }
        return events;
    }
    for lost in [false, true] {
        events.push(Event::Poll {
            by: Caller::Owner,
            lost,
        });
    }
    for (precondition, lapsed) in [
        (Precondition::Consent, d.consent_lapsed()),
        (Precondition::Client, d.client_lapsed()),
    ] {
        events.push(match lapsed {
            true => Event::Return(precondition),
            false => Event::Lapse(precondition),
        });
    }
    events.push(Event::Revoke { by: Caller::Owner });
    for by in strangers(d, terms) {
        events.push(Event::Poll { by, lost: false });
        events.push(Event::Revoke { by });
    }
    events.extend(mistaken(d, terms));
    events.extend(Decision::ALL.map(Event::Decide));
    if d.is_live() {
        events.push(Event::Widen);
    }
    if d.phase() == Phase::Redeemed {
        let renewals = [Way::Exchange, Way::Refresh].map(Event::Renew);
        events.extend(renewals.into_iter().chain([Event::Present]));
    }
    if terms.callback {
        let owed = d.callback() != Callback::None;
        events.push(Event::Callback(Fate::Delivered));
        events.extend(owed.then_some(Event::Callback(Fate::Lost)));
    }
    events.push(Event::Tick);
    events
}

/// Who else may send a request about the code. A wrong secret is worth trying
/// where there is something to gain or to spoil.
fn strangers(d: Deferral, terms: &Terms) -> impl Iterator<Item = Caller> {
    let worth_stealing = d.is_live() && !d.is_expired(terms) && !d.client_lapsed();
    let all = [
        (Caller::OtherKey, d.bound()),
        (Caller::OtherClient, true),
        (Caller::Impostor, !terms.public && worth_stealing),
    ];
    all.into_iter().filter(|(_, is)| *is).map(|(by, _)| by)
}

/// How the owner may poll a live code with the wrong verifier, or with none while
/// one is awaited.
fn mistaken(d: Deferral, terms: &Terms) -> impl Iterator<Item = Event> {
    let live = d.is_live() && !d.is_expired(terms);
    let all = [
        (Caller::NoVerifier, d.verifier() == Verifier::Awaited),
        (Caller::OtherVerifier, d.is_direct()),
    ];
    let callers = all.into_iter().filter(move |(_, is)| *is && live);
    callers.map(|(by, _)| Event::Poll { by, lost: false })
}

fn requests(d: Deferral, terms: &Terms) -> Vec<Event> {
    let plain = TokenRequest::PLAIN;
    if d.phase() != Phase::Absent {
        let again = TokenRequest {
            hinted: d.is_direct(),
            keyed: d.bound(),
            interactive: d.interactive(),
            ..plain
        };
        return vec![Event::Request(again)];
    }
    let mut requests = Vec::new();
    for &hinted in hints(terms) {
        for opted_in in [true, false] {
            for keyed in [true, false] {
                for sound in [true, false] {
                    for steer in [Steer::Defer, Steer::Complete, Steer::Refuse] {
                        requests.push(TokenRequest {
                            opted_in,
                            hinted,
                            keyed,
                            sound,
                            steer,
                            ..plain
                        });
                    }
                }
            }
        }
    }
    for &interactive in interactive(&terms.draft.rules) {
        for keyed in [true, false] {
            requests.push(TokenRequest {
                interactive,
                keyed,
                steer: Steer::Interact,
                ..plain
            });
        }
    }
    if terms.one_time || terms.draft.rules.idempotent {
        requests.push(TokenRequest {
            lost: true,
            ..plain
        });
    }
    requests.into_iter().map(Event::Request).collect()
}

/// Whether a request may have been hinted. Only a preceding endpoint can carry a
/// hint (Section 5.2).
pub(crate) fn hints(terms: &Terms) -> &'static [bool] {
    match terms.one_time {
        true => &[false, true],
        false => &[false],
    }
}

/// How a client can ask for interaction that a policy may need.
fn interactive(rules: &Rules) -> &'static [bool] {
    match rules.interaction {
        Interaction::Unknown => &[],
        Interaction::Anybody => &[false],
        Interaction::OptedIn => &[false, true],
    }
}

/// An edge: an event in a node, and the node it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// What happens.
    pub event: Event,
    /// The node's number.
    pub to: usize,
}

/// Every situation a server at the pins can be in, and every event there.
#[derive(Debug, Clone)]
pub struct Graph {
    /// Its setting.
    pub terms: Terms,
    /// The situations, nearest first.
    pub nodes: Vec<Situation>,
    /// What may happen in each.
    pub edges: Vec<Vec<Edge>>,
}

impl Graph {
    /// The graph under `terms`.
    pub fn of(terms: Terms) -> Graph {
        Graph::within(terms, &|_| true)
    }

    /// The part of it that `can` be brought about where it is run.
    pub fn within(terms: Terms, can: &dyn Fn(&Event) -> bool) -> Graph {
        let mut nodes = vec![Situation::START];
        let mut index = HashMap::from([(Situation::START, 0)]);
        let mut edges = Vec::new();
        while edges.len() < nodes.len() {
            let from: Situation = nodes[edges.len()];
            let possible = events(from, &terms).into_iter().filter(can);
            let out = possible.map(|event| {
                let (to, _) = from.after(event, &terms);
                let to = *index.entry(to).or_insert_with(|| {
                    nodes.push(to);
                    nodes.len() - 1
                });
                Edge { event, to }
            });
            let out = out.collect();
            edges.push(out);
        }
        Graph {
            terms,
            nodes,
            edges,
        }
    }

    /// How many edges it has.
    pub fn edge_count(&self) -> usize {
        self.edges.iter().map(Vec::len).sum()
    }

    /// How many pairs of adjacent edges it has.
    pub fn pair_count(&self) -> usize {
        let pairs = self.edges.iter().flatten().map(|e| self.edges[e.to].len());
        pairs.sum()
    }
}
