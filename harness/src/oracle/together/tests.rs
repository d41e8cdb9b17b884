//! The window against every permutation, and against what everybody knows.

use dtr_model::event::{Code, Decision, Scope, TokenRequest};
use dtr_model::generate::{self, Situation};
use dtr_model::question::Readings;
use dtr_model::terms::Terms;
use proptest::prelude::*;

use super::*;

const APPROVE: Event = Event::Decide(Decision::Approve);
const TOKEN: Answer = token(false);
const DEFERRED: Answer = Answer::Deferred {
    interaction: false,
    code: Code::New,
};

const fn token(again: bool) -> Answer {
    let scope = Scope::Whole;
    Answer::Token { scope, again }
}

fn approved(accepted: Readings) -> Oracle {
    let mut oracle = Oracle::new(Terms::CREDENTIALS, accepted);
    let request = Event::Request(TokenRequest::PLAIN);
    assert_eq!(oracle.observe(request, DEFERRED), Ruling::Allowed);
    assert_eq!(oracle.observe(APPROVE, Answer::Silence), Ruling::Allowed);
    oracle
}

/// At the same time as far as anybody can tell.
fn at_once(pairs: &[(Event, Answer)]) -> Vec<Simultaneous> {
    let one = |(event, answer): &(Event, Answer)| Simultaneous {
        event: *event,
        answer: *answer,
        sent: 0,
        received: 1,
    };
    pairs.iter().map(one).collect()
}

#[test]
fn one_of_eight_polls_gets_the_token_and_which_is_all_the_same() {
    for winner in 0..8 {
        let mut pairs = [(Event::POLL, Answer::InvalidGrant); 8];
        pairs[winner].1 = TOKEN;
        let joint = approved(Readings::pins()).observe_together(&at_once(&pairs));
        assert_eq!(joint.ruling, Ruling::Allowed);
        assert!(joint.explained_by.iter().all(|states| !states.is_empty()));
    }
}

#[test]
fn two_tokens_for_one_code_are_one_too_many() {
    for accepted in [Readings::pins(), Readings::lawful()] {
        let pairs = [(Event::POLL, TOKEN), (Event::POLL, TOKEN)];
        let joint = approved(accepted).observe_together(&at_once(&pairs));
        assert_ne!(joint.ruling, Ruling::Allowed);
        assert!(joint.outcomes.contains(&vec![TOKEN, Answer::InvalidGrant]));
        assert!(!joint.outcomes.contains(&vec![TOKEN, TOKEN]));
    }
}

/// As in sequence: what a reading that is not accepted explains is blamed once, what nothing explains always.
#[test]
fn a_reading_is_blamed_for_one_window_and_not_for_the_next() {
    let mut oracle = approved(Readings::pins());
    let tokens = at_once(&[(Event::POLL, TOKEN), (Event::POLL, TOKEN)]);
    let first = oracle.observe_together(&tokens).ruling;
    assert!(matches!(first, Ruling::Unaccepted { .. }), "{first:?}");
    assert_eq!(oracle.observe_together(&tokens).ruling, Ruling::Allowed);
    let denials = at_once(&[(Event::POLL, Answer::AccessDenied), (Event::POLL, TOKEN)]);
    let third = oracle.observe_together(&denials).ruling;
    assert!(matches!(third, Ruling::Forbidden { .. }), "{third:?}");
}

#[test]
fn no_token_for_anybody_is_one_too_few() {
    let pairs = [
        (Event::POLL, Answer::InvalidGrant),
        (Event::POLL, Answer::InvalidGrant),
    ];
    let joint = approved(Readings::pins()).observe_together(&at_once(&pairs));
    let expected = Outcomes::from([vec![TOKEN, Answer::InvalidGrant]]);
    assert_eq!(joint.outcomes, expected);
    assert_ne!(joint.ruling, Ruling::Allowed);
    assert!(!joint.out_of_order);
}

#[test]
fn what_came_before_a_request_was_sent_took_effect_before_it() {
    let pairs = [(Event::POLL, TOKEN), (Event::POLL, Answer::InvalidGrant)];
    let mut events = at_once(&pairs);
    // The refused poll was over before the one that got the token began.
    (events[1].sent, events[1].received) = (0, 1);
    (events[0].sent, events[0].received) = (2, 3);
    let joint = approved(Readings::pins()).observe_together(&events);
    assert_ne!(joint.ruling, Ruling::Allowed);
    assert!(joint.out_of_order);
    // Had they overlapped, it would have been in order.
    events[0].sent = 1;
    let joint = approved(Readings::pins()).observe_together(&events);
    assert_eq!(joint.ruling, Ruling::Allowed);
}

#[test]
fn what_a_window_left_open_is_settled_by_what_comes_later() {
    let race = [(Event::POLL, TOKEN), (Event::REVOKE, Answer::Revoked)];
    let mut oracle = approved(Readings::pins());
    assert_eq!(
        oracle.observe_together(&at_once(&race)).ruling,
        Ruling::Allowed
    );
    // The poll got its token, so it came first and nothing was left to cancel.
    let mut other = oracle.clone();
    assert_eq!(
        other.observe(Event::POLL, Answer::InvalidGrant),
        Ruling::Allowed
    );
    assert_ne!(
        oracle.observe(Event::POLL, Answer::AccessDenied),
        Ruling::Allowed
    );
}

/// Of events alike, which come in whatever order, one order is enough to try. Which pairs that concerns, and that no
/// other pair is put in order, is told here: a wrong one would show in few windows.
#[test]
fn events_alike_are_tried_in_one_order() {
    let polls = |times: [(u64, u64); 2]| {
        let mut events = at_once(&[(Event::POLL, TOKEN); 2]);
        for (event, (sent, received)) in events.iter_mut().zip(times) {
            (event.sent, event.received) = (sent, received);
        }
        predecessors(&events)
    };
    assert_eq!(polls([(0, 1), (0, 1)]), [0b00, 0b01], "the same times");
    assert_eq!(polls([(1, 6), (5, 9)]), [0b00, 0b01], "the first no later");
    assert_eq!(polls([(5, 9), (1, 6)]), [0b10, 0b00], "the second no later");
    assert_eq!(
        polls([(0, 9), (2, 5)]),
        [0b00, 0b00],
        "one within the other"
    );
    assert_eq!(polls([(2, 5), (0, 9)]), [0b00, 0b00], "the other way round");
}

#[test]
fn answers_to_events_alike_are_sorted_and_to_others_stay() {
    let events = [Event::POLL, Event::REVOKE, Event::POLL];
    let pending = Answer::AuthorizationPending;
    assert!(TOKEN < pending && TOKEN < Answer::Revoked);
    let before = [Some(pending), Some(Answer::Revoked), None];
    let after = with_answer(&events, &before, 2, TOKEN);
    assert_eq!(after, [Some(TOKEN), Some(Answer::Revoked), Some(pending)]);
    let before = [None, Some(Answer::Revoked), Some(pending)];
    let after = with_answer(&events, &before, 0, TOKEN);
    assert_eq!(after, [Some(TOKEN), Some(Answer::Revoked), Some(pending)]);
}

#[test]
fn a_wide_window_under_open_readings_stays_cheap() {
    let mut pairs = vec![(Event::POLL, Answer::InvalidGrant); 8];
    pairs[3].1 = Answer::SlowDown;
    pairs[5].1 = TOKEN;
    pairs[6].1 = TOKEN;
    let mut events = at_once(&pairs);
    for (at, event) in events.iter_mut().enumerate() {
        event.sent = at as u64;
        event.received = 100 - at as u64;
    }
    let began = std::time::Instant::now();
    for _ in 0..20 {
        let joint = approved(Readings::lawful()).observe_together(&events);
        assert_ne!(joint.ruling, Ruling::Allowed);
    }
    let each = began.elapsed() / 20;
    assert!(each.as_millis() < 100, "{each:?} each");
}

/// Brute force: some permutation that respects the times is in the relation.
fn some_order(oracle: &Oracle, events: &[Simultaneous]) -> bool {
    fn search(oracle: &Oracle, left: &[Simultaneous]) -> bool {
        if left.is_empty() {
            return true;
        }
        (0..left.len()).any(|at| {
            let mut rest = left.to_vec();
            let one = rest.remove(at);
            let in_time = rest.iter().all(|other| other.received >= one.sent);
            let mut next = oracle.clone();
            in_time
                && next.observe(one.event, one.answer) == Ruling::Allowed
                && search(&next, &rest)
        })
    }
    search(oracle, events)
}

/// A server at the pins brought somewhere by `walk`, and an oracle that saw it.
fn walked(terms: Terms, accepted: Readings, walk: &[prop::sample::Index]) -> (Situation, Oracle) {
    let (mut situation, mut oracle) = (Situation::START, Oracle::new(terms, accepted));
    for index in walk {
        let event = *index.get(&generate::events(situation, &terms));
        let (next, answer) = situation.after(event, &terms);
        assert_eq!(oracle.observe(event, answer), Ruling::Allowed, "{event}");
        situation = next;
    }
    (situation, oracle)
}

type Times = Vec<(u64, u64)>;

/// Up to five events, each with a time to be sent and one to be answered.
fn history() -> impl Strategy<
    Value = (
        Vec<prop::sample::Index>,
        Vec<prop::sample::Index>,
        Times,
        bool,
    ),
> {
    let walk = prop::collection::vec(any::<prop::sample::Index>(), 1..6);
    let events = prop::collection::vec(any::<prop::sample::Index>(), 1..6);
    let times = prop::collection::vec((0..12_u64, 0..8_u64), 5);
    (walk, events, times, any::<bool>())
}

fn terms(public: bool) -> Terms {
    if public {
        Terms::CODE
    } else {
        Terms::CREDENTIALS
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Answers of one order, sent in another: whether they are accepted is what
    /// trying every permutation says.
    #[test]
    fn agrees_with_every_permutation((walk, events, times, public) in history()) {
        let terms = terms(public);
        let (mut situation, oracle) = walked(terms, Readings::pins(), &walk);
        let mut simultaneous = Vec::new();
        for (index, (sent, lasts)) in events.iter().zip(&times) {
            let event = *index.get(&generate::events(situation, &terms));
            let (next, answer) = situation.after(event, &terms);
            situation = next;
            let (sent, received) = (*sent, sent + lasts);
            simultaneous.push(Simultaneous { event, answer, sent, received });
        }
        let joint = oracle.clone().observe_together(&simultaneous);
        prop_assert_eq!(joint.ruling == Ruling::Allowed, some_order(&oracle, &simultaneous));
    }

    /// A sequential run stays in order when its events are said to overlap.
    #[test]
    fn accepts_every_sequential_run_interleaved((walk, events, times, public) in history()) {
        let terms = terms(public);
        for accepted in [Readings::pins(), Readings::lawful()] {
            let (mut situation, mut oracle) = walked(terms, accepted, &walk);
            let mut simultaneous = Vec::new();
            for (at, (index, (early, late))) in events.iter().zip(&times).enumerate() {
                let event = *index.get(&generate::events(situation, &terms));
                let (next, answer) = situation.after(event, &terms);
                situation = next;
                // Each takes effect at a moment between being sent and received.
                let moment = 100 + 10 * at as u64;
                let (sent, received) = (moment - early, moment + late);
                simultaneous.push(Simultaneous { event, answer, sent, received });
            }
            simultaneous.sort_by_key(|s| (s.received, s.sent));
            prop_assert_eq!(oracle.observe_together(&simultaneous).ruling, Ruling::Allowed);
        }
    }
}

/// Without controls an approval may happen between two of the events.
#[test]
fn what_nobody_sees_may_happen_within_a_window() {
    let pending = |unseen| {
        let mut oracle = Oracle::new(Terms::CREDENTIALS, Readings::pins()).unseen(unseen);
        let request = Event::Request(TokenRequest::PLAIN);
        assert_eq!(oracle.observe(request, DEFERRED), Ruling::Allowed);
        oracle
    };
    let pairs = [
        (Event::POLL, Answer::AuthorizationPending),
        (Event::POLL, TOKEN),
    ];
    let joint = pending(true).observe_together(&at_once(&pairs));
    assert_eq!(joint.ruling, Ruling::Allowed);
    let joint = pending(false).observe_together(&at_once(&pairs));
    assert_ne!(joint.ruling, Ruling::Allowed);
}
