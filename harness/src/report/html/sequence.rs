//! A failing trace as arrows between those who act in it.

use serde::Serialize;

use crate::report::document::{FailureDocument, StepDocument};

/// Where the server's line is.
const SERVER: f64 = 560.0;
/// From an arrow to the next.
const ROW: f64 = 32.0;
/// Characters that an arrow has room for.
const ROOM: usize = 52;

/// The picture.
#[derive(Serialize)]
pub(super) struct Sequence<'a> {
    lines: Vec<Line>,
    rows: Vec<Row<'a>>,
    height: f64,
    width: f64,
}

/// Somebody's line.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    x: f64,
}

/// An arrow, or time that passes.
#[derive(Serialize)]
struct Row<'a> {
    kind: Kind,
    y: f64,
    from: f64,
    to: f64,
    middle: f64,
    /// Seconds since the trace began, where a step begins.
    at: Option<u64>,
    /// What stands above it, and the whole of it.
    label: String,
    whole: &'a str,
    /// What failed.
    wrong: bool,
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Ask,
    Answer,
    Time,
}

/// Who may act, from left to right. The server is in between.
const ACTORS: [(&str, f64); 4] = [
    ("stranger", 110.0),
    ("client", 210.0),
    ("control", 860.0),
    ("network", 860.0),
];

impl<'a> Sequence<'a> {
    pub(super) fn of(failure: &'a FailureDocument) -> Sequence<'a> {
        let acts = |name: &str| {
            // Who is called back is the client.
            let called = name == "client" && failure.steps.iter().any(|s| s.actor == "AS");
            called || failure.steps.iter().any(|s| s.actor == name)
        };
        let actors = ACTORS.iter().filter(|(name, _)| acts(name));
        let mut lines: Vec<Line> = actors.map(|(name, x)| Line { name, x: *x }).collect();
        lines.push(Line {
            name: "AS",
            x: SERVER,
        });
        let mut rows = Vec::new();
        let last = failure.steps.len().saturating_sub(1);
        let mut y = 64.0;
        for (at, step) in failure.steps.iter().enumerate() {
            for mut row in told(step, at == last) {
                row.y = y;
                y += ROW;
                rows.push(row);
            }
        }
        let right = lines.iter().any(|l| l.x > SERVER);
        Sequence {
            lines,
            rows,
            height: y,
            width: if right { 960.0 } else { 700.0 },
        }
    }
}

/// The rows of a step: what was asked, and what came.
fn told(step: &StepDocument, last: bool) -> Vec<Row<'_>> {
    let row = |kind, from: f64, to: f64, label: String, whole| Row {
        kind,
        y: 0.0,
        from,
        to,
        middle: (from + to) / 2.0,
        at: None,
        label,
        whole,
        wrong: false,
    };
    let mut rows = match step.actor.as_str() {
        "time" => return vec![row(Kind::Time, 0.0, 0.0, "time passes".to_owned(), "")],
        "AS" => {
            let label = short(&format!("{}: {}", step.event, step.seen));
            vec![row(Kind::Ask, SERVER, 210.0, label, &step.seen)]
        }
        actor => {
            let x = ACTORS.iter().find(|(name, _)| *name == actor);
            let x = x.map_or(210.0, |(_, x)| *x);
            let mut rows = vec![row(Kind::Ask, x, SERVER, short(&step.event), &step.event)];
            if last || step.seen != SILENCE {
                rows.push(row(Kind::Answer, SERVER, x, short(&step.seen), &step.seen));
            }
            rows
        }
    };
    rows[0].at = Some(step.at);
    if let Some(row) = rows.last_mut() {
        row.wrong = last;
    }
    rows
}

/// An answer that is none, in the words of every report.
const SILENCE: &str = "silence";

fn short(text: &str) -> String {
    match text.char_indices().nth(ROOM) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
