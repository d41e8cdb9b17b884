//! `dtr check --findings`: what the open points of the text do, as a page of the repository, `model/FINDINGS.md`.
//!
//! | file | part |
//! |---|---|
//! | `mod.rs` | the page: the ten contradictions in full, the rest in tables |
//! | `harm.rs` | what one question breaks, and how bad that is |
//! | `heritage.rs` | what the text has from RFC 8628 and CIBA |
//! | `profiled.rs` | what AROP promises over each text, and what breaks it |
//! | `diagram.rs` | a story as a Mermaid sequence diagram, and in words |

mod diagram;
mod harm;
mod heritage;
mod profiled;

use std::fmt::Write as _;

use dtr_model::check::Checked;
use dtr_model::draft::Draft;
use dtr_model::finding::contradiction::{CONTRADICTIONS, Contradiction};
use dtr_model::finding::{Pair, beyond, effect, meeting};
use dtr_model::question::{Entry, Place, Question, Reading, catalogue, named_entry};

use harm::{Cost, Harm, costs};
pub(in crate::cli::check) use heritage::parents;
pub(in crate::cli::check) use profiled::{Profiled, profiled};

const INTRODUCTION: &str = "# Findings

What the open points of draft-ietf-oauth-deferred-token-response-01 do to servers and clients. Written by
`dtr check --findings`; CI fails when it is stale. Sentences of the draft are paraphrased, their sections named.

- **What a reading breaks** was searched for in the whole world of the model (two codes, two clients, an attacker, an approver,
  a network that loses, delays and repeats, a clock). Each trace is a shortest one. `dtr explain C-02` tells of a question,
  `dtr check --reading C-02=A` searches a mix of your own.
- **What it breaks on the wire**: `harness/tests/findings.rs` replays each trace over HTTP against the reference set to that
  reading, wherever it is made of requests that can be sent in that order.
- **What a client meets** comes from the two readings explored side by side: the first answer that differs, and what becomes of
  a client that counts on the one and gets the other.
- A reading is *unlawful* where it breaks an explicit MUST; the text has an opposite MUST or none beside it, hence the finding.
";

/// The page.
pub(super) fn page(
    checked: &[Checked],
    pairs: &[(Pair, Checked)],
    parents: &[(&'static Draft, Checked)],
    profiled: &[Profiled],
) -> String {
    let Some((pins, cases)) = checked.split_first() else {
        return String::new();
    };
    let costs = |entry| costs(entry, pins, cases);
    let mut ten: Vec<(&Contradiction, Harm)> = CONTRADICTIONS
        .iter()
        .map(|one| (one, Harm::of(entries(one).flat_map(costs))))
        .collect();
    ten.sort_by_key(|(one, harm)| (std::cmp::Reverse(*harm), one.questions[0]));

    let mut page = INTRODUCTION.to_owned();
    page.push_str(
        "\n## The properties\n\n| property | what it claims | at the pins |\n|---|---|---|\n",
    );
    for property in Draft::DEFAULT.properties().iter() {
        let fares = pins.broken.get(&property);
        let fares = fares.map_or("holds".to_owned(), |path| {
            format!("breaks in {}", path.len())
        });
        let _ = writeln!(page, "| {property} | {} | {fares} |", property.text());
    }
    page.push_str("\n## Ten contradictions, by harm\n\nSafety before liveness, more before fewer, shorter before longer.\n");
    for (at, (one, _)) in ten.iter().enumerate() {
        contradiction(&mut page, at + 1, one, &costs);
    }
    together(&mut page, pins, cases, pairs);
    heritage::write(&mut page, pins, parents);
    profiled::write(&mut page, profiled);
    rest(&mut page, &costs);
    page
}

fn entries(one: &Contradiction) -> impl Iterator<Item = &'static Entry> + use<> {
    let entries = one.questions.iter();
    entries.map(|id| named_entry(id).expect("a test looks every question up"))
}

fn contradiction<'a>(
    page: &mut String,
    number: usize,
    one: &Contradiction,
    costs: &impl Fn(&'static Entry) -> Vec<Cost<'a>>,
) {
    let first = entries(one)
        .next()
        .expect("a contradiction is about something");
    let ids = one.questions.join(", ");
    let _ = writeln!(
        page,
        "\n### {number}. {} ({ids})\n\n{}\n",
        first.title, one.collide
    );
    for entry in entries(one) {
        readings(page, entry, &costs(entry));
        if let Place::Relation(question) = entry.place {
            conforming(page, question);
            clients(page, question);
        }
    }
    for told in one.told {
        let _ = writeln!(
            page,
            "\n**{}/{}**, told rather than searched:\n",
            first.id, told.reading
        );
        diagram::write(page, &told.lines());
    }
    for entry in entries(one) {
        for cost in costs(entry) {
            for (path, properties) in cost.stories() {
                let ids: Vec<&str> = properties.iter().map(|p| p.id()).collect();
                let _ = writeln!(
                    page,
                    "\n**{}/{} breaks {}** in {} steps: {}.\n",
                    entry.id,
                    cost.reading,
                    ids.join(" and "),
                    path.len(),
                    properties
                        .iter()
                        .map(|p| p.text())
                        .collect::<Vec<_>>()
                        .join("; "),
                );
                diagram::write(page, &dtr_model::finding::story::tell(path));
            }
        }
    }
    let issues: Vec<String> = one.issues.iter().map(|n| format!("#{n}")).collect();
    let raised = match issues.is_empty() {
        true => "nobody has raised it in the working group's tracker".to_owned(),
        false => format!("tracker: {}", issues.join(", ")),
    };
    let _ = writeln!(
        page,
        "\n**The smallest change.** {} ({raised}.)",
        one.change
    );
}

/// The readings of a question, and what each breaks and repairs.
fn readings(page: &mut String, entry: &Entry, costs: &[Cost<'_>]) {
    let _ = writeln!(
        page,
        "| {} | a server that reads it so | breaks |\n|---|---|---|",
        entry.id
    );
    for (reading, text) in entry.lettered() {
        let breaks = costs.iter().find(|cost| cost.reading == reading);
        let mut says: Vec<String> = breaks.map(Cost::in_short).into_iter().collect();
        says.extend(text.breaks.map(|row| format!("unlawful by {row}")));
        let pin = if entry.pin == Some(reading) {
            " (pinned)"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "| {reading}{pin} | {} | {} |",
            text.text,
            says.join("; ")
        );
    }
}

/// Whether two servers that both conform can answer one request differently.
fn conforming(page: &mut String, question: Question) {
    let lawful = |reading: &Reading| {
        let entry = question.entry().lettered().find(|(r, _)| r == reading);
        entry.is_some_and(|(_, entry)| entry.breaks.is_none())
    };
    let lawful: Vec<Reading> = question.readings().filter(lawful).collect();
    let met = lawful.iter().enumerate().flat_map(|(at, one)| {
        let others = lawful[at + 1..].iter();
        others.filter_map(|other| Some((*one, *other, meeting(question, *one, *other)?)))
    });
    let Some((one, other, found)) = met.min_by_key(|(_, _, found)| found.events.len()) else {
        page.push_str(
            "\n*Two conforming servers:* no request about one code is answered differently.\n",
        );
        return;
    };
    let steps: Vec<String> = found.events.iter().map(ToString::to_string).collect();
    let said = |answers: &std::collections::BTreeSet<_>| {
        let said: Vec<String> = answers.iter().map(ToString::to_string).collect();
        format!("`{}`", said.join("` or `"))
    };
    let _ = writeln!(
        page,
        "\n*Two conforming servers* part at the last of these: {}. By {one} it is answered {}, by {other} {}.",
        steps.join(" · "),
        said(&found.first),
        said(&found.second)
    );
}

/// What becomes of a client by each reading at a server by each.
fn clients(page: &mut String, question: Question) {
    let readings: Vec<Reading> = question.readings().collect();
    let head: Vec<String> = readings.iter().map(|r| format!(" server {r} |")).collect();
    let line = "---|".repeat(readings.len() + 1);
    let _ = writeln!(page, "\n| a client by |{}\n|{line}", head.concat());
    for client in &readings {
        let cells = readings
            .iter()
            .map(|server| effect(question, *client, *server).text());
        let cells: Vec<String> = cells.map(|text| format!(" {text} |")).collect();
        let _ = writeln!(page, "| {client} |{}", cells.concat());
    }
}

/// Pairs of readings that break together what neither breaks alone.
fn together(page: &mut String, pins: &Checked, cases: &[Checked], pairs: &[(Pair, Checked)]) {
    let _ = writeln!(
        page,
        "\n## Harmless alone, harmful together\n\nOf {} pairs of readings that break nothing alone, these break something:\n",
        pairs.len()
    );
    let mut found = false;
    for (_, checked) in pairs {
        for (property, path) in beyond(pins, checked) {
            let steps: Vec<String> = path.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                page,
                "- **{}** breaks {property} in {}: {}.",
                checked.name,
                path.len(),
                steps.join(" · ")
            );
            found = true;
        }
    }
    if !found {
        page.push_str("- none: what these readings cost, they cost alone.\n");
    }
    let repaired = cases.iter().filter(|case| {
        let mut broken = pins.broken.keys();
        broken.any(|property| !case.broken.contains_key(property))
    });
    let repaired: Vec<&str> = repaired.map(|case| case.name.as_str()).collect();
    let _ = writeln!(
        page,
        "\nReadings that repair what the pins break: {}.",
        repaired.join(", ")
    );
}

/// All other questions, a line each.
fn rest<'a>(page: &mut String, costs: &impl Fn(&'static Entry) -> Vec<Cost<'a>>) {
    page.push_str(
        "\n## The rest\n\n| question | | sections | breaks | clients |\n|---|---|---|---|---|\n",
    );
    let told = |entry: &&Entry| {
        let mut ids = CONTRADICTIONS.iter().flat_map(|one| one.questions);
        ids.any(|id| *id == entry.id)
    };
    for entry in catalogue().iter().filter(|entry| !told(entry)) {
        let Place::Relation(question) = entry.place else {
            continue;
        };
        let costs = costs(entry);
        let breaks = costs
            .iter()
            .map(|cost| format!("{}: {}", cost.reading, cost.in_short()));
        let breaks: Vec<String> = breaks.collect();
        let readings: Vec<Reading> = question.readings().collect();
        let each = readings.iter().flat_map(|client| {
            let servers = readings.iter();
            servers.map(|server| effect(question, *client, *server))
        });
        let worst = each.max().expect("a question has readings").text();
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {worst} |",
            entry.id,
            entry.title,
            entry.sections,
            breaks.join("; ")
        );
    }
    let elsewhere = catalogue()
        .iter()
        .filter(|entry| !matches!(entry.place, Place::Relation(_)));
    let _ = writeln!(
        page,
        "\n{} further questions lie outside the state machine; `dtr explain questions` lists them all.",
        elsewhere.count()
    );
}
