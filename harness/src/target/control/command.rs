//! Control operations as a program to execute.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::process;
use url::Url;

use super::{Name, Operation};
use crate::target::failure::TransportFailure;
use crate::target::transport::{Outgoing, Reply};

/// A program, the operations it knows, and how long it may take.
///
/// It gets the operation's name as its last argument, and what the operation is about in the environment:
/// `DTR_DEFERRAL_CODE`, `DTR_CLIENT_ID`, `DTR_SCOPE`, `DTR_SECONDS`. Exit status 0 says that it was done.
#[derive(Debug, Clone)]
pub struct Command {
    argv: Arc<[String]>,
    names: Arc<[Name]>,
    timeout: Duration,
}

impl Command {
    /// A program with its first arguments.
    pub fn new(argv: Vec<String>, names: Vec<Name>, timeout: Duration) -> Self {
        Self {
            argv: argv.into(),
            names: names.into(),
            timeout,
        }
    }

    pub(super) fn can(&self, name: Name) -> bool {
        self.names.contains(&name)
    }

    /// What is done, in the form in which requests are written down.
    pub(super) fn record(&self, operation: &Operation) -> Outgoing {
        let values = operation.values().into_iter();
        let body: Vec<_> = values
            .map(|(name, value)| format!("{}={value}", variable(name)))
            .collect();
        Outgoing {
            method: Method::POST,
            url: Arc::new(
                Url::parse(&format!("command:{}", word(operation.name())))
                    .expect("a name of lower-case letters makes a URL"),
            ),
            headers: Vec::new(),
            body: Bytes::from(body.join("\n")),
        }
    }

    pub(super) async fn run(&self, operation: &Operation) -> Result<Reply, TransportFailure> {
        let [program, arguments @ ..] = &*self.argv else {
            return Err(TransportFailure::Control("the command is empty".to_owned()));
        };
        let mut command = process::Command::new(program);
        command
            .args(arguments)
            .arg(word(operation.name()))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for (name, value) in operation.values() {
            command.env(variable(name), value);
        }
        let ended = tokio::time::timeout(self.timeout, command.output()).await;
        let output = ended
            .map_err(|_| TransportFailure::TimedOut(self.timeout))?
            .map_err(|e| TransportFailure::Control(format!("cannot execute {program}: {e}")))?;
        match output.status.success() {
            true => Ok(Reply {
                status: 200,
                headers: Arc::default(),
                body: Bytes::from_static(b"{}"),
            }),
            false => Err(TransportFailure::Control(format!(
                "{program} {} ended with {}: {}",
                word(operation.name()),
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            ))),
        }
    }
}

fn word(name: Name) -> String {
    let json = serde_json::to_value(name).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

fn variable(name: &str) -> String {
    format!("DTR_{}", name.to_ascii_uppercase())
}
