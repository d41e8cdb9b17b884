//! The command line: one verb a file, and what their errors have in common.
//!
//! Exit codes: 0 pass, 1 fail, 2 usage or setup error, 3 inconclusive.

mod check;
mod client;
mod coverage;
mod diff;
mod doctor;
mod explain;
mod explore;
#[cfg(feature = "farm")]
mod farm;
mod foreign;
mod merge;
mod out;
mod reporting;
mod run;
mod schema;
mod serve;
mod stopped;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use dtr_model::draft::Draft;
use dtr_model::requirement::{self, Edition};

use crate::report::document::Verdict;

/// Model, conformance suite and test vectors for OAuth's Deferred Token Response.
#[derive(Debug, Parser)]
#[command(name = "dtr", version, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 pass, 1 fail, 2 usage or setup error, 3 inconclusive.\n\
    Start with `dtr run`: it needs no configuration."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check the model: every property, under every reading of every question
    Check(check::Args),
    /// Run the suite against an authorization server; without a target, the bundled one
    Run(Box<run::Args>),
    /// Judge a client: lead it through what a server may answer, and watch what it does
    Client(client::Args),
    /// Add up the reports of all partitions of a run
    Merge(merge::Args),
    /// Examine the setup of a target, before any verdict
    Doctor(doctor::Args),
    /// Serve the reference authorization server
    Serve(serve::Args),
    /// Record, replay and check the test vectors
    Vectors(vectors::Args),
    /// Print the JSON Schema of a document
    Schema(schema::Args),
    /// Judge servers that are wrong on purpose, and correct ones of another mind
    #[cfg(feature = "farm")]
    Farm(farm::Args),
    /// Tell what puts each sentence of the draft to the test
    Coverage(coverage::Args),
    /// Walk through the model's world in a browser
    Explore(explore::Args),
    /// Tell what differs between two drafts, or two ways of reading one
    Diff(diff::Args),
    /// Explain a requirement, question, property or trace by its id
    Explain(explain::Args),
}

/// What a verb came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything held.
    Pass,
    /// Something did not.
    Fail,
    /// It cannot be said.
    Inconclusive,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Fail => Exit::Fail,
            Verdict::Inconclusive => Exit::Inconclusive,
            _ => Exit::Pass,
        }
    }
}

/// A verb that could not do its work: usage or setup.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl Trouble {
    /// What is wrong, and what to do next.
    pub(crate) fn new(what: impl std::fmt::Display) -> Trouble {
        Trouble(what.to_string())
    }
}

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Trouble {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            // Many errors repeat their cause; say each thing once.
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            source = cause.source();
        }
        Trouble(text)
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = match cli.verb {
        Verb::Check(args) => check::check(&args),
        Verb::Run(args) => run::run(&args),
        Verb::Client(args) => client::client(&args),
        Verb::Merge(args) => merge::merge(&args),
        Verb::Doctor(args) => doctor::doctor(&args),
        Verb::Serve(args) => serve::serve(&args),
        Verb::Vectors(args) => vectors::vectors(&args),
        Verb::Schema(args) => schema::schema(&args),
        #[cfg(feature = "farm")]
        Verb::Farm(args) => farm::farm(&args),
        Verb::Coverage(args) => coverage::coverage(&args),
        Verb::Explore(args) => explore::explore(&args),
        Verb::Diff(args) => diff::diff(&args),
        Verb::Explain(args) => explain::explain(&args),
    };
    match exit {
        Ok(Exit::Pass) => ExitCode::SUCCESS,
        Ok(Exit::Fail) => ExitCode::from(1),
        Ok(Exit::Inconclusive) => ExitCode::from(3),
        Err(Trouble(what)) => {
            anstream::eprintln!("dtr: {what}");
            ExitCode::from(2)
        }
    }
}

/// The edition given by `--draft`.
fn draft(id: &str) -> Result<&'static Draft, String> {
    Draft::named(id).map_err(|e| e.to_string())
}

/// The edition given by `--draft`, where servers are asked something: the driver speaks like the submitted texts, and
/// like those with an endpoint of their own. An ancestor with other shapes can be checked and compared, and not judged by.
fn judging_draft(id: &str) -> Result<&'static Draft, String> {
    let draft = draft(id)?;
    let is_spoken = |d: &Draft| d.has_names_of(Draft::DEFAULT) || d.own_endpoint.is_some();
    if is_spoken(draft) {
        return Ok(draft);
    }
    let others = Draft::ALL.iter().filter(|d| is_spoken(d));
    let others: Vec<_> = others.map(|d| d.id).collect();
    Err(format!(
        "messages of `{id}` have other names: it can be checked and compared, and servers judged by {}",
        others.join(", ")
    ))
}

/// The ledger of the edition given by `--draft`.
fn edition(id: &str) -> Result<&'static Edition, String> {
    requirement::edition(id).ok_or_else(|| {
        let known: Vec<_> = requirement::editions().iter().map(Edition::id).collect();
        format!(
            "there is no ledger of draft `{id}`; there is one of {}",
            known.join(", ")
        )
    })
}
