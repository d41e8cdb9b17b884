//! The ledger as a page of the repository, `harness/COVERAGE.md`: by section, what binds each row, whether the main job
//! observed it, and the vectors that bear on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dtr_model::draft::Draft;
use dtr_model::requirement::{Binding, Requirement};

use super::{Covered, for_clients, sum};
use crate::probe;
use crate::report::document::keyword;
use crate::vector::record::{self, RecordError};

const INTRODUCTION: &str = "# Coverage

Every normative sentence of the draft, by section: what puts it to the test, whether the main job (`dtr run`) observed it,
and in how many of the recorded vectors it shows, with one of them. `dtr explain ID` tells more of a row. This page is
written by `dtr coverage --report REPORT --page harness/COVERAGE.md`; CI fails when it is stale, and when a check was not
observed.

";

/// How many vectors bear on a row, and the first of them.
type Shown = BTreeMap<String, (usize, String)>;

/// The page.
///
/// # Errors
/// When the vectors cannot be recorded.
pub(super) fn page(rows: &[Covered]) -> Result<String, RecordError> {
    let shown = shown()?;
    let mut text = INTRODUCTION.to_owned();
    let _ = writeln!(text, "{}\n", sum(rows));
    for section in rows.chunk_by(|a, b| a.row.section_number() == b.row.section_number()) {
        let number = section[0].row.section_number();
        let _ = writeln!(
            text,
            "## Section {number}\n\n| row | level | what it asks | bound to | observed | vectors |\n|---|---|---|---|---|---|"
        );
        for one in section {
            line(&mut text, one, &shown);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    Ok(text)
}

fn line(text: &mut String, one: &Covered, shown: &Shown) {
    let row = one.row;
    let observed = match one.observed {
        None => "",
        Some(0) if row.level.is_licence() => "permitted, not seen",
        Some(0) => "**no**",
        Some(_) => "yes",
    };
    let vectors = shown.get(row.id).map(|(count, first)| match count {
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
        Binding::Client => for_clients(row.id, "`"),
        Binding::Excluded(why) => format!("excluded: {why}"),
        Binding::Open(what) => format!("**open**: {what}"),
    }
}

/// The rows that a step of a vector bears on, and those that the shape of an answer carries out.
fn shown() -> Result<Shown, RecordError> {
    let (vectors, answers) = record::vectors(Draft::DEFAULT)?;
    let mut shown = Shown::new();
    for vector in &vectors {
        let mut rows = vector.carried_out(&answers);
        rows.extend(vector.requirements.iter().cloned());
        for row in rows {
            let (count, _) = shown.entry(row).or_insert_with(|| (0, vector.id.clone()));
            *count += 1;
        }
    }
    Ok(shown)
}
