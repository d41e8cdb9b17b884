//! For each question an experiment, and what each reading answers at its end.

use std::collections::BTreeSet;

use crate::deferral::{Deferral, step};
use crate::event::{
    Answer, Caller, Code, Decision, Event, Fate, Precondition, Scope, Steer, TokenRequest,
};
use crate::question::{Question, Reading, Readings};
use crate::terms::Terms;

/// A question, an experiment, and the answers allowed at its end by reading.
struct Row {
    question: Question,
    /// Other questions that have to be read otherwise than their pins.
    given: &'static str,
    terms: Terms,
    events: Vec<Event>,
    expected: Vec<Vec<Answer>>,
}

/// Follows the preferred outcome, or at a `(poll, answer)` pair the one with
/// that answer, and returns what may be answered to the last event.
fn answers(row: &Row, reading: Reading) -> BTreeSet<Answer> {
    let mut readings = Readings::pins().with(row.question, reading);
    if !row.given.is_empty() {
        readings = readings.choose(row.given).unwrap();
    }
    let (last, before) = row.events.split_last().expect("an experiment has events");
    let mut deferral = Deferral::ABSENT;
    for event in before {
        let outcomes = step(deferral, *event, &row.terms, &readings);
        // A lock-out is never what a server prefers; where one is possible
        // the experiment is about it.
        let locked = |a: Answer| a == Answer::InvalidRequest;
        let chosen = outcomes.iter().find(|o| locked(o.answer));
        deferral = chosen.unwrap_or(&outcomes[0]).deferral;
    }
    let outcomes = step(deferral, *last, &row.terms, &readings);
    outcomes.into_iter().map(|o| o.answer).collect()
}

#[test]
fn each_reading_answers_as_the_catalogue_says() {
    for row in table() {
        let readings: Vec<Reading> = row.question.readings().collect();
        assert_eq!(readings.len(), row.expected.len(), "{}", row.question);
        for (reading, expected) in readings.into_iter().zip(&row.expected) {
            let expected: BTreeSet<Answer> = expected.iter().copied().collect();
            let found = answers(&row, reading);
            assert_eq!(found, expected, "{}={reading}", row.question);
        }
    }
}

#[test]
fn every_question_has_a_row_in_which_its_readings_differ() {
    // Two readings are about what happens between a poll's arrival and its
    // answer; the world has them, a single step does not.
    let worldly = [Question::C14, Question::C72];
    for question in Question::ALL.iter().filter(|q| !worldly.contains(q)) {
        let rows: Vec<Row> = table()
            .into_iter()
            .filter(|r| r.question == *question)
            .collect();
        for (i, a) in question.readings().enumerate() {
            for b in question.readings().skip(i + 1) {
                let differ = rows.iter().any(|r| answers(r, a) != answers(r, b));
                assert!(differ, "no row tells {question}={a} from {question}={b}");
            }
        }
    }
}

const ASK: Event = Event::Request(TokenRequest::PLAIN);
const POLL: Event = poll_by(Caller::Owner);
const REVOKE: Event = revoke_by(Caller::Owner);
const APPROVE: Event = Event::Decide(Decision::Approve);
const DENY: Event = Event::Decide(Decision::Deny);
const TICK: Event = Event::Tick;
const RING: Event = Event::Callback(Fate::Delivered);
const LOST: Event = Event::ResponseLost;

const fn poll_by(by: Caller) -> Event {
    Event::Poll { by, lost: false }
}

const fn revoke_by(by: Caller) -> Event {
    Event::Revoke { by }
}

const TOKEN: Answer = token(Scope::Whole, false);
const AGAIN: Answer = token(Scope::Whole, true);
const DEFERRED: Answer = deferred(false, Code::New);
const INTERACT: Answer = deferred(true, Code::New);
const CALLED: Answer = Answer::Called { bearer: true };

const fn token(scope: Scope, again: bool) -> Answer {
    Answer::Token { scope, again }
}

const fn deferred(interaction: bool, code: Code) -> Answer {
    Answer::Deferred { interaction, code }
}

fn row(
    question: Question,
    events: impl IntoIterator<Item = Event>,
    expected: impl IntoIterator<Item = Vec<Answer>>,
) -> Row {
    Row {
        question,
        given: "",
        terms: Terms::CREDENTIALS,
        events: events.into_iter().collect(),
        expected: expected.into_iter().collect(),
    }
}

impl Row {
    fn given(self, given: &'static str) -> Row {
        Row { given, ..self }
    }

    fn under(self, terms: Terms) -> Row {
        Row { terms, ..self }
    }
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    use Answer::*;
    use Caller::{OtherClient, OtherKey};
    use Question::*;
    let lapse = Event::Lapse(Precondition::Consent);
    let back = Event::Return(Precondition::Consent);
    let disabled = Event::Lapse(Precondition::Client);
    let request = |change: fn(&mut TokenRequest)| {
        let mut request = TokenRequest::PLAIN;
        change(&mut request);
        Event::Request(request)
    };
    let slow = Terms { interval: 2, lifetime: 6, ..Terms::CREDENTIALS };
    vec![
        row(C01, [ASK, APPROVE, POLL, POLL], [vec![TOKEN], vec![InvalidGrant], vec![AGAIN]]),
        row(C02, [ASK, APPROVE, TICK, TICK, TICK, POLL], [vec![TOKEN], vec![ExpiredToken], vec![InvalidGrant]]),
        row(C03, [ASK, TICK, TICK, TICK, APPROVE, POLL], [vec![TOKEN], vec![ExpiredToken]]),
        row(C04, [ASK, DENY, TICK, TICK, TICK, POLL], [vec![AccessDenied], vec![ExpiredToken], vec![InvalidGrant]]),
        row(C05, [ASK, REVOKE, POLL], [vec![AccessDenied], vec![AccessDenied, InvalidGrant]]),
        row(C06, [ASK, REVOKE, TICK, TICK, TICK, POLL], [vec![AccessDenied], vec![ExpiredToken], vec![InvalidGrant]]),
        row(C07, [ASK, APPROVE, POLL, TICK, TICK, TICK, POLL], [vec![InvalidGrant], vec![ExpiredToken]]),
        row(C08, [ASK, DENY, POLL], [vec![AccessDenied], vec![InvalidGrant], vec![AccessDenied]]),
        row(C08, [ASK, DENY, POLL, POLL], [vec![InvalidGrant], vec![InvalidGrant], vec![AccessDenied]]),
        row(C10, [ASK, POLL, APPROVE, POLL], [vec![SlowDown, TOKEN], vec![TOKEN], vec![SlowDown, TOKEN]]),
        row(C10, [ASK, POLL, poll_by(OtherClient)], [vec![InvalidGrant], vec![InvalidGrant], vec![SlowDown, InvalidGrant]]),
        row(C02, [ASK, APPROVE, TICK, TICK, TICK, poll_by(OtherKey)], [
            vec![InvalidDpopProof], vec![InvalidDpopProof], vec![InvalidGrant],
        ]),
        row(C11, [ASK, poll_by(OtherClient)], [vec![InvalidDpopProof], vec![InvalidGrant], vec![InvalidGrant]]),
        row(C11, [ASK, DENY, poll_by(OtherKey)], [vec![InvalidDpopProof], vec![InvalidDpopProof], vec![AccessDenied]]),
        row(C13, [ASK, APPROVE, POLL, LOST, POLL], [vec![InvalidGrant], vec![AGAIN], vec![TOKEN]]),
        row(C15, [ASK, APPROVE, lapse, POLL, back, POLL], [vec![AccessDenied], vec![TOKEN]]),
        row(C16, [ASK, disabled, POLL], [vec![InvalidClient], vec![AuthorizationPending], vec![UnauthorizedClient]]),
        row(C16, [ASK, APPROVE, disabled, POLL], [vec![InvalidClient], vec![AccessDenied], vec![UnauthorizedClient]]),
        row(C20, [ASK, POLL, TICK, POLL, TICK, POLL], [
            vec![AuthorizationPending],
            vec![SlowDown, AuthorizationPending, InvalidRequest],
            vec![SlowDown, AuthorizationPending, InvalidRequest],
        ]).under(slow),
        row(C20, [ASK, POLL, TICK, POLL, TICK, TICK, POLL], [
            vec![AuthorizationPending], vec![AuthorizationPending], vec![AuthorizationPending],
        ]).under(slow),
        row(C20, [ASK, POLL, POLL, TICK, TICK, POLL], [
            vec![AuthorizationPending],
            vec![SlowDown, AuthorizationPending, InvalidRequest],
            vec![AuthorizationPending],
        ]).under(slow),
        row(C24, [ASK, POLL, POLL, POLL, TICK, POLL], [vec![AuthorizationPending], vec![AccessDenied], vec![InvalidRequest]]),
        row(C28, [request(|r| r.steer = Steer::Interact)], [
            vec![INTERACT, DEFERRED, TOKEN, GrantError],
            vec![DEFERRED, TOKEN, GrantError],
        ]),
        row(C36, [request(|r| (r.hinted, r.opted_in) = (true, false))], [
            vec![InvalidRequest],
            vec![InvalidRequest, TOKEN, GrantError],
            vec![TOKEN, GrantError],
        ]).under(Terms::CODE),
        row(C42, [request(|r| r.sound = false)], [vec![GrantError], vec![DEFERRED, INTERACT, GrantError]]),
        row(C45, [ASK, ASK], [
            vec![InvalidGrant],
            vec![deferred(false, Code::Other), InvalidGrant],
            vec![deferred(false, Code::Same)],
        ]).under(Terms::CODE),
        row(C48, [ASK, APPROVE, lapse, POLL], [vec![AccessDenied], vec![TOKEN], vec![AccessDenied]]),
        row(C48, [ASK, Event::Widen, APPROVE, POLL], [vec![TOKEN], vec![TOKEN], vec![token(Scope::Wider, false)]]),
        row(C51, [ASK, poll_by(OtherKey)], [vec![InvalidDpopProof], vec![DpopChallenge], vec![InvalidGrant]]),
        row(C52, [ASK, revoke_by(OtherKey)], [vec![InvalidDpopProof], vec![Revoked], vec![Revoked]]),
        row(C52, [ASK, revoke_by(OtherKey), POLL], [vec![AuthorizationPending], vec![AuthorizationPending], vec![AccessDenied]]),
        row(C54, [request(|r| r.keyed = false)], [
            vec![TOKEN, GrantError],
            vec![InvalidRequest, InvalidDpopProof, TOKEN, GrantError],
            vec![DEFERRED, INTERACT, TOKEN, GrantError],
        ]).under(Terms::CODE),
        row(C58, [ASK, APPROVE, RING], [vec![CALLED], vec![Called { bearer: false }, Silence]]),
        row(C59, [ASK, REVOKE, RING], [vec![CALLED], vec![Silence], vec![Silence]]),
        row(C59, [ASK, POLL, POLL, POLL, RING], [vec![CALLED], vec![CALLED], vec![Silence]]).given("C-24=B"),
        row(C65, [ASK, APPROVE, TICK, TICK, TICK, RING], [vec![CALLED], vec![Silence], vec![Silence]]),
        row(C65, [ASK, APPROVE, Event::Callback(Fate::Lost), TICK, TICK, TICK, RING], [
            vec![CALLED, Silence], vec![CALLED, Silence], vec![Silence],
        ]),
        row(C68, [ASK, APPROVE, POLL, REVOKE, POLL], [vec![InvalidGrant], vec![AccessDenied]]),
        row(C69, [ASK, DENY, REVOKE, RING], [vec![CALLED], vec![Silence]]),
        row(C70, [ASK, APPROVE, REVOKE, POLL], [vec![AccessDenied], vec![InvalidGrant]]),
        row(C71, [ASK, APPROVE, POLL, LOST, REVOKE, POLL], [vec![InvalidGrant], vec![AccessDenied]]),
    ]
}
