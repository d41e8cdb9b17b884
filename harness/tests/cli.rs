//! The binary as its users run it: what it says, what it writes, how it ends.

#[path = "cli/certificates.rs"]
mod certificates;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/client.rs"]
mod client;
#[path = "cli/coverage.rs"]
mod coverage;
#[path = "cli/diff.rs"]
mod diff;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/explore.rs"]
mod explore;
#[path = "cli/failing.rs"]
mod failing;
#[path = "cli/faulty.rs"]
mod faulty;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/target.rs"]
mod target;
#[path = "cli/target_callbacks.rs"]
mod target_callbacks;
#[path = "cli/target_command.rs"]
mod target_command;
#[path = "cli/target_examples.rs"]
mod target_examples;
#[path = "cli/target_tls.rs"]
mod target_tls;
#[path = "cli/tls_server.rs"]
mod tls_server;
#[path = "cli/usage.rs"]
mod usage;
