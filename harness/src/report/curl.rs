//! A failing trace as a shell script: what was sent, with the waits in it.
//!
//! Deferral codes and authorization codes are the server's, so a script that is
//! run again needs the new ones in their place; they stand at its top.

use std::fmt::Write;

use dtr_model::event::Event;

use crate::driver::Exchange;
use crate::engine::Failure;

/// The script. `tick_seconds` is how long a tick lasts.
pub fn script(failure: &Failure, tick_seconds: u64) -> String {
    let mut text = format!(
        "#!/bin/sh\n# {}: {}\n# Codes and DPoP proofs are those of the failing run: put fresh ones in their place.\n",
        failure.trace.id,
        one_line(&failure.detail)
    );
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
