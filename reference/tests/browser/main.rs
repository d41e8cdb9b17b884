//! The pages for people in a real browser, without and with scripts, and with another site that means harm.
//!
//! All of it is ignored unless asked for (`cargo test -p dtr-reference --test browser -- --ignored`): it needs Chromium.

#[path = "../support/mod.rs"]
mod support;

mod chromium;
mod device;
mod interaction;
mod other_site;
mod sites;
