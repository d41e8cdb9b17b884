//! The outcome of a check as one JSON document.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Args, Finding};
use crate::cli::Trouble;
use crate::cli::out::println;

#[derive(Serialize)]
struct Document<'a> {
    verdict: &'static str,
    draft: &'static str,
    cases: Vec<CaseDocument<'a>>,
    objections: Vec<&'a str>,
}

#[derive(Serialize)]
struct CaseDocument<'a> {
    case: &'a str,
    states: usize,
    moves: u64,
    counted_by_stateright: bool,
    elapsed_ms: u128,
    untested: Vec<&'static str>,
    broken: BTreeMap<&'static str, Vec<String>>,
}

pub(super) fn print(args: &Args, findings: &[Finding]) -> Result<(), Trouble> {
    let objections: Vec<&str> = findings
        .iter()
        .flat_map(|f| &f.objections)
        .map(|s| &**s)
        .collect();
    let document = Document {
        verdict: if objections.is_empty() {
            "pass"
        } else {
            "fail"
        },
        draft: args.draft.id,
        objections,
        cases: findings.iter().map(case_document).collect(),
    };
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}

fn case_document(finding: &Finding) -> CaseDocument<'_> {
    let checked = &finding.checked;
    let broken = checked.broken.iter();
    CaseDocument {
        case: &checked.name,
        states: checked.states,
        moves: checked.moves,
        counted_by_stateright: finding.twice,
        elapsed_ms: checked.elapsed.as_millis(),
        untested: checked.untested.iter().map(|p| p.id()).collect(),
        broken: broken
            .map(|(p, path)| (p.id(), path.iter().map(ToString::to_string).collect()))
            .collect(),
    }
}
