//! A failing trace as a shell script: what was sent, with the waits in it.
//!
//! Deferral codes and authorization codes are the server's, so a script that is
//! run again needs the new ones in their place; they stand at its top.

use std::fmt::Write;

use dtr_model::event::Event;

use crate::driver::Exchange;
use crate::engine::Failure;
use crate::probe::Probed;

/// The script. `tick_seconds` is how long a tick lasts.
pub fn script(failure: &Failure, tick_seconds: u64) -> String {
    let mut text = head(&failure.trace.id, &failure.detail);
    let mut prepared = false;
    for (position, step) in failure.steps.iter().enumerate() {
        if step.simultaneous && !prepared {
            prepared = true;
            let together = failure.steps.iter().filter(|s| s.simultaneous);
            text.push_str("\n# preparation of what follows at the same time\n");
            for exchange in together.flat_map(|s| preparation(&s.exchanges)) {
                command(&mut text, exchange);
            }
        }
        let ends = !failure
            .steps
            .get(position + 1)
            .is_some_and(|next| next.simultaneous);
        let _ = writeln!(text, "\n# {}", step.event);
        if step.event == Event::Tick {
            let _ = writeln!(
                text,
                "sleep {tick_seconds}   # or advance the server's clock"
            );
        }
        let (before, at_once) = match step.simultaneous {
            true => (&[][..], step.exchanges.last()),
            false => (&step.exchanges[..], None),
        };
        before.iter().for_each(|e| command(&mut text, e));
        if let Some(exchange) = at_once {
            command(&mut text, exchange);
            text.pop();
            text.push_str(" &\n");
        }
        let _ = writeln!(text, "#   came: {}", one_line(&step.seen));
        if step.simultaneous && ends {
            text.push_str("wait   # for all that were sent at the same time\n");
        }
    }
    text
}

/// A probe that broke something, as a script.
pub fn of_probe(probed: &Probed, detail: &str, tick_seconds: u64) -> String {
    let mut text = head(probed.probe.id, detail);
    let mut tick = 0;
    for step in &probed.notes.steps {
        if step.tick > tick {
            let seconds = (step.tick - tick) * tick_seconds;
            let _ = writeln!(text, "\nsleep {seconds}   # or advance the server's clock");
            tick = step.tick;
        }
        let _ = writeln!(text, "\n# {}", one_line(&step.what));
        step.exchanges.iter().for_each(|e| command(&mut text, e));
        let _ = writeln!(text, "#   came: {}", one_line(&step.seen));
    }
    text
}

fn head(id: &str, detail: &str) -> String {
    format!(
        "#!/bin/sh\n# {id}: {}\n# Codes and DPoP proofs are those of the failing run: put fresh ones in their place.\n",
        one_line(detail)
    )
}

/// What an event at the same time as others was prepared with: all but its last exchange.
fn preparation(exchanges: &[Exchange]) -> &[Exchange] {
    exchanges.split_last().map_or(&[], |(_, before)| before)
}

fn command(text: &mut String, exchange: &Exchange) {
    let _ = write!(
        text,
        "curl -sS -i -X {} {}",
        exchange.method,
        quoted(&exchange.url.to_string())
    );
    for (name, value) in exchange.request_header_text() {
        let _ = write!(text, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
    }
    let body = exchange.request_text();
    if !body.is_empty() {
        let _ = write!(text, " \\\n  --data-raw {}", quoted(&body));
    }
    text.push('\n');
}

/// What a server says must not leave its comment.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// One word for a POSIX shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{one_line, quoted};

    #[test]
    fn what_a_server_says_stays_in_its_comment() {
        assert_eq!(one_line("no\nrm -rf x\r"), "no rm -rf x ");
    }

    #[test]
    fn a_quote_in_a_word_does_not_end_it() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
