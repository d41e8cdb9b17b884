//! Races: C-14/A, C-72/A, S12.

use std::sync::Arc;

use http::StatusCode;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::support::*;

/// Sends all calls at once; the answers in the order of the calls.
async fn at_once(world: &Arc<World>, calls: Vec<Call>) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(calls.len()));
    let mut tasks = JoinSet::new();
    for (index, call) in calls.into_iter().enumerate() {
        let (world, barrier) = (Arc::clone(world), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            (index, world.send(call).await)
        });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn tokens(answers: &[Answer]) -> usize {
    answers
        .iter()
        .filter(|answer| answer.json().get("access_token").is_some())
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_polls_get_one_token() {
    let world = Arc::new(world());
    for _ in 0..50 {
        let code = world.defer(SERVICE).await;
        assert!(world.decide(&code, "approve").await);
        let answers = at_once(&world, vec![poll(SERVICE, &code); 16]).await;
        assert_eq!(tokens(&answers), 1);
        for answer in answers
            .iter()
            .filter(|answer| answer.status != StatusCode::OK)
        {
            answer.refused("invalid_grant");
        }
    }
}

/// Whoever comes first wins, and the code ends up on that side for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancel_and_polls_agree_on_the_winner() {
    let world = Arc::new(world());
    for round in 0..100 {
        let code = world.defer(SERVICE).await;
        assert!(world.decide(&code, "approve").await);
        let mut calls = vec![poll(SERVICE, &code); 4];
        calls.insert(round % 5, revocation(SERVICE, &code));
        let mut answers = at_once(&world, calls).await;
        assert_eq!(answers.remove(round % 5).status, StatusCode::OK);
        let later = world.poll(SERVICE, &code).await;
        match tokens(&answers) {
            0 => later.refused("access_denied"),
            1 => later.refused("invalid_grant"),
            more => panic!("{more} tokens"),
        };
    }
}

/// One authorization code, one deferral: the same request sent many times at once is one request (C-45/C).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_exchanges_get_one_deferral() {
    let world = Arc::new(world());
    for _ in 0..20 {
        let code = world.authorize("backend", "payments", false).await;
        let call = exchange(BACKEND, &code).with("completion_mode", "deferred");
        let answers = at_once(&world, vec![call; 8]).await;
        let deferral = answers[0].member("deferral_code");
        assert!(
            answers
                .iter()
                .all(|answer| answer.member("deferral_code") == deferral)
        );
    }
    for _ in 0..20 {
        let code = world.authorize("backend", "profile", false).await;
        let answers = at_once(&world, vec![exchange(BACKEND, &code); 8]).await;
        assert_eq!(tokens(&answers), 1);
    }
}
