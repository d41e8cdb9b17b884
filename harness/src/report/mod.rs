//! Reports: consumers of what a run came to.
//!
//! | file | for |
//! |---|---|
//! | `document.rs` | machines: one JSON document with a published schema |
//! | `terminal.rs` | people: a tree by section, readings, failures, a summary |
//! | `diagram.rs` | a trace as a sequence diagram in text |
//! | `curl.rs` | a failing trace as a shell script, with the waits in it |

pub mod curl;
pub mod diagram;
pub mod document;
pub mod terminal;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar over `len` things, shown on a terminal and silent in a pipe.
pub fn progress(len: u64, what: &'static str) -> ProgressBar {
    let template = format!("{{bar:32}} {{pos}}/{{len}} {what} {{elapsed}} (about {{eta}} left)");
    let style = ProgressStyle::with_template(&template);
    let bar = ProgressBar::new(len);
    bar.with_style(style.expect("the template above is well-formed"))
}
