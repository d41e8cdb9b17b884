//! `dtr client`: what the text asks of a client, and whether one does so.

mod document;
mod print;

use std::path::PathBuf;
use std::time::Instant;

use dtr_model::draft::Draft;
use indicatif::ProgressBar;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::{Exit, Trouble, judging_draft, reporting};
use crate::client::between::Nothing;
use crate::client::log::Log;
use crate::client::setting::AuthMethod;
use crate::client::situation::{ALL, Situation};
use crate::client::{self, Client};
use crate::report::progress;

pub(super) use document::Document;

/// Arguments of `dtr client`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The program is started once for each situation, all at the same time. It makes one \
    request for a token at the server whose issuer identifier is in the variable DTR_ISSUER, follows it to its end, and \
    ends. DTR_CLIENT_ID, DTR_CLIENT_SECRET, DTR_SCOPE and DTR_LOGIN_HINT say as whom, for what and about whom; \
    DTR_CALLBACK_LISTEN, where there are callbacks, at which address to listen for them in plain HTTP, whatever the path."
)]
pub(super) struct Args {
    /// Edition of the text
    #[arg(long, value_parser = clients_draft, default_value = "ietf-01", value_name = "DRAFT")]
    draft: &'static Draft,
    /// How the program authenticates; `none` under rfc8628 only
    #[arg(long, value_enum, default_value_t = AuthMethod::ClientSecretBasic, value_name = "METHOD")]
    auth_method: AuthMethod,
    /// Only these situations, with commas
    #[arg(long, value_name = "EXPR")]
    select: Option<String>,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Tell what happened in every situation, too
    #[arg(long, short)]
    verbose: bool,
    /// The client, a program with its arguments; without it the one that comes with this program
    #[arg(last = true, value_name = "PROGRAM")]
    program: Vec<String>,
}

/// A text that clients can be judged by: with what begins at a protected resource no server can lead them through.
fn clients_draft(id: &str) -> Result<&'static Draft, String> {
    let draft = judging_draft(id)?;
    match draft.rules.challenged {
        false => Ok(draft),
        true => Err(format!(
            "requests of `{id}` begin at a protected resource, which is not played here"
        )),
    }
}

pub(super) fn client(args: &Args) -> Result<Exit, Trouble> {
    let began = Instant::now();
    let situations = selected(args)?;
    // Elsewhere the grant is that of client credentials, or the text is CIBA's.
    let may_be_public = args.draft.own_endpoint.is_some() && args.draft.rules.public_clients;
    if args.auth_method == AuthMethod::None && !may_be_public {
        return Err(Trouble::new(format!(
            "--auth-method none: under {} a client that makes such requests authenticates; a public one can be judged by rfc8628",
            args.draft.id
        )));
    }
    if let Some(path) = &args.json {
        reporting::can_be_written(path)?;
    }
    let client = match args.program.as_slice() {
        [] => Client::Bundled,
        program => Client::Command(program.to_vec()),
    };
    let bar = progress(situations.len() as u64, "situations");
    let logs = Runtime::new()?.block_on(play(args, &client, &situations, &bar));
    bar.finish_and_clear();
    let document = Document::of(&client, args.draft, &logs?, began.elapsed());
    print::print(&document, args.verbose);
    if let Some(path) = &args.json {
        reporting::write(path, &(serde_json::to_string_pretty(&document)? + "\n"))?;
    }
    Ok(document.verdict.into())
}

/// Leads the client through all situations at the same time: most of it is waiting.
async fn play(
    args: &Args,
    client: &Client,
    situations: &[&'static Situation],
    bar: &ProgressBar,
) -> Result<Vec<Log>, Trouble> {
    let mut playing = JoinSet::new();
    for (place, situation) in situations.iter().copied().enumerate() {
        let (client, draft, method) = (client.clone(), args.draft, args.auth_method);
        playing.spawn(async move {
            (
                place,
                client::play(&client, draft, situation, method, &Nothing).await,
            )
        });
    }
    let mut logs = Vec::new();
    while let Some(played) = playing.join_next().await {
        let (place, log) = played?;
        logs.push((place, log?));
        bar.inc(1);
    }
    logs.sort_by_key(|(place, _)| *place);
    Ok(logs.into_iter().map(|(_, log)| log).collect())
}

/// The situations that make sense under the text, or those of them that are wanted.
fn selected(args: &Args) -> Result<Vec<&'static Situation>, Trouble> {
    let played: Vec<_> = ALL.iter().filter(|one| (one.plays)(args.draft)).collect();
    let Some(wanted) = &args.select else {
        return Ok(played);
    };
    let mut wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let wanted = wanted.into_iter().map(|id| {
        let found = played.iter().find(|one| one.id == id).copied();
        found.ok_or_else(|| {
            let known: Vec<_> = played.iter().map(|one| one.id).collect();
            Trouble::new(format!(
                "--select {id}: there is no such situation under {}; there are {}",
                args.draft.id,
                known.join(", ")
            ))
        })
    });
    wanted.collect()
}
