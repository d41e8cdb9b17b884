//! A story as a Mermaid sequence diagram, and in words where Mermaid is not shown.

use std::fmt::Write as _;

use dtr_model::finding::story::{Line, Who, participants};
use dtr_model::world::Which;

pub(super) fn write(page: &mut String, story: &[Line]) {
    page.push_str("```mermaid\nsequenceDiagram\n");
    for who in participants(story) {
        let _ = writeln!(page, "  participant {} as {}", short(who), who);
    }
    for line in story {
        let _ = match line {
            Line::Message {
                from,
                to,
                text,
                lost,
            } => {
                let arrow = match (lost, answers(*from)) {
                    (true, _) => "--x",
                    (false, true) => "-->>",
                    (false, false) => "->>",
                };
                writeln!(
                    page,
                    "  {}{arrow}{}: {}",
                    short(*from),
                    short(*to),
                    plain(text)
                )
            }
            Line::Note { over, text } => {
                writeln!(page, "  Note over {}: {}", short(*over), plain(text))
            }
        };
    }
    page.push_str("```\n\n<details><summary>in words</summary>\n\n");
    for (at, line) in story.iter().enumerate() {
        let _ = match line {
            Line::Message {
                from,
                to,
                text,
                lost,
            } => {
                let lost = if *lost { ", which is lost" } else { "" };
                writeln!(page, "{}. {} to {}: {text}{lost}", at + 1, from, to)
            }
            Line::Note { over, text } => writeln!(page, "{}. {}: {text}", at + 1, over),
        };
    }
    page.push_str("\n</details>\n");
}

fn answers(who: Who) -> bool {
    who == Who::Server
}

fn short(who: Who) -> &'static str {
    match who {
        Who::Client(Which::First) => "C",
        Who::Client(Which::Second) => "P",
        Who::Attacker => "X",
        Who::Server => "AS",
        Who::People => "U",
    }
}

/// Without what Mermaid takes for its own: a semicolon ends a statement, a hash begins an entity.
fn plain(text: &str) -> String {
    text.replace(';', ",").replace('#', "no. ")
}
