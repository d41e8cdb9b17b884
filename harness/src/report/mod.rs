//! Reports: consumers of what a run came to.
//!
//! | file | for |
//! |---|---|
//! | `document/` | machines: one JSON document with a published schema |
//! | `junit.rs` | CI services: JUnit's XML |
//! | `html/` | people: one page that needs nothing else |
//! | `terminal.rs` | people: a tree by section, readings, failures, a summary |
//! | `diagram.rs` | a trace as a sequence diagram in text |
//! | `curl.rs` | a failing trace as a shell script, with the waits in it |
//! | `sections.rs` | the tree of checks that every report shows |
//! | `baseline.rs` | failures that are known |
//! | `partition.rs`, `merge.rs` | a run in parts, and its parts as a whole |

pub mod baseline;
pub mod curl;
pub mod diagram;
pub mod document;
pub mod html;
pub mod junit;
pub mod merge;
pub mod partition;
pub mod sections;
pub mod terminal;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar over `len` things, shown on a terminal and silent in a pipe.
pub fn progress(len: u64, what: &'static str) -> ProgressBar {
    let template = format!("{{bar:32}} {{pos}}/{{len}} {what} {{elapsed}} (about {{eta}} left)");
    let style = ProgressStyle::with_template(&template);
    let bar = ProgressBar::new(len);
    bar.with_style(style.expect("the template above is well-formed"))
}
