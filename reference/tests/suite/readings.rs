//! What readings other than the defaults have to guard, and the harness cannot bring about.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use dtr_reference::random::SystemRandom;
use dtr_reference::{Parts, Random};
use serde_json::json;

use crate::support::*;

fn world_reading(question: &str, letter: &str, parts: Parts) -> World {
    let mut config = config();
    config.readings.set(question, letter).unwrap();
    World::with_parts(config, parts)
}

/// Once armed, nothing is drawn before two draw at the same time: two polls have then both found the approval.
struct InPairs {
    armed: AtomicBool,
    pair: Barrier,
}

impl Random for InPairs {
    fn fill(&self, octets: &mut [u8]) {
        SystemRandom.fill(octets);
        if self.armed.load(Ordering::SeqCst) {
            self.pair.wait();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_polls_that_found_the_approval_one_gets_the_token_or_each() {
    for (letter, tokens) in [("A", 1), ("B", 2)] {
        let random = Arc::new(InPairs {
            armed: AtomicBool::new(false),
            pair: Barrier::new(2),
        });
        let parts = Parts {
            random: random.clone(),
            ..Parts::default()
        };
        let world = Arc::new(world_reading("C-14", letter, parts));
        let code = world.defer(SERVICE).await;
        assert!(world.decide(&code, "approve").await);
        random.armed.store(true, Ordering::SeqCst);
        let other = {
            let (world, code) = (Arc::clone(&world), code.clone());
            tokio::spawn(async move { world.poll(SERVICE, &code).await })
        };
        let answers = [world.poll(SERVICE, &code).await, other.await.unwrap()];
        let got = answers.iter().filter(|answer| answer.status == 200);
        assert_eq!(got.count(), tokens, "C-14/{letter}");
    }
}

/// S12: however many deferrals an authorization code leads to, one success uses it up.
#[tokio::test]
async fn an_authorization_code_that_is_deferred_twice_succeeds_once() {
    let world = world_reading("C-45", "B", Parts::default());
    let credential = world.authorize("backend", "payments", true).await;
    let request = exchange(BACKEND, &credential).with("completion_mode", "deferred");
    let mut codes = Vec::new();
    for _ in 0..2 {
        let answer = world.send(request.clone()).await;
        let code = answer
            .refused("authorization_pending")
            .member("deferral_code");
        assert!(world.decide(&code, "approve").await);
        codes.push(code);
    }
    assert_ne!(codes[0], codes[1]);
    world.poll(BACKEND, &codes[1]).await.token();
    world
        .poll(BACKEND, &codes[0])
        .await
        .refused("invalid_grant");
    world.send(request).await.refused("invalid_grant");
}

/// C-13/C: only a response that the transport never took leaves the approval standing.
#[tokio::test]
async fn a_token_that_never_left_can_be_had_again() {
    for (letter, again) in [("A", false), ("C", true)] {
        let world = world_reading("C-13", letter, Parts::default());
        let code = world.defer(SERVICE).await;
        assert!(world.decide(&code, "approve").await);
        world
            .control("/control/drop", json!({ "client_id": "service" }))
            .await;
        assert!(world.raw(poll(SERVICE, &code).request()).await.is_err());
        let answer = world.poll(SERVICE, &code).await;
        assert_eq!(answer.status == 200, again, "C-13/{letter}");
        world.poll(SERVICE, &code).await.refused("invalid_grant");
    }
}
