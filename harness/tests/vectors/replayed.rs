//! Replay: over HTTP, by what is written alone, and able to fail.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_harness::vector::format::{Then, Vector};
use dtr_harness::vector::replay::{Played, Verdict, replay};
use dtr_harness::vector::store;
use dtr_reference::Config;
use serde_json::json;

use crate::support::{DRAFT, copy, forge, named, recorded};

async fn play(vectors: Vec<Vector>, adjust: fn(&mut Config)) -> Vec<Played> {
    let kind = TransportKind::Http;
    let server =
        Bundled::start_with(kind, Limits::USUAL, 1, DRAFT, |config, _| adjust(config)).await;
    let server = server.expect("a free port on loopback");
    let answers = Arc::new(recorded().1.clone());
    let played = replay(server.target(), &answers, vectors, |_| {}).await;
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
