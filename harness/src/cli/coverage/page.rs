//! The ledger as a page of the repository, `harness/COVERAGE.md`: by section, what binds each row, whether the main job
//! observed it, and the vectors that bear on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dtr_model::requirement::{Binding, Requirement};

use super::{Covered, sum};
use crate::probe;
use crate::report::document::keyword;
use crate::suite;
use crate::vector::record;

const INTRODUCTION: &str = "# Coverage

Every normative sentence of the draft, by section: what puts it to the test, whether the main job (`dtr run`) observed it,
and in how many of the recorded vectors it shows, with one of them. `dtr explain ID` tells more of a row. This page is
written by `dtr coverage --report REPORT --page harness/COVERAGE.md`; CI fails when it is stale, and when a check was not
observed.

";

/// How many vectors bear on a row, and the first of them.
type Vectors = BTreeMap<&'static str, (usize, String)>;

/// The page.
pub(super) fn page(rows: &[Covered]) -> String {
    let vectors = vectors();
    let mut text = INTRODUCTION.to_owned();
    let _ = writeln!(text, "{}\n", sum(rows));
    for section in rows.chunk_by(|a, b| a.row.section_number() == b.row.section_number()) {
        let number = section[0].row.section_number();
        let _ = writeln!(
            text,
            "## Section {number}\n\n| row | level | what it asks | bound to | observed | vectors |\n|---|---|---|---|---|---|"
        );
        for one in section {
            line(&mut text, one, &vectors);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn line(text: &mut String, one: &Covered, vectors: &Vectors) {
    let row = one.row;
    let observed = match one.observed {
        None => "",
        Some(0) if row.level.is_licence() => "permitted, not seen",
        Some(0) => "**no**",
        Some(_) => "yes",
    };
    let vectors = vectors.get(row.id).map(|(count, first)| match count {
        1 => format!("`{first}`"),
        _ => format!("{count}, `{first}`"),
    });
    let _ = writeln!(
        text,
        "| {} | {} | {} | {} | {observed} | {} |",
        row.id,
        keyword(row.level),
        row.text,
        bound(row),
        vectors.unwrap_or_default()
    );
}

fn bound(row: &Requirement) -> String {
    match &row.binding {
        Binding::Check => {
            let probes = probe::all().filter(|probe| probe.rows.contains(&row.id));
            let probes: Vec<String> = probes.map(|probe| format!(", `{}`", probe.id)).collect();
            format!("check{}", probes.concat())
        }
        Binding::Through(others) => format!("through {}", others.join(", ")),
        Binding::Client => "for clients".to_owned(),
        Binding::Excluded(why) => format!("excluded: {why}"),
        Binding::Open(what) => format!("**open**: {what}"),
    }
}

fn vectors() -> Vectors {
    let mut vectors = Vectors::new();
    for trace in record::traces() {
        for id in suite::bearing(&trace).into_keys() {
            let (count, _) = vectors.entry(id).or_insert_with(|| (0, trace.id.clone()));
            *count += 1;
        }
    }
    vectors
}
