//! Every event against the bundled server: the same answers over both transports.

use std::sync::Arc;

use dtr_harness::driver::{Observation, Seen, Session, check_metadata};
use dtr_harness::target::control::{Name, Operation};
use dtr_harness::target::{Bundled, Limits, Target, TransportFailure, TransportKind};
use dtr_model::Terms;
use dtr_model::draft::Draft;
use dtr_model::event::{
    Answer, Caller, Code, Decision, Event, Fate, Precondition, Scope, Steer, TokenRequest,
};

const LIMITS: Limits = Limits {
    interval: 1,
    lifetime: 4,
};
const CREDENTIALS: Terms = Terms {
    lifetime: 4,
    ..Terms::CREDENTIALS
};
const CODE: Terms = Terms {
    lifetime: 4,
    ..Terms::CODE
};
const CONFIDENTIAL_CODE: Terms = Terms {
    public: false,
    callback: true,
    ..CODE
};

const PLAIN: Event = Event::Request(TokenRequest::PLAIN);
const POLL: Event = poll(Caller::Owner);
const DEFERRED: Answer = deferred(Code::New);
const WHOLE: Answer = token(Scope::Whole);

const fn poll(by: Caller) -> Event {
    Event::Poll { by, lost: false }
}

const fn deferred(code: Code) -> Answer {
    Answer::Deferred {
        interaction: false,
        code,
    }
}

const fn token(scope: Scope) -> Answer {
    Answer::Token {
        scope,
        again: false,
    }
}

/// A trace under way.
struct Run {
    target: Arc<Target>,
    session: Session,
}

impl Run {
    async fn new(target: &Arc<Target>, terms: Terms) -> Self {
        let lease = target.acquire(&terms).await.expect("a lease");
        Self {
            target: Arc::clone(target),
            session: Session::new(Arc::clone(target), lease, terms),
        }
    }

    async fn perform(&mut self, event: Event) -> Observation {
        if event == Event::Tick {
            self.target.advance(1).await.expect("a clock");
        }
        self.session.perform(event).await
    }

    /// Performs the events and expects these answers, and no finding.
    async fn expect(&mut self, steps: &[(Event, Answer)]) {
        for (position, (event, answer)) in steps.iter().enumerate() {
            let seen = self.perform(*event).await;
            assert_eq!(
                seen.answer,
                Seen::Answer(*answer),
                "step {position}: {event:?}\n{:?}",
                seen.exchanges
            );
            assert_eq!(seen.findings, [], "step {position}: {event:?}");
        }
    }

    async fn finish(self) {
        drop(self.session.finish().await);
    }
}

async fn bundled(kind: TransportKind) -> Bundled {
    Bundled::start(kind, LIMITS, 7, Draft::DEFAULT)
        .await
        .expect("the bundled server starts")
}

/// One test per transport.
macro_rules! over_both {
    ($($test:ident),* $(,)?) => {
        mod in_process {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() { super::$test(super::TransportKind::InProcess).await; })*
        }
        mod http {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() { super::$test(super::TransportKind::Http).await; })*
        }
    };
}

over_both!(
    a_deferred_request_to_its_token,
    decisions_other_than_approval,
    revocations,
    preconditions,
    lost_responses,
    one_time_credentials,
    the_owner_of_a_confidential_code,
    callbacks,
    requests_that_are_not_deferred,
    leases,
    clients_are_restored,
    clients_left_changed_are_not_lent_again,
    codes_that_only_the_server_knows,
    metadata,
);

async fn a_deferred_request_to_its_token(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (POLL, Answer::InvalidGrant),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (PLAIN, DEFERRED),
        (POLL, Answer::AuthorizationPending),
        (POLL, Answer::SlowDown),
        (poll(Caller::OtherKey), Answer::InvalidDpopProof),
        (poll(Caller::OtherClient), Answer::InvalidGrant),
        (Event::Decide(Decision::NeedInteraction), Answer::Silence),
        (Event::Tick, Answer::Silence),
        (POLL, Answer::InteractionRequired),
    ])
    .await;
    assert!(run.session.interaction_uri().is_some());
    run.expect(&[
        (Event::Decide(Decision::InteractionDone), Answer::Silence),
        (Event::Tick, Answer::Silence),
        (POLL, Answer::AuthorizationPending),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (POLL, WHOLE),
        (POLL, Answer::InvalidGrant),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn decisions_other_than_approval(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (PLAIN, DEFERRED),
        (Event::Decide(Decision::Narrow), Answer::Silence),
        (POLL, token(Scope::Narrowed)),
    ])
    .await;
    run.finish().await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (PLAIN, DEFERRED),
        (Event::Decide(Decision::Deny), Answer::Silence),
        (POLL, Answer::AccessDenied),
    ])
    .await;
    run.finish().await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[(PLAIN, DEFERRED)]).await;
    for _ in 0..4 {
        run.expect(&[(Event::Tick, Answer::Silence)]).await;
    }
    run.expect(&[(POLL, Answer::ExpiredToken)]).await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn revocations(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    let revoke = |by| Event::Revoke { by };
    run.expect(&[
        (revoke(Caller::Owner), Answer::Revoked),
        (PLAIN, DEFERRED),
        (revoke(Caller::OtherClient), Answer::Revoked),
        (revoke(Caller::OtherKey), Answer::Revoked),
        (POLL, Answer::AuthorizationPending),
        (revoke(Caller::Owner), Answer::Revoked),
        (POLL, Answer::AccessDenied),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn preconditions(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (Event::Lapse(Precondition::Consent), Answer::Silence),
        (PLAIN, DEFERRED),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (POLL, Answer::AccessDenied),
    ])
    .await;
    run.finish().await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (PLAIN, DEFERRED),
        (Event::Widen, Answer::Silence),
        (Event::Lapse(Precondition::Consent), Answer::Silence),
        (Event::Return(Precondition::Consent), Answer::Silence),
        (Event::Lapse(Precondition::Client), Answer::Silence),
        (POLL, Answer::InvalidClient),
        (PLAIN, Answer::InvalidClient),
        (Event::Return(Precondition::Client), Answer::Silence),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (POLL, WHOLE),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn lost_responses(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let lost = |by| Event::Poll { by, lost: true };
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (PLAIN, DEFERRED),
        (lost(Caller::OtherClient), Answer::Silence),
        (lost(Caller::OtherKey), Answer::Silence),
        (lost(Caller::Owner), Answer::Silence),
        (POLL, Answer::SlowDown),
        (Event::Lapse(Precondition::Client), Answer::Silence),
        (lost(Caller::Owner), Answer::Silence),
        (Event::Return(Precondition::Client), Answer::Silence),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (lost(Caller::Owner), Answer::Silence),
        (POLL, Answer::InvalidGrant),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn one_time_credentials(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let request = |hinted, opted_in| {
        Event::Request(TokenRequest {
            hinted,
            opted_in,
            ..TokenRequest::PLAIN
        })
    };
    let mut run = Run::new(bundled.target(), CODE).await;
    run.expect(&[
        (request(true, false), Answer::InvalidRequest),
        (request(true, true), DEFERRED),
        (request(true, true), deferred(Code::Same)),
        (Event::Tick, Answer::Silence),
        (request(true, true), Answer::InvalidGrant),
        (poll(Caller::OtherKey), Answer::InvalidDpopProof),
        (POLL, Answer::AuthorizationPending),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (POLL, WHOLE),
        (PLAIN, Answer::InvalidGrant),
    ])
    .await;
    run.finish().await;
    // Another hint is another authorization request, but only before the first code served.
    let mut run = Run::new(bundled.target(), CODE).await;
    run.expect(&[
        (request(false, false), Answer::GrantError),
        (request(true, false), Answer::InvalidRequest),
        (request(false, true), DEFERRED),
        (request(true, true), deferred(Code::Same)),
    ])
    .await;
    run.finish().await;
    let unsound = Event::Request(TokenRequest {
        sound: false,
        ..TokenRequest::PLAIN
    });
    let unkeyed = Event::Request(TokenRequest {
        keyed: false,
        ..TokenRequest::PLAIN
    });
    let lost = Event::Request(TokenRequest {
        lost: true,
        ..TokenRequest::PLAIN
    });
    let mut run = Run::new(bundled.target(), CODE).await;
    run.expect(&[
        (Event::Lapse(Precondition::Client), Answer::Silence),
        (lost, Answer::Silence),
        (PLAIN, Answer::GrantError),
        (Event::Return(Precondition::Client), Answer::Silence),
        (unsound, Answer::InvalidGrant),
        (unkeyed, Answer::InvalidRequest),
        (request(true, false), Answer::InvalidRequest),
        (lost, Answer::Silence),
        (PLAIN, deferred(Code::Same)),
        (POLL, Answer::AuthorizationPending),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn the_owner_of_a_confidential_code(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let interact = Event::Request(TokenRequest {
        keyed: false,
        steer: Steer::Interact,
        ..TokenRequest::PLAIN
    });
    let opened = Answer::Deferred {
        interaction: true,
        code: Code::New,
    };
    // Two leases, so that both ways of confidential authentication are used.
    for _ in 0..2 {
        let mut run = Run::new(bundled.target(), CONFIDENTIAL_CODE).await;
        run.expect(&[
            (interact, opened),
            (poll(Caller::OtherClient), Answer::InvalidGrant),
            (poll(Caller::OtherKey), Answer::InteractionRequired),
            (poll(Caller::Impostor), Answer::InvalidClient),
            (
                Event::Revoke {
                    by: Caller::Impostor,
                },
                Answer::InvalidClient,
            ),
            (Event::Decide(Decision::Approve), Answer::Silence),
            (
                Event::Callback(Fate::Delivered),
                Answer::Called { bearer: true },
            ),
            (POLL, WHOLE),
        ])
        .await;
        std::mem::forget(run.session.finish().await);
    }
    bundled.shutdown().await;
}

async fn callbacks(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let called = Answer::Called { bearer: true };
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (Event::Callback(Fate::Delivered), Answer::Silence),
        (PLAIN, DEFERRED),
        (Event::Callback(Fate::Delivered), Answer::Silence),
        (Event::Decide(Decision::Deny), Answer::Silence),
        (Event::Callback(Fate::Lost), called),
        (Event::Callback(Fate::Lost), called),
        (Event::Callback(Fate::Delivered), called),
        (Event::Callback(Fate::Delivered), Answer::Silence),
        (POLL, Answer::AccessDenied),
    ])
    .await;
    run.finish().await;

    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (PLAIN, DEFERRED),
        (Event::Decide(Decision::Deny), Answer::Silence),
    ])
    .await;
    let control = bundled.target().control.as_ref().expect("controls");
    let code = run.session.deferral_code().expect("a code").to_owned();
    let attempt = Operation::about(Name::AttemptCallback, &code.as_str().into());
    control.perform(&attempt).await.1.expect("an attempt");
    let seen = run.perform(POLL).await;
    assert_eq!(seen.findings.len(), 1, "{:?}", seen.findings);
    assert_eq!(seen.findings[0].requirement, "K-7-01");
    run.finish().await;

    let terms = Terms {
        callback: false,
        ..CREDENTIALS
    };
    let mut run = Run::new(bundled.target(), terms).await;
    run.expect(&[
        (PLAIN, DEFERRED),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (Event::Callback(Fate::Delivered), Answer::Silence),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn requests_that_are_not_deferred(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let complete = TokenRequest {
        steer: Steer::Complete,
        ..TokenRequest::PLAIN
    };
    let without_opt_in = TokenRequest {
        opted_in: false,
        ..TokenRequest::PLAIN
    };
    let unsound = TokenRequest {
        sound: false,
        ..TokenRequest::PLAIN
    };
    for (terms, refusal) in [
        (CREDENTIALS, Answer::GrantError),
        (CODE, Answer::InvalidGrant),
    ] {
        let mut run = Run::new(bundled.target(), terms).await;
        run.expect(&[
            (Event::Request(unsound), refusal),
            (Event::Request(without_opt_in), Answer::GrantError),
            (Event::Request(complete), WHOLE),
        ])
        .await;
        let again = if terms.one_time {
            Answer::InvalidGrant
        } else {
            DEFERRED
        };
        run.expect(&[(PLAIN, again)]).await;
        run.finish().await;
    }
    // A reusable credential makes another code each time.
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[(PLAIN, DEFERRED), (PLAIN, deferred(Code::Other))])
        .await;
    let seen = run.perform(Event::ResponseLost).await;
    assert!(matches!(seen.answer, Seen::Strange(_)));
    run.finish().await;
    bundled.shutdown().await;
}

async fn leases(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let target = bundled.target();
    for terms in [CREDENTIALS, CODE, CONFIDENTIAL_CODE] {
        for callback in [false, true] {
            let terms = Terms { callback, ..terms };
            let leases: Vec<_> = (0..64).map_while(|_| target.lease(&terms)).collect();
            assert_eq!(leases.len(), 64, "{terms:?}");
        }
    }
    let other_limits = Terms {
        lifetime: 3,
        ..CREDENTIALS
    };
    assert!(target.lease(&other_limits).is_none());
    let impossible = Terms {
        public: true,
        ..CREDENTIALS
    };
    assert!(target.acquire(&impossible).await.is_none());
    bundled.shutdown().await;
}

async fn clients_are_restored(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[
        (Event::Widen, Answer::Silence),
        (Event::Lapse(Precondition::Client), Answer::Silence),
    ])
    .await;
    let lease = run.session.finish().await;
    // A session on the very same clients finds nothing changed.
    let session = Session::new(Arc::clone(bundled.target()), lease, CREDENTIALS);
    let mut run = Run {
        target: Arc::clone(bundled.target()),
        session,
    };
    run.expect(&[
        (PLAIN, DEFERRED),
        (Event::Decide(Decision::Approve), Answer::Silence),
        (POLL, WHOLE),
    ])
    .await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn clients_left_changed_are_not_lent_again(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let free = || {
        let leases = std::iter::from_fn(|| bundled.target().lease(&CREDENTIALS));
        leases.collect::<Vec<_>>().len()
    };
    let before = free();
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[(PLAIN, DEFERRED)]).await;
    drop(run);
    assert_eq!(free(), before);
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[(Event::Lapse(Precondition::Client), Answer::Silence)])
        .await;
    drop(run);
    assert_eq!(free(), before - 1);
    bundled.shutdown().await;
}

async fn codes_that_only_the_server_knows(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let lost = Event::Request(TokenRequest {
        lost: true,
        ..TokenRequest::PLAIN
    });
    let mut run = Run::new(bundled.target(), CREDENTIALS).await;
    run.expect(&[(lost, Answer::Silence)]).await;
    for event in [
        POLL,
        Event::Decide(Decision::Approve),
        Event::Callback(Fate::Lost),
        Event::Revoke { by: Caller::Owner },
    ] {
        let seen = run.perform(event).await;
        let lost = Seen::Failed(TransportFailure::CodeLost);
        assert_eq!(seen.answer, lost, "{event:?}");
    }
    run.expect(&[(PLAIN, deferred(Code::Other))]).await;
    run.finish().await;
    bundled.shutdown().await;
}

async fn metadata(kind: TransportKind) {
    let bundled = bundled(kind).await;
    let seen = check_metadata(bundled.target()).await;
    assert_eq!(seen.answer, Seen::Answer(Answer::Silence));
    assert_eq!(seen.findings, []);
    assert_eq!(seen.observed, ["DTR-5.1-05", "DTR-8.4-01"]);
    bundled.shutdown().await;
}
