//! A trace as a sequence diagram in text.
//!
//! ```text
//!    0 s  client ──▶ AS      token request, opted in, with a proof
//!         client ◀── AS      deferred
//!    0 s            AS ◀── approver  approved
//! ```

use std::fmt::Write;

use dtr_model::Trace;
use dtr_model::event::{Answer, Caller, Event};
use dtr_model::generate::Situation;

use crate::engine::Failure;
use crate::probe::Probed;
use crate::target::bundled::TICK_SECONDS;

/// A trace with the answers of a server at the pins, and the bundled server's ticks.
pub fn of_trace(trace: &Trace) -> String {
    let mut situation = Situation::START;
    let mut text = String::new();
    let (mut at, mut open) = (0, false);
    for (position, event) in trace.events.iter().enumerate() {
        open_or_close(
            &mut text,
            trace.window.is_some_and(|w| w.contains(position)),
            &mut open,
        );
        let (next, answer) = situation.after(*event, &trace.terms);
        lines(&mut text, at, *event, &answer.to_string());
        at += if *event == Event::Tick {
            TICK_SECONDS
        } else {
            0
        };
        situation = next;
    }
    open_or_close(&mut text, false, &mut open);
    text
}

/// A failing trace with the answers that came; the last is the wrong one.
pub fn of_failure(failure: &Failure, tick_seconds: u64) -> String {
    let mut text = String::new();
    let mut open = false;
    for step in &failure.steps {
        open_or_close(&mut text, step.simultaneous, &mut open);
        lines(&mut text, step.tick * tick_seconds, step.event, &step.seen);
    }
    open_or_close(&mut text, false, &mut open);
    let allowed = failure.allowed_in_words();
    let expected = match allowed.is_empty() {
        true => String::new(),
        false => format!("; allowed: {}", allowed.join(", or ")),
    };
    let _ = writeln!(text, "        ✗ {}{expected}", failure.detail);
    text
}

/// A probe that broke something.
pub fn of_probe(probed: &Probed, detail: &str, tick_seconds: u64) -> String {
    let mut text = String::new();
    for step in &probed.notes.steps {
        let at = step.tick * tick_seconds;
        let _ = writeln!(text, "{at:>5} s  {:<8} ──▶ AS  {}", "client", step.what);
        if step.seen != Answer::Silence.to_string() {
            let _ = writeln!(text, "{:>7}  {:<8} ◀── AS  {}", "", "client", step.seen);
        }
    }
    let _ = writeln!(text, "        ✗ {detail}");
    text
}

/// Who acts: `AS` when it calls back, `time` when it passes.
pub fn actor(event: Event) -> &'static str {
    match event {
        Event::Request(_) => "client",
        Event::Poll { by, .. } | Event::Revoke { by } => match by {
            Caller::OtherClient | Caller::Impostor => "stranger",
            Caller::Owner | Caller::OtherKey | Caller::NoVerifier | Caller::OtherVerifier => {
                "client"
            }
        },
        Event::Renew(_) | Event::Present => "client",
        Event::Decide(_) | Event::Lapse(_) | Event::Return(_) | Event::Widen => "control",
        Event::ResponseLost => "network",
        Event::Callback(_) => "AS",
        Event::Tick => "time",
    }
}

/// A line where events at the same time begin, and one where they end.
fn open_or_close(text: &mut String, simultaneous: bool, open: &mut bool) {
    let line = match (*open, simultaneous) {
        (false, true) => "╭── par: at the same time",
        (true, false) => "╰──",
        _ => return,
    };
    *open = simultaneous;
    let _ = writeln!(text, "{:>7}  {line}", "");
}

/// Who acts, which way the arrow points, and who answers.
fn lines(text: &mut String, at: u64, event: Event, seen: &str) {
    match event {
        Event::Tick => {
            let _ = writeln!(text, "{:>8} time passes", "⋮");
            return;
        }
        Event::Callback(_) => {
            let _ = writeln!(text, "{at:>5} s  {:<8} ◀── AS  {event}: {seen}", "client");
            return;
        }
        // The server is not asked.
        Event::Present => {
            let _ = writeln!(text, "{at:>5} s  {:<8} ──▶ RS  {event}: {seen}", "client");
            return;
        }
        _ => {}
    }
    let who = actor(event);
    let _ = writeln!(text, "{at:>5} s  {who:<8} ──▶ AS  {event}");
    if seen != Answer::Silence.to_string() {
        let _ = writeln!(text, "{:>7}  {who:<8} ◀── AS  {seen}", "");
    }
}
