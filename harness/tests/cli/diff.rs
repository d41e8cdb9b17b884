//! `dtr diff`: what differs, what does not, and the record.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::dtr;

fn document(args: &[&str]) -> Value {
    let args = [&["diff"], args, &["--json"]].concat();
    let ran = dtr(&args).exits(0);
    serde_json::from_str(&ran.out).expect("one JSON document")
}

#[test]
fn two_drafts_differ_in_names_in_single_answers_and_after_a_history() {
    dtr(&["diff", "gerber-00", "ietf-01"]).exits(0).says(&[
        "pending, interaction needed: none → `interaction_required`  [B-23]",
        "ietf-01: support is announced",
        "3. poll by owner  [B-23, B-25]\n      only gerber-00: authorization_pending\n      only ietf-01: interaction_required",
        "1359 pairs of sets of states, all there are",
        "B-34: sections renumbered (words, not behaviour)",
    ]);
}

#[test]
fn a_reading_is_told_apart_from_the_pin_by_the_trace_that_is_known() {
    let found = document(&["ietf-01", "ietf-01+C-02=A"]);
    let fork = &found["forks"][0];
    assert_eq!(fork["only"][0], serde_json::json!(["expired_token"]));
    assert_eq!(fork["only"][1], serde_json::json!(["token"]));
    assert_eq!(fork["decisive"], true);
    let [names, glances] = ["names", "glances"].map(|part| found[part].as_array().map(Vec::len));
    assert_eq!([names, glances], [Some(0), Some(0)]);
}

#[test]
fn no_difference_is_said_with_how_far_was_looked() {
    let same = dtr(&["diff", "ietf-01", "ietf-01", "--exit-code"]).exits(0);
    same.says(&[
        "Nothing is answered differently",
        "534 pairs of sets of states, all there are",
    ]);
    dtr(&["diff", "ietf-00", "ietf-01", "--exit-code"]).exits(1);
}

#[test]
fn what_cannot_be_compared_is_named() {
    dtr(&["diff", "ietf-01"]).refuses(&["OTHER"]);
    dtr(&["diff", "ietf-01", "ietf-99"]).refuses(&["ietf-99", "gerber-00"]);
    dtr(&["diff", "ietf-01", "ietf-01+C-02=Z"]).refuses(&["C-02", "A, B, C"]);
    dtr(&["diff", "ietf-01", "ietf-00", "--record"]).refuses(&["--record"]);
}

/// What is compared need not be what a server can be judged by.
#[test]
fn a_text_with_other_names_judges_no_server() {
    for verb in ["run", "doctor"] {
        dtr(&[verb, "--draft", "may-16"]).refuses(&["may-16", "gerber-00", "pr-71"]);
    }
    dtr(&["vectors", "record", "--draft", "oidc-00"]).refuses(&["oidc-00", "ietf-00"]);
}

#[test]
fn the_record_is_what_the_command_writes() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().to_str().expect("a name in UTF-8");
    dtr(&["diff", "--record", path]).exits(0);
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/diff");
    let names = |dir: &Path| -> BTreeSet<std::ffi::OsString> {
        let entries = std::fs::read_dir(dir).expect("it is there");
        let names = entries.map(|entry| entry.expect("it can be listed").file_name());
        names.collect()
    };
    let fresh = names(dir.path());
    // Three submitted texts, each beside each, and three siblings beside the last of them.
    assert_eq!(fresh.len(), 6, "{fresh:?}");
    assert_eq!(fresh, names(&recorded), "in {}", recorded.display());
    for name in &fresh {
        let read = |dir: &Path| std::fs::read(dir.join(name)).expect("a file");
        let is_fresh = read(dir.path()) == read(&recorded);
        assert!(is_fresh, "{name:?} is stale: `dtr diff --record` is due");
    }
}
