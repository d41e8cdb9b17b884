//! What can happen at all under a text, and what it leaves open of that.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::{Callbacks, Draft, Opening};
use crate::deferral::step;
use crate::event::{Caller, Event, Steer, TokenRequest};
use crate::generate::{Situation, events, settings};
use crate::property::{Properties, Property};
use crate::question::{Entry, Place, Question};
use crate::terms::Terms;

impl Draft {
    /// Whether this text has something to say about `event`.
    pub fn knows(&self, event: Event) -> bool {
        let rules = &self.rules;
        match event {
            Event::Request(request) => self.knows_request(request),
            Event::Poll { by, .. } => self.knows_caller(by),
            Event::Revoke { by } => rules.cancellable && self.knows_caller(by),
            Event::Decide(decision) => decision.is_known_to(rules),
            Event::Lapse(_) | Event::Return(_) | Event::Widen => rules.rechecks,
            Event::Callback(_) => rules.callbacks != Callbacks::Nobody,
            Event::Renew(_) | Event::Present => rules.approvals_expire,
            Event::Tick | Event::ResponseLost => true,
        }
    }

    fn knows_request(&self, request: TokenRequest) -> bool {
        let rules = &self.rules;
        let asked = request.opted_in && !request.hinted;
        let keyed = request.keyed == rules.sender_constrained;
        let own = rules.opening == Opening::OwnEndpoint;
        let steered = match request.steer {
            Steer::Defer => true,
            Steer::Interact => !own,
            Steer::Complete => !own || rules.challenged,
            Steer::Refuse => rules.refuses_natively,
        };
        steered && (!own || (asked && keyed))
    }

    fn knows_caller(&self, by: Caller) -> bool {
        match by {
            Caller::OtherKey => self.rules.sender_constrained,
            Caller::NoVerifier | Caller::OtherVerifier => self.rules.opening == Opening::Either,
            Caller::Owner | Caller::OtherClient | Caller::Impostor => true,
        }
    }

    /// A sound request that is to be deferred, as plain as this text allows.
    pub fn plain_request(&self) -> TokenRequest {
        TokenRequest {
            keyed: self.rules.sender_constrained,
            ..TokenRequest::PLAIN
        }
    }

    /// The terms as they can be under this text.
    pub fn terms(&'static self, terms: Terms) -> Terms {
        let own = self.rules.opening == Opening::OwnEndpoint;
        Terms {
            draft: self,
            public: terms.public && self.rules.public_clients,
            one_time: terms.one_time && !own,
            callback: match self.rules.callbacks {
                Callbacks::Nobody => false,
                Callbacks::Registered => terms.callback,
                Callbacks::Everybody => true,
            },
            // So that a code may outlive its approval.
            approval: match self.rules.approvals_expire {
                true => (terms.lifetime - 1).min(Terms::MAX_APPROVAL),
                false => 0,
            },
            ..terms
        }
    }

    /// The texts whose waiting the youngest generalises, which have the same machine
    /// under names of their own.
    pub fn siblings() -> impl Iterator<Item = &'static Draft> {
        let own = Draft::ALL
            .iter()
            .filter(|draft| draft.own_endpoint.is_some());
        own.filter(|draft| !draft.is_profile())
    }

    /// The profiles of such texts, and of this one.
    pub fn profiles() -> impl Iterator<Item = &'static Draft> {
        Draft::ALL.iter().filter(|draft| draft.is_profile())
    }

    /// Whether it is laid over another text, with rules for what comes of an approval.
    pub fn is_profile(&self) -> bool {
        self.rules.approvals_expire
    }

    /// Whether there is something to decide about a request when it comes: at an endpoint
    /// of its own every request waits, unless policy may refuse it (AROP Section 7.1).
    pub fn decides_at_once(&self) -> bool {
        self.own_endpoint.is_none() || self.rules.refuses_natively
    }

    /// The properties about something that this text has.
    pub fn properties(&self) -> Properties {
        use Property::{L3, L5, L5Late, S2, S6, S9, S10, S13, S14, S15, S16};
        let rules = &self.rules;
        let about = [
            (rules.cancellable, &[S2, L3][..]),
            (rules.callbacks != Callbacks::Nobody, &[S9, S10, L5, L5Late]),
            // Whoever comes to an endpoint of its own has asked for it.
            (rules.opening != Opening::OwnEndpoint, &[S6]),
            (rules.approvals_expire, &[S13, S14]),
            (rules.idempotent, &[S15]),
            (rules.refuses_natively, &[S16]),
        ];
        let mut unknown = Properties::NONE;
        for (known, properties) in about {
            for property in properties {
                unknown.add(*property, !known);
            }
        }
        Properties::ALL.without(unknown)
    }

    /// Whether this text answers `question` itself.
    pub fn settles(&self, question: Question) -> bool {
        self.settles.iter().any(|(q, _)| *q == question)
    }

    /// Whether this text has more than one answer to a question of the
    /// catalogue: it neither settles it nor is silent about what it is about.
    pub fn leaves_open(&self, entry: &Entry) -> bool {
        let own = self.rules.opening == Opening::OwnEndpoint;
        match entry.place {
            Place::Relation(question) if self.settles(question) => false,
            Place::Relation(question) if own => self.asked().contains(&question),
            // Everything else in the catalogue is about the token endpoint's.
            Place::Probe | Place::Nowhere(_) if own => false,
            _ => self.has_interaction() || !entry.is_about_interaction(),
        }
    }

    /// The questions that the relation asks under this sibling, or the network
    /// about it.
    fn asked(&self) -> &'static BTreeSet<Question> {
        static ASKED: LazyLock<HashMap<&str, BTreeSet<Question>>> = LazyLock::new(|| {
            let all = Draft::ALL.iter();
            let siblings = all.filter(|draft| draft.rules.opening == Opening::OwnEndpoint);
            siblings.map(|draft| (draft.id, asked(draft))).collect()
        });
        &ASKED[self.id]
    }
}

/// Looks at everything that can follow under any reading for questions that it
/// depends on.
fn asked(draft: &'static Draft) -> BTreeSet<Question> {
    let open = draft.open();
    // What overlaps on its way to the server and back is no step of the relation.
    let mut asked = BTreeSet::from([Question::C14]);
    for terms in settings(draft) {
        let mut seen = BTreeSet::from([Situation::START]);
        let mut left = vec![Situation::START];
        while let Some(situation) = left.pop() {
            for event in events(situation, &terms) {
                for outcome in step(situation.deferral, event, &terms, &open) {
                    let is_pinned = |q: &&Question| {
                        let mut all = q.readings();
                        !all.all(|reading| outcome.readings.allows(**q, reading))
                    };
                    asked.extend(Question::ALL.iter().filter(is_pinned));
                    let next = situation.followed_by(event, outcome.deferral, outcome.answer);
                    if seen.insert(next) {
                        left.push(next);
                    }
                }
            }
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No question of the catalogue is lost, and a sibling has none about what it lacks.
    #[test]
    fn texts_leave_open_what_they_speak_of() {
        let open = |draft: &Draft| -> Vec<Question> {
            let all = Question::ALL.iter().copied();
            all.filter(|q| draft.leaves_open(q.entry())).collect()
        };
        assert_eq!(open(Draft::DEFAULT), Question::ALL);
        assert!(!open(&Draft::GERBER_00).contains(&Question::C28));
        for sibling in [&Draft::RFC_8628, &Draft::CIBA_POLL, &Draft::CIBA_PING] {
            let open = open(sibling);
            assert!(open.contains(&Question::C02), "{sibling:?}: {open:?}");
            for absent in [Question::C20, Question::C36, Question::C52, Question::C68] {
                assert!(!open.contains(&absent), "{sibling:?}: {absent}");
            }
        }
        assert!(open(&Draft::CIBA_PING).contains(&Question::C65));
        assert!(!open(&Draft::CIBA_POLL).contains(&Question::C65));
    }
}
