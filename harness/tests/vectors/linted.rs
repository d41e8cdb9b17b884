//! Lint: silent about what is recorded, and each rule seen to fail.

use std::path::{Path, PathBuf};

use dtr_harness::vector::lint::{Complaint, NOT_IN_VECTORS, NOT_UNDER_SIBLINGS, Rule, lint};
use dtr_harness::vector::store;
use dtr_model::requirement;
use serde_json::{Value, json};

use crate::support::{DRAFT, committed, copy, forge, named, recorded, siblings};

#[test]
fn the_committed_vectors_are_complete_and_consistent() {
    let report = lint(&committed(), DRAFT).unwrap();
    assert_eq!(report.complaints, []);
    assert_eq!(report.coverage.edges, report.coverage.all_edges);
    assert_eq!(report.coverage.marks, report.coverage.all_marks);
    let excused = |id: &str| NOT_IN_VECTORS.iter().any(|(known, _)| *known == id);
    let rows = requirement::checks().filter(|row| !excused(row.id));
    assert_eq!(report.coverage.rows, rows.count());
    assert_eq!(NOT_IN_VECTORS.len(), 12, "vectors show more, not less");
}

#[test]
fn so_are_those_of_siblings() {
    for draft in siblings() {
        let report = lint(&committed(), draft).unwrap();
        assert_eq!(report.complaints, []);
        assert_eq!(report.coverage.edges, report.coverage.all_edges);
        assert_eq!(report.coverage.marks, report.coverage.all_marks);
        assert!(report.vectors > 100, "only {}", report.vectors);
    }
    assert_eq!(NOT_UNDER_SIBLINGS.len(), 2, "vectors show more, not less");
}

/// One forgery: which vector, how it is spoiled, and what is to be said of it.
struct Forgery {
    id: &'static str,
    change: fn(&mut Value),
    rule: Rule,
    pointer: &'static str,
}

const FORGERIES: &[Forgery] = &[
    Forgery {
        id: "danger-S1-",
        change: |v| v["steps"][0]["colour"] = json!("red"),
        rule: Rule::Schema,
        pointer: "/steps/0",
    },
    Forgery {
        id: "danger-S2-",
        change: |v| v["id"] = json!("danger-S2-00000000"),
        rule: Rule::Id,
        pointer: "/id",
    },
    Forgery {
        id: "danger-S3-",
        change: |v| v["requirements"][0] = json!("DTR-9.9-99"),
        rule: Rule::Requirement,
        pointer: "/requirements/0",
    },
    Forgery {
        id: "danger-S4-",
        change: |v| v["questions"][0] = json!("C-99"),
        rule: Rule::Question,
        pointer: "/questions/0",
    },
    Forgery {
        id: "danger-S5-",
        change: |v| last(v)["expect"][0]["answer"] = json!("applause"),
        rule: Rule::Answer,
        pointer: "/expect/0/answer",
    },
    Forgery {
        id: "danger-S6-",
        change: |v| last(v)["expect"][0]["pinned"] = json!(false),
        rule: Rule::Answer,
        pointer: "/expect",
    },
    Forgery {
        id: "danger-S7-",
        change: |v| last(v)["request"]["parameters"]["deferral_code"] = json!("{other_code}"),
        rule: Rule::Placeholder,
        pointer: "/steps/",
    },
    Forgery {
        id: "danger-S8-",
        change: |v| v["steps"][0]["at"] = json!(40),
        rule: Rule::Time,
        pointer: "/steps/1/at",
    },
    Forgery {
        // One answer less than the oracle allows.
        id: "fork-C-28=B-",
        change: |v| drop(answers(last(v)).pop()),
        rule: Rule::Stale,
        pointer: "/expect/",
    },
    Forgery {
        id: "probe-progress",
        change: |v| last(v)["expect"][0]["readings"]["C-82"] = json!(["Z"]),
        rule: Rule::Question,
        pointer: "/readings/C-82",
    },
    Forgery {
        id: "probe-hint-unseen",
        change: |v| last(v)["expect"][0]["like"] = json!(2),
        rule: Rule::Answer,
        pointer: "/steps/1/expect/0/like",
    },
    Forgery {
        id: "fork-C-04=B-",
        change: |v| v["origin"] = json!({"fork": "C-04=Z"}),
        rule: Rule::Question,
        pointer: "/origin/fork",
    },
];

fn last(vector: &mut Value) -> &mut Value {
    let steps = vector["steps"].as_array_mut().expect("steps are a list");
    steps.last_mut().expect("there is some step")
}

fn answers(step: &mut Value) -> &mut Vec<Value> {
    let expect = step["expect"].as_array_mut();
    expect.expect("the step expects an answer")
}

#[test]
fn every_rule_names_the_file_and_the_place() {
    let dir = copy(&recorded().0);
    let at = |id: &str| dir.path().join(store::place(&named(id)));
    for forgery in FORGERIES {
        forge(&at(forgery.id), forgery.change);
    }
    let (broken, gone) = (at("danger-L3-"), at("danger-L4-"));
    std::fs::write(&broken, "{ not JSON").unwrap();
    std::fs::remove_file(&gone).unwrap();
    let edge = at("edge-");
    std::fs::remove_file(&edge).unwrap();
    let stray = dir.path().join("ietf-01/fork/notes.txt");
    std::fs::write(&stray, "mine").unwrap();
    forge(&dir.path().join(store::VECTOR_SCHEMA), |v| {
        v["title"] = json!("other")
    });

    // What only this one shows and tells: a row, and two readings.
    std::fs::remove_file(at("probe-redeemed-described")).unwrap();
    let answers = dir.path().join("ietf-01").join(store::ANSWERS);
    forge(&answers, |v| {
        v["answers"]["deferred"]["response"]["requirements"] =
            json!({"DTR-9.9-99": ["interval"], "DTR-6.4-09": ["interval/fresh"]});
    });

    let report = lint(dir.path(), DRAFT).unwrap();
    let said = |file: &Path, rule: Rule, pointer: &str| {
        let file: PathBuf = file.strip_prefix(dir.path()).unwrap().into();
        let fits = |c: &&Complaint| c.file == file && c.rule == rule && c.pointer.contains(pointer);
        assert!(
            report.complaints.iter().any(|c| fits(&c)),
            "no complaint about {} {rule:?} {pointer}: {:#?}",
            file.display(),
            report.complaints
        );
    };
    for Forgery {
        id, rule, pointer, ..
    } in FORGERIES
    {
        said(&at(id), *rule, pointer);
    }
    said(&broken, Rule::Unreadable, "");
    said(&gone, Rule::Coverage, "");
    said(&stray, Rule::Foreign, "");
    said(&stray, Rule::Unreadable, "");
    said(&dir.path().join("ietf-01"), Rule::Coverage, "");
    said(&dir.path().join(store::VECTOR_SCHEMA), Rule::Stale, "");
    let of_deferred = "/answers/deferred/response/requirements/";
    for id in ["DTR-9.9-99", "DTR-6.4-09"] {
        said(&answers, Rule::Requirement, &format!("{of_deferred}{id}"));
    }
    for id in ["DTR-6.6-10", "C-74/A", "C-74/B"] {
        let about = |c: &&Complaint| c.rule == Rule::Coverage && c.detail.starts_with(id);
        assert!(report.complaints.iter().any(|c| about(&c)), "{id}");
    }
    assert!(report.coverage.edges < report.coverage.all_edges);
    assert!(report.coverage.marks < report.coverage.all_marks);
}
