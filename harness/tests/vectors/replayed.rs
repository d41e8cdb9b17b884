//! Replay: over HTTP, by what is written alone, and able to fail.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_harness::vector::format::{Answer, Answers, MemberType, Origin, Then, Vector};
use dtr_harness::vector::replay::{Played, Verdict, replay};
use dtr_harness::vector::{record, store};
use dtr_reference::Config;
use serde_json::json;

use crate::support::{DRAFT, copy, forge, named, recorded, siblings};

async fn play(vectors: Vec<Vector>, adjust: fn(&mut Config)) -> Vec<Played> {
    play_with(vectors, recorded().1.clone(), adjust).await
}

async fn play_with(vectors: Vec<Vector>, answers: Answers, adjust: fn(&mut Config)) -> Vec<Played> {
    let kind = TransportKind::Http;
    let server =
        Bundled::start_with(kind, Limits::USUAL, 1, DRAFT, |config, _| adjust(config)).await;
    let server = server.expect("a free port on loopback");
    let played = replay(server.target(), &Arc::new(answers), vectors, |_| {}).await;
    server.shutdown().await;
    played
}

async fn verdict(vector: Vector) -> Verdict {
    play(vec![vector], |_| {}).await.remove(0).verdict
}

#[test]
fn neither_the_model_nor_the_oracle_is_used() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/vector");
    let mut read = 0;
    for part in ["replay", "format"] {
        for entry in std::fs::read_dir(sources.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for word in [
                "dtr_model",
                "crate::oracle",
                "crate::driver",
                "crate::engine",
            ] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
            read += 1;
        }
    }
    assert!(read >= 7, "only {read} files were looked at");
}

#[tokio::test]
async fn a_vector_passes_as_pinned() {
    assert_eq!(
        verdict(named("danger-S1-")).await,
        Verdict::Passed { unpinned: 0 }
    );
}

/// No other lawful way is taken, and nothing is left unsaid: every step of every written vector is carried out.
#[tokio::test]
async fn written_vectors_reach_their_last_step_as_pinned() {
    let written = |v: &&Vector| v.origin == Origin::Probe;
    let written: Vec<Vector> = recorded().0.iter().filter(written).cloned().collect();
    assert!(written.len() >= 45);
    for nonces in [false, true] {
        let vectors: Vec<_> = written
            .iter()
            .filter(|v| v.setup.nonces == nonces)
            .collect();
        let adjust: fn(&mut Config) = match nonces {
            false => |_| {},
            true => |config| config.dpop.require_nonce = true,
        };
        let played = play(vectors.iter().copied().cloned().collect(), adjust).await;
        for vector in vectors {
            let played = played.iter().find(|played| played.id == vector.id);
            let played = played.expect("every vector is played");
            let passed = Verdict::Passed { unpinned: 0 };
            assert_eq!(played.verdict, passed, "{}", vector.id);
            assert_eq!(played.steps, vector.steps.len(), "{}", vector.id);
        }
    }
}

/// Vectors of a sibling pass at its server as pinned, each to its end; at one that is wrong about it some fail.
#[tokio::test]
async fn vectors_of_siblings_can_pass_and_fail() {
    for draft in siblings() {
        let (vectors, answers) = record::vectors(draft).unwrap();
        let of_the_usual = |v: &Vector| v.setup.interval == 5 && v.setup.lifetime == 15;
        let vectors: Vec<_> = vectors.into_iter().filter(of_the_usual).collect();
        for late in [0, 5] {
            let server =
                Bundled::start_with(TransportKind::Http, Limits::USUAL, 1, draft, |config, _| {
                    config.deferral.lifetime -= late
                });
            let server = server.await.unwrap();
            let answers = Arc::new(answers.clone());
            let played = replay(server.target(), &answers, vectors.clone(), |_| {}).await;
            server.shutdown().await;
            let as_pinned = |p: &&Played| p.verdict == Verdict::Passed { unpinned: 0 };
            let passed = played.iter().filter(as_pinned).count();
            let failed = |p: &&Played| matches!(p.verdict, Verdict::Failed(_));
            let failed = played.iter().filter(failed).count();
            let inconclusive = |p: &&Played| matches!(p.verdict, Verdict::Inconclusive(_));
            let inconclusive = played.iter().filter(inconclusive).count();
            // Where approvals end, no client has to be given what renews a token.
            let renewable = draft.is_profile();
            match late {
                0 if renewable => {
                    assert_eq!((failed, inconclusive), (0, 0), "{}", draft.id);
                    assert!(passed * 10 > vectors.len() * 8, "{}: {passed}", draft.id);
                }
                0 => assert_eq!(passed, vectors.len(), "{}", draft.id),
                _ => assert!(failed > 20, "{}: only {failed} failed", draft.id),
            }
        }
    }
}

#[tokio::test]
async fn a_server_without_nonces_takes_another_lawful_way() {
    let stopped = verdict(named("probe-nonce-challenge")).await;
    let answer = "deferred".to_owned();
    assert_eq!(stopped, Verdict::StoppedEarly { step: 1, answer });
}

/// What the step does not name, the answer does: the row of the one rule that the forgery breaks.
#[tokio::test]
async fn the_rows_of_the_rule_that_does_not_hold_are_named() {
    let mut answers = recorded().1.clone();
    let Some(Answer::Response(deferred)) = answers.answers.get_mut("deferred") else {
        panic!("`deferred` is a response");
    };
    let interval = deferred.members.get_mut("interval");
    interval.expect("it has an interval").kind = Some(MemberType::String);
    let vector = named("probe-first-poll");
    let played = play_with(vec![vector], answers, |_| {}).await.remove(0);
    let Verdict::Failed(failure) = played.verdict else {
        panic!("the forgery went unnoticed");
    };
    assert_eq!(failure.requirements, ["DTR-6.4-09"]);
    assert_eq!(failure.expected[0].1, "interval is 5");
}

#[tokio::test]
async fn a_forged_expectation_fails_at_its_step() {
    let mut vector = named("danger-S1-");
    let step = vector.steps.len();
    let expect = &mut vector.steps[step - 1].expect;
    expect.truncate(1);
    expect[0].answer = "authorization_pending".to_owned();
    let Verdict::Failed(failure) = verdict(vector).await else {
        panic!("the forgery went unnoticed");
    };
    assert_eq!(failure.step, step);
    assert_eq!(failure.expected.len(), 1);
    assert_eq!(failure.expected[0].0, "authorization_pending");
}

#[tokio::test]
async fn an_answer_that_is_allowed_and_off_the_path_ends_the_vector() {
    let mut vector = named("danger-S1-");
    let at = vector.steps.iter().position(|step| !step.expect.is_empty());
    let at = at.expect("some step expects an answer");
    vector.steps[at].expect[0].then = Then::Stop;
    let answer = vector.steps[at].expect[0].answer.clone();
    assert_eq!(
        verdict(vector).await,
        Verdict::StoppedEarly {
            step: at + 1,
            answer
        }
    );
}

#[tokio::test]
async fn what_cannot_be_played_is_inconclusive() {
    let mut other_limits = named("danger-S1-");
    other_limits.setup.lifetime += 5;
    assert!(matches!(
        verdict(other_limits).await,
        Verdict::Inconclusive(_)
    ));
    let mut unknown = named("danger-S1-");
    unknown.setup.supplies.push("luck".to_owned());
    assert!(matches!(verdict(unknown).await, Verdict::Inconclusive(why) if why.contains("{luck}")));
}

#[tokio::test]
async fn a_server_whose_codes_live_too_short_fails_some_vectors() {
    let all = recorded().0.iter().filter(|v| v.setup.interval == 5);
    let played = play(all.cloned().collect(), |config| {
        config.deferral.lifetime -= 5
    })
    .await;
    let failed = played
        .iter()
        .filter(|p| matches!(p.verdict, Verdict::Failed(_)));
    assert!(failed.count() > 50, "a wrong lifetime went unnoticed");
}

#[test]
fn the_verb_ends_with_what_it_found() {
    let few: Vec<_> = ["danger-S1-", "fork-C-04=B-"].map(named).to_vec();
    let dir = copy(&few);
    assert_eq!(run(dir.path(), &[]).status.code(), Some(0));
    assert_eq!(
        run(dir.path(), &["--select", "nonsense"]).status.code(),
        Some(2)
    );

    let path = dir.path().join(store::place(&few[0]));
    let last = few[0].steps.len() - 1;
    forge(
        &path,
        |v| {
            v["steps"][last]["expect"] =
                json!([{"answer": "slow_down", "pinned": true, "then": "continue"}])
        },
    );
    let failed = run(dir.path(), &[]);
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8(failed.stdout).unwrap();
    assert!(
        said.contains(&format!("{}.json, step {}", few[0].id, last + 1)),
        "{said}"
    );
    assert!(said.contains("not slow_down"), "{said}");

    std::fs::write(&path, "{").unwrap();
    let unreadable = run(dir.path(), &[]);
    assert_eq!(unreadable.status.code(), Some(2));
    assert!(
        String::from_utf8(unreadable.stderr)
            .unwrap()
            .contains(&few[0].id)
    );
}

fn run(dir: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dtr"));
    command.args(["vectors", "replay"]).arg(dir).args(more);
    command
        .output()
        .expect("the binary was built with its tests")
}
