//! What the state machine does not decide: the probes that name a question, against the reference set to each reading.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dtr_harness::probe::{self, Halt, Probe, Probed, Until};
use dtr_harness::target::{Bundled, Limits, TransportKind};
use dtr_model::draft::Draft;
use dtr_model::question::{self, Entry, Place};
use dtr_reference::Config;
use dtr_reference::config::readings::{Question, Readings};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Servers at a time. Few, for callbacks are given up in real time.
const WIDTH: usize = 2;

/// What probes show, although the server follows one reading: question, what it is set to, what is shown, why. Each is
/// checked as well: should a reading be told apart one day, its line has to go.
const LEFT_OPEN: &[(&str, &str, &str, &str)] = &[(
    "C-57",
    "C",
    "BC",
    "whether a callback is never sent or only was not, nobody can tell",
)];

/// What the server that everybody runs the suite against does not show of its defaults, and why.
const NOT_SHOWN: &[(&str, &str)] = &[("C-56", "it asks for no nonces")];

/// What else has to be set for a question to matter at all.
fn set_the_stage(config: &mut Config, question: &str) {
    if question == "C-56" {
        config.dpop.require_nonce = true;
    }
}

/// The questions that probes tell apart.
fn probed() -> impl Iterator<Item = &'static Entry> {
    question::catalogue()
        .iter()
        .filter(|entry| matches!(entry.place, Place::Probe))
}

/// Runs these probes against a server of their own.
async fn run(
    probes: &[&'static Probe],
    adjust: impl FnOnce(&mut Config) + Send,
) -> Result<Vec<Probed>, String> {
    let kind = TransportKind::InProcess;
    let server = Bundled::start_with(kind, Limits::USUAL, 1, Draft::DEFAULT, |c, _| adjust(c));
    let server = server.await.map_err(|error| error.to_string())?;
    let until = Until {
        stop: &AtomicBool::new(false),
        deadline: None,
    };
    let outcomes = probe::run(server.target(), probes, until, || {}).await;
    server.shutdown().await;
    let outcomes = outcomes.into_iter();
    outcomes
        .map(|outcome| outcome.map_err(|(probe, why)| format!("{}: {why}", probe.id)))
        .collect()
}

/// The letters that were shown of each question.
fn shown(probed: &[Probed]) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut shown: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (question, reading) in probed.iter().flat_map(|probed| &probed.notes.shown) {
        shown
            .entry(*question)
            .or_default()
            .insert(reading.to_string());
    }
    shown
}

/// The rows that were broken.
fn broken(probed: &[Probed]) -> BTreeSet<&'static str> {
    let breaks = probed.iter().flat_map(|probed| probed.notes.breaks());
    breaks.map(|finding| finding.requirement).collect()
}

/// What came to no end, other than because there was nothing to see.
fn halted(probed: &[Probed]) -> Vec<String> {
    let halted = probed.iter().filter_map(|probed| match &probed.halt {
        None | Some(Halt::Elsewhere(_)) => None,
        Some(halt) => Some(format!("{}: {halt:?}", probed.probe.id)),
    });
    halted.collect()
}

/// What is wrong with what the probes of `question` show of a server that reads it as `letter`.
async fn complaints(question: &Question, letter: &str, breaks: Option<&str>) -> Vec<String> {
    let probes: Vec<_> = probe::all()
        .filter(|probe| probe.questions.contains(&question.id))
        .collect();
    let adjust = |config: &mut Config| {
        set_the_stage(config, question.id);
        config.readings.set(question.id, letter).unwrap();
    };
    let probed = match run(&probes, adjust).await {
        Ok(probed) => probed,
        Err(why) => return vec![why],
    };
    let mut complaints = halted(&probed);
    let left = LEFT_OPEN
        .iter()
        .find(|(q, l, ..)| (*q, *l) == (question.id, letter));
    let expected = left.map_or(letter, |(_, _, left, _)| left);
    let shown = shown(&probed).remove(question.id).unwrap_or_default();
    let shown: String = shown.into_iter().collect();
    if shown != expected {
        let halts: Vec<_> = probed.iter().map(|probed| &probed.halt).collect();
        complaints.push(format!("shown as {shown:?}; {halts:?}"));
    }
    let broken = broken(&probed);
    if broken != breaks.into_iter().collect() {
        complaints.push(format!("broke {broken:?}"));
    }
    complaints
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_show_what_is_set() {
    let room = Arc::new(Semaphore::new(WIDTH));
    let mut running = JoinSet::new();
    for entry in probed() {
        let known = Readings::QUESTIONS
            .iter()
            .find(|known| known.id == entry.id);
        let known = known.expect(entry.id);
        for reading in known.readings {
            let room = Arc::clone(&room);
            running.spawn(async move {
                let _permit = room.acquire().await;
                let complaints = complaints(known, reading.letter, reading.breaks).await;
                let name = |why| format!("{}/{}: {why}", known.id, reading.letter);
                complaints.into_iter().map(name).collect::<Vec<_>>()
            });
        }
    }
    let mut complained = running.join_all().await.concat();
    complained.sort();
    assert!(complained.is_empty(), "{}", complained.join("\n"));
}

/// All probes, one after the other at one server, as in a run.
#[tokio::test(flavor = "multi_thread")]
async fn all_probes_show_the_defaults() {
    let about = |probe: &&Probe| probe.is_about(Draft::DEFAULT);
    let probes: Vec<_> = probe::all().filter(about).collect();
    let probed_all = run(&probes, |_| {}).await.unwrap();
    assert!(halted(&probed_all).is_empty(), "{:?}", halted(&probed_all));
    assert!(broken(&probed_all).is_empty(), "{:?}", broken(&probed_all));
    let shown = shown(&probed_all);
    for entry in probed() {
        let known = Readings::QUESTIONS
            .iter()
            .find(|known| known.id == entry.id);
        let expected = match NOT_SHOWN.iter().any(|(id, _)| *id == entry.id) {
            true => BTreeSet::new(),
            false => known
                .map(|known| known.default.to_owned())
                .into_iter()
                .collect(),
        };
        let shown = shown.get(entry.id).cloned().unwrap_or_default();
        assert_eq!(shown, expected, "{}", entry.id);
    }
}
